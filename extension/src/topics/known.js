/** The known topics, ready to be looked for in texts: made once for as long as they are the same. */

import { Countries, Owners } from "./countries.js";
import { fold } from "./names.js";
import { isCapitalised, isLower, nameWords, Phrases } from "./phrases.js";

/** @typedef {import("../state.js").Topic} Topic */
/** @typedef {import("./table.js").Table} Table */
/** @typedef {import("./phrases.js").Words} Words */

// Letters of a name with a capital that may also be meant where it has none. The server, which knows the
// commonest words of each language, does with four.
const SHORTEST_WORD = 5;

/**
 * A number is a topic's place among the topics. `common`: called by one word with a capital which may be a
 * common word all the same; `small` has them by that word. `vague`: called by one common word, or as the
 * sections of newspapers are; more must speak for them. `mute`: the name says nothing.
 */
export class KnownTopics {
  phrases = new Phrases();
  /** @type {Map<string, number[]>} */
  byCountry = new Map();
  /** @type {Map<string, number[]>} those whose name may be a person's, by its last word */
  surnames = new Map();
  /** @type {Map<string, number[]>} */
  small = new Map();
  /** @type {Set<number>} */
  common = new Set();
  /** @type {Set<number>} */
  vague = new Set();
  /** @type {Set<number>} */
  mute = new Set();
  /** @type {Map<string, Countries>} */
  #countries = new Map();
  #owners;

  /**
   * @param {Topic[]} topics
   * @param {Table} table
   */
  constructor(topics, table) {
    this.topics = topics;
    this.table = table;
    this.#owners = new Owners(table);
    const sections = new Set(table.sections);
    const notTopics = new Set(table.notTopics);
    for (const [number, topic] of topics.entries()) {
      const names = [topic.name, ...topic.aliases].map(nameWords);
      for (const words of names) this.#add(words, number);
      this.#weigh(number, topic.name, names, sections, notTopics);
    }
  }

  /**
   * How countries are called in texts of a language.
   * @param {string} language
   */
  countriesIn(language) {
    const countries = this.#countries.get(language) ?? new Countries(language, this.table);
    this.#countries.set(language, countries);
    return countries;
  }

  /**
   * @param {Words} words
   * @param {number} number
   */
  #add(words, number) {
    const code = this.#owners.codeOf(words);
    if (code === null) this.phrases.add(words, number);
    else put(this.byCountry, code, number);
    const { written } = words;
    if (written.length >= 2 && written.length <= 3 && written.every(isCapitalised))
      put(this.surnames, written[written.length - 1], number);
  }

  /**
   * @param {number} number
   * @param {string} name
   * @param {Words[]} names the words of it and of each alias
   * @param {Set<string>} sections
   * @param {Set<string>} notTopics
   */
  #weigh(number, name, [own, ...aliases], sections, notTopics) {
    const { written, folded } = own;
    const key = fold(name);
    if (notTopics.has(key)) this.mute.add(number);
    if (folded.length !== 1 || this.#owners.codeOf(own)) return;
    if (sections.has(key) || isLower(written[0].slice(0, 1))) this.vague.add(number);
    const isLonger = aliases.some((alias) => alias.written.length > 1);
    if (!isCapitalised(written[0]) || isLonger || this.#owners.isProper(key)) return;
    this.common.add(number);
    if (folded[0].length >= SHORTEST_WORD) put(this.small, folded[0], number);
  }
}

/**
 * @param {Map<string, number[]>} map
 * @param {string} key
 * @param {number} number
 */
function put(map, key, number) {
  const numbers = map.get(key) ?? [];
  if (!numbers.includes(number)) map.set(key, [...numbers, number]);
}

/** @type {WeakMap<Topic[], KnownTopics>} */
const made = new WeakMap();

/**
 * @param {Topic[]} topics
 * @param {Table} table
 */
export function knownTopics(topics, table) {
  const before = made.get(topics);
  const known = before?.table === table ? before : new KnownTopics(topics, table);
  made.set(topics, known);
  return known;
}
