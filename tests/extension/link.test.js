import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fakeBrowser, fakeFetch } from "./browser.js";

const HERE = "http://127.0.0.1:8080";
const browser = fakeBrowser({ firefox: true });
const { claim, codeIn, hashOf, openLink } = await import("../../extension/src/link.js");
const { followPending, stopEverything, unfollow } = await import("../../extension/src/follow.js");
const { ensureHere } = await import("../../extension/src/health/means.js");
const { keepAlarms } = await import("../../extension/src/health/alarms.js");
const { promptOf } = await import("../../extension/src/popup/view.js");
const { readState } = await import("../../extension/src/state.js");
const { readSettings, useSettings } = await import("../../extension/src/settings.js");

const ANSWER = { id: 7, manage_token: "secret", topics: [{ name: "Russia", slug: "russia" }] };
const ROUTES = {
  "POST /api/v1/links/claim": [200, ANSWER],
  "GET /api/v1": [200, { name: "Newsbell", version: "1", features: [], vapid_key: "BAAB" }],
  "GET /api/v1/subscriptions/7": [200, { id: 7, topics: ANSWER.topics, suspended: false }],
  "GET /api/v1/topics": [200, { topics: [], next: null }],
};
const named = (name) => ({ name, slug: name.toLowerCase().replaceAll(" ", "-") });
const followed = () => browser.store.following.map(({ name }) => name);
const opened = () => new URL(browser.log.findLast(([name]) => name === "tab")[1]).searchParams;

/** A server whose page was left with these topics ticked; what it is told of them from then on it follows. */
function serveLinked(...ticked) {
  const topics = ticked.map(named);
  const view = (names) => [200, { id: 7, topics: names, suspended: false }];
  let kept = topics;
  return fakeFetch({
    ...ROUTES,
    "POST /api/v1/links/claim": [200, { ...ANSWER, topics }],
    "GET /api/v1/subscriptions/7": () => view(kept),
    "PATCH /api/v1/subscriptions/7": ({ body }) => {
      kept = body.topics.map((name) => ({ ...named(name), name: name === "russia" ? "Russia" : name }));
      return view(kept);
    },
  });
}
const toldIn = (asked) =>
  asked.filter(({ name }) => name.startsWith("PATCH ")).map(({ body }) => body.topics);

const REFUSED = [404, { code: "not_found", message: "No such link." }];

beforeEach(() => {
  browser.held.clear();
  for (const key of Object.keys(browser.store)) delete browser.store[key];
  browser.log.length = 0;
});

