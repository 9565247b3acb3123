/** Addresses: of the server as a reader types it, of its pages and feeds, and which of them are opened. */

/** @typedef {"rss" | "atom" | "json"} FeedFormat */

const LOCAL = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
const NUMERIC = /^(\d+\.\d+\.\d+\.\d+|\[[0-9a-f:.]+\])$/i;

/**
 * The server's address in the one form it is kept in, or null where it is none. Without a scheme, https is
 * meant, except on this device or for a bare number, where few have a certificate.
 * @param {string} typed
 * @returns {string | null}
 */
export function serverAddress(typed) {
  const text = typed.trim();
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : guessScheme(text);
  if (!text || !URL.canParse(full)) return null;
  const url = new URL(full);
  if (!["http:", "https:"].includes(url.protocol) || url.username || url.password) return null;
  const path = url.pathname.replace(/\/+$/, "").replace(/\/api\/v1$/, "");
  return url.origin + path;
}

/** @param {string} text */
function guessScheme(text) {
  const host = URL.canParse(`http://${text}`) ? new URL(`http://${text}`).hostname : "";
  return LOCAL.test(host) || NUMERIC.test(host) ? `http://${text}` : `https://${text}`;
}

/**
 * Whether pages of this server may use Web Push: a secure context by the browser's own rule.
 * @param {string} server
 */
export function isSecure(server) {
  const { protocol, hostname } = new URL(server);
  return protocol === "https:" || LOCAL.test(hostname) || hostname.endsWith(".localhost");
}

/** Topics one feed joins at most; see the server's own bound. */
export const MOST_IN_FEED = 50;

/**
 * @param {string[]} slugs
 * @param {FeedFormat} format
 */
export const feedName = (slugs, format) =>
  `${[...new Set(slugs)].sort().map(encodeURIComponent).join("+")}.${format}`;

/**
 * @param {string} server
 * @param {string[]} slugs
 * @param {FeedFormat} format
 */
export const feedAddress = (server, slugs, format) => `${server}/feeds/${feedName(slugs, format)}`;

/** Topics the server's page ticks at most, however many it is given. */
export const MOST_NAMED = 50;

/**
 * The server's page on which this browser is subscribed, and which then hands over.
 * @param {string} server
 * @param {{topics: string[], hash: string, back: string}} wanted
 */
export function subscribeAddress(server, { topics, hash, back }) {
  const joined = topics.filter((topic) => !topic.includes(","));
  const query = new URLSearchParams({ topics: joined.join(","), link: hash, back });
  for (const topic of topics) if (topic.includes(",")) query.append("topic", topic);
  return `${server}/subscribe?${query}`;
}

/**
 * The server's page on which what the page itself subscribed to is seen and stopped.
 * @param {string} server
 */
export const subscriptionAddress = (server) => `${server}/subscription`;

/**
 * The address to open, or the server's first page for anything that is no page of the web.
 * @param {unknown} address
 * @param {string} server
 * @returns {string}
 */
export function safeAddress(address, server) {
  const home = `${server}/`;
  if (typeof address !== "string" || !URL.canParse(address)) return home;
  const url = new URL(address);
  return ["http:", "https:"].includes(url.protocol) ? url.href : home;
}
