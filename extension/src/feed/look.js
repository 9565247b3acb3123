/** Looking at the feed of the followed topics, and ringing from it where nothing else rings. */

import { feedName, MOST_IN_FEED } from "../address.js";
import { exclusively, maySayThings } from "../platform.js";
import { RefusedByServer, ServerAway, serverAt } from "../server.js";
import { changeState, readState } from "../state.js";
import { lookup } from "../topics/catalogue.js";
import { refreshTopics } from "../topics/refresh.js";
import { itemsOf } from "./items.js";
import { ringDue } from "./ring.js";
import { MOST_LISTED, sift, withPushed } from "./sift.js";

/** @typedef {import("../state.js").State} State */
/** @typedef {import("../state.js").Feed} Feed */
/** @typedef {import("../state.js").Item} Item */

const HOUR_MS = 60 * 60 * 1000;

/**
 * The server's slugs of the followed topics, by what is known of them; a topic no article has is in no feed.
 * Where not all topics are known here, the slug that was known when it was followed has to do.
 * @param {Pick<State, "following" | "catalogue">} state
 */
export function slugsOf({ following, catalogue }) {
  const find = lookup(catalogue?.topics ?? []);
  return following
    .map(
      (topic) => find(topic.slug ?? topic.name) ?? find(topic.name) ?? (catalogue?.cut ? topic : undefined),
    )
    .map((topic) => topic?.slug)
    .filter((slug) => slug !== undefined);
}

/**
 * @param {{ring?: boolean}} [options] whether to ring for what is new, whatever else rings
 */
export async function lookAtFeed({ ring = false } = {}) {
  await exclusively("newsbell feed", async () => {
    await tell(); // what is known already does not wait for the server
    await refreshTopics(topicsHoldFor(await readState()));
    const state = await readState();
    const how = state.standing.how;
    const rings = (ring || how === "polling" || how === "waiting") && (await maySayThings());
    await takeIn(state, rings);
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
 * @param {State} state
 * @param {boolean} rings
 */
async function takeIn(state, rings) {
  const items = await fetchItems(state);
  if (items === null) return;
  await changeState((now) => ({
    ...sift(items.items, now, { ring: rings, now: Date.now() }),
    feed: items,
  }));
}

/**
 * @param {State} state
 * @returns {Promise<Feed | null>} null where nothing has changed
 */
async function fetchItems({ server, feed, ...state }) {
  const slugs = slugsOf(state).sort();
  if (slugs.length === 0) return { server, slugs: "", etag: "", items: [] };
  // Who follows more than one feed joins gets several, none of which can answer for all.
  const single = slugs.length <= MOST_IN_FEED;
  const joined = slugs.join("+");
  const held = single && feed?.server === server && feed.slugs === joined ? feed.etag : "";
  const answers = [];
  for (let at = 0; at < slugs.length; at += MOST_IN_FEED) {
    const answer = await serverAt(server).feed(feedName(slugs.slice(at, at + MOST_IN_FEED), "json"), held);
    if (answer === "unchanged") return null;
    answers.push(answer);
  }
  return { server, slugs: joined, etag: single ? answers[0].etag : "", items: merged(answers) };
}

/** @param {{body: unknown}[]} answers */
function merged(answers) {
  const items = new Map(answers.flatMap(({ body }) => itemsOf(body)).map((item) => [item.id, item]));
  return [...items.values()].sort((a, b) => b.at - a.at).slice(0, MOST_LISTED);
}

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
