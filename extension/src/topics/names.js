/** Names of topics: how two compare, and which texts can be one. The rules are the server's. */

const MAX_NAME = 60;
const MAX_WORDS = 8;

const EDGES = "\\s\"“”„«»‹›‘’'`,;:|•·*_\\-–—/\\\\<>=~^";
const EDGE_RUNS = new RegExp(`^[${EDGES}]+|[${EDGES}]+$`, "gu");
const CODE =
  /https?:|www\.|\S+@\S+\.\S+|[=<>{}[\]\\|^~]|[\p{L}\p{N}_]_[\p{L}\p{N}_]|\S:\S|^[0-9a-f]{8,}$|^\p{Nd}+$|^(?=\S*\d)(?=\S*[a-z])[a-zİı0-9-]{20,}$/iu;
const SENTENCE = /[.!?…。！？]\s+\S+\s+\S|[\p{L}\p{N}_]{2,}[.…。]$/u;
// All controls but those that part words, and with them half characters, which no server takes.
const FORBIDDEN =
  /[\p{Cc}\u00ad\u202d\u202e\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff](?<![\t\n\r\u0085])/gu;

/**
 * One line: each run of white space is one space, none at the ends, no control characters.
 * @param {string} text
 */
export const squeeze = (text) =>
  text
    .replace(FORBIDDEN, "")
    .replace(/[\s\u0085]+/g, " ")
    .trim();

// Printable ASCII with single spaces, which is most of what is folded, and takes most of the time.
const PLAIN = /^[!-_a-~]+(?: [!-_a-~]+)*$/;

/**
 * The form in which names compare: case, width, kinds of dash and apostrophe, and a hashtag's sign set aside.
 * @param {string} name
 */
export function fold(name) {
  const folded = PLAIN.test(name) ? name.toLowerCase() : foldAny(name);
  return folded.replace(/^[# ]+/, "") || folded;
}

/**
 * What a followed topic is known by: its slug, as soon as it is known.
 * @param {{name: string, slug?: string}} topic
 */
export const keyOf = ({ name, slug }) => slug ?? fold(name);

/**
 * The names that none of the topics has, nor as its slug.
 * @param {string[]} names
 * @param {{name: string, slug?: string}[]} topics
 */
export function otherThan(names, topics) {
  const had = new Set(topics.flatMap(({ name, slug }) => [fold(name), fold(slug ?? name)]));
  return names.filter((name) => !had.has(fold(name)));
}

/** @param {string} name */
const foldAny = (name) =>
  squeeze(name)
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replaceAll("ς", "σ")
    .replace(/[’‘ʼ`´]/g, "'")
    .replace(/[‐‑‒–—]/g, "-");

/**
 * The name as it is shown, or null where the text can be no topic's name: a sentence, a code, an address.
 * @param {string} text
 * @returns {string | null}
 */
export function cleanName(text) {
  if (text.length > 1000) return null;
  let name = squeeze(squeeze(text).normalize("NFC")).replace(EDGE_RUNS, "");
  if (name.startsWith("#")) name = name.replace(/^#+/, "").replace(EDGE_RUNS, "") || name;
  if (!name || [...name].length > MAX_NAME || name.split(" ").length > MAX_WORDS) return null;
  if (!/[\p{L}\p{N}\p{S}]/u.test(name)) return null;
  return CODE.test(name) || isSentence(name) ? null : name;
}

/** @param {string} name */
const isSentence = (name) => name.split(" ").length > 2 && SENTENCE.test(name);
