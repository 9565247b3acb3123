/** From a push message to the notification it asks for. */

/** @typedef {{title: string, options: NotificationOptions}} Shown */

const FALLBACK = {
  title: "Newsbell",
  body: "Something new was saved on a topic you follow.",
};

/**
 * A message is always shown, even one that cannot be read: a browser ends subscriptions that ring
 * without a notification.
 * @param {PushMessageData | null} data a declarative message: {web_push: 8030, notification: {…}}
 * @param {string} origin this server's own
 * @returns {Shown}
 */
export function notificationFrom(data, origin) {
  const asked = read(data);
  const address = safeAddress(asked.navigate, origin);
  if (!asked.title) {
    return { title: FALLBACK.title, options: { body: FALLBACK.body, data: { address } } };
  }
  return {
    title: asked.title,
    options: {
      body: asked.body ?? "",
      tag: asked.tag ?? "",
      lang: asked.lang ?? "",
      dir: asked.dir ?? "auto",
      silent: asked.silent ?? null,
      ...(isOwn(asked.icon, origin) && { icon: asked.icon }),
      data: { address },
    },
  };
}

/**
 * The address to open: an article of this server, or an https page; the latest articles for anything else.
 * @param {unknown} address
 * @param {string} origin
 * @returns {string}
 */
export function safeAddress(address, origin) {
  const home = `${origin}/`;
  if (typeof address !== "string" || !URL.canParse(address, origin)) return home;
  const url = new URL(address, origin);
  return url.origin === origin || url.protocol === "https:" ? url.href : home;
}

/**
 * @param {PushMessageData | null} data
 * @returns {Partial<NotificationOptions & {title: string, navigate: string}>}
 */
function read(data) {
  try {
    return data?.json()?.notification ?? {};
  } catch {
    return {};
  }
}

/**
 * @param {string | undefined} icon
 * @param {string} origin
 */
function isOwn(icon, origin) {
  return !!icon && URL.canParse(icon, origin) && new URL(icon, origin).origin === origin;
}
