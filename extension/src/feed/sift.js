/** What is new in a feed, what of it rings and what is unread: decided from values alone. */

import { fold } from "../topics/names.js";

/** @typedef {import("../state.js").State} State */
/** @typedef {import("../state.js").Item} Item */
/** @typedef {import("../state.js").Followed} Followed */

/** The server rings for articles of the last day, and so does whoever polls. */
const RINGS_FOR_MS = 24 * 60 * 60 * 1000;
const MOST_KNOWN = 1000;

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
