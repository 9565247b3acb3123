import assert from "node:assert/strict";
import { test } from "node:test";
import { count } from "../../server/newsbell/web/static/js/badge.js";

const registration = (waiting) => ({ getNotifications: async () => Array(waiting).fill({}) });

test("the badge says how many notifications wait", async () => {
  const shown = [];
  const navigator = { setAppBadge: async (number) => shown.push(number) };
  await count(registration(2), navigator);
  await count(registration(0), navigator);
  assert.deepEqual(shown, [2, 0]);
});

test("a browser without badges is left alone", async () => {
  await count({ getNotifications: () => assert.fail("nobody needs to know") }, {});
});
