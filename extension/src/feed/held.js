/** What a look at the feed finds while pushes ring: it rings once they turn out to have been lost. */

import { RINGS_FOR_MS } from "./sift.js";

/** @typedef {import("../state.js").State} State */
/** @typedef {import("../state.js").Item} Item */

/** Within it the server tries a push service that fails several times more, by server/newsbell/domain/backoff.py. */
const RETRIED_FOR_MS = 60 * 60 * 1000;

/**
 * What of it may still be lost where the server knows the subscription. It may be trying to ring for what came of
 * late, and end the subscription with that once its push service calls it gone. What is older was most likely
 * taken, or not meant to ring: were it held, a repair would ring for it.
 * @param {Item[]} held
 * @param {number} now
 */
export const stillHeld = (held, now) => held.filter(({ at }) => now - at < RETRIED_FOR_MS);

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
