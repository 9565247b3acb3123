/** The browser's side of Web Push: its service worker and its push subscription. */

import { fromBase64url, toBase64url } from "./base64url.js";

/** @typedef {import("./api.js").Target} Target */

/** @returns {Promise<ServiceWorkerRegistration>} with an active worker */
export async function registerWorker() {
  await navigator.serviceWorker.register("/sw.js", {
    scope: "/",
    type: "module",
    updateViaCache: "none",
  });
  return navigator.serviceWorker.ready;
}

/** @returns {Promise<PushSubscription | null>} what this browser has already, without asking for anything */
export async function currentSubscription() {
  const registration = await navigator.serviceWorker?.getRegistration("/");
  return (await registration?.pushManager?.getSubscription()) ?? null;
}

/**
 * Whether a subscription was made with this server key: a push service accepts no other key for it.
 * @param {PushSubscription} subscription
 * @param {string} key base64url
 */
export function isUnder(subscription, key) {
  const used = subscription.options?.applicationServerKey;
  return !!used && toBase64url(used) === key;
}

/**
 * @param {PushManager} manager
 * @param {string} key base64url
 * @returns {Promise<PushSubscription>}
 */
export function subscribeUnder(manager, key) {
  return manager.subscribe({ userVisibleOnly: true, applicationServerKey: fromBase64url(key) });
}

/**
 * What the server needs to reach this browser.
 * @param {PushSubscription} subscription
 * @param {string} key the server key it was made with, as base64url
 * @returns {Target}
 */
export function targetOf(subscription, key) {
  const { endpoint, keys } = subscription.toJSON();
  if (!endpoint || !keys?.p256dh || !keys.auth) throw new TypeError("The push subscription has no keys.");
  return { endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth }, vapid_key: key };
}
