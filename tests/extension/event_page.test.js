/** The background as Firefox runs it: no push of its own, and notifications only once they are allowed. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { event, fakeBrowser, fakeFetch } from "./browser.js";

const HERE = "http://127.0.0.1:8080";
const URL_1 = `${HERE}/articles/1/x`;
const browser = fakeBrowser({ firefox: true });
const asked = fakeFetch({});
await import("../../extension/src/background.js");

const cleared = [];
const quiet = async () => {
  for (let turn = 0; turn < 100; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

test("notifications are listened to once they are allowed, and once only", () => {
  const clicked = event();
  browser.notifications = { onClicked: clicked, clear: (id) => cleared.push(id), create: async () => "" };
  assert.equal(clicked.listeners.length, 0);
  browser.permissions.onAdded.emit({ permissions: ["notifications"] });
  browser.permissions.onAdded.emit({ permissions: ["notifications"] });
  assert.equal(clicked.listeners.length, 1);
});

test("a press on a notification closes it, opens its article, and counts it as read", async () => {
  const item = { id: "i1", url: URL_1, original: "", title: "One", topics: [] };
  Object.assign(browser.store, { feed: { items: [item] }, unread: ["i1", "i2"] });
  browser.notifications.onClicked.emit(`i1 ${URL_1}`);
  await quiet();
  assert.deepEqual(cleared, [`i1 ${URL_1}`]);
  assert.deepEqual(
    browser.log.filter(([name]) => name === "tab"),
    [["tab", URL_1]],
  );
  assert.deepEqual(browser.store.unread, ["i2"]);
  assert.deepEqual(
    browser.log.findLast(([name]) => name === "badge"),
    ["badge", { text: "1" }],
  );
});

test("a page is neither kept nor sent before its reader lets pages be sent", async () => {
  asked.length = 0;
  browser.store.apiToken = "nba_secret";
  const page = { url: "https://paper.example/x", title: "X", html: "<p>" };
  browser.scripting.executeScript = async () => [{ result: page }];
  browser.permissions.contains = async ({ data_collection: asks }) => !asks;
  browser.commands.onCommand.emit("save-page", { id: 5 });
  await quiet();
  assert.equal(browser.store.saved.trouble.code, "no_consent");
  assert.equal(browser.store.saved.what, "failed");
  assert.deepEqual([browser.store.unsent ?? [], browser.texts.size], [[], 0]);
  assert.ok(!asked.some(({ name }) => name.startsWith("POST")));
});

test("a page that waits is not sent once its reader has taken that back, and goes on waiting", async () => {
  asked.length = 0;
  const waiting = { id: "w", server: HERE, url: "https://paper.example/w", title: "W", size: 3 };
  browser.store.unsent = [{ ...waiting, topics: null, at: 0, trouble: null }];
  browser.texts.set("w", "<p>");
  browser.permissions.contains = async ({ data_collection: asks }) => !asks;
  browser.alarms.onAlarm.emit({ name: "saves" });
  await quiet();
  assert.equal(browser.store.unsent[0].trouble.code, "no_consent");
  assert.ok(!asked.some(({ name }) => name.startsWith("POST")));
});
