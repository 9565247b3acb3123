import assert from "node:assert/strict";
import { test } from "node:test";
import { listen, openArticle, ring } from "../../server/newsbell/web/static/js/worker.js";

const ORIGIN = "http://127.0.0.1:8080";
const ARTICLE = `${ORIGIN}/articles/1/x`;

function fakeScope(tabs = []) {
  const log = [];
  return {
    log,
    location: { origin: ORIGIN },
    registration: { showNotification: async (title, options) => log.push(["shown", title, options.body]) },
    clients: {
      matchAll: async () => tabs.map((url) => ({ url, focus: async () => log.push(["focused", url]) })),
      openWindow: async (url) => log.push(["opened", url]),
    },
  };
}

test("a push is shown", async () => {
  const scope = fakeScope();
  await ring(scope, { json: () => ({ web_push: 8030, notification: { title: "T", body: "B" } }) });
  assert.deepEqual(scope.log, [["shown", "T", "B"]]);
});

test("a click focuses the tab that shows the article already", async () => {
  const scope = fakeScope([`${ORIGIN}/`, `${ARTICLE}#part`]);
  await openArticle(scope, { data: { address: ARTICLE } });
  assert.deepEqual(scope.log, [["focused", `${ARTICLE}#part`]]);
});

test("a click opens the article where no tab shows it", async () => {
  const scope = fakeScope([`${ORIGIN}/`, `${ORIGIN}/articles/12/y`]);
  await openArticle(scope, { data: { address: ARTICLE } });
  assert.deepEqual(scope.log, [["opened", ARTICLE]]);
});

test("a notification without an address leads to the latest articles", async () => {
  const scope = fakeScope();
  await openArticle(scope, { data: null });
  assert.deepEqual(scope.log, [["opened", `${ORIGIN}/`]]);
});

test("every listener stands as soon as the worker is loaded, and keeps it awake", async () => {
  const listeners = new Map();
  const kept = [];
  const scope = {
    ...fakeScope(),
    addEventListener: (kind, listener) => listeners.set(kind, listener),
    skipWaiting: () => kept.push("skipped"),
  };
  listen(scope);
  const kinds = [
    "activate",
    "install",
    "notificationclick",
    "notificationclose",
    "push",
    "pushsubscriptionchange",
  ];
  assert.deepEqual([...listeners.keys()].sort(), kinds);
  const waits = [];
  let closed = false;
  listeners.get("push")({ data: null, waitUntil: (work) => waits.push(work) });
  const notification = { data: { address: ARTICLE }, close: () => (closed = true) };
  listeners.get("notificationclick")({ notification, waitUntil: (work) => waits.push(work) });
  await Promise.all(waits);
  assert.equal(waits.length, 2);
  assert.ok(closed);
});
