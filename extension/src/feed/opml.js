/** The feeds of followed topics as OPML 2.0, which feed readers import. */

import { feedAddress } from "../address.js";

/**
 * @param {{name: string, slug: string}[]} topics
 * @param {string} server
 * @param {string} title
 * @returns {string}
 */
export function opmlOf(topics, server, title) {
  const outlines = topics.map(({ name, slug }) => {
    const page = `${server}/topics/${encodeURIComponent(slug)}`;
    const feed = feedAddress(server, [slug], "rss");
    return `    <outline type="rss" text="${escaped(name)}" title="${escaped(name)}" xmlUrl="${escaped(feed)}" htmlUrl="${escaped(page)}"/>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<opml version="2.0">',
    `  <head><title>${escaped(title)}</title></head>`,
    "  <body>",
    ...outlines,
    "  </body>",
    "</opml>",
    "",
  ].join("\n");
}

/** @param {string} text */
const escaped = (text) =>
  text
    .replace(/[\p{Cc}\ufffe\uffff]/gu, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
