/**
 * Pages that wait to be saved: kept before they are sent, so that neither a server that is away nor a
 * background that is stopped loses one, and tried again until the server answers yes or no. After a no they
 * stay until their editor has seen it, and drops them, or until a page that can still be sent needs the room.
 */

import { keepRetry, SAVES } from "../health/alarms.js";
import { exclusively } from "../platform.js";
import { changeState, readState } from "../state.js";
import { dropTextsExcept, keepText, textOf } from "./texts.js";
import { isRefused, mayCome, sendable } from "./waiting.js";

/** @typedef {import("../state.js").Unsent} Unsent */
/** @typedef {import("../state.js").Saved} Saved */
/** `html`: undefined where it is lost, null where the disk does not give it now. */
/** @typedef {(page: Unsent, html: string | undefined | null) => Promise<Saved>} SendKept */

export const MOST_PAGES = 20;
/** Bytes of all of them together; of one, see `MOST_BYTES`. */
export const MOST_TEXT = 50_000_000;

/** What is wrong with one page will be wrong with the next. */
const STOPPING = new Set([
  "away",
  "unavailable",
  "too_many_requests",
  "unauthorized",
  "no_consent",
  "other_server",
]);

/**
 * What stays beside one more page. The same page again takes the place of the one that waits, and those refused
 * longest ago give way, so that what can still be sent has all the room.
 * @param {Unsent[]} unsent
 * @param {Pick<Unsent, "server" | "url" | "size">} page
 * @returns {Unsent[] | null} null where there is no room for one more
 */
export function leftBeside(unsent, page) {
  const others = unsent.filter((one) => !isSame(one, page));
  const size = () => others.reduce((sum, one) => sum + one.size, page.size);
  while (others.length >= MOST_PAGES || size() > MOST_TEXT) {
    const oldest = others.findIndex(isRefused);
    if (oldest === -1) return null;
    others.splice(oldest, 1);
  }
  return others;
}

/**
 * @param {Pick<Unsent, "server" | "url">} one
 * @param {Pick<Unsent, "server" | "url">} other
 */
const isSame = (one, other) => one.server === other.server && one.url === other.url;

/**
 * Keep a page, and send it at once. Nobody else sends it meanwhile, so that what came of it is known here.
 * @param {Pick<Unsent, "server" | "url" | "title" | "topics">} page
 * @param {string} html
 * @param {(page: Unsent, html: string) => Promise<Saved>} send
 * @returns {Promise<Saved | null>} null where there is no room left to keep it, here or on the disk
 */
export function keepAndSend(page, html, send) {
  const id = crypto.randomUUID();
  return alone(id, async () => {
    const entry = await keep({ ...page, id }, html);
    if (!entry) return null;
    const saved = await send(entry, html);
    if (saved.trouble && mayCome(saved.trouble)) return (await keepWith(id, saved)) ?? saved;
    await drop(id);
    return saved;
  });
}

/**
 * @template T
 * @param {string} id
 * @param {() => Promise<T>} work
 */
const alone = (id, work) => exclusively(`newsbell unsent ${id}`, work);

/**
 * Keep a page until it is sent.
 * @param {Pick<Unsent, "id" | "server" | "url" | "title" | "topics">} page
 * @param {string} html
 * @returns {Promise<Unsent | null>} null where there is no room left, here or on the disk
 */
function keep(page, html) {
  const entry = { ...page, size: new Blob([html]).size, at: Date.now(), trouble: null };
  return exclusively("newsbell texts", async () => {
    if (!leftBeside((await readState()).unsent, entry)) return null;
    try {
      await keepText(entry.id, html);
    } catch {
      return null; // a full disk, or a browser told to keep nothing
    }
    const { unsent, unsentTries } = await changeState((state) => {
      const others = leftBeside(state.unsent, entry);
      return others ? { unsent: [...others, entry], unsentTries: state.unsentTries + 1 } : {};
    });
    await sweep(unsent);
    if (!unsent.includes(entry)) return null; // meanwhile a refused one was tried again, and waits
    await keepRetry(SAVES, unsentTries); // before it is sent: whatever happens then, it is tried again
    return entry;
  });
}

/** @param {string} id */
export function drop(id) {
  return exclusively("newsbell texts", async () => {
    const { unsent } = await changeState((state) => {
      const left = state.unsent.filter((one) => one.id !== id);
      return { unsent: left, unsentTries: left.length > 0 ? state.unsentTries : 0 };
    });
    await sweep(unsent);
  });
}

/**
 * Drop the texts that no page has any more; what could not be dropped is next time.
 * @param {Unsent[]} unsent
 */
const sweep = (unsent) => dropTextsExcept(unsent.map(({ id }) => id)).catch(() => undefined);

/**
 * Try every page that waits, until the server turns out to be away.
 * @param {SendKept} send
 * @param {(saved: Saved) => Promise<void>} tell what came of one that was saved, or refused
 * @param {{refused?: boolean}} [options] whether to try again what was refused, too
 */
export function sendAll(send, tell, { refused = false } = {}) {
  return exclusively("newsbell unsent", async () => {
    const pages = sendable(await readState()).filter((page) => refused || !isRefused(page));
    if (pages.length > 0) await countTry();
    for (const { id } of pages) {
      const saved = await sendOne(id, send);
      if (saved?.what !== "unsent") await (saved && tell(saved));
      else if (STOPPING.has(saved.trouble?.code ?? "")) break;
    }
    await settle();
  });
}

/**
 * @param {string} id
 * @param {SendKept} send
 * @returns {Promise<Saved | null>} null where it waits no longer: sent by another, or dropped
 */
function sendOne(id, send) {
  return alone(id, async () => {
    const page = (await readState()).unsent.find((one) => one.id === id);
    if (!page) return null;
    const html = await textOf(id).catch(() => null);
    const saved = await send(page, html);
    if (saved.trouble) return keepWith(id, saved);
    await drop(id);
    return saved;
  });
}

/**
 * Keep a page with what is wrong, even one that was refused: nobody looks while it is tried again, and it would
 * be gone before its editor knows.
 * @param {string} id
 * @param {Saved} saved
 * @returns {Promise<Saved | null>} null where it was dropped meanwhile
 */
async function keepWith(id, saved) {
  const { trouble } = saved;
  // To the end: a page that the server never gets through must not keep the others waiting.
  const { unsent } = await changeState((state) => ({
    unsent: [
      ...state.unsent.filter((one) => one.id !== id),
      ...state.unsent.filter((one) => one.id === id).map((one) => ({ ...one, trouble })),
    ],
  }));
  const kept = unsent.find((one) => one.id === id);
  return kept ? { ...saved, what: isRefused(kept) ? "failed" : "unsent" } : null;
}

/** Before the try, so that one during which the background is stopped leads to a longer wait as well. */
async function countTry() {
  const { unsentTries } = await changeState((state) => ({ unsentTries: state.unsentTries + 1 }));
  await keepRetry(SAVES, unsentTries, { anew: true });
}

/** What is away is tried again, later each time; what wants another token waits until there is one. */
export async function settle() {
  const { unsentTries } = await changeState((state) => {
    const again = sendable(state).some(({ trouble }) => trouble === null || trouble.passing);
    return { unsentTries: again ? state.unsentTries : 0 };
  });
  await keepRetry(SAVES, unsentTries, { anew: true });
}
