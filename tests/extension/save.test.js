import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fakeBrowser, fakeFetch } from "./browser.js";

const browser = fakeBrowser();
const { savePage, savePageAside } = await import("../../extension/src/save/page.js");
const { savedWords } = await import("../../extension/src/sayings.js");
const { outcomeOf, sayOnce, shownHere } = await import("../../extension/src/popup/told.js");
const { grabPage } = await import("../../extension/src/page/grab.js");

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
  browser.tabs.get = async () => ({ incognito: false });
  browser.scripting.executeScript = async () => (given ? [{ result: given }] : []);
});
const quiet = (code) => ({ ...ANSWER, rung: false, reason_code: code, reason: "The server's own words" });
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
  ["new and old", [201, quiet("too_old")], /new here; nobody.*older than/],
  ["new and without a topic", [201, quiet("no_topic")], /nobody.*no topic/],
  ["new and of a known story", [201, quiet("story_rung")], /nobody.*its story/],
  ["new and quiet for a reason nobody knows", [201, quiet("a_new_one")], /nobody.*The server's own words/],
  ["known", [200, { ...ANSWER, created: false }], /already.*Nothing/],
  ["brought up to date", [200, { ...ANSWER, created: false, updated: true }], /up to date/],
  ["refused for its token", [401, { code: "unauthorized", message: "No." }], /Not saved yet.*token.*kept/],
  ["too large for the server", [413, { code: "too_large", message: "12 MB" }], /Not saved.*too large.*10 MB/],
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

test("the outcome waits for the popup, and is said there once, with its title", async () => {
  await saving([201, ANSWER]);
  assert.equal(browser.store.saved.told, false);

  const said = [];
  await sayOnce(browser.store.saved, (...words) => said.push(words));
  assert.match(said[0][0], /Ferry returns.*It is new/);
  assert.deepEqual([said.length, said[0][1], browser.store.saved.told], [1, "good", true]);
});

test("what became of a page is shown at it, by the server it was saved at and by none that came after", () => {
  const here = { server: "https://one.example", url: PAGE.url };
  const last = { ...here, what: "new", at: 2 };
  assert.equal(outcomeOf(here, last, null), last);
  assert.equal(outcomeOf(here, null, null), null);
  assert.equal(outcomeOf({ ...here, url: "https://paper.example/other" }, last, null), null);
  assert.equal(outcomeOf({ ...here, server: "https://other.example" }, last, last), null);
  const waited = { ...last, what: "unsent", at: 1 };
  assert.equal(outcomeOf(here, last, waited), last, "sent since");
  const nameless = { ...last, url: "" };
  assert.equal(outcomeOf(here, nameless, last), last, "a private window's");
});

test("what failed without a page or a token is said, too, for there is no other place for it", async () => {
  browser.store.apiToken = "";
  await saving(undefined);
  const said = [];
  const say = (...words) => said.push(words);
  await sayOnce(browser.store.saved, say);
  given = null;
  await saving(undefined);
  await sayOnce(browser.store.saved, say);
  assert.match(said[0][0], /Ferry.*Not saved.*token/);
  assert.match(said[1][0], /Not saved.*keeps this page to itself/);
  assert.deepEqual([said[0][1], said[1][1]], ["bad", "bad"]);
});

test("what a popup saves itself and shows in its place is not said once more", async () => {
  const said = [];
  const say = (...words) => said.push(words);
  await shownHere(async () => {
    const { saved } = await saving([201, ANSWER]);
    await sayOnce(browser.store.saved, say);
    return saved;
  });
  assert.deepEqual([said, browser.store.saved.told], [[], true]);
  const { saved } = await saving([201, ANSWER]);
  await sayOnce(saved, say);
  assert.equal(said.length, 1);
});

test("an outcome that came while another was said is not taken for said", async () => {
  const { saved } = await saving([201, ANSWER]);
  browser.store.saved = { ...saved, at: saved.at + 1 };
  await sayOnce(saved, () => undefined);
  assert.equal(browser.store.saved.told, false);
});

test("which page was saved in a private window is said in its popup, and kept nowhere", async () => {
  browser.tabs.get = async () => ({ incognito: true });
  const notified = [];
  browser.notifications = { create: async (id, { message }) => notified.push(`${id} ${message}`) };
  browser.grants.notifications = true;
  for (const answer of [[201, ANSWER], [422, { code: "no_article", message: "None." }], undefined]) {
    const { saved } = await saving(answer);
    assert.deepEqual([saved.url, saved.title !== ""], [PAGE.url, true]);
    const { what, at, told } = browser.store.saved;
    assert.deepEqual([what, at, told], [saved.what, saved.at, false], "the button says what became of it");
    await savePageAside(5);
    assert.doesNotMatch(JSON.stringify([browser.store, notified]), /ferry|articles\/4|"article":4/i);
  }
  assert.equal(notified.length, 3);
  browser.grants.notifications = false;
});

test("a page whose tab is closed while it is saved is no private one", async () => {
  let closed = false;
  browser.tabs.get = async () => (closed ? Promise.reject(new Error("No tab.")) : { incognito: false });
  browser.scripting.executeScript = async () => {
    closed = true;
    return [{ result: PAGE }];
  };
  await saving(undefined);
  assert.deepEqual([browser.store.saved.what, browser.store.saved.url], ["unsent", PAGE.url]);
});

test("a page is measured as it is sent: letters of two bytes count as two", () => {
  const pageOf = (text) => {
    globalThis.Document = { prototype: { querySelectorAll: (name) => find(name, text) } };
    globalThis.document = {};
    globalThis.location = { href: PAGE.url };
    return grabPage(100);
  };
  const find = (name, text) => (name === "html" ? [{ outerHTML: text }] : []);
  assert.equal(pageOf("a".repeat(85)).html, `<!DOCTYPE html>${"a".repeat(85)}`);
  assert.equal(pageOf("a".repeat(86)).html, null);
  assert.equal(pageOf("я".repeat(42)).html, `<!DOCTYPE html>${"я".repeat(42)}`);
  assert.equal(pageOf("я".repeat(43)).html, null);
});
