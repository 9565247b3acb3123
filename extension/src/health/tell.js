/** Telling the server what is followed: all of it, or as much as it takes, and then what was left out. */

import { hindrance, RefusedByServer } from "../server.js";
import { MOST_FOLLOWED, namesToTell, usableByServer, withinBounds } from "./topics.js";

/** @typedef {import("../state.js").Followed} Followed */
/** @typedef {import("./ensure.js").Means} Means */
/** @typedef {import("./ensure.js").Round} Round */

/** Names that a sentence about them has room for. */
const MOST_NAMED = 5;

/**
 * Where the server does not take all topics it is told of as many as it takes, and the trouble is noted: what
 * is unfollowed must get through, whatever else waits.
 * @template T
 * @param {Means} means
 * @param {Round} round
 * @param {Followed[]} following
 * @param {(names: string[]) => Promise<T>} tell
 * @returns {Promise<T | null>} null where it takes none of them for a topic
 */
export async function tellTopics(means, round, following, tell) {
  const most = following.slice(0, MOST_FOLLOWED);
  if (most.length < following.length) round.trouble = hindrance("too_many_followed");
  try {
    return await tellUsable(means, round, most, tell);
  } catch (error) {
    if (!isTooMany(error)) throw error;
  }
  round.trouble ??= hindrance("too_many_waiting");
  const known = await means.topics();
  const [more, fewer] = [true, false].map((anew) => withinBounds(most, round.theirs, known, { anew }));
  try {
    return await tellUsable(means, round, more, tell);
  } catch (error) {
    // Topics of all readers that wait are bounded, too.
    if (!isTooMany(error) || fewer.length === 0) throw error;
  }
  return tellUsable(means, round, fewer, tell);
}

/**
 * The server refuses all of them for one that is no topic's name to it, and does not say which. Its own are
 * always some.
 * @template T
 * @param {Means} means
 * @param {Round} round
 * @param {Followed[]} following
 * @param {(names: string[]) => Promise<T>} tell
 * @returns {Promise<T | null>} null where none is left to tell
 */
async function tellUsable(means, round, following, tell) {
  let refusal;
  try {
    return await tell(namesToTell(following));
  } catch (error) {
    if (!isOfNames(error)) throw error;
    refusal = error;
  }
  for (const usable of usableByServer(following, await means.topics())) {
    round.trouble = unusable(following, usable);
    if (usable.length === 0) return null;
    try {
      return await tell(namesToTell(usable));
    } catch (error) {
      if (!isOfNames(error)) throw error;
      refusal = error;
    }
  }
  throw refusal;
}

/**
 * @param {Followed[]} following
 * @param {Followed[]} usable
 */
function unusable(following, usable) {
  const left = following.filter((topic) => !usable.includes(topic)).map(({ name }) => name);
  const named = left.length > MOST_NAMED ? [...left.slice(0, MOST_NAMED), "…"] : left;
  return { ...hindrance("unusable_names"), message: named.join(", ") };
}

/** @param {unknown} error */
const isOfNames = (error) =>
  error instanceof RefusedByServer && error.code === "malformed" && error.field === "topics";

/** @param {unknown} error */
export const isTooMany = (error) => error instanceof RefusedByServer && error.code === "too_many_topics";
