import assert from "node:assert/strict";
import { test } from "node:test";
import { follow } from "../../server/newsbell/web/static/js/follow.js";
import {
  FakeManager,
  failing,
  fakeServer,
  KEY,
  memoryTickets,
  OTHER_KEY,
  refused,
  TICKET,
  unknown,
} from "./fakes.js";

test("a new browser subscribes under the server's key, and its ticket is kept", async () => {
  const [server, tickets, manager] = [fakeServer(), memoryTickets(), new FakeManager()];
  await follow(["russia"], { server, tickets, manager });
  assert.deepEqual(server.log[1], [
    "subscribe",
    { endpoint: "https://push.example/new-1", keys: { p256dh: "p", auth: "a" }, vapid_key: KEY },
    ["russia"],
  ]);
  assert.deepEqual(tickets.ticket, { id: 8, token: "nbm_fresh", endpoint: "https://push.example/new-1" });
});

test("a subscription that works is kept: only its topics change", async () => {
  const [server, tickets, manager] = [fakeServer(), memoryTickets(TICKET), new FakeManager(TICKET.endpoint)];
  await follow(["russia"], { server, tickets, manager });
  assert.deepEqual(server.log[1], ["changeTopics", TICKET, ["russia"]]);
  assert.equal(manager.made, 0);
  assert.equal(tickets.ticket, TICKET);
});

const doubtful = {
  "that the server no longer knows": [fakeServer({ changeTopics: failing(unknown()) }), TICKET.endpoint, KEY],
  "that is suspended": [fakeServer({ changeTopics: () => ({ suspended: true }) }), TICKET.endpoint, KEY],
  "under another key": [fakeServer(), TICKET.endpoint, OTHER_KEY],
  "with another endpoint": [fakeServer(), "https://push.example/moved", KEY],
};
for (const [what, [server, endpoint, key]] of Object.entries(doubtful)) {
  test(`a subscription ${what} is replaced, and the old one ended`, async () => {
    const [tickets, manager] = [memoryTickets(TICKET), new FakeManager(endpoint, key)];
    await follow(["russia"], { server, tickets, manager });
    assert.equal(manager.current.endpoint, "https://push.example/new-1");
    assert.equal(tickets.ticket.id, 8);
    assert.deepEqual(server.log.at(-1), ["end", TICKET]);
  });
}

test("a refusal of the server leaves nothing half made in the browser", async () => {
  const [tickets, manager] = [memoryTickets(), new FakeManager()];
  const server = fakeServer({ subscribe: failing(refused()) });
  await assert.rejects(follow(["russia"], { server, tickets, manager }), { code: "refused" });
  assert.equal(manager.current, null);
  assert.equal(tickets.ticket, undefined);
});

test("an old subscription that cannot be ended does not spoil the new one", async () => {
  const server = fakeServer({ changeTopics: failing(unknown()), end: failing(unknown()) });
  const [tickets, manager] = [memoryTickets(TICKET), new FakeManager(TICKET.endpoint)];
  assert.equal((await follow(["russia"], { server, tickets, manager })).id, 8);
});

test("a refused topic changes nothing about a subscription that works", async () => {
  const server = fakeServer({ changeTopics: failing(refused()) });
  const [tickets, manager] = [memoryTickets(TICKET), new FakeManager(TICKET.endpoint)];
  await assert.rejects(follow(["russia"], { server, tickets, manager }), { code: "refused" });
  assert.equal(manager.current.endpoint, TICKET.endpoint);
  assert.equal(tickets.ticket, TICKET);
});
