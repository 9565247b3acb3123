/** Handing over more than once, and codes that are not ours. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fakeBrowser, fakeFetch } from "./browser.js";

const HERE = "http://127.0.0.1:8080";
const browser = fakeBrowser({ firefox: true });
const { claim, openLink } = await import("../../extension/src/link.js");

const RUSSIA = { name: "Russia", slug: "russia" };
const VIEW = { id: 7, topics: [RUSSIA], suspended: false };
const ROUTES = {
  "POST /api/v1/links/claim": [200, { id: 7, manage_token: "secret", topics: [RUSSIA] }],
  "GET /api/v1": [200, { name: "Newsbell", version: "1", features: [], vapid_key: "BAAB" }],
  "GET /api/v1/subscriptions/7": [200, VIEW],
  "GET /api/v1/topics": [200, { topics: [], next: null }],
  "DELETE /api/v1/subscriptions/3": [204],
};
const REFUSED = [404, { code: "not_found", message: "No such link." }];

beforeEach(() => {
  for (const key of Object.keys(browser.store)) delete browser.store[key];
});

/** What is asked when a subscription is taken over by who has this one already. */
async function takeOver(id) {
  const ticket = { server: HERE, id, token: "before", endpoint: "", told: ["russia"] };
  browser.store.ticket = ticket;
  await openLink(["russia"]);
  const asked = fakeFetch(ROUTES);
  assert.equal(await claim("code"), "linked");
  return asked.map(({ name }) => name);
}

test("a subscription that another takes the place of is ended at the server", async () => {
  assert.ok((await takeOver(3)).includes("DELETE /api/v1/subscriptions/3"));
  assert.deepEqual([browser.store.ticket.id, browser.store.ended], [7, []]);
});

test("the same one, taken over anew, is not", async () => {
  assert.ok(!(await takeOver(7)).some((name) => name.startsWith("DELETE")));
  assert.equal(browser.store.ticket.token, "secret");
});

test("a code that was refused is not tried again and again", async () => {
  await openLink(["russia"]);
  fakeFetch({ ...ROUTES, "POST /api/v1/links/claim": REFUSED });
  assert.equal((await claim("stranger's")).code, "not_found");
  const asked = fakeFetch(ROUTES);
  assert.equal(await claim(), "nothing");
  assert.deepEqual(asked, []);
});
