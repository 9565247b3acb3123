/** From a push message to the notification it asks for. */

import { itemsOf } from "./items.js";

/** `isArticle`: heard once, however often its tag is shown. */
/** @typedef {{title: string, body: string, tag: string, lang: string, address: string, isArticle?: boolean}} Shown */

/**
 * A message is always shown, even one that cannot be read: a browser ends subscriptions that ring
 * without a notification.
 * @param {Pick<PushMessageData, "json"> | null} data a declarative message: {web_push: 8030, notification: {…}}
 * @param {Shown} otherwise
 * @returns {Shown}
 */
export function notificationFrom(data, otherwise) {
  const asked = read(data);
  if (!asked || typeof asked.title !== "string" || !asked.title) return otherwise;
  return {
    title: asked.title,
    body: text(asked.body),
    tag: text(asked.tag),
    lang: text(asked.lang),
    address: text(asked.navigate),
    isArticle: articleIn(data) !== null,
  };
}

/**
 * The article a message rings for: its `data` says of it what the feed would, as far as its words do not.
 * @param {Pick<PushMessageData, "json"> | null} data
 * @returns {import("../state.js").Item | null} null where it names none, as a test does
 */
export function articleIn(data) {
  const { title, body: summary, lang: language, navigate: url, tag: story, data: named } = read(data) ?? {};
  const [item] = itemsOf({ items: [{ ...named, url, title, summary, language, _newsbell: { story } }] });
  return item ?? null;
}

/**
 * @param {Pick<PushMessageData, "json"> | null} data
 * @returns {any}
 */
function read(data) {
  try {
    return data?.json()?.notification;
  } catch {
    return null;
  }
}

/** @param {unknown} value */
const text = (value) => (typeof value === "string" ? value : "");
