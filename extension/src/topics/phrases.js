/** Finding many known phrases in a text at once: one pass over the text's words into a map. */

import { fold } from "./names.js";

const MAX_WORDS = 12;

// Thai, Lao, Burmese, Khmer, kana, Han and Hangul part no words by spaces, or hang endings on them: there
// each character stands for itself, and a phrase is a run of them.
const UNSPACED =
  "[\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u3040-\\u30ff\\u3400-\\u9fff\\uac00-\\ud7af\\u{20000}-\\u{3134f}]";
const LETTER = "[\\p{L}\\p{N}\\p{M}\\u200c\\u200d]";
// "C++", "C#" and "Canal+" are words of their own, and not mentions of C or Canal.
const WORD = new RegExp(`${UNSPACED}|(?:(?!${UNSPACED})${LETTER})+(?:[+#]+(?!${LETTER}))?`, "gu");
const ACRONYM = /^[A-Z0-9]{2,5}$/;

/**
 * The words of a text as they are written, normalised but not folded.
 * @param {string} text
 * @returns {string[]}
 */
const words = (text) => text.normalize("NFKC").match(WORD) ?? [];

/** Known phrases, each with what it stands for; where two things have one name, the first keeps it. */
export class Phrases {
  /** @type {Map<string, {meaning: number, acronym: boolean}>} by the folded words, one space between */
  #known = new Map();
  /** @type {Map<string, Set<number>>} lengths in words, by the first word */
  #lengths = new Map();

  /** @param {Iterable<[string, number]>} names */
  constructor(names) {
    for (const [name, meaning] of names) this.#add(name, meaning);
  }

  /**
   * @param {string} name
   * @param {number} meaning
   */
  #add(name, meaning) {
    const written = words(name);
    const folded = written.map(fold);
    const key = folded.join(" ");
    if (key.length < 2 || folded.length > MAX_WORDS || this.#known.has(key)) return;
    const acronym = written.length === 1 && ACRONYM.test(written[0]) && /[A-Z]/.test(written[0]);
    this.#known.set(key, { meaning, acronym });
    const lengths = this.#lengths.get(folded[0]) ?? new Set();
    this.#lengths.set(folded[0], lengths.add(folded.length));
  }

  /**
   * What each mention means, in the text's order. The longest phrase wins, and none overlaps.
   * @param {string} text
   * @returns {Generator<number>}
   */
  *find(text) {
    const written = words(text);
    const folded = written.map(fold);
    const shouted = text === text.toUpperCase();
    for (let at = 0; at < folded.length; ) {
      const found = this.#longest(folded, written, at, shouted);
      if (found) yield found.meaning;
      at += found?.length ?? 1;
    }
  }

  /**
   * @param {string[]} folded
   * @param {string[]} written
   * @param {number} at
   * @param {boolean} shouted
   */
  #longest(folded, written, at, shouted) {
    const lengths = [...(this.#lengths.get(folded[at]) ?? [])].sort((a, b) => b - a);
    for (const length of lengths) {
      const known = this.#known.get(folded.slice(at, at + length).join(" "));
      if (!known) continue;
      // WHO and US are names only in capitals, and in a text all in capitals nobody can tell.
      if (known.acronym && (shouted || written[at] !== written[at].toUpperCase())) continue;
      return { meaning: known.meaning, length };
    }
    return null;
  }
}
