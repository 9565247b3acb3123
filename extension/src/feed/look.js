/** Looking at the feed of the followed topics, and ringing from it where nothing else rings. */

import { feedName, MOST_IN_FEED } from "../address.js";
import { showBadge } from "../badge.js";
import { exclusively, maySayThings } from "../platform.js";
import { RefusedByServer, ServerAway, serverAt } from "../server.js";
import { changeState, readState } from "../state.js";
import { lookup } from "../topics/catalogue.js";
import { itemsOf } from "./items.js";
import { ringDue } from "./ring.js";
import { sift } from "./sift.js";

/** @typedef {import("../state.js").State} State */
/** @typedef {import("../state.js").Feed} Feed */

/**
 * The server's slugs of the followed topics, by what is known of them; a topic no article has is in no feed.
 * @param {Pick<State, "following" | "catalogue">} state
 */
export function slugsOf({ following, catalogue }) {
  const find = lookup(catalogue?.topics ?? []);
  return following
    .map((topic) => (find(topic.slug ?? topic.name) ?? find(topic.name))?.slug)
    .filter((slug) => slug !== undefined);
}

/**
 * @param {{ring?: boolean}} [options] whether to ring for what is new, whatever else rings
 */
export async function lookAtFeed({ ring = false } = {}) {
  await exclusively("newsbell feed", async () => {
    await tell(); // what is known already does not wait for the server
    await refreshCatalogue();
    const state = await readState();
    const how = state.standing.how;
    const rings = (ring || how === "polling" || how === "waiting") && (await maySayThings());
    await takeIn(state, rings);
    await tell();
  }).catch(quietWhenAway);
}

async function tell() {
  if (await maySayThings()) await ringDue();
  await showBadge();
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
  return [...items.values()].sort((a, b) => b.at - a.at).slice(0, 2 * MOST_IN_FEED);
}

/** The topics are asked for each time, which costs a 304 while nothing has changed. */
async function refreshCatalogue() {
  const { server, catalogue } = await readState();
  const held = catalogue?.server === server ? catalogue : null;
  const answer = await serverAt(server).topics(held?.etag ?? "");
  if (answer === "unchanged") return;
  await changeState(() => ({ catalogue: { server, at: Date.now(), ...answer } }));
}

/** @param {unknown} error */
function quietWhenAway(error) {
  // It is looked at again by itself, and `ensure` is what says that the server does not answer.
  if (!(error instanceof ServerAway || error instanceof RefusedByServer)) throw error;
}
