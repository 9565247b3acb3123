/**
 * Everything the extension remembers. It lives in storage only: a background script is stopped whenever
 * it is idle, and a popup whenever it loses the focus.
 */

import { exclusively, storage } from "./platform.js";

/** A topic the reader follows. `primed`: the feed was read since, so that what comes next is new. */
/** @typedef {{name: string, slug?: string, since: number, primed: boolean}} Followed */

/** What proves that this browser may manage its subscription; `told` are the slugs both agreed on. */
/** @typedef {{server: string, id: number, token: string, endpoint: string, told: string[]}} Ticket */

/** A ticket that was given up; `failingSince`: when its server was first told so in vain. */
/** @typedef {Ticket & {failingSince?: number}} Ended */

/** @typedef {{name: string, slug: string, aliases: string[], articles: number}} Topic */
/** A page of the server's topics: what asks for it and for the following one, and how many it has. */
/** @typedef {{search: string, next: string | null, etag: string, count: number}} TopicPage */

/** The server's topics, page after page; `cut` where the server has more of them than are kept. */
/** @typedef {{server: string, at: number, topics: Topic[], pages: TopicPage[], cut: boolean}} Catalogue */
/** @typedef {{name: string, version: string, features: string[], vapid_key: string}} About */

/** An article of a followed topic, as the feed tells it; `story` as pushes are tagged, `at` in milliseconds since 1970. */
/** @typedef {{id: string, url: string, original: string, title: string, summary: string, site: string, story: string, topics: string[], at: number, lang: string}} Item */

/** `reach`: by slug, since when it has all articles of the topic; 0 where it has them all. */
/** @typedef {{server: string, slugs: string, etag: string, items: Item[], reach: [string, number][]}} Feed */
/** @typedef {{code: string, message: string, passing: boolean}} Trouble */
/** @typedef {"idle" | "push" | "linked" | "polling" | "waiting" | "unallowed" | "unlinked"} How */
/** @typedef {{how: How, trouble: Trouble | null, at: number}} Standing */
/** `topics`: what OK was pressed for and was not followed; `named`: all that the server's page was opened with. */
/** @typedef {{verifier: string, server: string, topics: string[], named: string[], at: number, tab: number, code: string}} Link */
/** @typedef {"new" | "known" | "updated" | "unsent" | "failed"} SaveOutcome */

/** `reason` and `code` say why it rings, or does not: in the server's words, and for programs. */
/** @typedef {{server: string, url: string, title: string, what: SaveOutcome, reason: string, code: string, rung: boolean, article: number, topics: string[], trouble: Trouble | null, at: number, told: boolean}} Saved */

/** A page that waits to be saved, or was refused then; its text is elsewhere. `size` in bytes; `trouble` of the last try. */
/** @typedef {{id: string, server: string, url: string, title: string, topics: string[] | null, size: number, at: number, trouble: Trouble | null}} Unsent */

/**
 * @typedef {object} State
 * @property {string} server address without a slash at its end
 * @property {string} apiToken an editor's; "" for readers
 * @property {Followed[]} following
 * @property {boolean} byPolling the reader chose to be told without push, where the extension cannot push
 * @property {{topics: string[], at: number} | null} pending what OK was pressed for and was not followed, until Allow
 * @property {Ticket | null} ticket
 * @property {Ended[]} ended tickets whose servers must still be told
 * @property {Link | null} link a hand-over under way
 * @property {string[]} unclaimed servers whose page was opened for a hand-over, with none claimed since: it may notify, which the next Stop says
 * @property {Standing} standing how things stood when they were last looked at
 * @property {About | null} about
 * @property {Catalogue | null} catalogue
 * @property {number} catalogueSeen when the server last said that it is as it is now
 * @property {Feed | null} feed
 * @property {string[]} known ids, addresses and stories of articles that were seen, newest last
 * @property {string[]} pushed addresses of articles that a push rang for, newest last
 * @property {Item[]} due articles to ring for, stored before the first of them rings
 * @property {Item[]} held articles that the feed had before any push, and whose push may be lost
 * @property {boolean} missed whether pushes may have been lost, so that the next look at the feed rings
 * @property {string[]} unread ids
 * @property {Saved | null} saved
 * @property {Unsent[]} unsent
 * @property {number} unsentTries how often in a row they could not be saved
 * @property {number} tries how often in a row the server could not be told something, or no push service answered
 */

/** @type {State} */
export const DEFAULTS = {
  server: "http://127.0.0.1:8080",
  apiToken: "",
  following: [],
  byPolling: false,
  pending: null,
  ticket: null,
  ended: [],
  link: null,
  unclaimed: [],
  standing: { how: "idle", trouble: null, at: 0 },
  about: null,
  catalogue: null,
  catalogueSeen: 0,
  feed: null,
  known: [],
  pushed: [],
  due: [],
  held: [],
  missed: false,
  unread: [],
  saved: null,
  unsent: [],
  unsentTries: 0,
  tries: 0,
};

/** @returns {Promise<State>} */
export async function readState() {
  return /** @type {State} */ (await storage.local.get(DEFAULTS));
}

/**
 * All but the server's topics, of which there may be thousands: what is shown first needs none of them.
 * @returns {Promise<State>}
 */
export async function readFirst() {
  const { catalogue, ...first } = DEFAULTS;
  return /** @type {State} */ ({ ...(await storage.local.get(first)), catalogue });
}

/** @param {Partial<State>} patch */
export async function writeState(patch) {
  await storage.local.set(patch);
}

/**
 * Change what depends on what is there, while nobody else does.
 * @param {(state: State) => Partial<State>} work
 * @returns {Promise<State>} as it is afterwards
 */
export function changeState(work) {
  return exclusively("newsbell state", async () => {
    const state = await readState();
    const patch = work(state);
    await writeState(patch);
    return { ...state, ...patch };
  });
}

/** @param {() => void} tell */
export function onStateChange(tell) {
  storage.onChanged.addListener((_changes, area) => {
    if (area === "local") tell();
  });
}