test("the hash is that of RFC 7636, appendix B", async () => {
  assert.equal(
    await hashOf("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
  );
});

test("the page is given the hash, and never the secret", async () => {
  await openLink(["russia"]);
  const { verifier } = browser.store.link;
  const [, address] = browser.log.find(([name]) => name === "tab");
  assert.match(verifier, /^[A-Za-z0-9_-]{43}$/);
  assert.ok(!address.includes(verifier));
  const query = new URL(address).searchParams;
  assert.equal(query.get("link"), await hashOf(verifier));
  assert.equal(query.get("back"), "moz-extension://newsbell/done.html");
});

test("a code is claimed with the secret, and again without harm", async () => {
  await openLink(["russia"]);
  const { verifier } = browser.store.link;
  const asked = fakeFetch(ROUTES);
  assert.equal(await claim("code"), "linked");
  assert.equal(await claim("code"), "linked");
  const claims = asked.filter(({ name }) => name.endsWith("/claim"));
  assert.deepEqual(
    claims.map(({ body }) => body),
    [{ code: "code", verifier }],
  );
  assert.deepEqual(browser.store.ticket, {
    server: HERE,
    id: 7,
    token: "secret",
    endpoint: "",
    told: ["russia"],
  });
  assert.equal(browser.store.standing.how, "linked");
  assert.deepEqual(
    browser.store.following.map(({ name }) => name),
    ["Russia"],
  );
});

test("what was followed before is followed by the link, too", async () => {
  const asked = serveLinked("Russia");
  const topics = ["Ferries", "Climate change", "Trade"];
  const settings = { newsbell: 1, server: HERE, topics, byPolling: false };
  await useSettings(readSettings(JSON.stringify(settings)));
  await openLink(["Russia"]);
  assert.equal(await claim("code"), "linked");
  assert.deepEqual(toldIn(asked), [["russia", "Ferries", "Climate change", "Trade"]]);
  assert.deepEqual(followed(), ["Russia", "Ferries", "Climate change", "Trade"]);
  assert.equal(browser.store.standing.how, "linked");
});

test("a topic unticked on the server's page is not followed, and one ticked there is", async () => {
  browser.store.following = ["Russia", "Ferries"].map((name) => ({ name, since: 1, primed: true }));
  const asked = serveLinked("Russia", "Trade");
  await openLink(["Russia", "Ferries"]);
  await claim("code");
  assert.deepEqual(followed(), ["Russia", "Trade"]);
  assert.deepEqual(toldIn(asked), []);
  assert.deepEqual(
    browser.store.following.map(({ since }) => since === 1),
    [true, false],
  );
});

test("what was followed, and is unfollowed before the page's subscription is claimed, is not asked for again", async () => {
  fakeFetch(ROUTES);
  browser.store.following = ["Russia", "Ferries"].map((name) => ({ ...named(name), since: 1, primed: true }));
  await openLink(["Trade", "Russia", "ferries"]);
  assert.equal(opened().get("topics"), "Trade,Russia,ferries");
  await unfollow(["russia"]);
  const view = { state: await readState(), allowed: false, pushesItself: false, asked: null };
  assert.deepEqual(promptOf(view), { topics: ["Trade", "Ferries"], why: "unfinished" });
});

for (const [what, follows, byPolling] of [
  ["asked for now", false, false],
  ["of a server that forgot the browser", true, false],
  ["followed by polling until now", true, true],
]) {
  test(`more topics than the server's page ticks at once, ${what}, are all followed`, async () => {
    const topics = Array.from({ length: 60 }, (_, at) => `Topic ${at}x`);
    const before = follows ? topics.map((name) => ({ name, since: 1, primed: true })) : [];
    Object.assign(browser.store, { following: before, byPolling });
    await openLink(topics);
    const ticked = opened().get("topics").split(",");
    assert.deepEqual(ticked, topics.slice(0, 50));
    const asked = serveLinked(...ticked);
    await claim("code");
    assert.equal(toldIn(asked)[0].length, 60);
    assert.equal(browser.store.following.length, 60);
    const remembered = browser.store.following.filter(({ since }) => since === 1);
    assert.equal(remembered.length, before.length);
  });
}

for (const [whose, id, ended] of [
  ["another subscription's", 6, ["DELETE /api/v1/subscriptions/6"]],
  ["the same subscription's", 7, []],
]) {
  test(`a ticket for ${whose} that a link replaces is ${ended.length ? "" : "not "}ended`, async () => {
    browser.store.ticket = { server: HERE, id, token: "old", endpoint: "", told: ["russia"] };
    await openLink(["Russia"]);
    const asked = fakeFetch({ ...ROUTES, "DELETE /api/v1/subscriptions/6": [204] });
    await claim("code");
    const ends = asked.filter(({ name }) => name.startsWith("DELETE "));
    assert.deepEqual(
      ends.map(({ name }) => name),
      ended,
    );
    assert.ok(ends.every(({ headers }) => headers.Authorization === "Bearer old"));
    assert.equal(browser.store.ticket.token, "secret");
  });
}

test("a code that nobody waits for is not even asked about", async () => {
  const asked = fakeFetch(ROUTES);
  assert.equal(await claim("stranger's"), "nothing");
  assert.deepEqual(asked, []);
});

test("a code that is not ours changes nothing, and ours may still come", async () => {
  await openLink(["russia"]);
  fakeFetch({ ...ROUTES, "POST /api/v1/links/claim": REFUSED });
  assert.equal((await claim("stranger's")).code, "not_found");
  assert.equal(browser.store.ticket ?? null, null);
  const asked = fakeFetch(ROUTES);
  assert.equal(await claim(), "nothing");
  assert.deepEqual(asked, []);
  assert.equal(await claim("ours"), "linked");
});

test("a claim the server could not answer is made again later", async () => {
  await openLink(["russia"]);
  fakeFetch({});
  assert.equal((await claim("code")).code, "away");
  assert.equal(browser.held.get("retry").delayInMinutes, 1);
  fakeFetch(ROUTES);
  assert.equal(await claim(), "linked");
  assert.equal(browser.held.has("retry"), false);
});

test("a claim the server could not answer is tried again although all else is well", async () => {
  const busy = { ...ROUTES, "POST /api/v1/links/claim": [503, { code: "unavailable", message: "Busy." }] };
  await openLink(["russia"]);
  fakeFetch(busy);
  await claim("code");
  await claim().then(ensureHere); // as the retry does
  assert.equal(browser.held.get("retry").delayInMinutes, 1);
  browser.held.clear(); // as Firefox does when it is closed
  await keepAlarms(await readState());
  assert.ok(browser.held.has("retry"));

  browser.store.link.at -= 11 * 60 * 1000;
  await claim().then(ensureHere);
  assert.equal(browser.held.has("retry"), false);
});

test("looking at the feed instead waits for Allow, and then ends the hand-over", async () => {
  fakeFetch(ROUTES);
  await openLink(["russia"]);
  const pending = { topics: ["Russia"], at: 0 };
  browser.store.pending = pending;
  await followPending();
  assert.deepEqual([browser.store.pending, browser.store.byPolling], [pending, false]);
  browser.grants.notifications = true;
  await followPending();
  browser.grants.notifications = false;
  const { link, standing } = browser.store;
  assert.deepEqual([browser.store.pending, link, standing.how], [null, null, "polling"]);
  assert.deepEqual(followed(), ["Russia"]);
});

test("a link that is claimed answers what was denied before", async () => {
  fakeFetch(ROUTES);
  await openLink(["russia"]);
  browser.store.pending = { topics: ["Russia"], at: 0 };
  assert.equal(await claim("code"), "linked");
  assert.equal(browser.store.pending, null);
});

test("a page that never let the extension in may go on notifying when everything is stopped", async () => {
  fakeFetch(ROUTES);
  assert.deepEqual(await stopEverything(), { isTold: true, unclaimed: [] });
  for (let time = 0; time < 2; time += 1) {
    await openLink(["russia"]);
    browser.store.link = null; // "Not now"
    assert.deepEqual(await stopEverything(), { isTold: true, unclaimed: [HERE] });
  }
  await openLink(["russia"]);
  browser.store.server = "https://other.example";
  await openLink(["russia"]);
  const { unclaimed } = await stopEverything();
  assert.deepEqual(unclaimed, [HERE, "https://other.example"]);
  assert.deepEqual((await stopEverything()).unclaimed, []); // that was said, and is not said for ever
});

test("the page of a server whose ticket is held ends with the ticket, though the link be opened anew", async () => {
  browser.store.ticket = { server: HERE, id: 7, token: "secret", endpoint: "", told: ["russia"] };
  await openLink(["russia"]);
  const asked = fakeFetch({ ...ROUTES, "DELETE /api/v1/subscriptions/7": [204] });
  assert.deepEqual(await stopEverything(), { isTold: true, unclaimed: [] });
  assert.ok(asked.some(({ name }) => name.startsWith("DELETE ")));
});

test("one that let it in is stopped by it", async () => {
  browser.store.unclaimed = ["https://other.example"];
  await openLink(["russia"]);
  const asked = fakeFetch({ ...ROUTES, "DELETE /api/v1/subscriptions/7": [204] });
  await claim("code");
  assert.deepEqual(await stopEverything(), { isTold: true, unclaimed: ["https://other.example"] });
  assert.ok(asked.some(({ name }) => name.startsWith("DELETE ")));
});

test("after ten minutes nothing is claimed", async () => {
  await openLink(["russia"]);
  browser.store.link.at -= 11 * 60 * 1000;
  const asked = fakeFetch(ROUTES);
  assert.equal(await claim("code"), "nothing");
  assert.deepEqual(asked, []);
});

test("a code is taken from the extension's own page only", () => {
  assert.equal(codeIn("moz-extension://newsbell/done.html?code=abc"), "abc");
  for (const other of [
    "moz-extension://other/done.html?code=abc",
    "https://news.example/done.html?code=abc",
    "moz-extension://newsbell/done.html.evil?code=abc",
    undefined,
  ]) {
    assert.equal(codeIn(other), "");
  }
});
