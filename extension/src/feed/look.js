/** Looking at the feed of the followed topics, and ringing from it where nothing else rings. */

import { feedName, MOST_IN_FEED } from "../address.js";
import { ringsByFeed } from "../health/next.js";
import { exclusively, maySayThings } from "../platform.js";
import { RefusedByServer, ServerAway, serverAt } from "../server.js";
import { changeState, readState } from "../state.js";
import { refreshTopics } from "../topics/refresh.js";
import { ringOrHold } from "./held.js";
import { itemsOf, MOST_ITEMS } from "./items.js";
import { ringDue } from "./ring.js";
import { MOST_LISTED, primed, sift, withPushed } from "./sift.js";
import { slugsOf } from "./sources.js";

/** @typedef {import("../state.js").State} State */
/** @typedef {import("../state.js").Feed} Feed */
/** @typedef {import("../state.js").Item} Item */

const HOUR_MS = 60 * 60 * 1000;

export async function lookAtFeed() {
  await exclusively("newsbell feed", async () => {
    await tell(); // what is known already does not wait for the server
    await refreshTopics(topicsHoldFor(await readState()));
    await takeIn(await readState(), await maySayThings());
    await tell();
  }).catch(quietWhenAway);
}

async function tell() {
  if (await maySayThings()) await ringDue();
}

/**
 * List the article of a push as unread. No look at the feed follows: it would tell the server that the message
 * came, and bring all readers there at once. The feed is looked at when its own alarm says so, which a push
 * does not move.
 * @param {Item} item
 */
export async function listPushed(item) {
  // Not during a look, whose older answer would take it off the list again.
  await exclusively("newsbell feed", () => changeState((state) => withPushed(item, state)));
}

/**
 * Look at the feed by what was known before, and change what is known now: the reader may have moved to another
 * server meanwhile, which this says nothing of, or followed and left topics. Pushes that were found to be lost
 * only after the feed was asked for are left to the next look.
 * @param {State} state
 * @param {boolean} allowed whether notifications are
 */
async function takeIn(state, allowed) {
  const { asked, read } = await readFeed(state);
  const { server, catalogue, catalogueSeen } = asked;
  const reach = asked.feed?.reach ?? [];
  const isLeft = state.missed || state.held.length > 0 || !asked.following.every((topic) => topic.primed);
  if (!read && !isLeft) return;
  await changeState((now) => {
    if (now.server !== server) return {};
    const before = { ...now, due: [], catalogue, catalogueSeen };
    const at = Date.now();
    const { due: found = [], ...seen } = read
      ? sift(read, before, { ring: true, now: at })
      : { following: primed(before, reach) };
    const ring = allowed && (ringsByFeed(now.standing.how) || now.missed);
    return {
      ...seen,
      ...ringOrHold(found, { ...now, ...seen }, { ring, now: at }),
      missed: now.missed && !state.missed,
    };
  });
}

/**
 * The feed by the topics as they are. Where the server leads to another feed, a topic was renamed or merged,
 * and the topics say into which; where they are too many, they are not asked for at every look.
 * @param {State} state
 * @returns {Promise<{asked: State, read: Feed | null}>} null where nothing has changed
 */
async function readFeed(state) {
  const { read, moved } = await fetchFeed(state);
  if (moved) {
    await refreshTopics(state.catalogue?.cut ? HOUR_MS : 0);
    const asked = await readState();
    if (slugsOf(asked).join() !== slugsOf(state).join())
      return { asked, read: (await fetchFeed(asked)).read };
  }
  return { asked: state, read };
}

/**
 * @param {State} state
 * @returns {Promise<{read: Feed | null, moved: boolean}>}
 */
async function fetchFeed({ server, feed, ...state }) {
  const slugs = [...new Set(slugsOf(state))].sort();
  // Who follows more than one feed joins gets several, none of which can answer for all.
  const single = slugs.length <= MOST_IN_FEED;
  const joined = slugs.join("+");
  const held = single && feed?.server === server && feed.slugs === joined ? feed.etag : "";
  const parts = [];
  for (let at = 0; at < slugs.length; at += MOST_IN_FEED) {
    const part = slugs.slice(at, at + MOST_IN_FEED);
    const answer = await serverAt(server).feed(feedName(part, "json"), held);
    if (answer === "unchanged") return { read: null, moved: false };
    parts.push({ slugs: part, items: itemsOf(answer.body), etag: answer.etag, moved: answer.moved });
  }
  const etag = single ? (parts[0]?.etag ?? "") : "";
  return {
    read: { server, slugs: joined, etag, ...merged(parts) },
    moved: parts.some(({ moved }) => moved),
  };
}

/**
 * @param {{slugs: string[], items: Item[]}[]} parts
 * @returns {Pick<Feed, "items" | "reach">}
 */
function merged(parts) {
  const all = new Map(parts.flatMap(({ items }) => items).map((item) => [item.id, item]));
  const items = [...all.values()].sort((a, b) => b.at - a.at).slice(0, MOST_LISTED);
  const from = items.length < all.size ? oldest(items) : 0;
  const reach = parts.flatMap((part) => {
    const since = part.items.length < MOST_ITEMS ? from : Math.max(from, oldest(part.items));
    return part.slugs.map((slug) => /** @type {[string, number]} */ ([slug, since]));
  });
  return { items, reach };
}

/** @param {Item[]} items */
const oldest = (items) => Math.min(...items.map(({ at }) => at));

/**
 * For how many milliseconds the topics are not asked for again. Whoever waits for the first article of a topic
 * finds its feed by them, and asks each time; but not for many pages every few minutes.
 * @param {State} state
 */
function topicsHoldFor({ standing: { how }, ...state }) {
  const waits = slugsOf(state).length < state.following.length;
  const looksSeldom = how === "push" || how === "linked";
  return waits && (looksSeldom || state.catalogue?.pages?.length === 1) ? 0 : HOUR_MS;
}

/** @param {unknown} error */
export function quietWhenAway(error) {
  // It is looked at again by itself, and `ensure` is what says that the server does not answer.
  if (!(error instanceof ServerAway || error instanceof RefusedByServer)) throw error;
}
