import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fakeBrowser, fakeFetch } from "./browser.js";

const browser = fakeBrowser({ allowed: true });
browser.notifications = { create: async (id) => browser.log.push(["notified", id]) };
const { savePage, sendUnsent } = await import("../../extension/src/save/page.js");
const { drop, leftBeside, MOST_PAGES, MOST_TEXT } = await import("../../extension/src/save/unsent.js");
const { isRefused } = await import("../../extension/src/save/waiting.js");
const { savedWords, troubleWords } = await import("../../extension/src/sayings.js");
const { readState } = await import("../../extension/src/state.js");
const { whyWaiting } = await import("../../extension/src/popup/unsent_part.js");
const { badgeText } = await import("../../extension/src/badge.js");

const SAVE = "POST /api/v1/articles";
const SAVED = [201, { id: 4, title: "Ferry", topics: [], created: true, rung: false, reason: "old" }];
const WRONG_TOKEN = [401, { code: "unauthorized", message: "No." }];
const NO_ARTICLE = [422, { code: "no_article", message: "None." }];
const BROKEN = [500, { code: "error", message: "Broken." }];
const page = (name) => ({ url: `https://paper.example/${name}`, title: name, html: `<p>${name}` });

beforeEach(() => {
  for (const key of Object.keys(browser.store)) delete browser.store[key];
  browser.store.apiToken = "nba_secret";
  browser.texts.clear();
  browser.held.clear();
  browser.log.length = 0;
  browser.tabs.get = async () => ({ incognito: false });
});

/** Save a page while the server answers so; undefined: not at all. */
const save = (name, answer, topics = null) => {
  browser.scripting.executeScript = async () => [{ result: page(name) }];
  fakeFetch({ [SAVE]: answer });
  return savePage(5, topics);
};
/** What is sent when it is tried again. */
const again = async (answer, options) => {
  const asked = fakeFetch({ [SAVE]: answer });
  await sendUnsent(options);
  return asked.map(({ body }) => body);
};
/** What tells notifications apart: of two that are the same, the browser shows the last. */
const notified = () => browser.log.filter(([name]) => name === "notified").map(([, id]) => id);
const waiting = () => (browser.store.unsent ?? []).map(({ title }) => title);

test("a page that no server takes is kept, with its topics, and sent when one does", async () => {
  const saved = await save("ferry", undefined, ["Ferries"]);
  assert.deepEqual(
    [saved.what, saved.trouble.code, badgeText({ unread: [], saved })],
    ["unsent", "away", "…"],
  );
  assert.deepEqual(waiting(), ["ferry"]);
  assert.equal(browser.held.get("saves").delayInMinutes, 1);

  const { url, html } = page("ferry");
  assert.deepEqual(await again(SAVED), [{ url, html, topics: ["Ferries"], page_topics: "ignore" }]);
  assert.deepEqual([waiting(), [...browser.texts], browser.held.has("saves")], [[], [], false]);
  assert.deepEqual([browser.store.saved.what, browser.store.saved.article], ["new", 4]);
});

test("a page that is taken at once leaves nothing behind, and sets no alarm", async () => {
  await save("ferry", SAVED);
  assert.deepEqual([waiting(), [...browser.texts], browser.held.has("saves")], [[], [], false]);
});

test("a page is kept before it is sent, and then whatever happens tried again", async () => {
  let during;
  await save("ferry", () => {
    during = [waiting(), browser.texts.size, browser.held.has("saves")];
    return SAVED;
  });
  assert.deepEqual(during, [["ferry"], 1, true]);
});

test("it is tried again later each time, and within an hour", async () => {
  await save("ferry", undefined);
  const delays = [];
  for (let tries = 0; tries < 7; tries += 1) {
    await again(undefined);
    delays.push(browser.held.get("saves").delayInMinutes);
  }
  assert.deepEqual(delays, [2, 4, 8, 16, 32, 60, 60]);
});

test("a try during which the background is stopped counts as well", async () => {
  await save("ferry", undefined);
  const during = [];
  for (let tries = 0; tries < 3; tries += 1) {
    browser.held.clear();
    await again(() => {
      during.push([browser.store.unsentTries, browser.held.get("saves")?.delayInMinutes]);
      return undefined;
    });
  }
  assert.deepEqual(during, [
    [2, 2],
    [3, 4],
    [4, 8],
  ]);
});

test("a server that is away is asked once, however many pages wait; one broken page holds up none", async () => {
  for (const name of ["one", "two", "three"]) await save(name, undefined);
  assert.equal((await again(undefined)).length, 1);
  assert.equal(waiting().length, 3);
  const tried = await again(({ body }) => (body.url.endsWith("two") ? BROKEN : SAVED));
  assert.equal(tried.length, 3);
  assert.deepEqual(waiting(), ["two"]);
  assert.equal(browser.store.unsent[0].trouble.code, "error");
});

