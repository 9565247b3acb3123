import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fakeBrowser, fakeFetch } from "./browser.js";

const HERE = "http://127.0.0.1:8080";
const browser = fakeBrowser();
const { listPushed, lookAtFeed } = await import("../../extension/src/feed/look.js");

const NOTICES = [];
browser.notifications = { create: async (id, { title }) => void NOTICES.push([id, title]) };
const russia = { name: "Russia", slug: "russia", since: 0, primed: true };
const item = (number, title = `Story ${number}`, story = number) => ({
  id: `urn:uuid:${number}`,
  url: `${HERE}/articles/${number}/x`,
  title,
  tags: ["Russia"],
  _newsbell: { story: `story-${story}` },
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

test("a story does not ring again where another of its articles stands for it in the feed", async () => {
  serve([item(1)]);
  await lookAtFeed();
  serve([item(2, "The same from elsewhere", 1)], '"2"');
  await lookAtFeed();
  assert.deepEqual(
    NOTICES.map(([, title]) => title),
    ["Story 1"],
  );
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

test("what is due rings before the server has answered or where it does not", async () => {
  browser.store.due = [due];
  const before = [];
  fakeFetch({ "GET /api/v1/topics": () => void before.push(NOTICES.length) });
  await lookAtFeed();
  assert.deepEqual(before, [1]);
  assert.equal(NOTICES.length, 1);
});

test("where notifications are not allowed, what is due rings nothing, and the feed is looked at", async () => {
  browser.grants.notifications = false;
  Object.assign(browser.store, { due: [due] });
  serve([item(2)]);
  await lookAtFeed();
  assert.deepEqual([NOTICES.length, browser.store.due.length], [0, 1]);
  assert.deepEqual(browser.store.unread, ["urn:uuid:2"]);
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

const topicsAsked = (asked) => asked.filter(({ name }) => name === "GET /api/v1/topics").length;

test("the topics are asked for once an hour at most, however often the feed is", async () => {
  const asked = serve([item(1)]);
  for (let looks = 0; looks < 3; looks += 1) await lookAtFeed();
  assert.equal(topicsAsked(asked), 1);
  browser.store.catalogueSeen -= 60 * 60 * 1000;
  await lookAtFeed();
  assert.equal(topicsAsked(asked), 2);
  browser.store.catalogueSeen += 24 * 60 * 60 * 1000; // a clock that was put back
  await lookAtFeed();
  assert.equal(topicsAsked(asked), 3);
});

test("who waits for a topic's first article asks for the topics each time, and then rings for it", async () => {
  const ferries = { name: "Ferries", slug: "ferries", aliases: [], articles: 1 };
  let topics = TOPICS.topics;
  const asked = fakeFetch({
    "GET /api/v1/topics": () => [200, { topics, next: null }],
    "GET /feeds/ferries.json": [200, { items: [{ ...item(1), tags: ["Ferries"] }] }],
  });
  browser.store.following = [{ name: "Ferries", since: 0, primed: true }];
  await lookAtFeed();
  await lookAtFeed();
  assert.deepEqual([topicsAsked(asked), NOTICES.length], [2, 0]);
  topics = [ferries, ...topics];
  await lookAtFeed();
  assert.equal(NOTICES.length, 1);
});

test("a topic's first article rings where the feed of the others stays as it was, however late it comes", async () => {
  const comet = { name: "Comet", slug: "comet", aliases: [], articles: 1 };
  const first = {
    ...item(7),
    tags: ["Comet"],
    date_published: new Date(Date.now() - 7_200_000).toISOString(),
  };
  serve([item(1)]);
  await lookAtFeed();
  browser.store.following.push({ name: "Comet", since: Date.now(), primed: false });
  await lookAtFeed();
  assert.equal(browser.store.following[1].primed, true);
  fakeFetch({
    "GET /api/v1/topics": [200, { topics: [comet, ...TOPICS.topics], next: null }],
    "GET /feeds/comet+russia.json": [200, { items: [item(1), first] }],
  });
  await lookAtFeed();
  assert.deepEqual(browser.store.unread, ["urn:uuid:1", "urn:uuid:7"]);
  assert.equal(NOTICES.length, 2);
});

test("a topic is not known to have no article by topics that were asked for before it was followed", async () => {
  serve([item(1)]);
  await lookAtFeed();
  const pages = [...browser.store.catalogue.pages, ...browser.store.catalogue.pages]; // many wait an hour
  browser.store.catalogue.pages = pages;
  const since = browser.store.catalogueSeen + 1;
  browser.store.following.push({ name: "Comet", since, primed: false });
  serve([item(2), item(1)], '"2"');
  await lookAtFeed();
  assert.equal(browser.store.following[1].primed, false);
});

/** The article as a push names it: without its topics. */
const pushed = (number) => ({
  ...{ id: `urn:uuid:${number}`, url: `${HERE}/articles/${number}/x`, original: "", title: "T" },
  ...{ summary: "", site: "", topics: [], at: Date.now(), lang: "" },
});

test("where topics are many, who polls waits an hour for them; a pushed article of a new one stays listed", async () => {
  const ferries = { name: "Ferries", slug: "ferries", aliases: [], articles: 1 };
  let first = [];
  const asked = fakeFetch({
    "GET /api/v1/topics": ({ url }) =>
      url.includes("after")
        ? [200, TOPICS]
        : [200, { topics: first, next: `${HERE}/api/v1/topics?after=Ferries` }],
    "GET /feeds/ferries.json": [200, { items: [{ ...item(2), tags: ["Ferries"] }] }],
  });
  browser.store.following = [{ name: "Ferries", since: 0, primed: true }];
  for (let looks = 0; looks < 2; looks += 1) await lookAtFeed();
  assert.equal(topicsAsked(asked), 2);

  browser.store.standing = { how: "push", trouble: null, at: 0 };
  browser.store.ticket = { server: HERE, id: 1, token: "t", endpoint: "e", told: null };
  first = [ferries];
  await listPushed(pushed(2));
  await lookAtFeed();
  assert.deepEqual(browser.store.unread, ["urn:uuid:2"]);
});

test("what a push listed is unread once, and what was read of it stays read", async () => {
  browser.store.standing = { how: "push", trouble: null, at: 0 };
  browser.store.ticket = { server: HERE, id: 1, token: "t", endpoint: "e", told: null };
  serve([item(1)]);
  await lookAtFeed();
  await listPushed(pushed(2));
  await listPushed(pushed(2));
  assert.deepEqual(browser.store.unread, ["urn:uuid:1", "urn:uuid:2"]);

  serve([item(2), item(1)], '"2"');
  await lookAtFeed();
  assert.deepEqual(browser.store.unread, ["urn:uuid:1", "urn:uuid:2"]);
  browser.store.unread = [];
  await listPushed(pushed(1));
  await lookAtFeed();
  assert.deepEqual(browser.store.unread, []);
});

test("a push of a server that was left, or of a subscription that was ended, lists nothing", async () => {
  for (const ticket of [
    null,
    { server: "https://old.example", id: 1, token: "t", endpoint: "e", told: null },
  ]) {
    browser.store.ticket = ticket;
    await listPushed(pushed(2));
    assert.equal(browser.store.unread, undefined);
  }
});

test("a push that comes during a look stays listed", async () => {
  browser.store.ticket = { server: HERE, id: 1, token: "t", endpoint: "e", told: null };
  let listed;
  const route = fakeFetch({
    "GET /api/v1/topics": [200, TOPICS],
    "GET /feeds/russia.json": () => {
      listed ??= listPushed(pushed(2));
      return [200, { items: [item(1)] }];
    },
  });
  await lookAtFeed();
  await listed;
  assert.ok(route.length > 0);
  assert.ok(browser.store.unread.includes("urn:uuid:2"));
});
