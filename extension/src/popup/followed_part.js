/** The followed topics: their feeds for any feed reader, and the end of following. */

import { ask } from "../ask.js";
import { t } from "../words.js";
import { byId, h, offerFile, onceAtATime, paint, show } from "./dom.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {import("../state.js").Followed} Followed */
/** @typedef {import("./feeds_part.js").Say} Say */
/** @typedef {(topic: Followed) => string | undefined} SlugOf */

/**
 * @param {View} view
 * @param {SlugOf} slugOf under which the server has a topic now
 * @param {Say} say
 */
export function paintFollowed({ state }, slugOf, say) {
  const { server, following } = state;
  const topics = following.map((topic) => ({ topic, slug: slugOf(topic) }));
  show(byId("followed"), topics.length > 0, byId("page-title"));
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

/** @param {Followed} topic */
const keyOf = ({ name, slug }) => slug ?? name;

/**
 * @param {Followed} topic
 * @param {string | undefined} slug
 * @param {string} server
 * @param {Say} say
 */
const one = (topic, slug, server, say) =>
  h(
    "li",
    {},
    h("div", { class: "heading" }, h("bdi", { class: "name" }, topic.name), unfollowButton(topic)),
    feedsOf(topic, slug, server, say),
  );

/**
 * What is in there is made when it is opened: with many topics it would be most of what the popup is made of.
 * @param {Followed} topic
 * @param {string | undefined} slug
 * @param {string} server
 * @param {Say} say
 */
function feedsOf(topic, slug, server, say) {
  const inside = h("p", { class: slug ? "actions" : "muted" }, slug ? "" : t("feeds_later"));
  const fill = async () => {
    if (!slug || inside.childElementCount > 0) return;
    const { feeds } = await import("./feeds_part.js");
    inside.replaceChildren(...feeds(topic.name, slug, server, say));
  };
  return h(
    "details",
    { toggle: () => void fill() },
    h(
      "summary",
      { "data-key": `feeds ${keyOf(topic)}`, "aria-label": t("feeds_of", topic.name) },
      t("feeds"),
    ),
    inside,
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
      click: onceAtATime(() => ask("unfollow", { keys: [keyOf(topic)] })),
    },
    t("unfollow"),
  );
