/** Pages that wait to be saved, or were refused: why, and the way to let one go. */

import { ask } from "../ask.js";
import { isRefused, sendable } from "../save/waiting.js";
import { onceWords, troubleWords } from "../sayings.js";
import { t } from "../words.js";
import { byId, h, onceAtATime, paint, show } from "./dom.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {import("../state.js").Unsent} Unsent */

/** @param {View} view */
export function paintUnsent({ state }) {
  const { unsent, server, apiToken } = state;
  show(byId("unsent"), unsent.length > 0, byId("page-title"));
  show(byId("unsent-again"), sendable(state).length > 0, byId("page-title"));
  byId("unsent-again").onclick = onceAtATime(() => ask("sendUnsent"));
  paint(byId("unsent-list"), { unsent, server, apiToken }, () => [
    h("ul", { class: "rows" }, ...unsent.map((page) => one(page, whyWaiting(page, state)))),
  ]);
}

/**
 * @param {Unsent} page
 * @param {Pick<import("../state.js").State, "server" | "apiToken">} state
 */
export function whyWaiting({ server, trouble }, state) {
  if (server !== state.server) return t("unsent_elsewhere", new URL(server).host);
  if (trouble && isRefused({ trouble })) return t("saved_failed", onceWords(trouble));
  if (state.apiToken === "") return t("trouble_no_token");
  return trouble ? troubleWords(trouble) : t("saving");
}

/**
 * @param {Unsent} page
 * @param {string} words
 */
const one = ({ id, title }, words) =>
  h(
    "li",
    {},
    h("span", { class: "name" }, h("bdi", {}, title), h("span", { class: "muted" }, words)),
    h(
      "button",
      {
        type: "button",
        class: "quiet",
        "data-key": `drop ${id}`,
        "aria-label": t("unsent_drop_of", title),
        click: onceAtATime(() => ask("dropUnsent", { id })),
      },
      t("unsent_drop"),
    ),
  );
