/** What the service worker does when the browser wakes it. */

import { server } from "./api.js";
import { count } from "./badge.js";
import { notificationFrom, safeAddress } from "./notification.js";
import { renew } from "./renew.js";
import { tickets } from "./store.js";

/**
 * Listeners are all registered at once: a browser that wakes the worker asks for them only then.
 * @param {ServiceWorkerGlobalScope} scope
 */
export function listen(scope) {
  scope.addEventListener("install", () => scope.skipWaiting());
  scope.addEventListener("activate", (event) => event.waitUntil(scope.clients.claim()));
  scope.addEventListener("push", (event) =>
    event.waitUntil(ring(scope, event.data).then(() => badge(scope))),
  );
  scope.addEventListener("notificationclick", (event) => {
    event.notification.close();
    event.waitUntil(Promise.all([openArticle(scope, event.notification), badge(scope)]));
  });
  scope.addEventListener("notificationclose", (event) => event.waitUntil(badge(scope)));
  scope.addEventListener("pushsubscriptionchange", (event) => {
    const manager = scope.registration.pushManager;
    /** @type {ExtendableEvent} */ (event).waitUntil(renew({ server, tickets, manager }));
  });
}

/**
 * @param {ServiceWorkerGlobalScope} scope
 * @param {PushMessageData | null} data
 */
export function ring(scope, data) {
  const { title, options } = notificationFrom(data, scope.location.origin);
  return scope.registration.showNotification(title, options);
}

/**
 * A browser that fails at its badge has shown the notification all the same.
 * @param {ServiceWorkerGlobalScope} scope
 */
function badge(scope) {
  return count(scope.registration, scope.navigator ?? {}).catch(() => undefined);
}

/**
 * Focus the tab that shows the address, else open one.
 * @param {ServiceWorkerGlobalScope} scope
 * @param {Pick<Notification, "data">} notification
 */
export async function openArticle(scope, notification) {
  const address = safeAddress(notification.data?.address, scope.location.origin);
  const tabs = await scope.clients.matchAll({ type: "window", includeUncontrolled: true });
  const open = tabs.find((tab) => withoutFragment(tab.url) === withoutFragment(address));
  return open ? open.focus() : scope.clients.openWindow(address);
}

/** @param {string} address */
function withoutFragment(address) {
  return address.split("#", 1)[0];
}
