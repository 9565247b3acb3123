/** What the popup knows, and what follows from it; no element of a page in here. */

import { topicsOf } from "../topics/match.js";
import { fold } from "../topics/names.js";

/** @typedef {import("../state.js").State} State */
/** @typedef {import("../page/read.js").Page} Page */
/** @typedef {import("../topics/match.js").PageTopic} PageTopic */

/**
 * @typedef {object} View
 * @property {State} state
 * @property {boolean} allowed whether notifications are
 * @property {boolean} pushesItself
 * @property {"reading" | "unreadable" | "read"} reading how far the page in the tab is known
 * @property {Page | null} page
 * @property {number} tab
 * @property {string[] | null} asked topics for which Follow was pressed just now
 * @property {boolean} declined "Not now" was said since the popup was opened
 */

/** @typedef {{topics: string[], why: "asked" | "denied" | "unfinished" | "needed"}} Prompt */

/**
 * Whether following another topic needs no question: something rings already, or can.
 * @param {View} view
 */
export function canRing({ state, allowed, pushesItself }) {
  if (pushesItself) return allowed;
  return state.ticket !== null || (state.byPolling && allowed);
}

/**
 * The question to put before the browser's own, or null where none is due.
 * @param {View} view
 * @returns {Prompt | null}
 */
export function promptOf(view) {
  const { state, asked } = view;
  if (asked) return { topics: asked, why: "asked" };
  if (canRing(view) || view.declined) return null;
  if (state.pending) return { topics: state.pending.topics, why: "denied" };
  if (state.link) return { topics: state.link.topics, why: "unfinished" };
  if (state.following.length === 0) return null;
  return { topics: state.following.map(({ name }) => name), why: "needed" };
}

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
