import assert from "node:assert/strict";
import { test } from "node:test";
import { stop } from "../../server/newsbell/web/static/js/stop.js";
import { away, FakeManager, failing, fakeServer, memoryTickets, TICKET, unknown } from "./fakes.js";

async function stopping(answers = {}) {
  const server = fakeServer(answers);
  const tickets = memoryTickets(TICKET);
  const manager = new FakeManager(TICKET.endpoint);
  const told = await stop(TICKET, {
    end: server.end,
    currentSubscription: () => manager.getSubscription(),
    forget: () => tickets.forget(),
  });
  return { told, asked: server.log, subscription: manager.current, ticket: tickets.ticket };
}

test("stop ends it at the server, in the browser and in memory", async () => {
  assert.deepEqual(await stopping(), {
    told: true,
    asked: [["end", TICKET]],
    subscription: null,
    ticket: undefined,
  });
});

test("a server that has forgotten already knows", async () => {
  assert.equal((await stopping({ end: failing(unknown()) })).told, true);
});

test("without the server nothing can reach the browser either", async () => {
  const { told, subscription, ticket } = await stopping({ end: failing(away()) });
  assert.deepEqual({ told, subscription, ticket }, { told: false, subscription: null, ticket: undefined });
});
