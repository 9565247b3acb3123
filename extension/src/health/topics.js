/** Which topics are followed, here and at the server, and who changed them since both last agreed. */

import { fold, keyOf } from "../topics/names.js";

/** @typedef {import("../state.js").Followed} Followed */
/** @typedef {import("../server.js").TopicName} TopicName */

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

/** What the server is told: slugs where they are known. */
export const namesToTell = (/** @type {Followed[]} */ following) =>
  following.map(({ name, slug }) => slug ?? name);

/**
 * @param {string[]} one
 * @param {string[]} other
 */
const same = (one, other) =>
  new Set(one).size === new Set([...one, ...other]).size && one.length === other.length;
