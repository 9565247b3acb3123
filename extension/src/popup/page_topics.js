/** What the page in the tab is about, and which of it is followed; no element of a page in here. */

import { topicsOf } from "../topics/match.js";
import { fold } from "../topics/names.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {import("../topics/match.js").PageTopic} PageTopic */

/**
 * @param {View} view
 * @returns {(PageTopic & {followed: boolean})[]}
 */
export function pageTopics({ page, state }) {
  if (!page) return [];
  const followed = new Set(state.following.flatMap(({ name, slug }) => [fold(name), slug]));
  return topicsOf(page, state.catalogue?.topics ?? []).map((topic) => ({
    ...topic,
    followed: followed.has(fold(topic.name)) || (topic.slug !== undefined && followed.has(topic.slug)),
  }));
}

/**
 * Kind words for a page without an article, or none.
 * @param {View} view
 * @param {number} topics how many were found
 * @returns {"page_reading" | "page_unreadable" | "page_no_article" | "page_no_topics" | null}
 */
export function pageWords({ reading, page }, topics) {
  if (reading === "reading") return "page_reading";
  if (reading === "unreadable") return "page_unreadable";
  if (!page?.isArticle) return topics === 0 ? "page_no_article" : null;
  return topics === 0 ? "page_no_topics" : null;
}

/**
 * How many topics are kept of a server that has more; 0 where all are.
 * @param {View} view
 */
export const keptOfMore = ({ state: { catalogue } }) => (catalogue?.cut ? catalogue.topics.length : 0);
