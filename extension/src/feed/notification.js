/** From a push message to the notification it asks for. */

/** @typedef {{title: string, body: string, tag: string, lang: string, address: string}} Shown */

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
  };
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