test("a token that was revoked: the page is kept, no alarm tries it, and another token sends it", async () => {
  const saved = await save("ferry", WRONG_TOKEN);
  assert.deepEqual([saved.what, saved.trouble.code], ["unsent", "unauthorized"]);
  assert.deepEqual([waiting(), browser.held.has("saves")], [["ferry"], false]);
  browser.store.apiToken = "";
  assert.deepEqual(await again(SAVED), []);
  browser.store.apiToken = "nba_other";
  assert.equal((await again(SAVED)).length, 1);
  assert.deepEqual(waiting(), []);
});

test("a page that is refused at once does not wait: whoever pressed is told", async () => {
  const saved = await save("ferry", NO_ARTICLE);
  assert.deepEqual([saved.what, waiting(), browser.texts.size], ["failed", [], 0]);
});

test("a page that was refused while it waited stays in the list, and is sent when its editor says so", async () => {
  await save("ferry", undefined);
  await again(NO_ARTICLE);
  const { what, told, trouble } = browser.store.saved;
  assert.deepEqual([what, told, trouble.code], ["failed", false, "no_article"]);
  assert.deepEqual([waiting(), browser.texts.size, browser.held.has("saves")], [["ferry"], 1, false]);
  assert.ok(isRefused(browser.store.unsent[0]));

  assert.deepEqual(await again(SAVED), []);
  assert.equal((await again(SAVED, { refused: true })).length, 1);
  assert.deepEqual([waiting(), browser.texts.size], [[], 0]);
});

test("a refusal nobody has seen is not covered up by what is saved after it, and each is told of", async () => {
  for (const name of ["one", "two", "three"]) await save(name, undefined);
  browser.store.saved.told = true;
  await again(({ body }) => (body.url.endsWith("one") ? NO_ARTICLE : SAVED));
  const { saved } = browser.store;
  assert.deepEqual([waiting(), saved.title, badgeText({ unread: [], saved })], [["one"], "one", "!"]);
  assert.equal(new Set(notified()).size, 3);
  assert.match(notified()[0], /one/);

  browser.store.saved.told = true;
  await save("four", undefined);
  await again(SAVED);
  assert.deepEqual([browser.store.saved.what, waiting()], ["new", ["one"]]);
});

test("the same page again takes the place of the one that waits", async () => {
  await save("ferry", undefined);
  await save("ferry", undefined, ["Ferries"]);
  assert.deepEqual([waiting(), browser.texts.size], [["ferry"], 1]);
  assert.deepEqual(browser.store.unsent[0].topics, ["Ferries"]);
});

test("another server is not sent what waits for this one", async () => {
  await save("ferry", undefined);
  browser.store.server = "https://other.example";
  assert.deepEqual(await again(SAVED), []);
  assert.deepEqual([waiting(), browser.held.has("saves")], [["ferry"], false]);
});

test("a page that is dropped is not sent", async () => {
  await save("ferry", undefined);
  await drop(browser.store.unsent[0].id);
  assert.deepEqual([waiting(), [...browser.texts]], [[], []]);
  assert.deepEqual(await again(SAVED), []);
});

test("the list says why a page waits, and promises nothing that is not done", async () => {
  await save("ferry", undefined);
  const why = async () => whyWaiting(browser.store.unsent[0], await readState());
  assert.match(await why(), /does not answer.*by itself/);

  browser.store.apiToken = "";
  assert.deepEqual(await again(SAVED, { refused: true }), []);
  assert.match(await why(), /enter an API token/);
  assert.doesNotMatch(await why(), /by itself/);

  browser.store.server = "https://other.example";
  assert.match(await why(), /another server, .127\.0\.0\.1:8080/);

  browser.store.server = undefined;
  browser.store.apiToken = "nba_secret";
  await again(NO_ARTICLE);
  assert.match(await why(), /^Not saved\. .No article/);
});

test("pages are bounded in number and in length", () => {
  const one = (number, size) => ({ server: "s", url: `u${number}`, size, trouble: null });
  const hasRoom = (unsent, page) => leftBeside(unsent, page) !== null;
  const many = (count, size) => Array.from({ length: count }, (_, number) => one(number, size));
  assert.ok(hasRoom(many(MOST_PAGES - 1, 1), one("new", 1)));
  assert.ok(!hasRoom(many(MOST_PAGES, 1), one("new", 1)));
  assert.ok(hasRoom(many(MOST_PAGES, 1), one(3, 1)), "in the place of itself");
  assert.ok(hasRoom(many(4, MOST_TEXT / 5), one("new", MOST_TEXT / 5)));
  assert.ok(!hasRoom(many(5, MOST_TEXT / 5), one("new", 1)));
});

