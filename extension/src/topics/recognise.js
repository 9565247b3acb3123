/**
 * Which known topics a page is about: what it names, where, how often and how steadily. The rules are the
 * server's (domain/recognition.py), without its lists of common words. Nothing leaves the browser.
 */

import { Evidence, PARTS } from "./evidence.js";
import { withoutPrefixes } from "./inflection.js";
import { knownTopics } from "./known.js";
import { fold } from "./names.js";
import { beginsUpper, isCapitalised, isLower, Text } from "./phrases.js";
import { tableNow } from "./table.js";

/** @typedef {import("../page/read.js").Page} Page */
/** @typedef {import("../state.js").Topic} Topic */
/** @typedef {import("./known.js").KnownTopics} KnownTopics */
/** @typedef {import("./evidence.js").Place} Place */
/** @typedef {Pick<Page, "title" | "summary" | "paragraphs" | "lang">} Article */

const MOST = 20;
const NOT_BY_NAME = 0.5; // what a country's adjective counts: a Turkish actor is not about Turkey
const SMALL = 3; // how often a name with a capital must stand in small letters, to be a common word there
const NOUNS_HAVE_CAPITALS = new Set(["de", "lb"]);
const HAN = /[\u3400-\u9fff]/;
// Kana, Han and Hangul: a word is about two of these characters, and no space parts it from the next.
const WIDE = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uff66-\uff9f]/g;
const DATELINE = /^(?:\s?[.(—–:/]| -{1,2} )/;
const DASH = /^\)? (?:-{1,2}|[—–]) $/;

/**
 * The known topics a page is about, surest first. A passing mention is no topic. Words are matched whole,
 * whatever their script; countries by all their names and adjectives; persons by their surname too, once
 * they were named.
 * @param {Article} page
 * @param {Topic[]} topics
 * @returns {Topic[]}
 */
