/** Which topics are followed, here and at the server, and who changed them since both last agreed. */

import { lookup } from "../topics/catalogue.js";
import { cleanName, fold, keyOf } from "../topics/names.js";

/** @typedef {import("../state.js").Followed} Followed */
/** @typedef {import("../state.js").Topic} Topic */
/** @typedef {import("../server.js").TopicName} TopicName */

/** As many as one subscription has at the server, `MAX_TOPICS` in server/newsbell/services/subscriptions.py. */
export const MOST_FOLLOWED = 200;

/** Of those, as many as no article has yet, `MAX_UNLISTED_OF_ONE` in server/newsbell/services/topics.py. */
export const MOST_WAITING = 10;

/**
 * @param {Followed[]} following
 * @param {string[]} told slugs both agreed on; none right after subscribing
 * @param {TopicName[]} theirs
 * @returns {"agree" | "ours" | "theirs"}
 */
export function compareTopics(following, told, theirs) {
  const slugs = theirs.map(({ slug }) => slug);
  if (!same(following.map(keyOf), told)) return "ours";
  return same(slugs, told) ? "agree" : "theirs";
}

/**
 * The server's topics, with what is remembered here of each.
 * @param {Followed[]} following
 * @param {TopicName[]} theirs
 * @param {number} now
 * @returns {Followed[]}
 */
export function adopted(following, theirs, now) {
  return theirs.map(({ name, slug }) => {
    const known =
      following.find((one) => one.slug === slug) ?? following.find((one) => fold(one.name) === fold(name));
    return { since: known?.since ?? now, primed: known?.primed ?? false, name, slug };
  });
}

/**
 * As much of what is followed as the server takes: all that has articles, and of what still waits for one first
 * what the server has for this browser already.
 * @param {Followed[]} following
 * @param {TopicName[]} theirs
 * @param {Topic[]} known the server's topics
 * @param {{anew: boolean}} options whether the server takes any that wait which it does not have yet
 */
export function withinBounds(following, theirs, known, { anew }) {
  const find = lookup(known);
  const held = new Set(theirs.flatMap(({ name, slug }) => [slug, fold(name)]));
  const isHeld = (/** @type {Followed} */ topic) => held.has(keyOf(topic));
  const waiting = following.filter(({ name, slug }) => !(find(slug ?? name) ?? find(name))?.articles);
  const others = anew ? waiting.filter((topic) => !isHeld(topic)) : [];
  const taken = [...waiting.filter(isHeld), ...others].slice(0, MOST_WAITING);
  return following.filter((topic) => !waiting.includes(topic) || taken.includes(topic));
}

/**
 * What of them to tell, the most first, where the server takes some for no topic's name. It takes its own, which
 * have slugs or are among its topics, as after a move to another server; of the others those that our rules
 * refuse are left out first, as rules that were once laxer let them be followed.
 * @param {Followed[]} following
 * @param {Topic[]} known the server's topics
 * @returns {Followed[][]} each shorter than the one before, and the first than what is followed
 */
export function usableByServer(following, known) {
  const find = lookup(known);
  const isOwn = (/** @type {Followed} */ { name, slug }) => slug !== undefined || find(name) !== undefined;
  const named = following.filter((topic) => isOwn(topic) || cleanName(topic.name) !== null);
  const own = named.filter(isOwn);
  const lists = [following, named, own];
  return lists.filter(({ length }, at) => at > 0 && length < lists[at - 1].length);
}

/** What the server is told: slugs where they are known. */
export const namesToTell = (/** @type {Followed[]} */ following) =>
  following.map(({ name, slug }) => slug ?? name);

/**
 * @param {string[]} one
 * @param {string[]} other
 */
const same = (one, other) =>
  new Set(one).size === new Set([...one, ...other]).size && one.length === other.length;
