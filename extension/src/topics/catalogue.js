/** The server's topics, as far as this browser keeps them: looked up by name, alias or slug, and completed. */

import { fold } from "./names.js";

/** @typedef {import("../state.js").Topic} Topic */

const MOST_SUGGESTED = 8;

/** @type {WeakMap<Topic[], (name: string) => Topic | undefined>} */
const made = new WeakMap();

/**
 * @param {Topic[]} topics
 * @returns {(name: string) => Topic | undefined} by name, alias or slug
 */
export function lookup(topics) {
  const find = made.get(topics) ?? makeLookup(topics);
  made.set(topics, find);
  return find;
}

/**
 * @param {Topic[]} topics
 * @returns {(name: string) => Topic | undefined}
 */
function makeLookup(topics) {
  /** @type {Map<string, Topic>} */
  const byKey = new Map();
  const add = (/** @type {string} */ key, /** @type {Topic} */ topic) => {
    if (!byKey.has(key)) byKey.set(key, topic);
  };
  for (const topic of topics) add(fold(topic.name), topic);
  for (const topic of topics) for (const key of [topic.slug, ...topic.aliases]) add(fold(key), topic);
  return (name) => byKey.get(fold(name));
}

/**
 * Topics whose name, or an alias, begins as typed, and then those that have it at the start of a later word.
 * @param {Topic[]} topics
 * @param {string} typed
 * @returns {Topic[]}
 */
export function suggest(topics, typed) {
  const start = fold(typed);
  if (!start) return [];
  const beginning = [];
  const inside = [];
  for (const topic of topics) {
    const names = [topic.name, ...topic.aliases].map(fold);
    if (names.some((name) => name.startsWith(start))) beginning.push(topic);
    else if (names.some((name) => name.includes(` ${start}`))) inside.push(topic);
  }
  const busiestFirst = (/** @type {Topic[]} */ found) => found.sort((a, b) => b.articles - a.articles);
  return [...busiestFirst(beginning), ...busiestFirst(inside)].slice(0, MOST_SUGGESTED);
}
