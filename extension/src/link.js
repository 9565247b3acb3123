/**
 * Taking over the subscription that the server's page made (Firefox). The exchange is that of RFC 7636: the
 * page sees only the hash of a secret, the code it comes back with is worth nothing without the secret.
 */

import { MOST_NAMED, subscribeAddress } from "./address.js";
import { toBase64url } from "./base64url.js";
import { withTopics } from "./follow.js";
import { keepRetry, RETRY } from "./health/alarms.js";
import { ensureHere } from "./health/means.js";
import { adopted } from "./health/topics.js";
import { exclusively, runtime, tabs } from "./platform.js";
import { RefusedByServer, serverAt, troubleOf } from "./server.js";
import { changeState, readState } from "./state.js";
import { fold, otherThan } from "./topics/names.js";

/** @typedef {import("./state.js").Trouble} Trouble */
/** @typedef {import("./state.js").Link} Link */
/** @typedef {import("./state.js").State} State */

const LIFETIME_MS = 10 * 60 * 1000;
const DONE_PAGE = "done.html";

/**
 * Open the server's page, which asks OK and Allow, and offers to hand over.
 * @param {string[]} topics names or slugs
 */
export async function openLink(topics) {
  const { server } = await readState();
  const verifier = toBase64url(crypto.getRandomValues(new Uint8Array(32)));
  const named = topics.slice(0, MOST_NAMED);
  const link = { verifier, server, named, at: Date.now(), tab: -1, code: "" };
  await changeState(({ following, ticket, unclaimed }) => ({
    // What is unfollowed before it is claimed must not come back.
    link: { ...link, topics: otherThan(topics, following) },
    byPolling: false,
    pending: null,
    // Where a ticket is held, the page's subscription ends with it.
    unclaimed: ticket?.server === server ? unclaimed : [...new Set([...unclaimed, server])],
  }));
  const hash = await hashOf(verifier);
  const back = runtime.getURL(DONE_PAGE);
  const wanted = { topics: named, hash, back };
  const tab = await tabs.create({ url: subscribeAddress(server, wanted) });
  await changeState((state) => (state.link ? { link: { ...state.link, tab: tab.id ?? -1 } } : {}));
}

/** @param {string} verifier */
export async function hashOf(verifier) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  return toBase64url(digest);
}

/**
 * The code in an address of the page that the server's page comes back to; "" in any other address.
 * @param {string | undefined} address
 */
export function codeIn(address) {
  const done = runtime.getURL(DONE_PAGE);
  if (!address?.startsWith(`${done}?`)) return "";
  return new URL(address).searchParams.get("code") ?? "";
}

/**
 * Claim the subscription. Called whenever a code is seen, and again for one that is kept: twice does no harm,
 * for the second waits until the first is through.
 * @param {string} [given] the code, where one is at hand
 * @returns {Promise<"linked" | "nothing" | Trouble>}
 */
export function claim(given = "") {
  return exclusively("newsbell claim", () => claimOnce(given));
}

/**
 * @param {string} given
 * @returns {Promise<"linked" | "nothing" | Trouble>}
 */
async function claimOnce(given) {
  const { link, ticket } = await changeState(({ link }) =>
    link && given ? { link: { ...link, code: given } } : {},
  );
  if (!link) return ticket ? "linked" : "nothing";
  if (!link.code) return "nothing";
  if (Date.now() - link.at > LIFETIME_MS) {
    await dropCode(link.code);
    return "nothing";
  }
  try {
    return await take(link);
  } catch (error) {
    const trouble = troubleOf(error);
    // A code of somebody else's is none of ours; the one that is ours may still come.
    if (error instanceof RefusedByServer && !error.isPassing) await dropCode(link.code);
    if (trouble.passing) await keepRetry(RETRY, 1, { anew: true });
    return trouble;
  }
}

/** @param {Link} link */
async function take(link) {
  const { id, manage_token, topics } = await serverAt(link.server).claim(link.code, link.verifier);
  await changeState((state) => ({
    link: null,
    pending: null,
    unclaimed: state.unclaimed.filter((server) => server !== link.server),
    ticket: {
      server: link.server,
      id,
      token: manage_token,
      endpoint: "",
      told: topics.map(({ slug }) => slug),
    },
    // A ticket that worked until now is of another subscription, or of this one before.
    ended: state.ticket && state.ticket.id !== id ? [...state.ended, state.ticket] : state.ended,
    following: united(state, link, topics),
  }));
  await ensureHere();
  return /** @type {const} */ ("linked");
}

/**
 * Topics that were on the server's page are followed as the reader left them there; all others are as
 * before, and `ensure` tells the server of them.
 * @param {State} state
 * @param {Link} link
 * @param {import("./server.js").TopicName[]} theirs
 */
function united(state, { topics, named }, theirs) {
  const now = Date.now();
  const shown = [...named, ...theirs.flatMap(({ name, slug }) => [name, slug])];
  const settled = new Set(shown.map(fold));
  const others = state.following.filter(
    ({ name, slug }) => !settled.has(fold(name)) && !settled.has(fold(slug ?? name)),
  );
  const following = [...adopted(state.following, theirs, now), ...others];
  const more = topics.filter((name) => !settled.has(fold(name)));
  return withTopics({ ...state, following }, more, now);
}

/** @param {string} code */
async function dropCode(code) {
  await changeState(({ link }) => (link?.code === code ? { link: { ...link, code: "" } } : {}));
}
