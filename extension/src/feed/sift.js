/** What is new in a feed, what of it rings and what is unread: decided from values alone. */

import { MOST_IN_FEED } from "../address.js";
import { sourcesNamedIn, sourcesOf } from "./sources.js";

/** @typedef {import("../state.js").State} State */
/** @typedef {import("../state.js").Item} Item */
/** @typedef {import("../state.js").Feed} Feed */
/** @typedef {import("./sources.js").Source} Source */

/** The server rings for articles of the last day, and so does whoever polls. */
export const RINGS_FOR_MS = 24 * 60 * 60 * 1000;
const MOST_KNOWN = 1000;
/** As many as a look at two feeds gives. */
export const MOST_LISTED = 2 * MOST_IN_FEED;

/**
 * @typedef {Pick<State, "catalogue" | "catalogueSeen">} Topics
 * @typedef {Topics & Pick<State, "following" | "feed" | "known" | "pushed" | "unread" | "due">} Before
 * @typedef {Pick<State, "following" | "feed" | "known" | "unread" | "due">} After
 */

/**
 * What a look at the feed changes. An article is new once, by its id, its address, and its story: the same
 * text on another site is the same story, and stands there where the one before it was removed. What a topic had
 * before it was followed is not new. The reader may have followed or left topics since the feed was asked for.
 * @param {Feed} read its articles newest first
 * @param {Before} before with the topics that the feed was asked for by
 * @param {{ring: boolean, now: number}} how
 * @returns {After}
 */
export function sift(read, before, { ring, now }) {
  const sources = sourcesOf(before);
  const feed = withoutLeft(read, sources);
  const { items } = feed;
  const reach = new Map(before.feed?.reach);
  const known = new Set(before.known);
  const fresh = [];
  for (const item of [...items].reverse()) {
    const marks = marksOf(item);
    const isNew = !marks.some((mark) => known.has(mark)) && isNewTo(item, sources, reach);
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
    following: primed(before, read.reach),
    feed,
    known: [...known].slice(-MOST_KNOWN),
    unread: [...before.unread.filter((id) => present.has(id)), ...fresh.map(({ id }) => id)],
    due: [...before.due, ...rings],
  };
}

/**
 * The followed topics; one that was looked for is primed, be it in a feed or, among all topics of the server,
 * not there. Topics that were asked for before it was followed cannot tell.
 * @param {Topics & Pick<State, "following">} state
 * @param {Feed["reach"]} reach of what was read
 */
export function primed(state, reach) {
  const slugs = new Map(reach);
  const { catalogue, catalogueSeen } = state;
  return sourcesOf(state).map(({ topic, slug }) => {
    const isAbsent = slug === undefined && !catalogue?.cut && catalogueSeen >= topic.since;
    const isLookedFor = isAbsent || (slug !== undefined && slugs.has(slug));
    return topic.primed || !isLookedFor ? topic : { ...topic, primed: true };
  });
}

/**
 * A feed without what only topics have that were left since it was asked for. Then it is not all that its
 * validator stands for.
 * @param {Feed} read
 * @param {Source[]} sources
 * @returns {Feed}
 */
function withoutLeft(read, sources) {
  const slugs = new Set(sources.map(({ slug }) => slug));
  if (read.reach.every(([slug]) => slugs.has(slug))) return read;
  return { ...read, etag: "", items: read.items.filter((item) => sourcesNamedIn(sources, item).length > 0) };
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
  const held = feed?.server === server ? feed : { server, slugs: "", etag: "", items: [], reach: [] };
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
const marksOf = ({ id, url, story }) => [id, url, story].filter(Boolean);

/**
 * Whether an article that was never seen is new to any of its topics. One that names none of them, as after a
 * topic was renamed, may be of any.
 * @param {Item} item
 * @param {Source[]} sources
 * @param {Map<string, number>} reach of the feed that was held
 */
function isNewTo(item, sources, reach) {
  const its = sourcesNamedIn(sources, item);
  const isNew = (/** @type {Source} */ source) => isNewIn(item, source, reach);
  return its.length > 0 ? its.some(isNew) : sources.every(isNew);
}

/**
 * Right after following, the feed is full of older articles, which its own dates tell apart. Later, whatever
 * was not held is new as far back as the feed that was held goes. What is older comes up where others were
 * removed, or where a busy topic was left. An article that was saved late comes up there as well, and cannot be
 * told from those: it is listed, but neither unread nor rung for. So it goes, at the first look, with what came
 * into a renamed or merged topic since the look before.
 * @param {Item} item
 * @param {Source} source
 * @param {Map<string, number>} reach
 */
function isNewIn(item, { topic, slug, isOwn }, reach) {
  if (!topic.primed) return item.at > topic.since;
  const from = slug === undefined ? undefined : reach.get(slug);
  // Read for the first time: the topic had no article until now, or it is another's feed.
  return from === undefined ? isOwn : item.at >= from;
}
