/** What wakes the extension, and what it does then: each listener, by what comes of it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  asks,
  atFirst,
  badge,
  browser,
  HERE,
  happen,
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

const titles = () => shown.map(({ title }) => title);

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
