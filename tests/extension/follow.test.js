import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fakeBrowser, fakeFetch } from "./browser.js";

const browser = fakeBrowser();
const { MOST_FOLLOWED } = await import("../../extension/src/health/topics.js");
const { markRead, stopEverything, unfollow } = await import("../../extension/src/follow.js");
const { answer } = await import("../../extension/src/messages.js");

const topic = (name) => ({ name, slug: name.toLowerCase(), since: 1, primed: true });
const names = () => browser.store.following.map(({ name }) => name);

beforeEach(() => {
  for (const key of Object.keys(browser.store)) delete browser.store[key];
  Object.assign(browser.store, {
    following: [topic("Russia")],
    unread: ["a", "b"],
    standing: { how: "push", trouble: null, at: 0 },
  });
});

for (const [what, act, left] of [
  ["one article is read", () => markRead(["a"]), ["b"]],
  ["all are read", () => markRead([]), []],
  ["everything is stopped", () => stopEverything(), []],
  ["the last topic is unfollowed", () => unfollow(["russia"]), []],
]) {
  test(`what is unread is right at once when ${what}, whatever the server does`, async () => {
    const seen = [];
    fakeFetch({ "GET /api/v1": () => void seen.push(browser.store.unread) }); // asked, and no answer
    await act();
    for (const unread of [...seen, browser.store.unread]) assert.deepEqual(unread, left);
  });
}

test("a topic is unfollowed by its slug, and by its name while it has none", async () => {
  fakeFetch({});
  browser.store.following = [topic("Russia"), { name: "Northern Ferries", since: 1, primed: true }];
  await unfollow(["Northern Ferries"]);
  assert.deepEqual(names(), ["Russia"]);
  await unfollow(["russia"]);
  assert.deepEqual(names(), []);
  browser.store.following = ["Russia", "Ukraine", "Trade"].map(topic);
  await unfollow(["russia", "Trade"]);
  assert.deepEqual(names(), ["Ukraine"]);
});

test("a topic more than a server takes is refused, and the others stay", async () => {
  fakeFetch({});
  const most = Array.from({ length: MOST_FOLLOWED }, (_, at) => topic(`Topic${at}`));
  browser.store.following = most;
  const { trouble } = await answer({ kind: "follow", body: { topics: ["One more"] } });
  assert.equal(trouble.code, "too_many_followed");
  assert.deepEqual(browser.store.following, most);
  assert.ok("value" in (await answer({ kind: "follow", body: { topics: ["topic7"] } })));
});

test("OK and Allow lose no topic, though it be one more than a server takes", async () => {
  fakeFetch({});
  browser.grants.notifications = true;
  browser.store.following = Array.from({ length: MOST_FOLLOWED }, (_, at) => topic(`Topic${at}`));
  browser.store.pending = { topics: ["One more"], at: 0 };
  await answer({ kind: "allowed", body: {} });
  assert.equal(names().at(-1), "One more");
});

test("what OK was pressed for is followed at the next opening, if Allow was not heard of", async () => {
  fakeFetch({});
  browser.grants.notifications = false;
  browser.store.pending = { topics: ["Ukraine"], at: 0 };
  await answer({ kind: "opened", body: {} });
  assert.deepEqual(names(), ["Russia"]); // the browser's dialog may still be open
  browser.grants.notifications = true;
  await answer({ kind: "opened", body: {} });
  assert.deepEqual(names(), ["Russia", "Ukraine"]);
  assert.equal(browser.store.pending, null);
});
