/** What the reader wants: following and unfollowing, the wish until Allow, and stopping altogether. */

import { ensureHere } from "./health/means.js";
import { MOST_FOLLOWED } from "./health/topics.js";
import { maySayThings, pushesItself } from "./platform.js";
import { Hindered } from "./server.js";
import { changeState, readState } from "./state.js";
import { lookup } from "./topics/catalogue.js";
import { cleanName, fold, keyOf } from "./topics/names.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./state.js").Followed} Followed */

/**
 * The topics followed after these are, too, however many; under the server's names where it has them.
 * @param {Pick<State, "following" | "catalogue">} state
 * @param {string[]} names
 * @param {number} now
 * @returns {Followed[]}
 */
export function withTopics({ following, catalogue }, names, now) {
  const find = lookup(catalogue?.topics ?? []);
  const topics = new Map(following.map((topic) => [fold(topic.name), topic]));
  for (const given of names) {
    const known = find(given);
    const name = known?.name ?? cleanName(given);
    if (!name || topics.has(fold(name)) || following.some((one) => known && one.slug === known.slug))
      continue;
    topics.set(fold(name), { name, slug: known?.slug, since: now, primed: false });
  }
  return [...topics.values()];
}

/**
 * The same, where one subscription has room for them.
 * @param {Pick<State, "following" | "catalogue">} state
 * @param {string[]} names
 * @param {number} now
 * @throws {Hindered}
 */
export function withinRoom(state, names, now) {
  const topics = withTopics(state, names, now);
  const more = topics.length > state.following.length;
  if (more && topics.length > MOST_FOLLOWED) throw new Hindered("too_many_followed");
  return topics;
}

/**
 * What is to be seen until `ensure` knows more: push services and servers take their time.
 * @param {State} state
 */
const begun = ({ standing }) =>
  standing.how === "push" || standing.how === "linked" || standing.how === "polling"
    ? {}
    : { standing: { how: /** @type {const} */ ("waiting"), trouble: null, at: Date.now() } };

/** @param {string[]} names */
export async function follow(names) {
  await changeState((state) => ({
    following: withinRoom(state, names, Date.now()),
    pending: null,
    ...begun(state),
  }));
  await ensureHere();
}

/** @param {string[]} keys the slugs of topics, or their names */
export async function unfollow(keys) {
  const folded = keys.map(fold);
  await changeState((state) => {
    const following = state.following.filter(
      (topic) => !keys.includes(keyOf(topic)) && !folded.includes(fold(topic.name)),
    );
    return following.length > 0 ? { following } : { following, unread: [], due: [] };
  });
  await ensureHere();
}

/**
 * Follow what OK was pressed for once the reader has said Allow in the browser's own dialog, upon which the
 * popup may be gone. Should they be too many, `ensure` says so, and none is lost. An extension that cannot have
 * pushes asks only where it is to look at the feed instead.
 */
export async function followPending() {
  const allowed = await maySayThings();
  await changeState((state) =>
    state.pending && allowed
      ? {
          following: withTopics(state, state.pending.topics, Date.now()),
          pending: null,
          ...(pushesItself ? begun(state) : { byPolling: true, link: null }),
        }
      : {},
  );
  await ensureHere();
}

/**
 * Nothing is followed any more, the server is told, and nothing rings.
 * @returns {Promise<{isTold: boolean, unclaimed: string[]}>} whether the reader's server knows, where what was
 *   left before does not count; and the servers whose own page may ring on, for it never let the extension in,
 *   which are named once
 */
export async function stopEverything() {
  await changeState(() => ({
    following: [],
    pending: null,
    link: null,
    byPolling: false,
    unread: [],
    due: [],
    known: [],
    pushed: [],
    feed: null,
  }));
  await ensureHere();
  const { ended, server, unclaimed } = await readState();
  await changeState((state) => ({ unclaimed: state.unclaimed.filter((one) => !unclaimed.includes(one)) }));
  return { isTold: !ended.some((ticket) => ticket.server === server), unclaimed };
}

/**
 * @param {string[]} ids of articles; none means all
 */
export async function markRead(ids) {
  await changeState((state) => ({
    unread: ids.length > 0 ? state.unread.filter((id) => !ids.includes(id)) : [],
  }));
}
