/** What became of saving a page, until the editor has seen it. */

import { savedAbout } from "../sayings.js";
import { changeState } from "../state.js";

/** @typedef {import("../state.js").Saved} Saved */

/**
 * @param {Saved} saved
 * @returns {"" | "good" | "bad"}
 */
export function moodOf({ what }) {
  if (what === "failed") return "bad";
  return what === "unsent" ? "" : "good";
}

/**
 * What is known to have become of a page at a server.
 * @param {{server: string, url: string}} page
 * @param {Saved | null} last of all, which of a page in a private window does not say which it was
 * @param {Saved | null} savedHere the last of this popup, which saves no other page
 * @returns {Saved | null}
 */
export function outcomeOf({ server, url }, last, savedHere) {
  const own = savedHere?.server === server ? savedHere : null;
  if (!last || last.server !== server || last.url !== url) return own;
  return own && own.at > last.at ? own : last;
}

/** Whether a page is being saved from this popup, which shows in its own place what becomes of it. */
let isShownHere = false;

/**
 * @param {() => Promise<Saved>} save saves a page, and shows the outcome
 */
export async function shownHere(save) {
  isShownHere = true;
  try {
    await markTold(await save());
  } finally {
    isShownHere = false;
  }
}

/**
 * @param {Saved} saved
 * @param {(words: string, mood: "" | "good" | "bad") => void} tell
 */
export async function sayOnce(saved, tell) {
  if (isShownHere) return;
  tell(savedAbout(saved), moodOf(saved));
  await markTold(saved);
}

/**
 * It is seen: the badge goes back to what is unread, unless another page was saved meanwhile.
 * @param {Saved} saved
 */
async function markTold(saved) {
  await changeState((state) =>
    state.saved?.at === saved.at ? { saved: { ...state.saved, told: true } } : {},
  );
}
