import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fakeBrowser, fakeFetch } from "./browser.js";

const browser = fakeBrowser({ firefox: true });
const { savePage, sendUnsent } = await import("../../extension/src/save/page.js");

const SAVED = [201, { id: 4, title: "Ferry", topics: [], created: true, rung: true }];
let consent;

beforeEach(() => {
  for (const key of Object.keys(browser.store)) delete browser.store[key];
  browser.store.apiToken = "nba_secret";
  browser.texts.clear();
  browser.permissions.contains = async ({ data_collection }) => data_collection !== undefined && consent;
  browser.scripting.executeScript = async () => [
    { result: { url: "https://paper.example/ferry", title: "Ferry", html: "<p>Ferry" } },
  ];
});

test("Firefox's reader did not agree that pages are sent: none is, and none is kept", async () => {
  consent = false;
  const asked = fakeFetch({ "POST /api/v1/articles": SAVED });
  const saved = await savePage(5, null);
  assert.deepEqual([saved.what, saved.trouble.code], ["failed", "no_consent"]);
  assert.deepEqual([asked, browser.store.unsent ?? [], browser.texts.size], [[], [], 0]);
});

test("one who agreed saves, and one who takes it back sends nothing of what waits", async () => {
  consent = true;
  fakeFetch({});
  assert.equal((await savePage(5, null)).what, "unsent");
  consent = false;
  const asked = fakeFetch({ "POST /api/v1/articles": SAVED });
  await sendUnsent();
  assert.deepEqual([asked.length, browser.store.unsent[0].trouble.code], [0, "no_consent"]);
  consent = true;
  await sendUnsent();
  assert.deepEqual([asked.length, browser.store.unsent], [1, []]);
});
