import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";
import { fakeBrowser, fakeFetch } from "./browser.js";

const browser = fakeBrowser();
const { exported, readSettings, useServer, useSettings, useToken } = await import(
  "../../extension/src/settings.js"
);
const { answer: ask } = await import("../../extension/src/messages.js");
const { onceWords } = await import("../../extension/src/sayings.js");
const { readState } = await import("../../extension/src/state.js");
const { ensureHere } = await import("../../extension/src/health/means.js");

const ABOUT = { name: "Newsbell", version: "1", features: [], vapid_key: "BAAB" };
const ROUTES = {
  "GET /api/v1": [200, ABOUT],
  "GET /api/v1/topics": [200, { topics: [], next: null }],
  "POST /api/v1/articles": [400, { code: "malformed", message: "Give html." }],
};
const russia = { name: "Russia", slug: "russia", since: 1, primed: true };

beforeEach(() => {
  for (const key of Object.keys(browser.store)) delete browser.store[key];
});

test("a server is asked before it is taken, and the old one's token is not told to it", async () => {
  Object.assign(browser.store, { apiToken: "secret", following: [russia] });
  fakeFetch(ROUTES);
  assert.equal((await useServer("192.168.1.20:8080")).server, "http://192.168.1.20:8080");
  assert.equal(browser.store.server, "http://192.168.1.20:8080");
  assert.equal(browser.store.apiToken, "");
  assert.deepEqual(
    browser.store.following.map(({ name, slug }) => [name, slug]),
    [["Russia", undefined]],
  );
});

test("what is no Newsbell server is not taken", async () => {
  for (const [routes, code] of [
    [{}, "away"],
    [{ "GET /api/v1": [200, { hello: "world" }] }, "not_newsbell"],
    [{ "GET /api/v1": [200, "a page"] }, "not_newsbell"],
    [{ "GET /api/v1": [404, {}] }, "not_newsbell"],
    [{ "GET /api/v1": [502, {}] }, "error"],
    [{ "GET /api/v1": [503, { code: "unavailable", message: "Later." }] }, "unavailable"],
  ]) {
    fakeFetch(routes);
    const { trouble } = await useServer("https://other.example");
    assert.equal(trouble.code, code);
    assert.doesNotMatch(onceWords(trouble), /by itself/);
    assert.equal(browser.store.server, undefined);
  }
  assert.equal((await useServer("javascript:alert(1)")).trouble.code, "bad_address");
});

test("what answers at a server's address in its place, as a hotel's network does, is asked again", async () => {
  browser.store.following = [russia];
  fakeFetch({ "GET /api/v1": [200, "Welcome to our hotel."] });
  await ensureHere();
  const { code, passing } = (await readState()).standing.trouble;
  assert.deepEqual([code, passing], ["away", true]);
});

test("a token is kept if the server accepts it, or cannot be asked", async () => {
  fakeFetch({ ...ROUTES, "POST /api/v1/articles": [401, { code: "unauthorized", message: "No." }] });
  assert.equal((await useToken("wrong")).code, "unauthorized");
  assert.equal(browser.store.apiToken, undefined);
  fakeFetch(ROUTES);
  assert.equal(await useToken("right"), null);
  assert.equal(browser.store.apiToken, "right");
  fakeFetch({});
  assert.equal((await useToken("another")).passing, true);
  assert.equal(browser.store.apiToken, "another");
});

test("what can be no token is neither kept nor sent, and that is said", async () => {
  const asked = fakeFetch({ ...ROUTES });
  for (const token of ["nbt_good\u200b", "nbt_go…", "nbt_gооd", "nbt good", "=", "n".repeat(201)]) {
    const trouble = await useToken(token);
    assert.deepEqual([trouble.code, trouble.passing], ["bad_token", false]);
    assert.match(onceWords(trouble), /no API token.*invisible/);
  }
  assert.deepEqual([asked, browser.store.apiToken], [[], undefined]);
  assert.equal(await useToken("nbt_-._~+/9=="), null);
});

