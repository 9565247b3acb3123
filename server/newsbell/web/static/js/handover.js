/**
 * Handing this browser's subscription to its extension, which opened the page with the hash of a secret and
 * an address to come back to. Anybody may send somebody such a link: what is not of the right form counts
 * as not there, and the code goes nowhere but to a page of an extension installed here.
 */

/** @typedef {import("./store.js").Ticket} Ticket */
/** @typedef {{hash: string, back: string}} Wish */

const HASH = /^[\w-]{43}$/;
const WAY_BACK = /^(?:moz|chrome)-extension:\/\/[0-9a-z-]+\/done\.html$/;

/**
 * What the extension wishes, by the address of this page; null where none does.
 * @param {string} query
 * @returns {Wish | null}
 */
export function wishIn(query) {
  const given = new URLSearchParams(query);
  const hash = given.get("link") ?? "";
  const back = given.get("back") ?? "";
  return HASH.test(hash) && WAY_BACK.test(back) ? { hash, back } : null;
}

/**
 * Let whoever has the secret behind the hash manage the subscription.
 * @param {Wish} wish
 * @param {Ticket} ticket
 * @param {Pick<import("./api.js").SubscriptionApi, "offerLink">} server
 * @returns {Promise<string>} the address that brings the code to the extension
 */
export async function handOver({ hash, back }, ticket, server) {
  const code = await server.offerLink(ticket, hash);
  return `${back}?${new URLSearchParams({ code })}`;
}
