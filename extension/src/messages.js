/** All that the pages of the extension ask of its background, in one table. */

import { lookAtFeed, quietWhenAway } from "./feed/look.js";
import { follow, followPending, markRead, stopEverything, unfollow } from "./follow.js";
import { claim, openLink } from "./link.js";
import { savePage, sendUnsent } from "./save/page.js";
import { drop } from "./save/unsent.js";
import { troubleOf } from "./server.js";
import { useServer, useSettings, useToken } from "./settings.js";
import { sendTest } from "./test_ring.js";
import { refreshTopics } from "./topics/refresh.js";

/** @typedef {import("./state.js").Trouble} Trouble */
/** @typedef {typeof TABLE} Table */
/** @typedef {keyof Table} Kind */
/** @typedef {{kind: Kind, body: any}} Message */
/** @typedef {{value: unknown} | {trouble: Trouble}} Reply */

const TABLE = {
  /** A page of ours was opened: look what was left undone, whether all is well, and what is new. */
  opened: async () => {
    await Promise.all([claim().then(followPending), refreshTopics().catch(quietWhenAway), sendUnsent()]);
  },
  follow: (/** @type {{topics: string[]}} */ { topics }) => follow(topics),
  allowed: () => followPending(),
  unfollow: (/** @type {{keys: string[]}} */ { keys }) => unfollow(keys),
  link: (/** @type {{topics: string[]}} */ { topics }) => openLink(topics),
  claim: (/** @type {{code: string}} */ { code }) => claim(code),
  markRead: (/** @type {{ids: string[]}} */ { ids }) => markRead(ids),
  look: () => lookAtFeed(),
  save: (/** @type {{tab: number, topics: string[] | null}} */ { tab, topics }) => savePage(tab, topics),
  sendUnsent: () => sendUnsent({ refused: true }), // pressed for
  dropUnsent: (/** @type {{id: string}} */ { id }) => drop(id),
  test: () => sendTest(),
  stop: () => stopEverything(),
  useServer: (/** @type {{address: string}} */ { address }) => useServer(address),
  useToken: (/** @type {{token: string}} */ { token }) => useToken(token),
  useSettings: (/** @type {{settings: import("./settings.js").Settings}} */ { settings }) =>
    useSettings(settings),
};

/**
 * @param {Message} message
 * @returns {Promise<Reply>}
 */
export async function answer({ kind, body }) {
  try {
    const work = /** @type {(body: any) => Promise<unknown>} */ (TABLE[kind]);
    return { value: await work(body) };
  } catch (error) {
    return { trouble: troubleOf(error) };
  }
}

/** @param {unknown} message */
export function isMessage(message) {
  const kind = /** @type {any} */ (message)?.kind;
  return typeof kind === "string" && Object.hasOwn(TABLE, kind);
}
