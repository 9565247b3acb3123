import assert from "node:assert/strict";
import { test } from "node:test";
import { sift as siftFeed, withPushed } from "../../extension/src/feed/sift.js";

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;
const topic = (name, more = {}) => ({
  name,
  slug: name.toLowerCase(),
  since: NOW - HOUR,
  primed: true,
  ...more,
});
const item = (number, more = {}) => ({
  id: `urn:uuid:${number}`,
  url: `https://news.example/articles/${number}/x`,
  original: "",
  title: `Story ${number}`,
  summary: "",
  site: "",
  story: `story-${number}`,
  topics: ["Russia"],
  at: NOW - 1000,
  lang: "en",
  ...more,
});
const SLUGS = ["russia", "ferries"];
const feedOf = (items, from = 0) => ({
  ...{ server: "https://news.example", slugs: "ferries+russia", etag: "", items },
  reach: SLUGS.map((slug) => [slug, from]),
});
const sift = (items, ...given) => siftFeed(feedOf(items), ...given);
const before = (more = {}) => ({
  following: [topic("Russia"), topic("Ferries")],
  catalogue: { cut: true, topics: [] },
  catalogueSeen: NOW,
  feed: feedOf([]),
  known: [],
  pushed: [],
  unread: [],
  due: [],
  ...more,
});
const RING = { ring: true, now: NOW };
const ids = (items) => items.map(({ id }) => id.slice(9));

test("a new article rings and is unread, once", () => {
  const first = sift([item(1)], before(), RING);
  assert.deepEqual([ids(first.due), first.unread], [["1"], ["urn:uuid:1"]]);
  const second = sift([item(1)], before({ ...first, due: [] }), RING);
  assert.deepEqual([second.due, second.unread], [[], ["urn:uuid:1"]]);
});

test("the oldest rings first", () => {
  assert.deepEqual(ids(sift([item(3), item(2), item(1)], before(), RING).due), ["1", "2", "3"]);
});

test("an edited article keeps its id and does not ring again", () => {
  const first = sift([item(1)], before(), RING);
  const edited = item(1, { title: "Story 1, corrected", url: "https://news.example/articles/1/corrected" });
  assert.deepEqual(sift([edited], before({ ...first, due: [] }), RING).due, []);
});

test("an article of a story that was seen is not new, whatever its words", () => {
  const twin = item(2, { story: "story-1" });
  const first = sift([item(1)], before(), RING);
  assert.deepEqual(ids(first.due), ["1"]);
  assert.deepEqual(sift([twin], before({ ...first, due: [] }), RING).due, []);
  assert.deepEqual(ids(sift([twin, item(1)], before(), RING).due), ["1"]);
});

test("the same words for another story are new: a column has its title every day", () => {
  const words = { title: "Morning briefing", summary: "All you need to know today." };
  const first = sift([item(1, words)], before(), RING);
  const next = item(2, { ...words, at: NOW + 24 * HOUR });
  const second = sift([next, item(1, words)], before({ ...first, due: [] }), {
    ring: true,
    now: next.at + 1000,
  });
  assert.deepEqual([ids(second.due), second.unread.length], [["2"], 2]);
});

test("what a server tells of no story is known by its id and address alone", () => {
  const untold = (number) => item(number, { story: "", url: "" });
  assert.deepEqual(ids(sift([untold(2), untold(1)], before(), RING).due), ["1", "2"]);
});

test("a story that a push rang for is not new in the feed", () => {
  const state = before({ server: "https://news.example", ticket: { server: "https://news.example" } });
  const pushed = withPushed(item(1), state);
  const twin = item(2, { story: "story-1" });
  assert.deepEqual(sift([twin], before({ ...pushed }), RING).due, []);
});

test("what a topic had before it was followed is not new; what came since is", () => {
  const fresh = topic("Russia", { primed: false });
  const items = [item(2, { at: NOW }), item(1, { at: NOW - 2 * HOUR })];
  const after = sift(items, before({ following: [fresh] }), RING);
  assert.deepEqual(ids(after.due), ["2"]);
  assert.equal(after.following[0].primed, true);
  const later = item(3, { at: NOW - 5 * HOUR });
  assert.deepEqual(ids(sift([later, ...items], { ...after, pushed: [], due: [] }, RING).due), ["3"]);
});

test("a second topic brings none of its older articles", () => {
  const following = [topic("Russia"), topic("Ferries", { primed: false, since: NOW })];
  const old = item(9, { topics: ["Ferries"], at: NOW - 2 * HOUR });
  assert.deepEqual(ids(sift([item(1), old], before({ following }), RING).due), ["1"]);
});

test("an article older than a day is unread, and does not ring", () => {
  const after = sift([item(1, { at: NOW - 25 * HOUR })], before(), RING);
  assert.deepEqual([after.due.length, after.unread.length], [0, 1]);
});

test("where something else rings, nothing is due", () => {
  const after = sift([item(1)], before(), { ring: false, now: NOW });
  assert.deepEqual([after.due.length, after.unread.length], [0, 1]);
});

test("what a push rang for does not ring again when the feed is looked at", () => {
  const after = sift([item(1)], before({ pushed: [item(1).url] }), RING);
  assert.deepEqual([after.due.length, after.unread.length], [0, 1]);
});

test("what is still due stays due", () => {
  const after = sift([item(2)], before({ due: [item(1)] }), RING);
  assert.deepEqual(ids(after.due), ["1", "2"]);
});

test("what is remembered is bounded, and what the feed still has is forgotten last", () => {
  const known = Array.from({ length: 2000 }, (_, at) => `mark ${at}`);
  const after = sift([item(1)], before({ known: [item(1).id, ...known] }), RING);
  assert.equal(after.known.length, 1000);
  assert.ok(after.known.includes(item(1).id));
  assert.deepEqual(after.due, []);
});

test("unread articles that left the feed are counted no more", () => {
  assert.deepEqual(sift([], before({ unread: ["urn:uuid:1"] }), RING).unread, []);
});
