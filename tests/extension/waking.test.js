/** What wakes the extension, and what it does then: each listener, by what comes of it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeFetch } from "./browser.js";
import {
  atFirst,
  badge,
  browser,
  HERE,
  happen,
  heard,
  pushService,
  quiet,
  READER,
  routes,
  shown,
  stage,
  story,
  subscribed,
} from "./worker.js";

const MOVED = "PUT /api/v1/subscriptions/7/endpoint";
const ENDED = "DELETE /api/v1/subscriptions/7";
const CLAIMED = "POST /api/v1/links/claim";
const SAVED = "POST /api/v1/articles";
const FEED = "GET /feeds/russia.json";
const DONE = "chrome-extension://newsbell/done.html?code=c";
const LINK = {
  ...{ verifier: "v", server: HERE, topics: ["russia"], named: ["russia"] },
  ...{ at: Date.now(), tab: 5, code: "" },
};
const WAITING = { id: "w", server: HERE, url: "https://paper.example/w", title: "W", topics: null, size: 3 };
const EDITOR = { apiToken: "nba", unsent: [{ ...WAITING, at: 0, trouble: null }], unsentTries: 1 };

/** What the server is asked once this has happened. */
async function asks(emit, state, answers) {
  const asked = stage(state, answers);
  if (state?.unsent) browser.texts.set("w", "<p>");
  await emit();
  await quiet();
  return asked.map(({ name }) => name);
}
const alarm = (name) => () => browser.alarms.onAlarm.emit({ name });
const tabIs = (status, url) => () => browser.tabs.onUpdated.emit(5, { status }, { id: 5, url });

test("a worker that wakes puts back alarms and the number on the button", () => {
  assert.ok(atFirst.held.includes("health"));
  assert.deepEqual(
    atFirst.log.filter(([name]) => name === "badge"),
    [["badge", { text: "2" }]],
  );
});

test("the number on the button follows what is unread and what became of saving, whoever changes it", async () => {
  stage({ unread: [] });
  const saved = { what: "new", told: false };
  for (const patch of [
    { unread: ["a"] },
    { saved },
    { saved: { ...saved, told: true } },
    { unread: [] },
    { tries: 1 },
  ]) {
    await browser.storage.local.set(patch);
    await quiet();
  }
  const badges = browser.log.filter(([name]) => name === "badge").map(([, { text }]) => text);
  assert.deepEqual(badges, ["1", "✓", "1", ""]);
});

for (const [what, emit] of [
  ["an update", () => browser.runtime.onInstalled.emit({ reason: "update" })],
  ["a start of the browser", () => browser.runtime.onStartup.emit()],
  ["the browser's word that it ended a subscription", () => happen("pushsubscriptionchange")],
  ["the daily alarm", alarm("health")],
  ["the alarm of a retry", alarm("retry")],
]) {
  test(`${what} has a subscription that was lost made again, and its server told`, async () => {
    const asked = await asks(emit);
    assert.ok(asked.includes(MOVED), asked.join());
    assert.equal(browser.store.ticket.endpoint, "https://push.example/new");
    assert.equal(browser.held.get("health").periodInMinutes, 1440);
  });
}

test("the worker stays awake until a subscription that changed is made again", async () => {
  const asked = stage();
  await happen("pushsubscriptionchange");
  assert.ok(asked.some(({ name }) => name === MOVED));
});

test("permission taken away ends the subscription, here and at the server", async () => {
  const emit = () => {
    subscribed();
    browser.grants.notifications = false;
    browser.permissions.onRemoved.emit({ permissions: ["notifications"] });
  };
  assert.ok((await asks(emit)).includes(ENDED));
  assert.deepEqual([pushService.subscription, browser.store.ticket], [null, null]);
  assert.equal(browser.store.standing.how, "unallowed");
});

const start = () => browser.runtime.onStartup.emit();
const titles = () => shown.map(({ title }) => title);

test("what came between the last look and the push that takes over rings", async () => {
  const standing = { how: "polling", trouble: null, at: 0 };
  await asks(start, { standing }, routes([story(1)]));
  assert.deepEqual(titles(), ["Story 1"]);
  assert.equal(browser.store.standing.how, "push");
  assert.deepEqual(browser.store.due, []);
});

