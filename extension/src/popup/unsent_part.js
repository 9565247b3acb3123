/** Pages that wait to be saved, or were refused: why, and the way to let one go. */

import { ask } from "../ask.js";
import { isRefused } from "../save/unsent.js";
import { onceWords, troubleWords } from "../sayings.js";
import { t } from "../words.js";
import { byId, h, onceAtATime, paint, show } from "./dom.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {import("../state.js").Unsent} Unsent */

/** @param {View} view */
export function paintUnsent({ state: { unsent, server } }) {
  show(byId("unsent"), unsent.length > 0, byId("page-title"));
  byId("unsent-again").onclick = onceAtATime(() => ask("sendUnsent"));
  paint(byId("unsent-list"), { unsent, server }, () => [
    h("ul", { class: "rows" }, ...unsent.map((page) => one(page, whyWaiting(page, server)))),
  ]);
}

/**
 * @param {Unsent} page
 * @param {string} server
 */
function whyWaiting(page, server) {
  if (page.server !== server) return t("unsent_elsewhere", new URL(page.server).host);
  if (!page.trouble) return t("saving");
  return isRefused(page) ? t("saved_failed", onceWords(page.trouble)) : troubleWords(page.trouble);
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
