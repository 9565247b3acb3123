import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeBrowser } from "./browser.js";

fakeBrowser();
const { away, HERE, KEY, NEW_KEY, NOW, OLD, refused, row, stage, ticket, topic } = await import("./fakes.js");
const { endLeft, ensure } = await import("../../extension/src/health/ensure.js");

/** Whatever was repaired, doing it again must change nothing. */
async function settled({ means, store, server }) {
  const before = structuredClone(store.state);
  server.log.length = 0;
  await ensure(means);
  assert.deepEqual(server.log, ["about", "view"]);
  assert.deepEqual({ ...store.state, about: null }, { ...before, about: null });
}

test("where all is well, two questions are asked and nothing is changed", async () => {
  const scene = stage();
  assert.deepEqual(await ensure(scene.means), { how: "push", trouble: null, at: NOW });
  await settled(scene);
});

test("a first follow subscribes, registers, and learns the server's slug", async () => {
  const scene = stage({
    state: { following: [{ name: "Climate change", since: NOW, primed: false }], ticket: null },
    push: {},
    rows: [],
  });
  assert.equal((await ensure(scene.means)).how, "push");
  const [made] = scene.server.rows.values();
  assert.equal(made.endpoint, scene.pushes.subscription.endpoint);
  assert.deepEqual(made.topics, ["Climate change"]);
  assert.deepEqual(scene.store.state.following, [
    { name: "Climate change", slug: "climate-change", since: NOW, primed: false },
  ]);
  await settled(scene);
});

test("a subscription that an update dropped is made anew, and moved at the server", async () => {
  const scene = stage({ push: {} });
  assert.equal((await ensure(scene.means)).how, "push");
  assert.equal(scene.server.rows.size, 1);
  assert.equal(scene.server.rows.get(7).endpoint, "https://push.example/1");
  assert.equal(scene.store.state.ticket.endpoint, "https://push.example/1");
  await settled(scene);
});

test("a server that rotated its key goes on ringing with the old one whom it knows by that", async () => {
  const scene = stage();
  scene.server.key = NEW_KEY;
  assert.equal((await ensure(scene.means)).how, "push");
  assert.equal(scene.pushes.subscription.endpoint, OLD);
  await settled(scene);

  // Whoever subscribes anew takes the new key.
  scene.pushes.subscription = null;
  await ensure(scene.means);
  assert.equal(scene.pushes.subscription.key, NEW_KEY);
  assert.equal(scene.server.rows.get(7).vapid_key, NEW_KEY);
  await settled(scene);
});

test("a subscription made with a key that the server does not ring with is made anew", async () => {
  const scene = stage({ rows: [{ ...row, vapid_key: NEW_KEY }] });
  scene.server.key = NEW_KEY;
  await ensure(scene.means);
  assert.equal(scene.pushes.subscription.key, NEW_KEY);
  assert.equal(scene.server.rows.get(7).endpoint, "https://push.example/1");
  await settled(scene);
});

test("a server that forgot the browser gets a fresh endpoint, for the old one may be dead", async () => {
  const scene = stage({ rows: [] });
  await ensure(scene.means);
  const [made] = scene.server.rows.values();
  assert.equal(made.endpoint, "https://push.example/1");
  assert.equal(scene.store.state.ticket.id, made.id);
  await settled(scene);
});

test("a suspended subscription is made anew under the same ticket", async () => {
  const scene = stage({ rows: [{ ...row, suspended: true }] });
  await ensure(scene.means);
  assert.equal(scene.server.rows.get(7).endpoint, "https://push.example/1");
  assert.equal(scene.server.rows.get(7).suspended, false);
  await settled(scene);
});

test("an endpoint that another subscription has is taken over, and the old one ended", async () => {
  const scene = stage({ push: { endpoint: "https://push.example/other" } });
  scene.server.failing = { moveEndpoint: refused(409, "conflict") };
  assert.equal((await ensure(scene.means)).how, "push");
  assert.deepEqual(
    [...scene.server.rows.values()].map(({ endpoint }) => endpoint),
    ["https://push.example/other"],
  );
});