/** The browser has the subscription that the server knows, and all is well. */
const begun = (emit) => () => {
  subscribed();
  return emit();
};
const SEEN = "GET /api/v1/subscriptions/7";
const MADE = "POST /api/v1/subscriptions";

/** A server that gave the subscription up, and knows the one that is made anew. */
function forgetting(items) {
  const answers = routes(items);
  let isKnown = false;
  return {
    ...answers,
    [SEEN]: () => (isKnown ? answers[SEEN] : [404, { code: "not_found", message: "No." }]),
    [MADE]: ({ body }) => {
      isKnown = body.endpoint === "https://push.example/new";
      return answers[MADE];
    },
  };
}

/** The same, whose feed says 304 to whoever has it. */
function unchanged(answers) {
  const [status, body] = answers[FEED];
  const feed = ({ headers }) => (headers["If-None-Match"] ? [304] : [status, body, { ETag: '"1"' }]);
  return { ...answers, [FEED]: feed };
}

/** Wake once more with what is remembered, and be given these answers. */
async function again(emit, answers) {
  fakeFetch(answers);
  await emit();
  await quiet();
}

for (const [what, first, answers] of [
  ["that an update dropped", start, routes],
  ["that the server gave up", begun(start), forgetting],
]) {
  test(`what came during a subscription ${what} rings once it is made again, and once only`, async () => {
    const old = { ...story(3), date_published: new Date(Date.now() - 25 * 3_600_000).toISOString() };
    await asks(first, {}, answers([old, story(2), story(1)]));
    assert.deepEqual([titles(), browser.store.standing.how], [["Story 1", "Story 2"], "push"]);
    assert.equal(browser.store.unread.length, 3);
    await again(start, routes([story(2), story(1)]));
    await again(alarm("look"), routes([story(2), story(1)]));
    assert.equal(shown.length, 2);
  });

  test(`what a look had found during a subscription ${what} rings as well, unless it was read`, async () => {
    const items = [story(2), story(1)];
    await asks(begun(alarm("look")), {}, unchanged(routes(items)));
    assert.deepEqual(titles(), []);
    browser.store.unread = ["urn:uuid:2"];
    pushService.subscription = null;
    await again(first, unchanged(answers(items)));
    assert.deepEqual(titles(), ["Story 2"]);
    await again(start, routes(items));
    await again(alarm("look"), routes(items));
    assert.equal(shown.length, 1);
  });
}

/** As it came so many minutes ago. */
const ago = (minutes, number) => ({
  ...story(number),
  date_published: new Date(Date.now() - minutes * 60_000).toISOString(),
});

test("what a subscription that lives did not ring for is not rung for once it is made again", async () => {
  const items = [ago(61, 1)];
  await asks(begun(alarm("look")), {}, routes(items));
  await again(start, routes(items)); // all is well: the server meant it to be silent
  pushService.subscription = null;
  await again(start, routes([story(2), ...items]));
  assert.deepEqual(titles(), ["Story 2"]);
});

test("what the server was still trying to ring for as it gave the subscription up rings all the same", async () => {
  const items = [ago(59, 1)];
  await asks(begun(alarm("look")), {}, routes(items));
  await again(start, routes(items)); // it knows the subscription, whose push service has not taken the push
  await again(start, forgetting(items));
  assert.deepEqual(titles(), ["Story 1"]);
  await again(start, routes(items));
  assert.deepEqual([heard.length, browser.store.held], [1, []]);
});

test("what a push rang for in time does not ring again with what was missed", async () => {
  const items = [story(2), story(1)];
  await asks(begun(alarm("look")), {}, routes(items));
  const notification = { title: "By push", body: "", tag: "story-1", navigate: story(1).url };
  await happen("push", { data: { json: () => ({ notification }) } });
  pushService.subscription = null;
  await again(start, routes(items));
  assert.deepEqual(titles(), ["By push", "Story 2"]);
});

test("what was missed rings at a later look where the feed cannot be had at once", async () => {
  await asks(begun(alarm("look")), {}, routes([story(1)]));
  pushService.subscription = null;
  const { [FEED]: _, ...without } = routes();
  await again(start, without);
  await again(start, without);
  assert.deepEqual([titles(), browser.store.standing.how], [[], "push"]);
  await again(alarm("look"), routes([story(2), story(1)]));
  assert.deepEqual(titles(), ["Story 1", "Story 2"]);
  await again(alarm("look"), routes([story(3), story(2), story(1)]));
  assert.equal(shown.length, 2);
});

