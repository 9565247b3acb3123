/** What a page is about, as the popup shows it: declared topics under the server's names, then recognised. */

import { lookup } from "./catalogue.js";
import { declaredTopics } from "./declared.js";
import { fold } from "./names.js";
import { recognise } from "./recognise.js";
import { tableNow } from "./table.js";

/** @typedef {import("../page/read.js").Page} Page */
/** @typedef {import("../state.js").Topic} Topic */
/** @typedef {{name: string, slug?: string, articles: number}} PageTopic */

const MOST = 20;

/** @type {WeakMap<Page, {known: Topic[], table: unknown, found: PageTopic[]}>} */
const kept = new WeakMap();

/**
 * @param {Page} page
 * @param {Topic[]} known
 * @returns {PageTopic[]} surest first; without a slug where no article of the server has the topic yet
 */
export function topicsOf(page, known) {
  const before = kept.get(page);
  const table = tableNow();
  if (before?.known === known && before.table === table) return before.found;
  const found = findTopics(page, known);
  kept.set(page, { known, table, found });
  return found;
}

/**
 * @param {Page} page
 * @param {Topic[]} known
 * @returns {PageTopic[]}
 */
function findTopics(page, known) {
  const find = lookup(known);
  const declared = declaredTopics(page).map(({ name }) => find(name) ?? { name, articles: 0 });
  /** @type {Map<string, PageTopic>} */
  const found = new Map();
  for (const topic of [...declared, ...recognise(page, known)]) {
    const key = fold(topic.name);
    if (!found.has(key)) found.set(key, topic);
  }
  return [...found.values()].slice(0, MOST);
}