test("topics changed here are told; topics changed at the server are taken over", async () => {
  const here = stage({ state: { following: [topic("Russia"), topic("Ukraine")] } });
  await ensure(here.means);
  assert.deepEqual(here.server.rows.get(7).topics, ["russia", "ukraine"]);
  assert.deepEqual(here.store.state.ticket.told, ["russia", "ukraine"]);
  await settled(here);

  const there = stage({ rows: [{ ...row, topics: ["Russia", "Ferries"] }] });
  await ensure(there.means);
  assert.deepEqual(
    there.store.state.following.map(({ name }) => name),
    ["Russia", "Ferries"],
  );
  await settled(there);
});

test("the last topic unfollowed ends the subscription, in the browser and at the server", async () => {
  const scene = stage({ state: { following: [] } });
  assert.equal((await ensure(scene.means)).how, "idle");
  assert.equal(scene.pushes.subscription, null);
  assert.equal(scene.server.rows.size, 0);
  assert.deepEqual(scene.store.state.ended, []);
});

test("a server that is away is told of the end later", async () => {
  const scene = stage({ state: { following: [] } });
  scene.server.failing = { about: away(), end: away() };
  assert.equal((await ensure(scene.means)).how, "idle");
  assert.equal(scene.pushes.subscription, null);
  assert.equal(scene.store.state.tries, 1);
  scene.server.failing = {};
  await ensure(scene.means);
  assert.equal(scene.server.rows.size, 0);
  assert.equal(scene.store.state.tries, 0);
});

test("permission taken back ends what would go on delivering until the browser restarts", async () => {
  const scene = stage({ allowed: async () => false });
  assert.equal((await ensure(scene.means)).how, "unallowed");
  assert.equal(scene.pushes.subscription, null);
  assert.equal(scene.server.rows.size, 0);
  assert.equal(scene.store.state.following.length, 1);
});

test("while the server is away nothing is lost, and it is tried again", async () => {
  const scene = stage();
  scene.server.failing = { about: away() };
  const standing = await ensure(scene.means);
  assert.equal(standing.how, "push");
  assert.equal(standing.trouble.code, "away");
  assert.deepEqual(scene.store.state.ticket, ticket);
  assert.equal(scene.store.state.tries, 1);
});

for (const [browser, more, how] of [
  ["Chromium", {}, "push"],
  ["Firefox", { pushesItself: false, push: {} }, "linked"],
]) {
  test(`a site that answers 404 is not a server that forgot us, in ${browser}`, async () => {
    const scene = stage(more);
    scene.server.failing = { about: refused(404, "error") };
    const standing = await ensure(scene.means);
    assert.deepEqual([standing.how, standing.trouble.code], [how, "error"]);
    assert.deepEqual(scene.store.state.ticket, ticket);
  });
}

test("no push service: the feed is looked at; one that answers later takes over", async () => {
  const scene = stage({ state: { ticket: null }, push: { silent: true }, rows: [] });
  const standing = await ensure(scene.means);
  assert.equal(standing.how, "polling");
  assert.equal(standing.trouble.code, "silent");
  assert.equal(scene.store.state.tries, 1); // so that it is asked again by itself, soon
  await ensure(scene.means);
  assert.equal(scene.store.state.tries, 2);
  scene.pushes.silent = false;
  assert.equal((await ensure(scene.means)).how, "push");
  assert.equal(scene.store.state.tries, 0);
  assert.equal(scene.server.rows.size, 1);
});

test("a push service the server does not know leaves polling, and says why", async () => {
  const scene = stage({ state: { ticket: null }, push: {}, rows: [] });
  scene.server.failing = { subscribe: refused(422, "unknown_push_service") };
  const standing = await ensure(scene.means);
  assert.equal(standing.how, "polling");
  assert.equal(standing.trouble.code, "unknown_push_service");
});

test("another server: the old one is told to forget, the new one is told the topics", async () => {
  const scene = stage({ state: { ticket: { ...ticket, server: "https://old.example" } } });
  await ensure(scene.means);
  await endLeft(scene.means);
  assert.deepEqual(
    [...scene.server.rows.values()].map(({ topics }) => topics),
    [["russia"]],
  );
  assert.equal(scene.store.state.ticket.server, HERE);
  assert.equal(scene.server.rows.has(7), false);
});

