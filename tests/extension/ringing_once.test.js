/** Each story rings once, by push or from the feed, whatever became of the subscription meanwhile. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeFetch } from "./browser.js";
import {
  asks,
  browser,
  happen,
  heard,
  pushService,
  quiet,
  routes,
  shown,
  stage,
  story,
  subscribed,
} from "./worker.js";

const FEED = "GET /feeds/russia.json";
const alarm = (name) => () => browser.alarms.onAlarm.emit({ name });
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
