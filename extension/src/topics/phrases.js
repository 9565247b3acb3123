/** Texts as words, and finding many known phrases in them: one look into a map for each of the text's words. */

import { fold, squeeze } from "./names.js";

/** @typedef {{written: string[], folded: string[]}} Words as they are written, and as they compare */

const MAX_WORDS = 12;

// Thai, Lao, Burmese, Khmer, kana, Han and Hangul part no words by spaces, or hang endings on them: there
// each character stands for itself, and a phrase is a run of them.
const UNSPACED =
  "[\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u3040-\\u30ff\\u3400-\\u9fff\\uac00-\\ud7af\\u{20000}-\\u{3134f}]";
const LETTER = "[\\p{L}\\p{N}\\p{M}\\u200c\\u200d]";
// "C++", "C#" and "Canal+" are words of their own, and not mentions of C or Canal.
const WORD = new RegExp(`${UNSPACED}|(?:(?!${UNSPACED})${LETTER})+(?:[+#]+(?!${LETTER}))?`, "gu");
const ASCII = /^[ -~]*$/;

/** @param {string} text */
export const isUpper = (text) => text === text.toUpperCase() && text !== text.toLowerCase();

/** @param {string} text */
export const isLower = (text) => text === text.toLowerCase() && text !== text.toUpperCase();

/** @param {string} word */
export const beginsUpper = (word) => isUpper(word.slice(0, 1));

/** @param {string} word */
export const isCapitalised = (word) => beginsUpper(word) && isLower(word.slice(1));

/**
 * @param {string} name
 * @returns {Words}
 */
export function nameWords(name) {
  const written = squeeze(name).normalize("NFKC").match(WORD) ?? [];
  return { written, folded: written.map(fold) };
}

/** A text as its words: as they are written, folded, with the gaps that follow them; and whether it shouts. */
export class Text {
  /** @param {string} text */
  constructor(text) {
    const normal = squeeze(text).normalize("NFKC");
    const found = [...normal.matchAll(WORD)];
    this.written = found.map(([word]) => word);
    this.folded = this.written.map(fold);
    this.gaps = found.map(({ 0: word, index }, at) =>
      normal.slice(index + word.length, found[at + 1]?.index ?? normal.length),
    );
    this.shouted = isUpper(text);
  }
}

/** Known phrases, each with the numbers it stands for. */
export class Phrases {
  /** @type {Map<string, number[]>} by the folded words, one space between */
  #numbers = new Map();
  /** @type {Set<string>} */
  #acronyms = new Set();
  /** @type {Set<string>} one word with a capital: Polish is not "polish" */
  #names = new Set();
  /** @type {Map<string, number[]>} lengths in words, by the first word, longest first */
  #lengths = new Map();

  /**
   * Acronyms count only in capitals (WHO, IT), as do one or two letters however they are written; one word
   * with a capital counts only with one.
   * @param {Words} name
   * @param {number} number
   */
  add({ written, folded }, number) {
    if (folded.length > MAX_WORDS || folded.join("").length < 2) return;
    const key = folded.join(" ");
    const numbers = this.#numbers.get(key) ?? [];
    if (!numbers.includes(number)) this.#numbers.set(key, [...numbers, number]);
    const lengths = this.#lengths.get(folded[0]) ?? [];
    if (!lengths.includes(folded.length))
      this.#lengths.set(
        folded[0],
        [...lengths, folded.length].sort((a, b) => b - a),
      );
    if (written.length > 1) return;
    const [only] = written;
    if (ASCII.test(only) && only.length <= 5 && (isUpper(only) || only.length <= 2)) this.#acronyms.add(key);
    if (beginsUpper(only)) this.#names.add(key);
  }

  /**
   * The longest phrase that begins at a word of the text, by any of the forms the word may have.
   * @param {Text} text
   * @param {number} at
   * @param {(word: string) => string[]} formsOf
   * @returns {{numbers: number[], length: number} | null}
   */
  found(text, at, formsOf) {
    const first = text.folded[at];
    let best = null;
    for (const form of ASCII.test(first) ? [first] : formsOf(first)) {
      const one = this.#longest(text, at, form);
      if (one && one.length > (best?.length ?? 0)) best = one;
    }
    return best;
  }

  /**
   * @param {Text} text
   * @param {number} at
   * @param {string} first
   */
  #longest(text, at, first) {
    for (const length of this.#lengths.get(first) ?? []) {
      const key = [first, ...text.folded.slice(at + 1, at + length)].join(" ");
      const numbers = this.#numbers.get(key);
      if (!numbers) continue;
      // WHO and US are names only in capitals, and in a text all in capitals nobody can tell.
      if (this.#acronyms.has(key) && (text.shouted || !isUpper(text.written[at]))) continue;
      if (this.#names.has(key) && isLower(text.written[at].slice(0, 1))) continue;
      return { numbers, length };
    }
    return null;
  }
}
