import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fakeBrowser, fakeFetch } from "./browser.js";

const browser = fakeBrowser();
const { savePage } = await import("../../extension/src/save/page.js");
const { savedWords } = await import("../../extension/src/sayings.js");

const PAGE = { url: "https://paper.example/ferry", title: "Ferry", html: "<!DOCTYPE html><html></html>" };
const ANSWER = {
  id: 4,
  title: "Ferry returns",
  topics: ["Russia"],
  created: true,
  updated: false,
  rung: true,
  reason: "rung",
};
let given;

beforeEach(() => {
  for (const key of Object.keys(browser.store)) delete browser.store[key];
  browser.texts.clear();
  browser.store.apiToken = "nba_secret";
  given = PAGE;
  browser.scripting.executeScript = async () => (given ? [{ result: given }] : []);
});
const saving = async (answer, topics = null) => {
  const asked = fakeFetch({ "POST /api/v1/articles": answer });
  const saved = await savePage(5, topics);
  return { asked, saved, words: savedWords(saved) };
};

test("the rendered page is sent with the token, its topics left to the server", async () => {
  const { asked, saved } = await saving([201, ANSWER]);
  assert.equal(asked[0].headers.Authorization, "Bearer nba_secret");
  assert.deepEqual(asked[0].body, { url: PAGE.url, html: PAGE.html });
  assert.deepEqual([saved.what, saved.article, saved.rung], ["new", 4, true]);
});

test("topics put right are the only ones", async () => {
  const { asked } = await saving([201, ANSWER], ["Ferries"]);
  assert.deepEqual([asked[0].body.topics, asked[0].body.page_topics], [["Ferries"], "ignore"]);
});

for (const [what, answer, words] of [
  ["new and rung", [201, ANSWER], /new.*notified/],
  [
    "new and quiet",
    [201, { ...ANSWER, rung: false, reason: "older than 24 hours" }],
    /nobody.*older than 24 hours/,
  ],
  ["known", [200, { ...ANSWER, created: false }], /already.*Nothing/],
  ["brought up to date", [200, { ...ANSWER, created: false, updated: true }], /up to date/],
  ["refused for its token", [401, { code: "unauthorized", message: "No." }], /Not saved yet.*token.*kept/],
  ["without an article", [422, { code: "no_article", message: "None." }], /Not saved.*No article/],
  [
    "refused for anything else",
    [422, { code: "refused", message: "A rule of mine." }],
    /Not saved.*A rule of mine/,
  ],
  ["unanswered", undefined, /Not saved yet.*does not answer.*kept/],
]) {
  test(`a page that is ${what} is said to be`, async () => assert.match((await saving(answer)).words, words));
}

test("a page the browser keeps to itself, or of more than 10 MB, is not sent", async () => {
  given = null;
  const kept = await saving([201, ANSWER]);
  given = { ...PAGE, html: null };
  const large = await saving([201, ANSWER]);
  assert.deepEqual([kept.asked.length, large.asked.length], [0, 0]);
  assert.match(kept.words, /keeps this page to itself/);
  assert.match(large.words, /10 MB/);
});

test("the outcome waits for the popup, under the badge", async () => {
  await saving([201, ANSWER]);
  assert.equal(browser.store.saved.told, false);
  assert.deepEqual(browser.log.at(-1), ["badge", { text: "✓" }]);
});
