import assert from "node:assert/strict";
import { test } from "node:test";
import { standing } from "../../server/newsbell/web/static/js/standing.js";
import { away, failing, refused, TICKET, unknown } from "./fakes.js";

const VIEW = { id: 7, topics: [{ name: "Russia", slug: "russia" }], suspended: false };
const working = {
  readTicket: async () => TICKET,
  view: async () => VIEW,
  currentSubscription: async () => ({ endpoint: TICKET.endpoint }),
  permission: "granted",
};
const throwing = (error) => async () => failing(error)();

test("a subscription that works shows what it follows", async () => {
  assert.deepEqual(await standing(working), { state: "active", ticket: TICKET, view: VIEW });
});

const others = {
  none: { readTicket: async () => undefined },
  unknown: { view: throwing(unknown()) },
  away: { view: throwing(away()) },
  suspended: { view: async () => ({ ...VIEW, suspended: true }) },
  lost: { currentSubscription: async () => null },
  revoked: { permission: "denied" },
};
for (const [state, change] of Object.entries(others)) {
  test(`${state} is seen`, async () => {
    assert.equal((await standing({ ...working, ...change })).state, state);
  });
}

test("a permission taken back is seen with the server away as well", async () => {
  const sources = { ...working, view: throwing(away()), permission: "default" };
  assert.equal((await standing(sources)).state, "revoked");
});

test("a server in trouble is away, not a reason to subscribe again", async () => {
  assert.equal((await standing({ ...working, view: throwing(refused()) })).state, "away");
});
