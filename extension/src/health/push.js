/** The browser's side of Web Push, in the extension's own service worker (Chromium only). */

import { fromBase64url, toBase64url } from "../base64url.js";
import { registration } from "../platform.js";

/** @typedef {import("../server.js").Target} Target */
/** @typedef {{endpoint: string, key: string, keys: {p256dh: string, auth: string}}} Subscription */

export const SILENT_AFTER_MS = 15_000;

/**
 * @typedef {object} Push
 * @property {() => Promise<Subscription | null>} current
 * @property {(key: string, late: () => void) => Promise<Subscription | null>} subscribe null when nothing
 *   answered in time; `late` is called where an answer comes after all
 * @property {() => Promise<void>} unsubscribe
 */

/** @type {Push} */
export const push = {
  current: async () => read((await registration()?.pushManager?.getSubscription()) ?? null),
  subscribe: async (key, late) => {
    const manager = registration()?.pushManager;
    if (!manager) return null;
    return withinTime(
      manager.subscribe({ userVisibleOnly: true, applicationServerKey: fromBase64url(key) }),
      late,
    );
  },
  unsubscribe: async () => {
    const current = await registration()?.pushManager?.getSubscription();
    await current?.unsubscribe();
  },
};

/**
 * Without a push service `subscribe` neither succeeds nor fails, for minutes.
 * @param {Promise<PushSubscription>} asked
 * @param {() => void} late
 * @param {number} [after] milliseconds
 * @returns {Promise<Subscription | null>}
 */
export async function withinTime(asked, late, after = SILENT_AFTER_MS) {
  let timer;
  /** @type {Promise<null>} */
  const silence = new Promise((resolve) => {
    timer = setTimeout(() => resolve(null), after);
  });
  const answer = asked.then(read, () => null);
  const first = await Promise.race([answer, silence.then(() => "silence")]);
  clearTimeout(timer);
  if (first !== "silence") return /** @type {Subscription | null} */ (first);
  answer.then((subscription) => subscription && late());
  return null;
}

/**
 * @param {PushSubscription | null} subscription
 * @returns {Subscription | null}
 */
function read(subscription) {
  const { endpoint, keys } = subscription?.toJSON() ?? {};
  const key = subscription?.options?.applicationServerKey;
  if (!endpoint || !keys?.p256dh || !keys.auth || !key) return null;
  return { endpoint, key: toBase64url(key), keys: { p256dh: keys.p256dh, auth: keys.auth } };
}

/**
 * What the server needs to reach this browser.
 * @param {Subscription} subscription
 * @returns {Target}
 */
export const targetOf = ({ endpoint, key, keys }) => ({ endpoint, keys, vapid_key: key });