test("what can be a token is what the server reads as one", () => {
  const source = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
  const [, grammar] = source("server/newsbell/web/auth.py").match(/bearer \+\((.+?)\)"/);
  assert.ok(source("extension/src/settings.js").includes(`/^${grammar}$/`), grammar);
});

test("only Newsbell's own refusal of an empty article speaks for a token", async () => {
  for (const [answer, code] of [
    [[403, {}], "error"],
    [[404, { code: "not_found", message: "No." }], "not_found"],
    [[400, {}], "error"],
  ]) {
    fakeFetch({ ...ROUTES, "POST /api/v1/articles": answer });
    assert.equal((await useToken("unknown")).code, code);
    assert.equal(browser.store.apiToken, undefined, code);
  }
  fakeFetch({ ...ROUTES, "POST /api/v1/articles": [422, { code: "refused", message: "Give html." }] });
  assert.equal(await useToken("right"), null);
  assert.equal(browser.store.apiToken, "right");
});

test("what takes an empty article is no Newsbell server, and says nothing of the token", async () => {
  fakeFetch({ ...ROUTES, "POST /api/v1/articles": [200, { ok: true }] });
  assert.equal((await useToken("unknown")).passing, true);
});

test("settings go out without a secret, and come in again", async () => {
  const state = {
    server: "https://news.example",
    apiToken: "secret",
    following: [russia],
    byPolling: false,
    ticket: { token: "x" },
  };
  const text = JSON.stringify(exported(state));
  assert.ok(!text.includes("secret") && !text.includes("token"));
  fakeFetch(ROUTES);
  await useSettings(readSettings(text));
  assert.equal(browser.store.server, "https://news.example");
  assert.deepEqual(
    browser.store.following.map(({ name }) => name),
    ["Russia"],
  );
});

test("where nothing can push, polling comes with the settings, and goes with others", async () => {
  fakeFetch(ROUTES);
  for (const byPolling of [true, false]) {
    const given = { server: "https://news.example", following: [russia], byPolling };
    await useSettings(readSettings(JSON.stringify(exported(given))));
    assert.equal(browser.store.byPolling, byPolling);
  }
});

test("settings of a server that does not answer, or is none, change nothing", async () => {
  const ticket = { server: "http://127.0.0.1:8080", id: 1, token: "m", endpoint: "", told: ["russia"] };
  Object.assign(browser.store, { server: ticket.server, apiToken: "secret", following: [russia], ticket });
  const before = structuredClone(browser.store);
  const settings = { newsbell: 1, server: "https://gone.example", topics: ["Sport"], byPolling: true };
  for (const [answer, code] of [
    [undefined, "away"],
    [[404, {}], "not_newsbell"],
    [[200, { hello: "world" }], "not_newsbell"],
    [[503, { code: "unavailable", message: "Later." }], "unavailable"],
  ]) {
    fakeFetch({ ...ROUTES, "GET /api/v1": answer });
    const reply = await ask({ kind: "useSettings", body: { settings } });
    assert.equal(reply.trouble.code, code);
    assert.deepEqual(browser.store, before);
  }
});

test("settings of the server that is used already are taken without its answer", async () => {
  browser.store.server = "https://news.example";
  fakeFetch({});
  await useSettings({ newsbell: 1, server: "https://news.example", topics: ["Sport"], byPolling: false });
  assert.deepEqual(
    browser.store.following.map(({ name }) => name),
    ["Sport"],
  );
});

test("settings with more topics than a server takes are refused, and nothing is changed", async () => {
  Object.assign(browser.store, { server: "http://127.0.0.1:8080", following: [russia] });
  const before = structuredClone(browser.store);
  const topics = Array.from({ length: 201 }, (_, at) => `Topic ${at}x`);
  const settings = { newsbell: 1, server: "https://news.example", topics, byPolling: true };
  fakeFetch(ROUTES);
  await assert.rejects(useSettings(readSettings(JSON.stringify(settings))), { code: "too_many_followed" });
  assert.deepEqual(browser.store, before);
});

test("a file that is no settings is refused whole", () => {
  for (const text of [
    "",
    "{",
    "null",
    "[]",
    '{"newsbell":2,"server":"https://a.example","topics":[]}',
    '{"newsbell":1,"server":"javascript:x","topics":[]}',
    '{"newsbell":1,"server":"https://a.example","topics":"Russia"}',
  ]) {
    assert.equal(readSettings(text), null, text);
  }
  const odd = readSettings(
    '{"newsbell":1,"server":"https://a.example","topics":["Russia",7,null,"a=b"],"ticket":{"id":1}}',
  );
  assert.deepEqual(odd, { newsbell: 1, server: "https://a.example", topics: ["Russia"], byPolling: false });
});
