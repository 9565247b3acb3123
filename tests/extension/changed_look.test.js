/** The reader changes the wish while the feed is looked at: the answer belongs to the older wish. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fakeBrowser, fakeFetch } from "./browser.js";

const HERE = "http://127.0.0.1:8080";
const THERE = "http://other.example";
const HOUR = 3_600_000;
const START = Date.now();
const browser = fakeBrowser();
const { lookAtFeed } = await import("../../extension/src/feed/look.js");
const { useServer } = await import("../../extension/src/settings.js");
const { changeState } = await import("../../extension/src/state.js");

const rung = [];
browser.notifications = { create: async (_id, { title }) => void rung.push(title) };

const item = (name, hoursAgo, server = HERE) => ({
  id: `${name} ${hoursAgo} ${server}`,
  url: `${server}/articles/${name}/${hoursAgo}`,
  title: `${name}, ${hoursAgo} hours ago, ${server}`,
  tags: [name],
  date_published: new Date(START - hoursAgo * HOUR).toISOString(),
});
const RUSSIA = item("Russia", 1);
const SPORT = [2, 3, 4].map((hours) => item("Sport", hours));
const topic = (name, more = {}) => ({ name, slug: name.toLowerCase(), since: 0, primed: true, ...more });
const TOPICS = ["Russia", "Sport"].map((name) => ({ ...topic(name), aliases: [], articles: 9 }));
const ABOUT = { name: "Newsbell", version: "1", features: [], vapid_key: "BAAB" };

/** Look at a server's feeds, while this happens before the first of them answers. */
async function lookWhile(happens, feeds) {
  const asked = fakeFetch({
    "GET /api/v1": [200, ABOUT],
    "GET /api/v1/topics": [200, { topics: TOPICS, next: null }],
    ...Object.fromEntries(
      Object.entries(feeds).map(([name, answer]) => [
        `GET /feeds/${name}.json`,
        (request) => [200, { items: answer(request) }, { ETag: `"${name}"` }],
      ]),
    ),
  });
  const { fetch } = globalThis;
  let happened = null;
  globalThis.fetch = async (address, init) => {
    if (!happened && address.includes("/feeds/")) {
      happened = happens();
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    return fetch(address, init);
  };
  await lookAtFeed();
  await happened;
  return asked;
}

beforeEach(() => {
  for (const key of Object.keys(browser.store)) delete browser.store[key];
  Object.assign(browser.store, {
    following: [topic("Russia")],
    standing: { how: "polling", trouble: null, at: 0 },
  });
  browser.grants.notifications = true;
  rung.length = 0;
});

const FEEDS = {
  russia: () => [RUSSIA],
  sport: () => SPORT,
  "russia+sport": () => [RUSSIA, ...SPORT],
};
const followSport = () =>
  changeState(({ following }) => ({
    following: [...following, topic("Sport", { since: Date.now(), primed: false })],
  }));
const unfollowSport = () =>
  changeState(({ following }) => ({ following: following.filter(({ name }) => name !== "Sport") }));
const primed = () => browser.store.following.map((one) => [one.name, one.primed]);

test("what a topic followed meanwhile had before is not new", async () => {
  await lookWhile(followSport, FEEDS);
  assert.deepEqual(primed(), [
    ["Russia", true],
    ["Sport", false],
  ]);
  await lookAtFeed();
  assert.deepEqual(rung, [RUSSIA.title]);
  assert.deepEqual(browser.store.unread, [RUSSIA.id]);
  assert.deepEqual(primed()[1], ["Sport", true]);
});

test("nothing rings for a topic that was left meanwhile, nor is it listed", async () => {
  await followSport();
  browser.store.following[1].since = 0;
  await lookWhile(unfollowSport, FEEDS);
  assert.deepEqual(rung, [RUSSIA.title]);
  assert.deepEqual(
    browser.store.feed.items.map(({ id }) => id),
    [RUSSIA.id],
  );
});

test("a topic that was left meanwhile and is followed again has all its articles", async () => {
  await followSport();
  const asked = await lookWhile(unfollowSport, FEEDS);
  await followSport();
  await lookAtFeed();
  assert.equal(asked.at(-1).headers["If-None-Match"], undefined);
  assert.equal(browser.store.feed.items.length, 4);
});

test("where the server was changed meanwhile, the old one's answer counts for nothing", async () => {
  browser.store.byPolling = true;
  const old = [20, 21, 22].map((hours) => item("Russia", hours, THERE));
  await lookWhile(() => useServer(THERE), {
    russia: ({ url }) => (url.startsWith(THERE) ? old : [RUSSIA]),
  });
  await lookAtFeed();
  assert.equal(browser.store.feed.server, THERE);
  assert.equal(browser.store.feed.items.length, 3);
  assert.deepEqual([rung, browser.store.unread], [[], []]);
});