test("a look that asked before the subscription was made again leaves what was missed to the next", async () => {
  const meanwhile = () => {
    browser.store.missed = true;
    return [200, { items: [story(1)] }];
  };
  await asks(begun(alarm("look")), {}, { ...routes(), [FEED]: meanwhile });
  await again(alarm("look"), routes([story(2), story(1)]));
  assert.deepEqual(titles(), ["Story 1", "Story 2"]);
});

test("what was held for a day does not ring any more", async () => {
  const hours = (count) => new Date(Date.now() - count * 3_600_000).toISOString();
  const late = (at) => [{ ...story(1), date_published: hours(at) }];
  await asks(begun(alarm("look")), {}, routes(late(23)));
  browser.store.held[0].at = Date.parse(hours(25));
  pushService.subscription = null;
  await again(start, routes(late(25)));
  assert.deepEqual([titles(), browser.store.held], [[], []]);
});

test("the alarm of looking looks at the feed, and rings where nothing else does", async () => {
  for (const [how, rung] of [
    ["push", []],
    ["waiting", ["Story 1"]],
    ["polling", ["Story 1"]],
  ]) {
    const standing = { how, trouble: null, at: 0 };
    const asked = await asks(alarm("look"), { standing }, routes([story(1)]));
    assert.ok(asked.includes(FEED) && !asked.includes(MOVED), asked.join());
    assert.deepEqual(titles(), rung);
    assert.equal(badge(), "1");
  }
});

for (const name of ["health", "retry"]) {
  test(`the alarm "${name}" claims a subscription that was handed over and not yet claimed`, async () => {
    const asked = await asks(alarm(name), { link: { ...LINK, code: "c" } });
    assert.ok(asked.includes(CLAIMED), asked.join());
    assert.equal(browser.store.link, null);
  });
}

for (const [what, emit] of [
  ["the alarm of saving", alarm("saves")],
  ["a start of the browser", () => browser.runtime.onStartup.emit()],
  ["a token that is kept", () => browser.storage.onChanged.emit({ apiToken: { newValue: "nba" } })],
]) {
  test(`${what} sends the pages that wait`, async () => {
    assert.ok((await asks(emit, EDITOR)).includes(SAVED));
    assert.deepEqual(browser.store.unsent, []);
  });
}

test("no alarm does another's work, and an unknown one does nothing", async () => {
  assert.ok(!(await asks(alarm("look"), EDITOR)).includes(SAVED));
  assert.ok(!(await asks(alarm("health"), EDITOR)).includes(SAVED));
  assert.deepEqual(await asks(alarm("saves")), []);
  assert.deepEqual(await asks(alarm("other"), EDITOR), []);
});

test("the tab that comes back with a code has it claimed, once it is there", async () => {
  assert.deepEqual(await asks(tabIs("loading", DONE), { link: LINK }), []);
  assert.deepEqual(await asks(tabIs("complete", "https://paper.example/?code=c"), { link: LINK }), []);
  assert.ok((await asks(tabIs("complete", DONE), { link: LINK })).includes(CLAIMED));
});

for (const [what, press] of [
  ["the menu", (id) => browser.contextMenus.onClicked.emit({ menuItemId: id }, { id: 5 })],
  ["the keyboard", (id) => browser.commands.onCommand.emit(id, { id: 5 })],
]) {
  test(`${what} saves the page, and does nothing else`, async () => {
    const page = { url: "https://paper.example/x", title: "X", html: "<p>" };
    browser.scripting.executeScript = async () => [{ result: page }];
    assert.deepEqual(await asks(() => press("another"), { apiToken: "nba" }), []);
    assert.deepEqual(await asks(() => press("save-page"), { apiToken: "nba" }), [SAVED]);
  });
}

