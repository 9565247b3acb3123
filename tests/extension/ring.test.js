import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { fakeBrowser, fakeFetch } from "./browser.js";

const HERE = "http://127.0.0.1:8080";
const shown = [];
const subscription = {
  toJSON: () => ({ endpoint: "https://push.example/1", keys: { p256dh: "p", auth: "a" } }),
  options: { applicationServerKey: new Uint8Array([4, 0, 1]).buffer },
};
globalThis.registration = {
  showNotification: async (title, { data }) => {
    const one = { title, data, close: () => shown.splice(shown.indexOf(one), 1) };
    shown.push(one);
  },
  getNotifications: async () => [...shown],
  pushManager: { getSubscription: async () => subscription },
};
const browser = fakeBrowser({ allowed: true });
const { lookAtFeed } = await import("../../extension/src/feed/look.js");
const { show } = await import("../../extension/src/feed/ring.js");
const { ensureHere } = await import("../../extension/src/health/means.js");
const { withinTime } = await import("../../extension/src/health/push.js");

const RUSSIA = { name: "Russia", slug: "russia" };
const ITEM = {
  id: "urn:uuid:1",
  url: `${HERE}/articles/1/x`,
  title: "Ferries stop",
  tags: ["Russia"],
  date_published: new Date().toISOString(),
};
const ROUTES = {
  "GET /api/v1": [200, { name: "Newsbell", version: "1", features: [], vapid_key: "BAAB" }],
  "GET /api/v1/subscriptions/7": [200, { id: 7, topics: [RUSSIA], suspended: false, vapid_key: "BAAB" }],
  "GET /api/v1/topics": [200, { topics: [{ ...RUSSIA, aliases: [], articles: 1 }], next: null }],
  "GET /feeds/russia.json": [200, { items: [ITEM] }],
};
const titles = () => shown.map(({ title }) => title);

/** A reader of Russia, whom something rings for. */
function reader(how) {
  Object.assign(browser.store, {
    following: [{ ...RUSSIA, since: 0, primed: true }],
    ticket: { server: HERE, id: 7, token: "x", endpoint: "https://push.example/1", told: ["russia"] },
    standing: { how, trouble: null, at: 0 },
  });
}

beforeEach(() => {
  for (const key of Object.keys(browser.store)) delete browser.store[key];
  shown.length = 0;
  fakeFetch(ROUTES);
});

test("an article that came by push and by the feed is one notification", async () => {
  const pushed = { title: "Ferries stop", body: "", tag: "story-1", lang: "en", address: ITEM.url };
  await show(pushed);
  await show({ ...pushed, title: "Another", tag: "story-2", address: `${HERE}/articles/2/x` });
  await show({ ...pushed, tag: ITEM.id });
  assert.deepEqual(titles(), ["Another", "Ferries stop"]);
});

for (const how of ["polling", "waiting"]) {
  test(`what came before a push takes over from ${how} rings once more from the feed`, async () => {
    reader(how);
    assert.equal((await ensureHere()).how, "push");
    assert.deepEqual(titles(), ["Ferries stop"]);
    await ensureHere();
    assert.equal(shown.length, 1);
  });

  test(`${how} rings from the feed`, async () => {
    reader(how);
    await lookAtFeed();
    assert.deepEqual(titles(), ["Ferries stop"]);
  });
}

test("where pushes rang all along, looking whether all is well rings nothing", async () => {
  reader("push");
  assert.equal((await ensureHere()).how, "push");
  assert.deepEqual([shown.length, browser.store.unread], [0, ["urn:uuid:1"]]);
});

test("a push service has fifteen seconds, and may come later", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const late = mock.fn();
  let succeed = (_) => undefined;
  const asked = new Promise((resolve) => {
    succeed = resolve;
  });
  let answer = "none yet";
  const waiting = withinTime(asked, late).then((given) => {
    answer = given;
  });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  mock.timers.tick(14_999);
  await turn();
  assert.equal(answer, "none yet");
  mock.timers.tick(1);
  await waiting;
  assert.equal(answer, null);
  assert.equal(late.mock.callCount(), 0);
  succeed(subscription);
  await turn();
  assert.equal(late.mock.callCount(), 1);
  mock.timers.reset();
});
