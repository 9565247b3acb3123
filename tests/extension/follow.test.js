import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fakeBrowser, fakeFetch } from "./browser.js";

const browser = fakeBrowser();
const { markRead, stopEverything, unfollow } = await import("../../extension/src/follow.js");
const { showBadge } = await import("../../extension/src/badge.js");

const topic = (name) => ({ name, slug: name.toLowerCase(), since: 1, primed: true });
const badge = () => browser.log.findLast(([name]) => name === "badge")[1].text;

beforeEach(async () => {
  for (const key of Object.keys(browser.store)) delete browser.store[key];
  Object.assign(browser.store, {
    following: [topic("Russia")],
    unread: ["a", "b"],
    standing: { how: "push", trouble: null, at: 0 },
  });
  await showBadge();
  assert.equal(badge(), "2");
});

for (const [what, act, text] of [
  ["one article is read", () => markRead(["a"]), "1"],
  ["all are read", () => markRead([]), ""],
  ["everything is stopped", () => stopEverything(), ""],
  ["the last topic is unfollowed", () => unfollow("russia"), ""],
]) {
  test(`the badge is right at once when ${what}, whatever the server does`, async () => {
    const seen = [];
    fakeFetch({ "GET /api/v1": () => void seen.push(badge()) }); // asked, and no answer
    await act();
    assert.deepEqual([...new Set([...seen, badge()])], [text]);
  });
}
