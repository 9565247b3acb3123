/** The latest articles of the followed topics: open clean or original, mark read. */

import { ask } from "../ask.js";
import { t } from "../words.js";
import { byId, h, link, onceAtATime, paint, show } from "./dom.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {import("../state.js").Item} Item */

const MOST_SHOWN = 15;

/** @param {View} view */
export function paintLatest({ state }) {
  const items = (state.feed?.items ?? []).slice(0, MOST_SHOWN);
  const unread = new Set(state.unread);
  const follows = state.following.length > 0;
  show(byId("latest"), follows, byId("page-title"));
  show(byId("mark-all"), unread.size > 0, byId("latest-title"));
  paint(byId("latest-list"), { items, unread: state.unread, follows }, () => [
    items.length > 0
      ? h("ul", { class: "articles" }, ...items.map((item) => article(item, unread.has(item.id))))
      : h("p", { class: "muted" }, t("latest_none")),
  ]);
}

/**
 * @param {Item} item
 * @param {boolean} unread
 */
function article(item, unread) {
  const read = () => void ask("markRead", { ids: [item.id] });
  return h(
    "li",
    { class: unread ? "unread" : "" },
    link(
      item.url,
      { class: "title", "data-key": `open ${item.id}`, click: read },
      unread && h("span", { class: "visually-hidden" }, `${t("unread")} `),
      h("bdi", { lang: item.lang || undefined }, item.title || t("notification_untitled")),
    ),
    h(
      "span",
      { class: "muted meta" },
      h("bdi", {}, item.site),
      item.at > 0 && h("time", { datetime: new Date(item.at).toISOString() }, moments.format(item.at)),
      item.original &&
        link(
          item.original,
          { "data-key": `original ${item.id}`, "aria-label": t("open_original_of", item.title), click: read },
          t("open_original"),
        ),
      unread &&
        h(
          "button",
          {
            type: "button",
            class: "quiet",
            "data-key": `read ${item.id}`,
            "aria-label": t("mark_read_of", item.title),
            click: onceAtATime(() => ask("markRead", { ids: [item.id] })),
          },
          t("mark_read"),
        ),
    ),
  );
}

// Made once: each takes longer than the rest of an article.
const moments = new Intl.DateTimeFormat(t("language"), { dateStyle: "medium", timeStyle: "short" });