test("what was refused gives way to what can still be sent, the oldest first, with its text", async () => {
  for (let number = 0; number < MOST_PAGES; number += 1) await save(`page ${number}`, undefined);
  await again(({ body }) => (/page (0|1)$/.test(body.url) ? NO_ARTICLE : WRONG_TOKEN));
  const saved = await save("ferry", undefined);
  assert.deepEqual([saved.what, waiting().length, browser.texts.size], ["unsent", MOST_PAGES, MOST_PAGES]);
  assert.deepEqual(
    ["page 0", "page 1", "ferry"].map((name) => waiting().includes(name)),
    [false, true, true],
  );
  assert.equal((await save("trade", undefined)).what, "unsent");
  assert.equal((await save("sport", undefined)).trouble.code, "no_room");
  assert.equal(waiting().length, MOST_PAGES);
});

test("as many bytes of what was refused give way as are needed, and none where that is too little", () => {
  const pages = [1, 2, 3, 4, 5].map((number) => ({
    ...{ server: "s", url: `u${number}`, size: MOST_TEXT / 5 },
    trouble: number < 4 ? { code: "no_article", message: "", passing: false } : null,
  }));
  const left = (size) => leftBeside(pages, { server: "s", url: "new", size })?.map(({ url }) => url);
  assert.deepEqual(left(1), ["u2", "u3", "u4", "u5"]);
  assert.deepEqual(left(MOST_TEXT * 0.4), ["u3", "u4", "u5"]);
  assert.deepEqual(left(MOST_TEXT * 0.7), undefined);
});

test("what waits is measured in bytes", async () => {
  await save("пором", undefined);
  assert.equal(browser.store.unsent[0].size, new TextEncoder().encode("<p>пором").length);
});

test("where there is no room, or a window is private, the page is sent and not kept", async () => {
  for (let number = 0; number < MOST_PAGES; number += 1) await save(`page ${number}`, undefined);
  const full = await save("one more", undefined);
  assert.deepEqual([full.what, full.trouble.code, waiting().length], ["failed", "no_room", MOST_PAGES]);
  assert.equal((await save("one more", SAVED)).what, "new");

  browser.store.unsent = [];
  browser.tabs.get = async () => ({ incognito: true });
  const secret = await save("secret", undefined);
  assert.deepEqual([secret.what, secret.trouble.code, waiting()], ["failed", "away", []]);
  assert.doesNotMatch(savedWords(secret), /by itself/);
});

/** One opening of the database fails, as it may while the disk is busy: the next one, or that after as many. */
async function failOpening(after, work) {
  const whole = globalThis.indexedDB;
  let openings = 0;
  globalThis.indexedDB = {
    open: (...given) => {
      openings += 1;
      if (openings !== after + 1) return whole.open(...given);
      const request = { error: new DOMException("Internal error opening backing store", "UnknownError") };
      queueMicrotask(() => request.onerror());
      return request;
    },
  };
  try {
    return await work();
  } finally {
    globalThis.indexedDB = whole;
  }
}

test("a text that the disk does not give just now is no lost page: it waits, and is sent the next time", async () => {
  await save("ferry", undefined);
  assert.deepEqual(await failOpening(0, () => again(SAVED)), []);
  assert.deepEqual([waiting(), browser.texts.size, browser.held.has("saves")], [["ferry"], 1, true]);
  assert.match(troubleWords(browser.store.unsent[0].trouble), /does not give back.*by itself/);
  assert.equal((await again(SAVED)).length, 1);
  assert.deepEqual(waiting(), []);
});

test("what is said of a page is never what came of another, whatever the disk does", async () => {
  for (let after = 0; after < 5; after += 1) {
    await save("first", SAVED);
    const saved = await failOpening(after, () => save("second", NO_ARTICLE));
    assert.deepEqual([saved.title, saved.what, saved.trouble?.code], ["second", "failed", "no_article"]);
  }
});

test("a text that was lost is said to be, and a text without a page is swept away", async () => {
  await save("ferry", undefined);
  browser.texts.clear();
  assert.deepEqual(await again(SAVED), []);
  const { title, what, trouble } = browser.store.saved;
  assert.deepEqual([waiting(), title, what, trouble.code], [["ferry"], "ferry", "failed", "text_lost"]);
  browser.texts.set("orphan", "<p>");
  await save("ferry", SAVED);
  assert.deepEqual([waiting(), [...browser.texts]], [[], []]);
});
