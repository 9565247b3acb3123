/** "This page": what it is about, each topic with Follow or Unfollow. */

import { ask } from "../ask.js";
import { fold } from "../topics/names.js";
import { t } from "../words.js";
import { byId, h, onceAtATime, paint } from "./dom.js";
import { keptOfMore, pageTopics, pageWords } from "./page_topics.js";

/** @typedef {import("./view.js").View} View */

/**
 * @param {View} view
 * @param {(topics: string[]) => Promise<void>} follow
 */
export function paintPage(view, follow) {
  const topics = view.reading === "read" ? pageTopics(view) : [];
  const words = pageWords(view, topics.length);
  const kept = view.reading === "read" ? keptOfMore(view) : 0;
  paint(byId("page-topics"), { topics, words, kept }, () => [
    words && h("p", { class: "muted" }, t(words)),
    topics.length > 0 && h("ul", { class: "rows" }, ...topics.map((topic) => row(topic, follow))),
    kept > 0 && h("p", { class: "muted" }, t("topics_cut", String(kept))),
  ]);
}

/**
 * @param {ReturnType<typeof pageTopics>[number]} topic
 * @param {(topics: string[]) => Promise<void>} follow
 */
function row({ name, slug, articles, followed }, follow) {
  const press = followed ? () => ask("unfollow", { keys: [slug ?? fold(name)] }) : () => follow([name]);
  const label = followed ? t("unfollow_topic", name) : t("follow_topic", name);
  return h(
    "li",
    {},
    h("span", { class: "name" }, h("bdi", {}, name), count(articles)),
    h(
      "button",
      {
        type: "button",
        class: followed ? "quiet" : "",
        "aria-label": label,
        "data-key": `page ${fold(name)}`,
        click: onceAtATime(async () => void (await press())),
      },
      followed ? t("unfollow") : t("follow"),
    ),
  );
}

/** @param {number} articles */
const count = (articles) =>
  h("span", { class: "muted" }, articles > 0 ? t("topic_articles", String(articles)) : t("topic_no_article"));
