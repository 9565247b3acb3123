/** What comes up at a feed's tail: older than what was held, and new only where all of it was held. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";
import { fakeBrowser, fakeFetch } from "./browser.js";

const HERE = "http://127.0.0.1:8080";
const HOUR = 3_600_000;
const START = Date.now();
const browser = fakeBrowser();
const { lookAtFeed } = await import("../../extension/src/feed/look.js");
const { MOST_ITEMS } = await import("../../extension/src/feed/items.js");
const { MOST_IN_FEED } = await import("../../extension/src/address.js");

const rung = [];
browser.notifications = { create: async (_id, { title }) => void rung.push(title) };

const item = (name, hoursAgo) => ({
  id: `${name} ${hoursAgo}`,
  url: `${HERE}/articles/${name}/${hoursAgo}`,
  title: `${name}, ${hoursAgo} hours ago`,
  tags: [name],
  date_published: new Date(START - hoursAgo * HOUR).toISOString(),
});
/** So many articles, one in so many hours. */
const items = (name, many, every) => Array.from({ length: many }, (_, at) => item(name, (at + 1) * every));
const newest = (...lists) =>
  lists
    .flat()
    .sort((a, b) => b.date_published.localeCompare(a.date_published))
    .slice(0, 50);
const slug = (name) => name.toLowerCase().replaceAll(" ", "-");
const listed = (name, aliases = []) => ({ name, slug: slug(name), aliases, articles: 9 });
const follow = (...names) => {
  browser.store.following = names.map((name) => ({ name, slug: slug(name), since: START, primed: false }));
};
const unfollow = (name) => {
  browser.store.following = browser.store.following.filter((topic) => topic.name !== name);
};

/** A server with these topics, and these articles in each feed; one feed may lead to another. */
function serve(topics, feeds, moved = {}) {
  const answers = Object.entries(feeds).map(([name, list]) => [
    `GET /feeds/${name}.json`,
    [200, { items: list }],
  ]);
  const asked = fakeFetch({
    "GET /api/v1/topics": [200, { topics, next: null }],
    ...Object.fromEntries(answers),
  });
  const { fetch } = globalThis;
  globalThis.fetch = async (address, init) => {
    const [, name] = /\/feeds\/(.+)\.json$/.exec(address) ?? [];
    if (!moved[name]) return fetch(address, init);
    const response = await fetch(address.replace(name, moved[name]), init);
    return Object.defineProperty(response, "redirected", { value: true });
  };
  return asked;
}

/** The same, where an hour has gone by, and the topics are asked for again. */
function serveLater(topics, feeds) {
  browser.store.catalogueSeen = 0;
  serve(topics, feeds);
}

const BOTH = [listed("Russia"), listed("Sport")];

beforeEach(() => {
  for (const key of Object.keys(browser.store)) delete browser.store[key];
  browser.store.standing = { how: "polling", trouble: null, at: 0 };
  browser.grants.notifications = true;
  rung.length = 0;
});

const unread = () => browser.store.unread;

test("a quiet topic's older articles are not new when a busy one is left", async () => {
  const russia = items("Russia", 50, 0.9);
  const sport = items("Sport", 48, 0.05);
  follow("Russia", "Sport");
  serve(BOTH, { "russia+sport": newest(sport, russia) });
  await lookAtFeed();
  unfollow("Sport");
  const fresh = item("Russia", 0.01);
  serve(BOTH, { russia: newest([fresh], russia) });
  await lookAtFeed();
  assert.deepEqual([unread(), rung], [[fresh.id], [fresh.title]]);
});

test("what follows a removed article into a full feed is not new; what came late into it is", async () => {
  const russia = items("Russia", 52, 0.2);
  follow("Russia");
  serve(BOTH, { russia: russia.slice(0, 50) });
  await lookAtFeed();
  const late = item("Russia", 9.9);
  serve(BOTH, { russia: newest([late], russia.slice(3)) });
  await lookAtFeed();
  assert.deepEqual([unread(), rung], [[late.id], [late.title]]);
});

test("where all of a feed was held, an article that came late is new, however old", async () => {
  const russia = items("Russia", 49, 0.2);
  follow("Russia");
  serve(BOTH, { russia });
  await lookAtFeed();
  const late = item("Russia", 12);
  serve(BOTH, { russia: newest([late], russia) });
  await lookAtFeed();
  assert.deepEqual([unread(), rung], [[late.id], [late.title]]);
});

test("a full feed says nothing of the topics of another", async () => {
  const names = Array.from({ length: 50 }, (_, at) => `A${at}`);
  const joined = names.map(slug).sort().join("+");
  const topics = [...names, "Sport"].map((name) => listed(name));
  const sport = items("Sport", 50, 0.1);
  follow(...names, "Sport");
  serve(topics, { [joined]: items("A7", 3, 1), sport });
  await lookAtFeed();
  const late = item("A7", 8);
  serve(topics, {
    [joined]: newest([late], items("A7", 3, 1)),
    sport: [...sport.slice(1), item("Sport", 7)],
  });
  await lookAtFeed();
  assert.deepEqual([unread(), rung], [[late.id], [late.title]]);
});

const WAR = item("Ukraine war", 3);
const UKRAINE = items("Ukraine", 50, 1);
const MERGED = [listed("Russia"), listed("Ukraine", ["Ukraine war"])];

/** Follow a topic, which an editor then merges into a larger one. */
async function lookBeforeMerge(...others) {
  follow("Ukraine war", ...others);
  const name = others.length > 0 ? "russia+ukraine-war" : "ukraine-war";
  serve([listed("Russia"), listed("Ukraine war"), listed("Ukraine")], { [name]: [WAR] });
  await lookAtFeed();
}

test("the articles of the topic that another was merged into are not new", async () => {
  await lookBeforeMerge();
  serveLater(MERGED, { ukraine: UKRAINE });
  await lookAtFeed();
  assert.deepEqual([unread(), rung], [[], []]);
  const fresh = item("Ukraine", 0.1);
  serve(MERGED, { ukraine: newest([fresh], UKRAINE) });
  await lookAtFeed();
  assert.deepEqual([unread(), rung], [[fresh.id], [fresh.title]]);
});

test("nor are they where another topic is followed as well, whose new articles are", async () => {
  await lookBeforeMerge("Russia");
  const fresh = item("Russia", 0.1);
  serveLater(MERGED, { "russia+ukraine": newest([fresh], UKRAINE) });
  await lookAtFeed();
  assert.deepEqual([unread(), rung], [[fresh.id], [fresh.title]]);
});

test("nor where the merge shows by the old feed leading to the other, before the topics are due", async () => {
  await lookBeforeMerge();
  const asked = serve(MERGED, { ukraine: UKRAINE }, { "ukraine-war": "ukraine" });
  await lookAtFeed();
  await lookAtFeed();
  assert.deepEqual([unread(), rung], [[], []]);
  assert.equal(asked.filter(({ name }) => name === "GET /api/v1/topics").length, 1);
});

for (const [file, constant, bound] of [
  ["web/feeds/serving.py", "PER_PAGE", MOST_ITEMS],
  ["domain/topics.py", "MAX_UNION", MOST_IN_FEED],
]) {
  test(`${constant} of ${file} is what a feed is taken to hold here`, () => {
    const source = readFileSync(new URL(`../../server/newsbell/${file}`, import.meta.url), "utf8");
    assert.equal(Number(source.match(new RegExp(`^${constant} = (\\d+)`, "m"))[1]), bound);
  });
}
