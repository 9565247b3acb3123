/** What the popup knows, and what follows from it; no element of a page in here. */

/** @typedef {import("../state.js").State} State */
/** @typedef {import("../page/read.js").Page} Page */

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

/** `topics`: those asked for, and all that is followed, be it twice: what stays ticked of them is followed. */
/** @typedef {{topics: string[], why: "asked" | "denied" | "unfinished" | "needed"}} Prompt */

/**
 * Whether following another topic needs no question: something rings already, or can.
 * @param {View} view
 */
export function canRing({ state, allowed, pushesItself }) {
  if (pushesItself) return allowed;
  const linked = state.ticket !== null && state.standing.how !== "unlinked"; // it may be suspended
  return linked || (state.byPolling && allowed);
}

/**
 * The question to put before the browser's own, or null where none is due.
 * @param {View} view
 * @returns {Prompt | null}
 */
export function promptOf(view) {
  const { state, asked } = view;
  const followed = state.following.map(({ name }) => name);
  if (asked) return { topics: [...asked, ...followed], why: "asked" };
  if (canRing(view) || view.declined) return null;
  const topics = [...((state.pending ?? state.link)?.topics ?? []), ...followed];
  if (topics.length === 0) return null;
  return { topics, why: state.pending ? "denied" : state.link ? "unfinished" : "needed" };
}
