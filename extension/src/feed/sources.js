/** The followed topics as the feeds have them: under which slug, and by which names. */

import { lookup } from "../topics/catalogue.js";
import { fold } from "../topics/names.js";

/** @typedef {import("../state.js").State} State */
/** @typedef {import("../state.js").Item} Item */

/**
 * A followed topic, and the feed it is read in; none where no article has it. `isOwn`: not that of another
 * topic, which goes by its name since one was renamed or merged into the other.
 * @typedef {{topic: import("../state.js").Followed, slug?: string, names: string[], isOwn: boolean}} Source
 */

/**
 * By what is known of the server's topics. Where not all of them are known here, the slug that was known when
 * a topic was followed has to do.
 * @param {Pick<State, "following" | "catalogue">} state
 * @returns {Source[]}
 */
export function sourcesOf({ following, catalogue }) {
  const find = lookup(catalogue?.topics ?? []);
  return following.map((topic) => {
    const found =
      find(topic.slug ?? topic.name) ??
      find(topic.name) ??
      (catalogue?.cut ? topic : { ...topic, slug: undefined });
    const names = [fold(topic.name), fold(found.name)];
    return { topic, slug: found.slug, names, isOwn: names[0] === names[1] || found.slug === topic.slug };
  });
}

/**
 * The server's slugs of the followed topics; a topic no article has is in no feed.
 * @param {Pick<State, "following" | "catalogue">} state
 */
export const slugsOf = (state) =>
  sourcesOf(state)
    .map(({ slug }) => slug)
    .filter((slug) => slug !== undefined);

/**
 * The sources whose topic an article has.
 * @param {Source[]} sources
 * @param {Item} item
 */
export function sourcesNamedIn(sources, item) {
  const named = new Set(item.topics.map(fold));
  return sources.filter(({ names }) => names.some((name) => named.has(name)));
}
