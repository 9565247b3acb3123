/** The server is changed while something of the one before is still on its way. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fakeBrowser } from "./browser.js";

const browser = fakeBrowser();
const { useServer, useSettings, useToken } = await import("../../extension/src/settings.js");
const { addressIn } = await import("../../extension/src/feed/ring.js");
const { savePage, savePageAside, sendUnsent } = await import("../../extension/src/save/page.js");

const ONE = "https://one.example";
const OTHER = "https://other.example";
const ABOUT = { name: "Newsbell", version: "1", features: [], vapid_key: "BAAB" };
const SAVED = { id: 4, title: "Ferry", topics: [], created: true };
const EMPTY = [400, { code: "malformed", message: "Give html." }];
const UNKNOWN = [401, { code: "unauthorized", message: "No." }];
const fails = () => {
  throw new TypeError("Failed to fetch");
};

/** Tokens by the server they were sent to. */
let sent;
/** What is held back: by "GET address" or "POST address", promises of an answer. */
let held;

/** Hold an answer back; the returned function lets it go. */
function holdBack(request) {
  let release;
  held[request] = new Promise((resolve) => {
    release = resolve;
  });
  return (answer) => release(answer);
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

beforeEach(() => {
  for (const key of Object.keys(browser.store)) delete browser.store[key];
  Object.assign(browser.store, { server: ONE });
  browser.texts.clear();
  sent = [];
  held = {};
  globalThis.fetch = async (address, { method = "GET", headers = {} } = {}) => {
    const { origin, pathname } = new URL(address);
    if (headers.Authorization) sent.push([origin, headers.Authorization.replace("Bearer ", "")]);
    const asked = pathname === "/api/v1" || method === "POST";
    const answer = asked ? await held[`${method} ${origin}`] : undefined;
    const [status, body] =
      (typeof answer === "function" ? answer() : answer) ??
      (method === "POST" ? [201, SAVED] : [200, pathname === "/api/v1" ? ABOUT : { topics: [], next: null }]);
    return new Response(JSON.stringify(body), { status });
  };
});

for (const [what, answer, code] of [
  ["accepts it", EMPTY, "other_server"],
  ["does not answer", fails, "other_server"],
  ["refuses it", UNKNOWN, "unauthorized"],
]) {
  test(`a token whose server ${what} after another was chosen is not kept for that one`, async () => {
    const answerNow = holdBack(`POST ${ONE}`);
    const asked = useToken("token-of-one");
    await settled();
    await useServer(OTHER);
    answerNow(answer);
    const trouble = await asked;
    assert.deepEqual([trouble.code, trouble.passing], [code, false]);
    assert.deepEqual([browser.store.server, browser.store.apiToken], [OTHER, ""]);
  });
}

test("of two tokens for one server, the last one entered is kept", async () => {
  const answerFirst = holdBack(`POST ${ONE}`);
  const first = useToken("first");
  await settled();
  held = {};
  held[`POST ${ONE}`] = EMPTY;
  const second = useToken("second");
  await settled();
  answerFirst(fails);
  await Promise.all([first, second]);
  assert.equal(browser.store.apiToken, "second");
});

test("a token is not kept where the reader had the one before forgotten meanwhile", async () => {
  browser.store.apiToken = "before";
  const answerNow = holdBack(`POST ${ONE}`);
  const asked = useToken("new");
  await settled();
  browser.store.apiToken = "";
  answerNow(EMPTY);
  await asked;
  assert.equal(browser.store.apiToken, "");
});

test("a page that waits for one server is not sent with the token of another, and waits on", async () => {
  browser.store.apiToken = "token-of-one";
  for (const name of ["ferry", "harbour", "island"]) {
    browser.scripting.executeScript = async () => [
      { result: { url: `https://paper.example/${name}`, title: name, html: `<p>${name}` } },
    ];
    held[`POST ${ONE}`] = fails;
    await savePage(5, null);
  }
  sent = [];
  const answerNow = holdBack(`POST ${ONE}`);
  const sending = sendUnsent();
  await settled();
  await useServer(OTHER);
  held[`POST ${OTHER}`] = EMPTY;
  await useToken("token-of-other");
  answerNow([201, SAVED]);
  await sending;
  assert.deepEqual(sent, [
    [ONE, "token-of-one"],
    [OTHER, "token-of-other"],
  ]);
  assert.equal(browser.store.unsent.length, 2);

  held = { [`POST ${OTHER}`]: EMPTY };
  await useServer(ONE);
  browser.store.apiToken = "token-of-one";
  sent = [];
  await sendUnsent();
  assert.deepEqual(sent, [
    [ONE, "token-of-one"],
    [ONE, "token-of-one"],
  ]);
  assert.deepEqual(browser.store.unsent, []);
});

test("what became of a page that was saved while the server was changed leads to the server it is at", async () => {
  browser.store.apiToken = "token-of-one";
  browser.scripting.executeScript = async () => [
    { result: { url: "https://paper.example/ferry", title: "Ferry", html: "<p>" } },
  ];
  const notified = [];
  browser.notifications = { create: async (id) => notified.push(id) };
  browser.grants.notifications = true;
  const answerNow = holdBack(`POST ${ONE}`);
  const saving = savePageAside(5);
  await settled();
  browser.grants.notifications = false;
  await useServer(OTHER);
  browser.grants.notifications = true;
  answerNow([201, SAVED]);
  await saving;
  assert.deepEqual([browser.store.server, browser.store.saved.server], [OTHER, ONE]);
  assert.deepEqual(notified.map(addressIn), [`${ONE}/articles/4`]);
  browser.grants.notifications = false;
});

test("the server that was chosen last is used, however long the one before takes", async () => {
  for (const last of [
    () => useServer(OTHER),
    () => useSettings({ newsbell: 1, server: OTHER, topics: [], byPolling: false }),
  ]) {
    const slow = "https://slow.example";
    const answerNow = holdBack(`GET ${slow}`);
    const before = useServer(slow);
    await settled();
    const after = last();
    await settled();
    answerNow([200, ABOUT]);
    await Promise.all([before, after]);
    assert.equal(browser.store.server, OTHER);
    browser.store.server = ONE;
  }
});
