/** What countries are called: their names, adjectives and demonyms, in the language of a text. */

import { stem, stems, withoutPrefixes } from "./inflection.js";
import { beginsUpper, isLower, isUpper, nameWords } from "./phrases.js";

/** @typedef {import("./table.js").Table} Table */
/** @typedef {import("./phrases.js").Text} Text */
/** @typedef {{length: number, code: string, byName: boolean, doubtful: boolean}} Named */
/** @typedef {{keys: string[], code: string, byName: boolean, capital: boolean, acronym: boolean, doubtful: boolean}} Form */
/** @typedef {{code: string, name: string, byName: boolean, used: string, doubtful: boolean}} Entry */

const ADJECTIVE = 3; // letters that an ending has at least which makes an adjective of a name
const ACRONYM = 6;
const SURE = 5; // letters from which on a name in small letters means a country: "gana" is not Ghana
const PREFIXED = new Set(["ar", "he", "fa", "ur"]);
const OTHER = ""; // the code of New Mexico and the Indian Ocean
const SAME = new Map([
  ["no", "nb"],
  ["nn", "nb"],
]);

/**
 * @param {Table} table
 * @returns {Entry[]}
 */
function entriesOf({ countries, ambiguous }) {
  return Object.entries(countries).flatMap(([code, { names, adjectives }]) => {
    const shared = ambiguous[code]?.names ?? [];
    const entry =
      (/** @type {boolean} */ byName) =>
      (/** @type {[string, string]} */ [name, used]) => {
        return { code, name, byName, used, doubtful: shared.includes(name) };
      };
    return [...Object.entries(names).map(entry(true)), ...Object.entries(adjectives).map(entry(false))];
  });
}

/** Whose name it is, whatever the language. */
export class Owners {
  /** @type {Map<string, Set<string>>} */
  #codes = new Map();
  /** @type {Set<string>} */
  #proper = new Set();

  /** @param {Table} table */
  constructor(table) {
    for (const { code, name, byName, doubtful } of entriesOf(table)) {
      const { folded } = nameWords(name);
      const key = folded.join(" ");
      if (byName && !doubtful) this.#codes.set(key, (this.#codes.get(key) ?? new Set()).add(code));
      if (folded.length === 1 && beginsUpper(name)) this.#proper.add(key);
    }
  }

  /**
   * The country whose name this is in some language and nobody else's.
   * @param {import("./phrases.js").Words} name
   * @returns {string | null}
   */
  codeOf({ written, folded }) {
    const codes = this.#codes.get(folded.join(" "));
    if (codes?.size !== 1) return null;
    const small = isLower(written[0].slice(0, 1)) && written.join(" ").length < SURE;
    return small ? null : [...codes][0];
  }

  /**
   * Whether a folded word is what a country or its people are called: Turkey, Polish.
   * @param {string} word
   */
  isProper(word) {
    return this.#proper.has(word);
  }
}

/** What one language calls all countries, beside what they call themselves and what English does. */
export class Countries {
  /** @type {string} */
  #language;
  #table;
  /** @type {Map<string, Form[]>} */
  #forms = new Map();
  /** @type {Set<string>} */
  #endings;
  #longest;

  /**
   * @param {string} language "" where it is not known
   * @param {Table} table
   */
  constructor(language, table) {
    this.#language = SAME.get(language) ?? language;
    this.#table = table;
    this.#endings = new Set(
      Object.hasOwn(table.endings, this.#language) ? table.endings[this.#language] : [],
    );
    this.#longest = Math.max(0, ...[...this.#endings].map((ending) => ending.length));
    for (const entry of entriesOf(table)) if (this.#holds(entry.used)) this.#add(entry);
    for (const name of table.other)
      this.#add({ code: OTHER, name, byName: true, used: "en", doubtful: false }, false);
    for (const forms of this.#forms.values())
      forms.sort(
        (a, b) => b.keys.length - a.keys.length || Number(a.code !== OTHER) - Number(b.code !== OTHER),
      );
  }

  /**
   * The country that the words from one on name, by the longest name there is; its code is "" where it is
   * only part of another thing's name.
   * @param {Text} text
   * @param {number} at
   * @returns {Named | null}
   */
  named(text, at) {
    for (const key of this.#keys(text.folded[at])) {
      const form = this.#forms.get(key)?.find((one) => this.#fits(one, text, at));
      if (!form) continue;
      const byName = form.byName && !isAdjective(form, text, at);
      return { length: form.keys.length, code: form.code, byName, doubtful: form.doubtful };
    }
    return null;
  }

  /**
   * Whether the text has a word that makes an ambiguous name this country's.
   * @param {string} code
   * @param {Text} text
   */
  tells(code, text) {
    const whole = ` ${text.folded.join(" ")} `;
    return this.#table.ambiguous[code].telling.some((word) =>
      whole.includes(` ${nameWords(word).folded.join(" ")} `),
    );
  }

  /** @param {string} used */
  #holds(used) {
    return !this.#language || used === "und" || used === "en" || used.split(" ").includes(this.#language);
  }

  /**
   * @param {Entry} entry
   * @param {boolean} own whether the language's endings are put to it
   */
  #add({ code, name, byName, used, doubtful }, own = used !== "en" || this.#language === "en") {
    const { folded } = nameWords(name);
    if (folded.length === 0) return;
    const letters = name.replace(/\s/g, "");
    const acronym = isUpper(letters) && letters.length <= ACRONYM;
    const bare = folded.map((word) => (own ? stem(word, this.#language, this.#table) : word));
    const same = bare.every((word, at) => word === folded[at]);
    for (const keys of acronym || same ? [folded] : [folded, bare]) {
      const form = { keys, code, byName, capital: beginsUpper(name), acronym, doubtful };
      this.#forms.set(keys[0], [...(this.#forms.get(keys[0]) ?? []), form]);
    }
  }

  /**
   * @param {Form} form
   * @param {Text} text
   * @param {number} at
   */
  #fits(form, text, at) {
    const folded = text.folded.slice(at, at + form.keys.length);
    if (folded.length < form.keys.length) return false;
    const written = text.written.slice(at, at + form.keys.length);
    if (form.acronym)
      return !text.shouted && written.every(isUpper) && folded.every((word, i) => word === form.keys[i]);
    if (form.capital && isLower(written[0].slice(0, 1)) && !isAdjective(form, text, at)) return false;
    return form.keys.every((key, i) => key === folded[i] || this.#keys(folded[i]).includes(key));
  }

  /**
   * Under what a folded word may be listed.
   * @param {string} word
   */
  #keys(word) {
    if (PREFIXED.has(this.#language)) return withoutPrefixes(word, this.#table);
    return stems(word, this.#endings, this.#longest);
  }
}

/**
 * Whether a word in small letters is made of a name's stem: "iranisch", "panameño", "иранский".
 * @param {Form} form
 * @param {Text} text
 * @param {number} at
 */
function isAdjective(form, text, at) {
  const ending = text.folded[at].length - form.keys[0].length;
  return (
    form.keys.length === 1 && form.byName && ending >= ADJECTIVE && isLower(text.written[at].slice(0, 1))
  );
}
