import assert from "node:assert/strict";
import { test } from "node:test";
import { renew } from "../../server/newsbell/web/static/js/renew.js";
import {
  away,
  FakeManager,
  failing,
  fakeServer,
  KEY,
  memoryTickets,
  OTHER_KEY,
  TICKET,
  unknown,
} from "./fakes.js";

test("an endpoint the browser dropped is replaced, and the server told", async () => {
  const [server, tickets, manager] = [fakeServer(), memoryTickets(TICKET), new FakeManager()];
  await renew({ server, tickets, manager });
  const target = { endpoint: "https://push.example/new-1", keys: { p256dh: "p", auth: "a" }, vapid_key: KEY };
  assert.deepEqual(server.log.at(-1), ["moveEndpoint", TICKET, target]);
  assert.deepEqual(tickets.ticket, { ...TICKET, endpoint: "https://push.example/new-1" });
});

test("an endpoint the browser replaced itself is taken as it is", async () => {
  const [server, tickets] = [fakeServer(), memoryTickets(TICKET)];
  const manager = new FakeManager("https://push.example/moved");
  await renew({ server, tickets, manager });
  assert.equal(manager.made, 0);
  assert.equal(tickets.ticket.endpoint, "https://push.example/moved");
});

test("a replacement under a key the server no longer uses is made anew", async () => {
  const [server, tickets] = [fakeServer(), memoryTickets(TICKET)];
  const manager = new FakeManager("https://push.example/moved", OTHER_KEY);
  await renew({ server, tickets, manager });
  assert.equal(tickets.ticket.endpoint, "https://push.example/new-1");
});

test("nothing is asked where the endpoint is as the server knows it", async () => {
  const [server, tickets, manager] = [fakeServer(), memoryTickets(TICKET), new FakeManager(TICKET.endpoint)];
  await renew({ server, tickets, manager });
  assert.deepEqual(server.asked(), ["vapidKey"]);
});

test("a browser that follows nothing is not subscribed behind its reader's back", async () => {
  const [server, tickets, manager] = [fakeServer(), memoryTickets(), new FakeManager()];
  await renew({ server, tickets, manager });
  assert.deepEqual(server.asked(), []);
  assert.equal(manager.current, null);
});

test("a subscription the server has ended is ended here too", async () => {
  const server = fakeServer({ moveEndpoint: failing(unknown()) });
  const [tickets, manager] = [memoryTickets(TICKET), new FakeManager()];
  await renew({ server, tickets, manager });
  assert.equal(tickets.ticket, undefined);
  assert.equal(manager.current, null);
});

test("while the server is away the old endpoint is remembered, so that the page tells it later", async () => {
  const server = fakeServer({ moveEndpoint: failing(away()) });
  const [tickets, manager] = [memoryTickets(TICKET), new FakeManager()];
  await assert.rejects(renew({ server, tickets, manager }), { name: "ServerAway" });
  assert.equal(tickets.ticket, TICKET);
});
