/** Subscriptions that were given up: their servers are told, and hold up nothing where they are gone. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeBrowser, fakeFetch } from "./browser.js";

const browser = fakeBrowser();
const { away, HERE, NOW, refused, stage, ticket } = await import("./fakes.js");
const { endLeft, ensure } = await import("../../extension/src/health/ensure.js");
const { answer } = await import("../../extension/src/messages.js");

const LEFT = "https://left.example";
const DAY_MS = 24 * 60 * 60 * 1000;
const never = () => new Promise(() => undefined);
const given = (number, server = LEFT) => ({ ...ticket, server, id: number, token: `given up ${number}` });

/** A reader of one server who left another; what that one says when it is told. */
function leaving(state, end) {
  const scene = stage({ state });
  const { at } = scene.server;
  const told = [];
  scene.means.serverAt = (address) =>
    address === LEFT
      ? {
          end: (one) => {
            told.push(one.id);
            return end(one);
          },
        }
      : at(address);
  return { ...scene, told };
}

test("a server that was left and answers nothing holds up nothing that is wanted of the new one", async () => {
  const { means, server, store } = leaving({ following: [], ended: [given(1)] }, never);
  assert.equal((await ensure(means)).how, "idle");
  assert.deepEqual([server.rows.size, store.state.ended], [0, [given(1)]]);
  assert.equal(store.state.tries, 1);
});

test("another server is told the topics before the one that was left is told to forget", async () => {
  const { means, store, server, told } = leaving({ ticket: { ...ticket, server: LEFT } }, async () => {
    assert.equal(store.state.ticket.server, HERE);
  });
  await ensure(means);
  assert.deepEqual([server.log.includes("subscribe"), told], [true, []]);
  await endLeft(means);
  assert.deepEqual([told, store.state.ended], [[7], []]);
});

test("all that was given up is told at once, and each that is taken is done", async () => {
  const ended = [given(1), given(2), given(3)];
  const { means, store, told } = leaving({ ended }, async (one) => {
    assert.equal(told.length, one.id);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(told.length, 3);
    if (one.id === 1) throw away();
    if (one.id === 2) throw refused(404, "not_found");
  });
  await endLeft(means);
  assert.deepEqual(
    store.state.ended.map(({ id }) => id),
    [1],
  );
});

test("a server that is not to be reached for ninety days is told nothing any more", async () => {
  const { means, store, told } = leaving({ ended: [given(1)] }, async () => {
    throw away();
  });
  for (const day of [0, 1, 90]) {
    means.now = () => NOW + day * DAY_MS;
    await endLeft(means);
    assert.equal(store.state.ended.length, 1, `day ${day}`);
  }
  means.now = () => NOW + 91 * DAY_MS;
  await endLeft(means);
  assert.deepEqual(store.state.ended, []);
  await endLeft(means);
  assert.equal(told.length, 4);
});

test("a clock that was ahead when a server could not be told keeps its ticket no longer", async () => {
  const { means, store } = leaving({ ended: [given(1)] }, async () => {
    throw away();
  });
  for (const day of [4000, 0, 91]) {
    means.now = () => NOW + day * DAY_MS;
    await endLeft(means);
  }
  assert.deepEqual(store.state.ended, []);
});

for (const [what, routes, told] of [
  ["answers", { "DELETE /api/v1/subscriptions/7": [204] }, true],
  ["is away", {}, false],
]) {
  test(`stopping says whether the reader's server knows, which ${what}, whatever was left before`, async () => {
    Object.assign(browser.store, { server: HERE, following: [], ticket, ended: [given(1)] });
    fakeFetch(routes);
    const { fetch } = globalThis;
    globalThis.fetch = (address, init) => (address.startsWith(LEFT) ? never() : fetch(address, init));
    assert.deepEqual(await answer({ kind: "stop", body: {} }), { value: { isTold: told, unclaimed: [] } });
  });
}
