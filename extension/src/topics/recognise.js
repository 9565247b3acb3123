/** Which known topics a page is about, by what its title and text mention. Nothing leaves the browser. */

import { Phrases } from "./phrases.js";

/** @typedef {import("../page/read.js").Page} Page */
/** @typedef {import("../state.js").Topic} Topic */

const ENOUGH = 0.39;

/**
 * The known topics a page is about, surest first. A mention in the title or the standfirst is enough; one
 * in the first paragraph needs another beside it; deep in the text it takes four.
 * @param {Page} page
 * @param {Topic[]} known
 * @returns {Topic[]}
 */
export function recognise(page, known) {
  const phrases = new Phrases(namesOf(known));
  const inTitle = new Set(phrases.find(page.title));
  const inSummary = new Set(phrases.find(page.summary));
  const inLead = new Set(phrases.find(page.paragraphs[0] ?? ""));
  const counts = countOf(phrases.find(page.paragraphs.join("\n")));
  const weights = [...new Set([...inTitle, ...inSummary, ...inLead, ...counts.keys()])].map((number) => ({
    number,
    weight:
      0.6 * Number(inTitle.has(number)) +
      0.45 * Number(inSummary.has(number)) +
      0.2 * Number(inLead.has(number)) +
      0.1 * Math.min(counts.get(number) ?? 0, 5),
  }));
  return weights
    .filter(({ weight }) => weight > ENOUGH)
    .sort((a, b) => b.weight - a.weight || a.number - b.number)
    .map(({ number }) => known[number]);
}

/**
 * @param {Topic[]} known
 * @returns {Generator<[string, number]>}
 */
function* namesOf(known) {
  for (const [number, topic] of known.entries()) {
    yield [topic.name, number];
    for (const alias of topic.aliases) yield [alias, number];
  }
}

/** @param {Iterable<number>} numbers */
function countOf(numbers) {
  /** @type {Map<number, number>} */
  const counts = new Map();
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1);
  return counts;
}