export function recognise(page, topics) {
  const known = knownTopics(topics, tableNow());
  const length = lengthOf(page.paragraphs.join("\n"));
  const reading = new Reading(page, known);
  return [...reading.found]
    .map(([number, one]) => ({
      number,
      weight: one.weight(length, reading.vague.has(number), known.common.has(number)),
    }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight || a.number - b.number)
    .slice(0, MOST)
    .map(({ number }) => topics[number]);
}

/**
 * How many words a text has, near enough for any script.
 * @param {string} text
 */
const lengthOf = (text) =>
  (text.match(/\S+/g)?.length ?? 0) + Math.floor((text.match(WIDE)?.length ?? 0) / 2);

/** One page read for the known topics it names, with what speaks for each. */
class Reading {
  /** @type {Map<number, Evidence>} */
  found = new Map();
  /** @type {Map<number, Evidence>} */
  #surnames = new Map();
  /** @type {Map<number, Evidence>} */
  #small = new Map();
  /** @type {Map<string, Evidence>} */
  #doubtful = new Map();
  #known;
  #language;
  #countries;

  /**
   * @param {Article} page
   * @param {KnownTopics} known
   */
  constructor(page, known) {
    this.#known = known;
    this.#language = page.lang.split("-")[0].toLowerCase();
    this.#countries = known.countriesIn(this.#language);
    this.vague = new Set(known.vague);
    this.#read(page);
    this.#settle(page);
  }

  /** @param {Article} page */
  #read({ title, summary, paragraphs }) {
    const repeats = summary !== "" && fold(paragraphs[0] ?? "") === fold(summary);
    this.#scan(new Text(title), "title");
    this.#scan(new Text(summary), "summary");
    this.#scan(new Text(paragraphs[repeats ? 1 : 0] ?? ""), "lead");
    const length = Math.max(1, paragraphs.join("\n").length);
    let begins = 0;
    for (const paragraph of paragraphs) {
      const part = Math.floor((begins * PARTS) / length);
      this.#scan(new Text(paragraph), "body", Math.min(part, PARTS - 1));
      begins += paragraph.length + 1;
    }
  }

  /** @param {Article} page */
  #settle({ title, paragraphs }) {
    for (const [number, evidence] of this.#surnames) this.found.get(number)?.join(evidence);
    for (const [number, evidence] of this.#small) {
      const opens = evidence.title || evidence.summary || evidence.lead;
      if (!opens || evidence.count < Math.max(SMALL, this.found.get(number)?.count ?? 0)) continue;
      of(this.found, number).join(evidence);
      this.vague.add(number);
    }
    if (this.#doubtful.size === 0) return;
    const whole = new Text(`${title}. ${paragraphs.join("\n")}`);
    for (const [code, evidence] of this.#doubtful) {
      if (!this.#countries.tells(code, whole)) continue;
      for (const number of this.#known.byCountry.get(code) ?? []) of(this.found, number).join(evidence);
    }
  }

  /**
   * @param {Text} text
   * @param {Place} place
   */
  #scan(text, place, part = 0) {
    for (let at = 0; at < text.folded.length; ) at += this.#readAt(text, at, place, part) || 1;
  }

  /**
   * Note what the words from one on name, and say how many they are; the longest name wins.
   * @param {Text} text
   * @param {number} at
   * @param {Place} place
   * @param {number} part
   */
  #readAt(text, at, place, part) {
    const known = this.#known;
    const phrase = known.phrases.found(text, at, (word) => withoutPrefixes(word, known.table));
    const country = this.#countries.named(text, at);
    const length = Math.max(phrase?.length ?? 0, country?.length ?? 0);
    if (length === 0) this.#noteWord(text, at, place, part);
    if (length === 0 || (isDateline(text, at, length) && place !== "title")) return length;
    /** @type {Map<number, number>} */
    const numbers = new Map();
    if (country?.length === length) {
      const sure = country.byName ? 1 : NOT_BY_NAME;
      if (country.doubtful) of(this.#doubtful, country.code).add(place, part, sure);
      else for (const number of known.byCountry.get(country.code) ?? []) numbers.set(number, sure);
    }
    if (phrase?.length === length && this.#standsAlone(text, at, length, place))
      for (const number of phrase.numbers) numbers.set(number, 1);
    for (const [number, sure] of numbers)
      if (!known.mute.has(number)) of(this.found, number).add(place, part, sure);
    return length;
  }

  /**
   * A word that may be the surname of somebody, or the small form of a name that has a capital.
   * @param {Text} text
   * @param {number} at
   * @param {Place} place
   * @param {number} part
   */
  #noteWord(text, at, place, part) {
    const word = text.written[at];
    const goesOn = at > 0 && text.gaps[at - 1] === " " && isCapitalised(text.written[at - 1]);
    if (!goesOn)
      for (const number of this.#known.surnames.get(word) ?? [])
        of(this.#surnames, number).add(place, part, 1);
    if (NOUNS_HAVE_CAPITALS.has(this.#language) || !isLower(word)) return;
    for (const number of this.#known.small.get(text.folded[at]) ?? [])
      of(this.#small, number).add(place, part, 1);
  }

  /**
   * Whether words are no part of a longer name, as "Security" is of "Security Council".
   * @param {Text} text
   * @param {number} at
   * @param {number} length
   * @param {Place} place
   */
  #standsAlone({ written, gaps }, at, length, place) {
    const end = at + length;
    const next = written[end] ?? "";
    // The Tokyo of 東京大学 is a university.
    if (this.#language === "ja" && gaps[end - 1] === "" && HAN.test(next) && HAN.test(written[end - 1]))
      return false;
    if (place === "title" || !beginsUpper(written[at])) return true;
    const after = gaps[end - 1] === " " && beginsUpper(next);
    if (length > 1 || NOUNS_HAVE_CAPITALS.has(this.#language)) return !(after && length > 1);
    const before = at > 1 && gaps[at - 1] === " " && beginsUpper(written[at - 1]);
    return !before && !after;
  }
}

/**
 * Whether a text begins with the place it was written at: "BERLIN (dpa) -", "Berlin. ".
 * @param {Text} text
 * @param {number} at
 * @param {number} length
 */
function isDateline({ gaps }, at, length) {
  if (at > 0) return false;
  return DATELINE.test(gaps[length - 1]) || gaps.slice(0, length + 5).some((gap) => DASH.test(gap));
}

/**
 * @template K
 * @param {Map<K, Evidence>} map
 * @param {K} key
 */
function of(map, key) {
  const evidence = map.get(key) ?? new Evidence();
  map.set(key, evidence);
  return evidence;
}
