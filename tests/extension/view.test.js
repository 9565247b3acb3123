import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeBrowser } from "./browser.js";

fakeBrowser();
const { DEFAULTS } = await import("../../extension/src/state.js");
const { canRing, promptOf } = await import("../../extension/src/popup/view.js");
const { pageWords } = await import("../../extension/src/popup/page_topics.js");
const { badgeText } = await import("../../extension/src/badge.js");
const { lookEvery, retryAfter } = await import("../../extension/src/health/alarms.js");

const view = (state = {}, more = {}) => ({
  state: { ...DEFAULTS, ...state },
  allowed: false,
  pushesItself: true,
  reading: "read",
  page: null,
  tab: 1,
  asked: null,
  declined: false,
  ...more,
});
const russia = { name: "Russia", slug: "russia", since: 0, primed: true };

test("the soft prompt comes for a first follow, and after what went unfinished", () => {
  assert.equal(promptOf(view()), null);
  assert.equal(promptOf(view({}, { asked: ["Russia"] })).why, "asked");
  assert.equal(promptOf(view({ pending: { topics: ["Russia"], at: 0 } })).why, "denied");
  const unfinished = { link: { topics: ["Russia"] } };
  assert.equal(promptOf(view(unfinished, { pushesItself: false })).why, "unfinished");
  const denied = { ...unfinished, pending: { topics: ["Ukraine"], at: 0 } };
  assert.deepEqual(promptOf(view(denied, { pushesItself: false })), { topics: ["Ukraine"], why: "denied" });
  assert.equal(promptOf(view({ following: [russia] })).why, "needed");
  const both = { following: [russia], pending: denied.pending };
  assert.deepEqual(promptOf(view(both)).topics, ["Ukraine", "Russia"]);
  assert.deepEqual(promptOf(view({ ...both, pending: null, link: { topics: ["Trade"] } })).topics, [
    "Trade",
    "Russia",
  ]);
  assert.equal(promptOf(view({ following: [russia] }, { declined: true })), null);
  assert.equal(promptOf(view({}, { declined: true, asked: ["Russia"] })).why, "asked");
});

test("no question is put to a reader whom something can notify", () => {
  assert.equal(
    promptOf(view({ following: [russia], pending: { topics: [], at: 0 } }, { allowed: true })),
    null,
  );
  const firefox = { pushesItself: false };
  assert.equal(canRing(view({ ticket: { id: 1 } }, firefox)), true);
  assert.equal(canRing(view({ byPolling: true }, { ...firefox, allowed: true })), true);
  assert.equal(canRing(view({ byPolling: true }, firefox)), false);
  assert.equal(canRing(view({}, { ...firefox, allowed: true })), false);
});

test("a link that rings no more can be made anew", () => {
  const standing = { how: "unlinked", trouble: { code: "suspended", message: "", passing: false }, at: 1 };
  const suspended = view({ following: [russia], ticket: { id: 1 }, standing }, { pushesItself: false });
  assert.deepEqual(promptOf(suspended), { topics: ["Russia"], why: "needed" });
  assert.equal(
    canRing({ ...suspended, state: { ...suspended.state, byPolling: true }, allowed: true }),
    true,
  );
});

test("a page has kind words, unless it has topics", () => {
  assert.equal(pageWords(view({}, { reading: "unreadable" }), 0), "page_unreadable");
  assert.equal(pageWords(view({}, { page: { isArticle: false } }), 0), "page_no_article");
  assert.equal(pageWords(view({}, { page: { isArticle: true } }), 0), "page_no_topics");
  assert.equal(pageWords(view({}, { page: { isArticle: true } }), 2), null);
});

test("the badge counts what is unread, and says first what became of saving", () => {
  assert.equal(badgeText({ unread: [], saved: null }), "");
  assert.equal(badgeText({ unread: ["a", "b"], saved: null }), "2");
  assert.equal(badgeText({ unread: Array(100).fill("a"), saved: null }), "99+");
  assert.equal(badgeText({ unread: ["a"], saved: { told: false, what: "new" } }), "✓");
  assert.equal(badgeText({ unread: ["a"], saved: { told: false, what: "failed" } }), "!");
  assert.equal(badgeText({ unread: ["a"], saved: { told: true, what: "failed" } }), "1");
});

test("a look is frequent where it rings; a retry waits longer each time, an hour at most", () => {
  assert.ok(lookEvery("polling") < lookEvery("push"));
  assert.deepEqual([1, 2, 3, 9].map(retryAfter), [1, 2, 4, 60]);
});