test("a refusal that will stay is said, and breaks nothing that works", async () => {
  const scene = stage({ state: { following: [topic("Russia"), topic("Ukraine")] } });
  scene.server.failing = { changeTopics: refused(422, "refused") };
  const standing = await ensure(scene.means);
  assert.deepEqual([standing.how, standing.trouble.code], ["push", "refused"]);
  assert.equal(scene.store.state.tries, 0);
});

test("a topic followed in the middle of telling is told as well", async () => {
  const scene = stage({ state: { following: [topic("Russia"), topic("Ukraine")] } });
  const at = scene.server.at;
  let first = true;
  scene.means.serverAt = (address) => {
    const server = at(address);
    const change = server.changeTopics;
    server.changeTopics = async (...given) => {
      if (first) scene.store.state.following.push(topic("Ferries"));
      first = false;
      return change(...given);
    };
    return server;
  };
  await ensure(scene.means);
  assert.deepEqual(scene.server.rows.get(7).topics, ["russia", "ukraine", "ferries"]);
});

for (const asked of ["subscribe", "view"]) {
  test(`a topic followed while the first registration waits for ${asked} is kept, and told`, async () => {
    const scene = stage({ state: { ticket: null }, push: {}, rows: [] });
    const at = scene.server.at;
    let first = true;
    scene.means.serverAt = (address) => {
      const server = at(address);
      const ask = server[asked];
      server[asked] = async (...given) => {
        const answer = await ask(...given);
        if (first) scene.store.state.following.push(topic("Ukraine"));
        first = false;
        return answer;
      };
      return server;
    };
    await ensure(scene.means);
    assert.deepEqual(
      scene.store.state.following.map(({ slug }) => slug),
      ["russia", "ukraine"],
    );
    assert.deepEqual(
      [...scene.server.rows.values()].map(({ topics }) => topics),
      [["russia", "ukraine"]],
    );
    await settled(scene);
  });
}

test("a topic followed after a registration that could not be looked at is told", async () => {
  const scene = stage({ state: { ticket: null }, push: {}, rows: [] });
  scene.server.failing = { view: away() };
  await ensure(scene.means);
  scene.store.state.following.push(topic("Ukraine"));
  scene.server.failing = {};
  await ensure(scene.means);
  const [made] = scene.server.rows.values();
  assert.deepEqual(made.topics, ["russia", "ukraine"]);
  await settled(scene);
});

const firefox = { pushesItself: false, push: {} };
const linked = { ...ticket, endpoint: "" };

test("Firefox without a link waits for the reader", async () => {
  const scene = stage({ ...firefox, state: { ticket: null } });
  assert.equal((await ensure(scene.means)).how, "unlinked");
});

test("Firefox with a link tells topics by it", async () => {
  const scene = stage({ ...firefox, state: { ticket: linked, following: [topic("Ferries")] } });
  assert.equal((await ensure(scene.means)).how, "linked");
  assert.deepEqual(scene.server.rows.get(7).topics, ["ferries"]);
});

for (const [what, rows, code] of [
  ["forgotten", [], "forgotten"],
  ["suspended", [{ ...row, suspended: true }], "suspended"],
]) {
  test(`Firefox, ${what} by the server: the reader is asked again, and keeps the topics`, async () => {
    const scene = stage({ ...firefox, state: { ticket: linked }, rows });
    const standing = await ensure(scene.means);
    assert.deepEqual([standing.how, standing.trouble.code], ["unlinked", code]);
    assert.equal(scene.store.state.following.length, 1);
  });
}

test("Firefox by polling, where its reader chose that", async () => {
  const scene = stage({ ...firefox, state: { ticket: null, byPolling: true } });
  assert.equal((await ensure(scene.means)).how, "polling");
  const denied = stage({ ...firefox, state: { ticket: null, byPolling: true }, allowed: async () => false });
  assert.equal((await ensure(denied.means)).how, "unallowed");
});

test("the fake keys differ, or the tests above prove nothing", () => assert.notEqual(KEY, NEW_KEY));
