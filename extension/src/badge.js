/** The number on the button: articles not yet read; for a moment, what became of saving a page. */

import { action } from "./platform.js";
import { readState } from "./state.js";

/** @typedef {import("./state.js").State} State */

const BRICK = "#97390d";
const WHITE = "#ffffff";
/** @type {Partial<Record<import("./state.js").SaveOutcome, string>>} */
const SAVED = { failed: "!", unsent: "…" };

/**
 * @param {Pick<State, "unread" | "saved">} state
 * @returns {string}
 */
export function badgeText({ unread, saved }) {
  if (saved && !saved.told) return SAVED[saved.what] ?? "✓";
  if (unread.length === 0) return "";
  return unread.length > 99 ? "99+" : String(unread.length);
}

export async function showBadge() {
  const text = badgeText(await readState());
  await action.setBadgeBackgroundColor({ color: BRICK });
  await action.setBadgeTextColor({ color: WHITE });
  await action.setBadgeText({ text });
}
