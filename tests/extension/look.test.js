import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fakeBrowser, fakeFetch } from "./browser.js";

const HERE = "http://127.0.0.1:8080";
const browser = fakeBrowser();
const { lookAtFeed } = await import("../../extension/src/feed/look.js");

const badge = () => browser.log.findLast(([name]) => name === "badge")[1].text;
const NOTICES = [];
browser.notifications = { create: async (id, { title }) => void NOTICES.push([id, title]) };
const russia = { name: "Russia", slug: "russia", since: 0, primed: true };
const item = (number, title = `Story ${number}`) => ({
  id: `urn:uuid:${number}`,
  url: `${HERE}/articles/${number}/x`,
  title,
  tags: ["Russia"],
  date_published: new Date().toISOString(),
});
const TOPICS = { topics: [{ name: "Russia", slug: "russia", aliases: [], articles: 1 }], next: null };

/** A server whose feed says 304 to whoever has it already. */
function serve(items, etag = '"1"') {
  return fakeFetch({
    "GET /api/v1/topics": [200, TOPICS],
    "GET /feeds/russia.json": ({ headers }) =>
      headers["If-None-Match"] === etag ? [304] : [200, { items }, { ETag: etag }],
  });
}

beforeEach(() => {
  for (const key of Object.keys(browser.store)) delete browser.store[key];
  Object.assign(browser.store, { following: [russia], standing: { how: "polling", trouble: null, at: 0 } });
  browser.grants.notifications = true;
  NOTICES.length = 0;
  browser.log.length = 0;
});

test("a new story rings once, over looks, restarts and updates", async () => {
  serve([item(1)]);
  await lookAtFeed();
  await lookAtFeed();
  serve([item(2), item(1, "Story 1, corrected")], '"2"');
  await lookAtFeed();
  assert.deepEqual(
    NOTICES.map(([, title]) => title),
    ["Story 1", "Story 2"],
  );
  assert.deepEqual(browser.store.unread, ["urn:uuid:1", "urn:uuid:2"]);
});

test("what has not changed costs a 304", async () => {
  const asked = serve([item(1)]);
  await lookAtFeed();
  await lookAtFeed();
  const feeds = asked.filter(({ name }) => name.includes("/feeds/"));
  assert.deepEqual(
    feeds.map(({ headers }) => headers["If-None-Match"]),
    [undefined, '"1"'],
  );
});

test("a stop between storing and ringing loses nothing", async () => {
  serve([item(1)]);
  const { create } = browser.notifications;
  browser.notifications.create = async () => {
    throw new Error("stopped here");
  };
  await assert.rejects(lookAtFeed());
  browser.notifications.create = create;
  await lookAtFeed();
  assert.equal(NOTICES.length, 1);
  assert.deepEqual(browser.store.due, []);
});

const due = { ...item(1), original: "", summary: "", site: "", topics: ["Russia"], at: 0, lang: "" };

test("what is due rings, and the badge counts, before the server has answered or where it does not", async () => {
  Object.assign(browser.store, { due: [due], unread: ["urn:uuid:1"] });
  const before = [];
  fakeFetch({ "GET /api/v1/topics": () => void before.push(NOTICES.length, badge()) });
  await lookAtFeed();
  assert.deepEqual(before, [1, "1"]);
  assert.equal(NOTICES.length, 1);
});

test("where notifications are not allowed, what is due rings nothing, and the feed is looked at", async () => {
  browser.grants.notifications = false;
  Object.assign(browser.store, { due: [due] });
  serve([item(2)]);
  await lookAtFeed();
  assert.deepEqual([NOTICES.length, browser.store.due.length], [0, 1]);
  assert.equal(badge(), "1");
});

test("many at once are one notification", async () => {
  serve(Array.from({ length: 8 }, (_, at) => item(at)));
  await lookAtFeed();
  assert.equal(NOTICES.length, 1);
  assert.match(NOTICES[0][1], /8/);
});

test("where a push rings, the feed does not", async () => {
  browser.store.standing = { how: "push", trouble: null, at: 0 };
  serve([item(1)]);
  await lookAtFeed();
  assert.deepEqual([NOTICES.length, browser.store.unread.length], [0, 1]);
});

test("a server that is away changes nothing", async () => {
  serve([item(1)]);
  await lookAtFeed();
  const before = structuredClone(browser.store);
  fakeFetch({});
  await lookAtFeed();
  assert.deepEqual(browser.store, before);
});

test("a topic that no article has is in no feed, until one has", async () => {
  browser.store.following = [{ ...russia, name: "Ferries", slug: undefined }];
  const asked = serve([item(1)]);
  await lookAtFeed();
  assert.ok(!asked.some(({ name }) => name.includes("/feeds/")));
});
