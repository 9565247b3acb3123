/** The followed topics: their feeds for any feed reader, and the end of following. */

import { feedAddress } from "../address.js";
import { ask } from "../ask.js";
import { keyOf } from "../health/topics.js";
import { lookup } from "../topics/catalogue.js";
import { t } from "../words.js";
import { byId, h, link, offerFile, onceAtATime, paint } from "./dom.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {import("../state.js").Followed} Followed */
/** @typedef {(words: string, mood?: "" | "good" | "bad") => void} Say */

const FORMATS = /** @type {const} */ ([
  ["rss", "RSS"],
  ["atom", "Atom"],
  ["json", "JSON Feed"],
]);

/**
 * @param {View} view
 * @param {Say} say
 */
export function paintFollowed({ state }, say) {
  const { server, following } = state;
  const find = lookup(state.catalogue?.topics ?? []);
  const topics = following.map((topic) => ({ topic, slug: (find(topic.slug ?? topic.name) ?? topic).slug }));
  byId("followed").hidden = topics.length === 0;
  const shown = topics.map(({ topic: { name }, slug }) => ({ name, slug }));
  paint(byId("followed-list"), { shown, server }, () => [
    h("ul", { class: "rows" }, ...topics.map(({ topic, slug }) => one(topic, slug, server, say))),
  ]);
  byId("opml").onclick = async () => {
    const { opmlOf } = await import("../feed/opml.js");
    const listed = topics.flatMap(({ topic, slug }) => (slug ? [{ name: topic.name, slug }] : []));
    offerFile("newsbell.opml", "text/x-opml", opmlOf(listed, server, t("opml_title")));
  };
}

/**
 * @param {Followed} topic
 * @param {string | undefined} slug
 * @param {string} server
 * @param {Say} say
 */
function one(topic, slug, server, say) {
  const feedsOf = slug ? feeds(topic.name, slug, server, say) : h("p", { class: "muted" }, t("feeds_later"));
  return h(
    "li",
    {},
    h("div", { class: "heading" }, h("bdi", { class: "name" }, topic.name), unfollowButton(topic)),
    h(
      "details",
      {},
      h(
        "summary",
        { "data-key": `feeds ${keyOf(topic)}`, "aria-label": t("feeds_of", topic.name) },
        t("feeds"),
      ),
      feedsOf,
    ),
  );
}

/** @param {Followed} topic */
const unfollowButton = (topic) =>
  h(
    "button",
    {
      type: "button",
      class: "quiet",
      "data-key": `unfollow ${keyOf(topic)}`,
      "aria-label": t("unfollow_topic", topic.name),
      click: onceAtATime(() => ask("unfollow", { key: keyOf(topic) })),
    },
    t("unfollow"),
  );

/**
 * @param {string} name
 * @param {string} slug
 * @param {string} server
 * @param {Say} say
 */
function feeds(name, slug, server, say) {
  const rss = feedAddress(server, [slug], "rss");
  return h(
    "p",
    { class: "actions" },
    ...FORMATS.map(([format, label]) => {
      const address = feedAddress(server, [slug], format);
      const copy = () =>
        navigator.clipboard.writeText(address).then(
          () => say(t("copied", address), "good"),
          () => say(t("copy_failed", address), "bad"),
        );
      return h(
        "button",
        {
          type: "button",
          "data-key": `${format} ${slug}`,
          "aria-label": t("copy_feed_of", label, name),
          click: copy,
        },
        t("copy_feed", label),
      );
    }),
    link(`${server}/topics/${encodeURIComponent(slug)}`, {}, t("topic_page")),
    h(
      "a",
      { href: `feed:${rss}`, target: "_blank", "aria-label": t("open_in_reader_of", name) },
      t("open_in_reader"),
    ),
  );
}
