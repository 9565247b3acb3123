/** The number on the installed app's icon: how many notifications wait to be looked at. */

/**
 * Say the present number, where the browser has badges (Badging API; not in every browser).
 * @param {Pick<ServiceWorkerRegistration, "getNotifications">} registration
 * @param {{setAppBadge?: (count: number) => Promise<void>}} navigator
 */
export async function count(registration, navigator) {
  if (!navigator.setAppBadge) return;
  const waiting = await registration.getNotifications();
  // Zero takes the badge away (Badging API, "setAppBadge").
  await navigator.setAppBadge(waiting.length);
}
