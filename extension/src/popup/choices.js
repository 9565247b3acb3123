/** Which topics the question offers, and which of them are ticked; no element of a page in here. */

import { fold } from "../topics/names.js";

/** @typedef {import("../state.js").Followed} Followed */
/** @typedef {{name: string, ticked: boolean}} Tick */
/** @typedef {Tick & {byDefault: boolean}} Choice */

/**
 * Each topic once. What the reader made of a tick holds, whatever comes and goes around it: the page's topics
 * have other names once the server's are there.
 * @param {string[]} topics ticked by default
 * @param {string[]} others not ticked by default
 * @param {Tick[]} changed by the reader
 * @returns {Choice[]}
 */
export function choicesOf(topics, others, changed) {
  const ticks = new Map(changed.map(({ name, ticked }) => [fold(name), ticked]));
  const kept = changed.filter(({ ticked }) => ticked).map(({ name }) => name);
  /** @type {Map<string, Choice>} */
  const choices = new Map();
  for (const [names, byDefault] of /** @type {[string[], boolean][]} */ ([
    [topics, true],
    [[...others, ...kept], false],
  ])) {
    for (const name of names) {
      const key = fold(name);
      if (!choices.has(key)) choices.set(key, { name, byDefault, ticked: ticks.get(key) ?? byDefault });
    }
  }
  return [...choices.values()];
}

/**
 * The followed topics that the reader unticked.
 * @param {Tick[]} ticks
 * @param {Followed[]} following
 */
export function untickedOf(ticks, following) {
  const unticked = new Set(ticks.filter(({ ticked }) => !ticked).map(({ name }) => fold(name)));
  return following.filter(({ name }) => unticked.has(fold(name)));
}
