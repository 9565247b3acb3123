/**
 * Where the browser wakes the extension. Every listener is registered at once, because the browser asks for
 * them only while this file is first run; nothing is kept here between two wakings.
 */

import { showBadge } from "./badge.js";
import { listPushed, lookAtFeed } from "./feed/look.js";
import { articleIn, notificationFrom } from "./feed/notification.js";
import { addressIn, openFrom, show } from "./feed/ring.js";
import { followPending } from "./follow.js";
import { HEALTH, keepAlarms, LOOK, RETRY, SAVES } from "./health/alarms.js";
import { ensureHere } from "./health/means.js";
import { claim, codeIn } from "./link.js";
import { answer, isMessage } from "./messages.js";
import {
  alarms,
  commands,
  contextMenus,
  notifications,
  permissions,
  registration,
  runtime,
  storage,
  tabs,
} from "./platform.js";
import { savePageAside, sendUnsent } from "./save/page.js";
import { changeState, readState } from "./state.js";
import { t } from "./words.js";

const SAVE = "save-page";
const MOST_PUSHED = 100;

runtime.onInstalled.addListener(() => {
  const item = { id: SAVE, title: t("command_save"), visible: false };
  contextMenus.create({ ...item, contexts: ["page", "action"] }, () => {
    void runtime.lastError; // it is there already after an update
    void offerSaving();
  });
  void ensureHere();
});
storage.onChanged.addListener(({ apiToken, saved, unread }) => {
  if (saved || unread) void showBadge();
  if (!apiToken) return;
  void offerSaving();
  void sendUnsent();
});
runtime.onStartup.addListener(() => {
  void ensureHere();
  void sendUnsent();
});
runtime.onMessage.addListener((message, sender, reply) => {
  if (sender.id !== runtime.id || !isMessage(message)) return false;
  answer(message).then(reply);
  return true;
});
alarms.onAlarm.addListener(({ name }) => {
  if (name === LOOK) void lookAtFeed();
  if (name === HEALTH || name === RETRY) void claim().then(ensureHere);
  if (name === SAVES) void sendUnsent();
});
permissions.onAdded.addListener(() => {
  listenToNotifications();
  void followPending();
});
permissions.onRemoved.addListener(() => void ensureHere());
tabs.onUpdated.addListener((_id, change, tab) => {
  const code = change.status === "complete" ? codeIn(tab.url) : "";
  if (code) void claim(code);
});
contextMenus.onClicked.addListener(({ menuItemId }, tab) => {
  if (menuItemId === SAVE) void savePageAside(tab?.id);
});
commands.onCommand.addListener((command, tab) => {
  if (command === SAVE) void savePageAside(tab?.id);
});
listenToNotifications();
if (registration()) listenToPushes(/** @type {any} */ (globalThis));
void wake();

/** The menu offers saving to whom the server lets save. */
async function offerSaving() {
  const { apiToken } = await readState();
  await contextMenus.update(SAVE, { visible: apiToken !== "" });
}

/** Firefox forgets alarms when it is closed, and the badge as well. */
async function wake() {
  await keepAlarms(await readState());
  await showBadge();
}

/** The notifications of an extension, where it has no service worker to show them; not there until allowed. */
function listenToNotifications() {
  const clicked = notifications()?.onClicked;
  if (clicked && !clicked.hasListener(onNotificationClicked)) clicked.addListener(onNotificationClicked);
}

/** @param {string} id */
function onNotificationClicked(id) {
  notifications().clear(id);
  void openFrom(addressIn(id));
}

/** @param {ServiceWorkerGlobalScope} scope */
function listenToPushes(scope) {
  scope.addEventListener("push", (event) => event.waitUntil(ring(event.data)));
  scope.addEventListener("notificationclick", (event) => {
    event.notification.close();
    event.waitUntil(openFrom(event.notification.data?.address));
  });
  scope.addEventListener("pushsubscriptionchange", (event) => {
    /** @type {ExtendableEvent} */ (event).waitUntil(ensureHere());
  });
}

/** @param {PushMessageData | null} data */
async function ring(data) {
  const { server } = await readState();
  const otherwise = {
    title: t("extension_name"),
    body: t("notification_unreadable"),
    tag: "newsbell",
    lang: "",
    address: `${server}/`,
  };
  const shown = notificationFrom(data, otherwise);
  await show(shown);
  await changeState(({ pushed }) => ({ pushed: [...pushed, shown.address].slice(-MOST_PUSHED) }));
  const article = articleIn(data);
  if (article) await listPushed(article);
}
