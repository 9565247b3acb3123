/** Showing notifications: for articles found in the feed, and for pushes. */

import { safeAddress } from "../address.js";
import { notifications, registration, runtime, tabs } from "../platform.js";
import { changeState, readState } from "../state.js";
import { t } from "../words.js";

/** @typedef {import("../state.js").Item} Item */
/** @typedef {import("./notification.js").Shown} Shown */

/** More than this at once is one notification: a reader who was away is not buried. */
const MOST_AT_ONCE = 5;

/**
 * Ring for what is due. It was stored first, and each one leaves the store after it rang: a stop in
 * between repeats at most that one, under the same tag.
 */
export async function ringDue() {
  const { due } = await readState();
  if (due.length === 0) return;
  if (due.length > MOST_AT_ONCE) {
    await show(summaryOf(due, (await readState()).server));
    await changeState(() => ({ due: [] }));
    return;
  }
  for (const item of due) {
    await show(notificationOf(item));
    await changeState((state) => ({ due: state.due.filter(({ id }) => id !== item.id) }));
  }
}

/**
 * Tagged as the push for its story is, be it late: one takes the other's place, and is not heard again.
 * @param {Item} item
 * @returns {Shown}
 */
const notificationOf = ({ id, url, original, title, summary, site, story, lang }) => ({
  title: title || t("notification_untitled"),
  body: [site, summary].filter(Boolean).join("\n"),
  tag: story || id,
  lang,
  address: url || original,
  isArticle: true,
});

/**
 * @param {Item[]} due
 * @param {string} server
 * @returns {Shown}
 */
const summaryOf = (due, server) => ({
  title: t("notification_many", String(due.length)),
  body: due
    .slice(-3)
    .map(({ title }) => title)
    .join("\n"),
  tag: "newsbell-many",
  lang: "",
  address: `${server}/`,
});

/**
 * Show a notification by the service worker where there is one, else as an extension does.
 * @param {Shown} shown
 */
export async function show(shown) {
  const worker = registration();
  const icon = runtime.getURL("icons/bell-128.png");
  if (worker?.showNotification) {
    await closeSame(worker, shown);
    const { title, body, tag, lang, address } = shown;
    await worker.showNotification(title, { body, tag, lang, icon, data: { address } });
  } else {
    await notifications()?.create(`${shown.tag} ${shown.address}`, {
      type: "basic",
      iconUrl: icon,
      title: shown.title,
      message: shown.body,
    });
  }
}

/**
 * The same article may have come by the feed and by push: one notification stays. One of the same tag is left to
 * the browser, which replaces it in silence: were it closed, the new one would be heard, as a test is each time.
 * @param {ServiceWorkerRegistration} worker
 * @param {Shown} shown
 */
async function closeSame(worker, { tag, address, isArticle }) {
  for (const other of await worker.getNotifications()) {
    const isReplaced = isArticle && other.tag === tag;
    if (other.data?.address === address && !isReplaced) other.close();
  }
}

/**
 * Open what a notification is about, and count it as read.
 * @param {unknown} address
 */
export async function openFrom(address) {
  const { server } = await readState();
  const url = safeAddress(address, server);
  await changeState((state) => {
    const item = state.feed?.items.find((one) => one.url === url);
    return { unread: state.unread.filter((id) => id !== item?.id) };
  });
  await tabs.create({ url });
}

/** @param {string} id as `show` made it */
export const addressIn = (id) => id.slice(id.lastIndexOf(" ") + 1);
