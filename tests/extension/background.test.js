import assert from "node:assert/strict";
import { after, test } from "node:test";
import { fakeBrowser, fakeFetch } from "./browser.js";

const HERE = "http://127.0.0.1:8080";
const ABOUT = { name: "Newsbell", version: "1", features: [], vapid_key: "BAAB" };

let giveUp = () => undefined;
const shown = [];
globalThis.registration = {
  showNotification: async (title, options) =>
    void shown.push({ title, ...options, close: () => shown.pop() }),
  getNotifications: async () => [...shown],
  pushManager: {
    getSubscription: async () => null,
    subscribe: () =>
      new Promise((_, reject) => {
        giveUp = reject;
      }),
  },
};
const workerListeners = new Map();
globalThis.addEventListener = (kind, listener) => workerListeners.set(kind, listener);
const browser = fakeBrowser();
fakeFetch({ "GET /api/v1": [200, ABOUT], "GET /api/v1/topics": [200, { topics: [], next: null }] });
const turn = import("../../extension/src/background.js");
await turn;

after(() => giveUp(new DOMException("no push service", "AbortError")));

const quiet = async () => {
  for (let at = 0; at < 50; at += 1) await new Promise((resolve) => setImmediate(resolve));
};
const send = (message, sender = { id: "newsbell" }) =>
  new Promise((resolve) => {
    const [kept] = browser.runtime.onMessage.emit(message, sender, resolve);
    if (!kept) resolve("ignored");
  });

test("every listener stands as soon as the background is loaded", () => {
  for (const event of [
    browser.runtime.onInstalled,
    browser.runtime.onStartup,
    browser.runtime.onMessage,
    browser.alarms.onAlarm,
    browser.permissions.onAdded,
    browser.permissions.onRemoved,
    browser.tabs.onUpdated,
    browser.contextMenus.onClicked,
    browser.commands.onCommand,
  ]) {
    assert.equal(event.listeners.length, 1);
  }
  const kinds = ["notificationclick", "push", "pushsubscriptionchange"];
  assert.deepEqual([...workerListeners.keys()].sort(), kinds);
});

test("alarms that an update or a restart cleared are there again", async () => {
  await quiet();
  assert.ok(browser.held.has("health"));
});

test("a worker that wakes often does not put off the retry", async () => {
  const { keepAlarms, setAlarms } = await import("../../extension/src/health/alarms.js");
  const standing = { how: "push", trouble: null, at: 0 };
  await keepAlarms({ standing, tries: 3, unsentTries: 0 });
  const first = browser.held.get("retry");
  assert.equal(first.delayInMinutes, 4);
  await keepAlarms({ standing, tries: 3, unsentTries: 0 });
  assert.equal(browser.held.get("retry"), first);
  await setAlarms(standing, { tries: 0 });
  assert.equal(browser.held.has("retry"), false);
});

test("a test without a subscription and without permission is said to be impossible", async () => {
  assert.deepEqual(await send({ kind: "test" }), {
    trouble: { code: "unallowed", message: "", passing: false },
  });
});

test("only the extension's own pages are answered, and only what they may ask", async () => {
  assert.equal(await send({ kind: "stop" }, { id: "another" }), "ignored");
  for (const kind of ["toString", "__proto__", "nothing", undefined]) {
    assert.equal(await send({ kind }), "ignored");
  }
  assert.deepEqual(await send({ kind: "markRead", body: { ids: [] } }), { value: undefined });
});

test("a page of ours that is opened is shown the topics as they are now", async () => {
  const routes = { "GET /api/v1": [200, ABOUT], "GET /api/v1/topics": [200, { topics: [], next: null }] };
  for (let times = 0; times < 2; times += 1) {
    const asked = fakeFetch(routes);
    assert.deepEqual(await send({ kind: "opened" }), { value: undefined });
    assert.ok(asked.some(({ name }) => name === "GET /api/v1/topics"));
  }
});

test("a push is shown, whatever it says, and its article is not rung again by the feed", async () => {
  const waits = [];
  const push = (data) => workerListeners.get("push")({ data, waitUntil: (work) => waits.push(work) });
  push({
    json: () => ({
      notification: { title: "T", body: "B", tag: "story-1", navigate: `${HERE}/articles/1/x` },
    }),
  });
  push({
    json: () => {
      throw new SyntaxError("not JSON");
    },
  });
  await Promise.all(waits);
  assert.deepEqual(
    shown.map(({ title, tag }) => [title, tag]),
    [
      ["T", "story-1"],
      ["Newsbell", "newsbell"],
    ],
  );
  assert.ok(browser.store.pushed.includes(`${HERE}/articles/1/x`));
});

test("a push lists its article as unread and asks the server for nothing, nor sets it a time", async () => {
  await quiet();
  browser.store.ticket = { server: HERE, id: 1, token: "t", endpoint: "e", told: null };
  const alarms = structuredClone([...browser.held]);
  const asked = fakeFetch({ "GET /api/v1/topics": [200, { topics: [], next: null }] });
  const notification = {
    ...{ title: "Ferry", body: "Paper\nIt sails.", tag: "story-2", navigate: `${HERE}/articles/2/ferry` },
    data: {
      id: "urn:uuid:2",
      date_published: "2026-01-01T08:00:00+00:00",
      external_url: "https://www.paper.example/ferry",
    },
  };
  const waits = [];
  const data = { json: () => ({ notification }) };
  workerListeners.get("push")({ data, waitUntil: (work) => waits.push(work) });
  await Promise.all(waits);
  await quiet();
  assert.deepEqual(asked, []);
  assert.deepEqual([...browser.held], alarms);
  assert.deepEqual(browser.store.unread, ["urn:uuid:2"]);
  const [{ url, original, title, site, story, at }] = browser.store.feed.items;
  assert.deepEqual(
    [url, original, title, site, story, at],
    [
      notification.navigate,
      notification.data.external_url,
      "Ferry",
      "paper.example",
      "story-2",
      Date.UTC(2026, 0, 1, 8),
    ],
  );
  assert.deepEqual(browser.log.at(-1), ["badge", { text: "1" }]);

  workerListeners.get("notificationclick")({
    notification: { data: { address: url }, close: () => undefined },
    waitUntil: (work) => waits.push(work),
  });
  await Promise.all(waits);
  assert.deepEqual(browser.store.unread, []);
  browser.store.ticket = null;
  browser.log.length = 0;
});

test("a click opens the article, and nothing that is no page of the web", async () => {
  const waits = [];
  const click = (address) =>
    workerListeners.get("notificationclick")({
      notification: { data: { address }, close: () => undefined },
      waitUntil: (work) => waits.push(work),
    });
  click(`${HERE}/articles/1/x`);
  click("javascript:alert(1)");
  await Promise.all(waits);
  const opened = browser.log.filter(([name]) => name === "tab").map(([, url]) => url);
  assert.deepEqual(opened, [`${HERE}/articles/1/x`, `${HERE}/`]);
});

test("what OK was pressed for is followed when the browser's dialog is answered, and not before", async () => {
  browser.store.pending = { topics: ["Russia"], at: 0 };
  assert.deepEqual(browser.store.following ?? [], []);
  browser.grants.notifications = true;
  browser.permissions.onAdded.emit({ permissions: ["notifications"] });
  await quiet();
  assert.deepEqual(
    browser.store.following.map(({ name }) => name),
    ["Russia"],
  );
  assert.equal(browser.store.pending, null);
  assert.equal(browser.store.standing.how, "waiting");
});
