/** What is new in a feed, what of it rings and what is unread: decided from values alone. */

import { MOST_IN_FEED } from "../address.js";
import { fold } from "../topics/names.js";

/** @typedef {import("../state.js").State} State */
/** @typedef {import("../state.js").Item} Item */
/** @typedef {import("../state.js").Followed} Followed */

/** The server rings for articles of the last day, and so does whoever polls. */
const RINGS_FOR_MS = 24 * 60 * 60 * 1000;
const MOST_KNOWN = 1000;
/** As many as a look at two feeds gives. */
export const MOST_LISTED = 2 * MOST_IN_FEED;

/**
 * @typedef {Pick<State, "following" | "known" | "pushed" | "unread" | "due">} Before
 * @typedef {Pick<State, "following" | "known" | "unread" | "due">} After
 */

/**
 * What a look at the feed changes. An article is new once, by its id, its address, and its words: the same
 * text on another site is the same story. What a topic had before it was followed is not new.
 * @param {Item[]} items newest first
 * @param {Before} before
 * @param {{ring: boolean, now: number}} how
 * @returns {After}
 */
export function sift(items, before, { ring, now }) {
  const known = new Set(before.known);
  const fresh = [];
  for (const item of [...items].reverse()) {
    const marks = marksOf(item);
    const isNew = !marks.some((mark) => known.has(mark)) && isNewTo(item, before.following);
    for (const mark of marks) {
      known.delete(mark); // to the end: what is seen again is forgotten last
      known.add(mark);
    }
    if (isNew) fresh.push(item);
  }
  const present = new Set(items.map(({ id }) => id));
  const rings = fresh.filter(
    (item) => ring && !before.pushed.includes(item.url) && now - item.at < RINGS_FOR_MS,
  );
  return {
    following: before.following.map((topic) => (topic.primed ? topic : { ...topic, primed: true })),
    known: [...known].slice(-MOST_KNOWN),
    unread: [...before.unread.filter((id) => present.has(id)), ...fresh.map(({ id }) => id)],
    due: [...before.due, ...rings],
  };
}

/**
 * What a push for an article changes: it is listed, and unread, before the feed is looked at. One that was
 * seen in the feed before is as the reader left it.
 * @param {Item} item
 * @param {Pick<State, "server" | "ticket" | "feed" | "known" | "unread">} before
 * @returns {Partial<Pick<State, "feed" | "known" | "unread">>}
 */
export function withPushed(item, { server, ticket, feed, known, unread }) {
  const isOfAnother = ticket?.server !== server; // one that was given up, and does not know it yet
  if (isOfAnother || known.includes(item.id)) return {};
  const held = feed?.server === server ? feed : { server, slugs: "", etag: "", items: [] };
  return {
    feed: { ...held, items: [item, ...held.items].sort((a, b) => b.at - a.at).slice(0, MOST_LISTED) },
    known: [...known, ...marksOf(item)].slice(-MOST_KNOWN),
    unread: [...unread, item.id],
  };
}

/**
 * All by which an article is known again.
 * @param {Item} item
 */
const marksOf = ({ id, url, title, summary }) =>
  title ? [id, url, `${fold(title)}\n${fold(summary)}`] : [id, url];

/**
 * Whether an article came after its topic was followed. Right after following, the feed is full of older
 * ones, which its own dates tell apart.
 * @param {Item} item
 * @param {Followed[]} following
 */
function isNewTo(item, following) {
  const names = new Set(item.topics.map(fold));
  const its = following.filter((topic) => names.has(fold(topic.name)));
  const counted = its.length > 0 ? its : following;
  return counted.some((topic) => topic.primed || item.at > topic.since);
}
