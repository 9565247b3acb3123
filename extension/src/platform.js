/**
 * The one file that names the browser's own interface, `browser` in Firefox and `chrome` in Chromium.
 * Both answer with promises under Manifest V3, so that nothing else need know which of them it is.
 */

/** @type {typeof chrome} */
const api = /** @type {any} */ (globalThis).browser ?? globalThis.chrome;

export const {
  action,
  alarms,
  commands,
  contextMenus,
  i18n,
  permissions,
  runtime,
  scripting,
  storage,
  tabs,
} = api;

/** Firefox gives an extension no Web Push: there the server's own page subscribes and hands over. */
export const pushesItself = !("getBrowserInfo" in api.runtime);

/** Not there until the reader has allowed notifications, so it is looked up at each use. */
export const notifications = () => api.notifications;

/** @returns {ServiceWorkerRegistration | undefined} in Chromium's background only */
export const registration = () => /** @type {any} */ (globalThis).registration;

/**
 * Run a piece of work while no other of that name runs, in any page of the extension.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function exclusively(name, work) {
  return await navigator.locks.request(name, work);
}

const AWAKE_EVERY_MS = 20_000;

/**
 * Do a long piece of work to its end. Browsers stop a background after 30 seconds without an event or a call of
 * their interface, whatever it waits for; a call that costs nothing counts.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function stayingAwake(work) {
  const calls = setInterval(() => void runtime.getPlatformInfo(), AWAKE_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(calls);
  }
}

/** @returns {Promise<boolean>} whether the reader allows notifications */
export const maySayThings = () => permissions.contains({ permissions: ["notifications"] });

/** Ask for notifications; to be called first thing in a click, for browsers ask only then. */
export const askToSayThings = () => permissions.request({ permissions: ["notifications"] });

/**
 * Firefox asks before a page's content is sent anywhere; Chromium has no such question.
 * To be called first thing in a click.
 */
export async function askToSendPages() {
  if (pushesItself) return true;
  return permissions.request(/** @type {any} */ ({ data_collection: ["websiteContent"] }));
}
