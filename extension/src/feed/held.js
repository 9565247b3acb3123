/** What a look at the feed finds while pushes ring: it rings once they turn out to have been lost. */

import { RINGS_FOR_MS } from "./sift.js";

/** @typedef {import("../state.js").State} State */
/** @typedef {import("../state.js").Item} Item */

/**
 * Ring for what a look found, and for what was held at looks before it; or hold it, where a push is to ring. What
 * a push rang for after all, what was read meanwhile, and what has grown old is not held any longer.
 * @param {Item[]} found to be rung for, were there no pushes
 * @param {Pick<State, "standing" | "pushed" | "unread" | "due" | "held">} state after the look
 * @param {{ring: boolean, now: number}} how
 * @returns {Pick<State, "due" | "held">}
 */
export function ringOrHold(found, { standing, pushed, unread, due, held }, { ring, now }) {
  const silent = [...held, ...found].filter(
    ({ id, url, at }) => unread.includes(id) && !pushed.includes(url) && now - at < RINGS_FOR_MS,
  );
  if (ring) return { due: [...due, ...silent], held: [] };
  return { due, held: standing.how === "push" ? silent : [] };
}
