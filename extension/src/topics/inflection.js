/** The endings that names of countries take, and what is written before names; the lists are the server's. */

/** @typedef {import("./table.js").Table} Table */

const SHORTEST_STEM = 4;
const SHORTEST_BARE = 3;

/**
 * A folded name's stem in a language: without the ending it is listed with.
 * @param {string} word
 * @param {string} language
 * @param {Table} table
 */
export function stem(word, language, { endings, listed, vowels }) {
  if (!Object.hasOwn(endings, language) || language === "en") return word;
  for (const ending of Object.hasOwn(listed, language) ? listed[language] : [])
    if (word.endsWith(ending) && word.length - ending.length >= SHORTEST_STEM)
      return word.slice(0, -ending.length);
  const vowel = new RegExp(vowels, "u");
  const bare = word.replace(vowel, "");
  if (bare.length >= SHORTEST_STEM) return bare;
  // "Китай", whose forms are "Китая" and "Китаю"
  const shorter = word.slice(0, -1) + word.slice(-1).replace(vowel, "");
  return shorter.length >= SHORTEST_STEM ? shorter : word;
}

/**
 * The word as it is, and what is left of it before each ending that the language has.
 * @param {string} word
 * @param {Set<string>} endings
 * @param {number} longest
 * @returns {string[]}
 */
export function stems(word, endings, longest) {
  const found = [word];
  const shortest = Math.max(SHORTEST_STEM, word.length - longest);
  for (let at = word.length - 1; at >= shortest; at -= 1)
    if (endings.has(word.slice(at))) found.push(word.slice(0, at));
  return found;
}

/**
 * The word as it is, and without the particles that Arabic and Hebrew write before it; Arabic with its
 * article and without, for names are known by either.
 * @param {string} word
 * @param {Table} table
 * @returns {string[]}
 */
export function withoutPrefixes(word, { arabic, hebrew }) {
  if (word >= "\u0590" && word < "\u0600") {
    const longest = new RegExp(hebrew, "u").exec(word)?.[0].length ?? 0;
    const rests = Array.from({ length: longest }, (_, at) => word.slice(at + 1));
    return [word, ...rests.filter((rest) => rest.length >= SHORTEST_BARE)];
  }
  if (word >= "\u0600" && word < "\u0700") {
    const rests = arabic.filter((one) => word.startsWith(one)).map((one) => word.slice(one.length));
    const bare = [word, ...rests].filter((rest) => rest.length >= SHORTEST_BARE);
    return [...new Set([word, ...bare, ...bare.map((rest) => `ال${rest}`)])];
  }
  return [word];
}
