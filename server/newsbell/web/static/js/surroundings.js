/** What this browser, as it stands, lets a page do; looked at without asking the reader for anything. */

/**
 * @typedef {object} Surroundings
 * @property {boolean} secure
 * @property {boolean} serviceWorker
 * @property {boolean} push
 * @property {boolean} notifications
 * @property {"default" | "granted" | "denied"} permission
 * @property {boolean} appleMobile
 * @property {boolean} homeScreen
 * @property {Maker} maker
 */

/** @typedef {"firefox" | "chromium" | "safari" | "other"} Maker */
/** @typedef {"insecure" | "homeScreen" | "noWorker" | "noPush" | "denied"} Obstacle */

/**
 * @param {Window & typeof globalThis} page
 * @returns {Surroundings}
 */
export function look(page) {
  const { navigator } = page;
  return {
    secure: page.isSecureContext,
    serviceWorker: "serviceWorker" in navigator,
    push: "PushManager" in page,
    notifications: "Notification" in page,
    permission: page.Notification?.permission ?? "default",
    appleMobile: isAppleMobile(navigator.userAgent, navigator.maxTouchPoints),
    homeScreen: page.matchMedia("(display-mode: standalone)").matches,
    maker: makerOf(navigator.userAgent),
  };
}

/**
 * The first thing that stands in the way of a notification, or null.
 * @param {Surroundings} here
 * @returns {Obstacle | null}
 */
export function obstacle(here) {
  if (!here.secure) return "insecure";
  if (here.appleMobile && !here.homeScreen && !(here.push && here.notifications)) return "homeScreen";
  if (!here.serviceWorker) return "noWorker";
  if (!here.push || !here.notifications) return "noPush";
  return here.permission === "denied" ? "denied" : null;
}

/**
 * An iPad says it is a Mac, but no Mac has a touch screen.
 * @param {string} userAgent
 * @param {number} touchPoints
 */
export function isAppleMobile(userAgent, touchPoints) {
  return /iPhone|iPad|iPod/.test(userAgent) || (userAgent.includes("Macintosh") && touchPoints > 1);
}

/**
 * Whose words to use for the way to a setting; nothing else depends on it.
 * @param {string} userAgent
 * @returns {Maker}
 */
export function makerOf(userAgent) {
  if (userAgent.includes("Firefox/")) return "firefox";
  if (userAgent.includes("Chrome/") || userAgent.includes("CriOS/")) return "chromium";
  return userAgent.includes("Safari/") ? "safari" : "other";
}
