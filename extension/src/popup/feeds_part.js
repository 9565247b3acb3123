/** The feeds of a followed topic, for any feed reader: loaded when the reader asks for them. */

import { feedAddress } from "../address.js";
import { t } from "../words.js";
import { h, link } from "./dom.js";

/** @typedef {(words: string, mood?: "" | "good" | "bad") => void} Say */

const FORMATS = /** @type {const} */ ([
  ["rss", "RSS"],
  ["atom", "Atom"],
  ["json", "JSON Feed"],
]);

/**
 * @param {string} name
 * @param {string} slug
 * @param {string} server
 * @param {Say} say
 * @returns {Node[]} the ways to each feed: copy its address, see the topic's page, open it in a feed reader
 */
export function feeds(name, slug, server, say) {
  const copies = FORMATS.map(([format, label]) => {
    const address = feedAddress(server, [slug], format);
    return h(
      "button",
      {
        type: "button",
        "data-key": `${format} ${slug}`,
        "aria-label": t("copy_feed_of", label, name),
        click: () => copy(address, say),
      },
      t("copy_feed", label),
    );
  });
  const page = link(`${server}/topics/${encodeURIComponent(slug)}`, {}, t("topic_page"));
  const open = h(
    "a",
    {
      href: `feed:${feedAddress(server, [slug], "rss")}`,
      target: "_blank",
      "aria-label": t("open_in_reader_of", name),
    },
    t("open_in_reader"),
  );
  return [...copies, page, open];
}

/**
 * @param {string} address
 * @param {Say} say
 */
const copy = (address, say) =>
  navigator.clipboard.writeText(address).then(
    () => say(t("copied", address), "good"),
    () => say(t("copy_failed", address), "bad"),
  );
