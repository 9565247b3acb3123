import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeBrowser, fakeFetch } from "./browser.js";

const HERE = "http://127.0.0.1:8080";
const browser = fakeBrowser({ firefox: true });
const { answer } = await import("../../extension/src/messages.js");
const { onceWords, troubleWords } = await import("../../extension/src/sayings.js");

const NO = [401, { code: "unauthorized", message: "This manage token is not known here." }];
const VIEW = [200, { id: 7, topics: [{ name: "Russia", slug: "russia" }], suspended: false }];
const ROUTES = {
  "GET /api/v1": [200, { name: "Newsbell", version: "1", features: [], vapid_key: "BAAB" }],
  "GET /api/v1/topics": [200, { topics: [], next: null }],
};

/** Press "Send me a test" as a reader whom the server knew. */
async function press(routes) {
  browser.store.following = [{ name: "Russia", slug: "russia", since: 1, primed: true }];
  browser.store.ticket = { server: HERE, id: 7, token: "old", endpoint: "", told: ["russia"] };
  fakeFetch({ ...ROUTES, ...routes });
  return answer({ kind: "test", body: {} });
}

test("a server that forgot the browser is said to have, and no token of an editor is spoken of", async () => {
  const { trouble } = await press({
    "POST /api/v1/subscriptions/7/test": NO,
    "GET /api/v1/subscriptions/7": NO,
  });
  assert.equal(trouble.code, "forgotten");
  assert.doesNotMatch(troubleWords(trouble), /API token/);
  assert.equal(browser.store.standing.how, "unlinked");
});

test("where all is well again by then, the reader is asked to try once more", async () => {
  const { trouble } = await press({
    "POST /api/v1/subscriptions/7/test": NO,
    "GET /api/v1/subscriptions/7": VIEW,
  });
  assert.equal(trouble.code, "subscription_gone");
});

test("a push service that refused the message is no dead subscription", async () => {
  const { trouble } = await press({
    "POST /api/v1/subscriptions/7/test": [502, { code: "push_later", message: "Later." }],
  });
  assert.equal(trouble.code, "push_later");
  assert.notEqual(browser.store.ticket, null);
});

for (const [how, rings] of [
  ["polling", true],
  ["waiting", true],
  ["unlinked", false],
  ["idle", false],
]) {
  test(`a browser without a subscription is shown a test only where stories ring: ${how}`, async () => {
    const shown = [];
    browser.grants.notifications = true;
    browser.notifications = { create: async (_id, { title }) => void shown.push(title) };
    Object.assign(browser.store, { ticket: null, standing: { how, trouble: null, at: 0 } });
    const reply = await answer({ kind: "test", body: {} });
    assert.deepEqual([shown.length, reply.trouble?.code], rings ? [1, undefined] : [0, "unallowed"]);
    if (!rings) assert.match(onceWords(reply.trouble), /Nothing can notify you yet/);
  });
}

test("a test is not tried again, and nothing says that it is", async () => {
  for (const [answer, words] of [
    [[429, { code: "too_many_requests", message: "Too often." }], /too often/],
    [[503, { code: "unavailable", message: "Later." }], /busy/],
    [undefined, /does not answer/],
  ]) {
    const { trouble } = await press({ "POST /api/v1/subscriptions/7/test": answer });
    assert.match(onceWords(trouble), words);
    assert.doesNotMatch(onceWords(trouble), /by itself/);
  }
});
