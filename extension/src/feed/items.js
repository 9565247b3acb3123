/** From a JSON Feed to the items kept of it. */

/** @typedef {import("../state.js").Item} Item */

/** Articles a feed has at most, `PER_PAGE` in server/newsbell/web/feeds/serving.py: with as many there may be more. */
export const MOST_ITEMS = 50;

/**
 * @param {any} feed JSON Feed 1.1, from a server that may say anything
 * @returns {Item[]} newest first
 */
export function itemsOf(feed) {
  const listed = Array.isArray(feed?.items) ? feed.items.slice(0, MOST_ITEMS) : [];
  return listed.filter((/** @type {any} */ one) => typeof one?.id === "string").map(itemOf);
}

/**
 * @param {any} one
 * @returns {Item}
 */
function itemOf(one) {
  return {
    id: one.id.slice(0, 200),
    url: text(one.url, 2000),
    original: text(one.external_url, 2000),
    title: text(one.title, 300),
    summary: text(one.summary, 300),
    site: siteOf(one),
    story: text(one._newsbell?.story, 40),
    topics: Array.isArray(one.tags)
      ? one.tags.slice(0, 50).map((/** @type {any} */ tag) => text(tag, 100))
      : [],
    at: Date.parse(text(one.date_published, 40)) || 0,
    lang: /^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$/.test(one.language) ? one.language : "",
  };
}

/** @param {any} one */
function siteOf(one) {
  const address = text(one.external_url, 2000);
  return URL.canParse(address) ? new URL(address).hostname.replace(/^www\./, "") : "";
}

/**
 * @param {unknown} value
 * @param {number} most
 */
const text = (value, most) => (typeof value === "string" ? value.slice(0, most) : "");
