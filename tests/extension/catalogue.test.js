import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fakeBrowser, fakeFetch } from "./browser.js";

const HERE = "http://127.0.0.1:8080";
const browser = fakeBrowser();
const { refreshTopics } = await import("../../extension/src/topics/refresh.js");
const { slugsOf } = await import("../../extension/src/feed/sources.js");
const { keptOfMore } = await import("../../extension/src/popup/page_topics.js");

const topic = (name) => ({ name, slug: name.toLowerCase(), aliases: [], articles: 1 });

beforeEach(() => {
  for (const key of Object.keys(browser.store)) delete browser.store[key];
});

/**
 * A server whose topics fill pages; each page has a validator, and its addresses are those of its operator.
 * @param {{name: string}[][]} pages
 */
function serve(pages) {
  const sent = [];
  const asked = fakeFetch({
    "GET /api/v1/topics": ({ url, headers }) => {
      const number = Number(new URL(url).searchParams.get("after") ?? 0);
      const next = pages[number + 1] ? `https://operator.example/api/v1/topics?after=${number + 1}` : null;
      // The validator is of the whole page, as the server's is.
      const etag = `"${pages[number].map(({ name }) => name)} ${next}"`;
      if (headers["If-None-Match"] === etag) return [304];
      sent.push(number);
      return [200, { topics: pages[number], next }, { ETag: etag }];
    },
  });
  return { asked, sent };
}

const kept = () => browser.store.catalogue.topics.map(({ name }) => name);

test("of several pages, only those that changed are sent again", async () => {
  const pages = [[topic("Alps"), topic("Boats")], [topic("Chess")], [topic("Dover")]];
  const first = serve(pages);
  await refreshTopics();
  assert.deepEqual(
    [first.sent, kept()],
    [
      [0, 1, 2],
      ["Alps", "Boats", "Chess", "Dover"],
    ],
  );
  assert.ok(first.asked.every(({ url }) => url.startsWith(HERE)));

  const again = serve(pages.with(1, [topic("Chess"), topic("Crete")]));
  await refreshTopics();
  assert.deepEqual([again.sent, kept()], [[1], ["Alps", "Boats", "Chess", "Crete", "Dover"]]);

  const shorter = serve(pages.slice(0, 2));
  await refreshTopics();
  assert.deepEqual(kept(), ["Alps", "Boats", "Chess"]);
  assert.ok(shorter.sent.includes(1));
});

test("topics that have not changed are left as they are, and were seen", async () => {
  const { sent } = serve([[topic("Alps")], [topic("Chess")]]);
  await refreshTopics();
  const before = structuredClone(browser.store.catalogue);
  browser.store.catalogueSeen = 0;
  await refreshTopics();
  assert.deepEqual([sent, browser.store.catalogue], [[0, 1], before]);
  assert.ok(browser.store.catalogueSeen > 0);
});

test("another server's validators are not used", async () => {
  serve([[topic("Alps")]]);
  await refreshTopics();
  browser.store.server = "https://other.example";
  const { asked } = serve([[topic("Alps")]]);
  await refreshTopics(60_000);
  assert.deepEqual(
    asked.map(({ headers }) => headers["If-None-Match"]),
    [undefined],
  );
  assert.equal(browser.store.catalogue.server, "https://other.example");
});

test("more topics than are kept are cut, and the popup knows it", async () => {
  const many = Array.from({ length: 21 }, (_, number) => [topic(`Topic ${number}`)]);
  serve(many);
  await refreshTopics();
  assert.equal(keptOfMore({ state: browser.store }), 20);
  const far = { name: "Topic 20", slug: "topic-20", since: 0, primed: true };
  const { catalogue } = browser.store;
  assert.deepEqual(slugsOf({ catalogue, following: [far, { ...far, slug: undefined }] }), ["topic-20"]);

  serve(many.slice(0, 20));
  await refreshTopics();
  assert.equal(keptOfMore({ state: browser.store }), 0);
  assert.deepEqual(slugsOf({ catalogue: browser.store.catalogue, following: [far] }), []);
});