test("the menu offers saving to whom the server lets save, after installing and from then on", async () => {
  const visible = () => browser.log.filter(([name]) => name === "menu shown").map(([, , given]) => given);
  await asks(() => browser.runtime.onInstalled.emit({ reason: "install" }), { apiToken: "nba" });
  const [[, item, made]] = browser.log.filter(([name]) => name === "menu");
  assert.deepEqual([item.id, item.visible, item.contexts], ["save-page", false, ["page", "action"]]);
  made();
  await quiet();
  assert.deepEqual(visible(), [{ visible: true }]);

  await asks(() => browser.storage.onChanged.emit({ apiToken: { oldValue: "nba" } }), { apiToken: "" });
  assert.deepEqual(visible(), [{ visible: false }]);
  await asks(() => browser.storage.onChanged.emit({ unread: {} }), EDITOR);
  assert.deepEqual(visible(), []);
});

test("a push is counted on the button, and a press on its notification counts it as read", async () => {
  const { id, url, title, date_published } = story(1);
  stage({}, routes([story(1)]));
  const data = { id, date_published };
  const notification = { title, body: "", tag: "story-1", navigate: url, data };
  await happen("push", { data: { json: () => ({ notification }) } });
  await quiet();
  assert.equal(badge(), "1");
  await happen("notificationclick", { notification: shown[0] });
  await quiet();
  assert.deepEqual([shown, badge(), browser.store.unread], [[], "", []]);
  assert.deepEqual(browser.log.find(([name]) => name === "tab")[1], url);
});

test("one article that comes by the feed and by push is one notification", async () => {
  const standing = { how: "polling", trouble: null, at: 0 };
  await asks(alarm("look"), { standing }, routes([story(1), story(2)]));
  assert.equal(shown.length, 2);
  const notification = { title: "By push", body: "", tag: "story-1", navigate: story(1).url };
  await happen("push", { data: { json: () => ({ notification }) } });
  assert.deepEqual(shown.map(({ title }) => title).sort(), ["By push", "Story 2"]);
});

const told = { ...story(1), _newsbell: { story: "story-1" } };
const notification = {
  title: "By push",
  body: "",
  tag: "story-1",
  navigate: told.url,
  data: { id: told.id },
};
const pushed = () => happen("push", { data: { json: () => ({ notification }) } });

test("a story that rang from the feed, as its endpoint had moved, is not heard again by its push", async () => {
  await asks(start, {}, routes([told]));
  await pushed();
  assert.deepEqual([heard, titles()], [["Story 1"], ["By push"]]);
  await happen("notificationclick", { notification: shown[0] });
  await quiet();
  assert.deepEqual([shown, browser.store.unread], [[], []]);
});

test("a story that rang by push is not heard again from the feed, be it as another of its articles", async () => {
  for (const item of [told, { ...told, ...story(2) }]) {
    stage({}, routes([item]));
    await pushed();
    await start();
    await quiet();
    assert.deepEqual([heard, titles()], [["By push"], ["By push"]]);
  }
});

test("a test is heard each time, and so is a heap of articles", async () => {
  const { data: _, ...test } = { ...notification, title: "Test", tag: "newsbell-test" };
  for (let times = 0; times < 2; times += 1)
    await happen("push", { data: { json: () => ({ notification: test }) } });
  assert.deepEqual([heard.slice(-2), titles()], [["Test", "Test"], ["Test"]]);

  const heap = (from) => routes(Array.from({ length: 6 }, (_, at) => story(from + at)));
  const standing = { how: "polling", trouble: null, at: 0 };
  await asks(alarm("look"), { standing }, heap(1));
  await again(alarm("look"), heap(7));
  assert.deepEqual([heard.length, shown.length], [2, 1]);
});

test("a push service has fifteen seconds; one that answers after all takes over", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  let answer;
  stage({ ticket: null, standing: { how: "idle", trouble: null, at: 0 } });
  pushService.answers = (made) =>
    new Promise((resolve) => {
      answer = () => resolve(made);
    });
  browser.runtime.onStartup.emit();
  await quiet();
  context.mock.timers.tick(14_999);
  await quiet();
  assert.equal(browser.store.standing.how, "idle");
  context.mock.timers.tick(1);
  await quiet();
  assert.deepEqual([browser.store.standing.how, browser.store.standing.trouble.code], ["polling", "silent"]);
  assert.equal(browser.held.get("look").periodInMinutes, 5);

  answer();
  await quiet();
  assert.equal(browser.store.standing.how, "push");
  assert.equal(browser.held.get("look").periodInMinutes, 30);
  assert.deepEqual(READER.ticket.told, browser.store.ticket.told);
});
