import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { server } from "../../server/newsbell/web/static/js/api.js";
import { TICKET } from "./fakes.js";

const realFetch = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = realFetch;
});

function answer(status, body) {
  const asked = [];
  globalThis.fetch = async (path, { method, headers, body: sent, credentials }) => {
    asked.push({ path, method, token: headers.Authorization, body: sent && JSON.parse(sent), credentials });
    return new Response(body === undefined ? null : JSON.stringify(body), { status });
  };
  return asked;
}

test("following sends the target and the topics, and gives number and token back", async () => {
  const asked = answer(201, { id: 3, manage_token: "nbm_x" });
  const target = { endpoint: "https://push.example/1", keys: { p256dh: "p", auth: "a" }, vapid_key: "k" };
  assert.deepEqual(await server.subscribe(target, ["russia"]), { id: 3, token: "nbm_x" });
  const [{ path, method, body, token, credentials }] = asked;
  assert.deepEqual([path, method, token, credentials], ["/api/v1/subscriptions", "POST", undefined, "omit"]);
  assert.deepEqual(body, { ...target, topics: ["russia"] });
});

test("offering a link sends the hash with the ticket's token, and gives the code back", async () => {
  const asked = answer(201, { code: "nbl_code", expires_at: "2026-03-14T09:36:53+00:00" });
  assert.equal(await server.offerLink(TICKET, "a hash"), "nbl_code");
  const [{ path, method, body, token }] = asked;
  assert.deepEqual([path, method, token], ["/api/v1/links", "POST", "Bearer nbm_secret"]);
  assert.deepEqual(body, { hash: "a hash" });
});

test("an answer without a body is an answer", async () => {
  const asked = answer(204);
  assert.equal(await server.end(TICKET), undefined);
  assert.deepEqual(
    [asked[0].method, asked[0].path, asked[0].token],
    ["DELETE", "/api/v1/subscriptions/7", "Bearer nbm_secret"],
  );
});

test("a refusal carries the server's own code and sentence", async () => {
  answer(422, { code: "unknown_push_service", message: "That is no push service." });
  const expected = {
    status: 422,
    code: "unknown_push_service",
    message: "That is no push service.",
    isUnknown: false,
  };
  await assert.rejects(server.vapidKey(), expected);
});

test("a wrong token, a missing and an ended subscription all mean: unknown", async () => {
  for (const status of [401, 404, 410]) {
    answer(status, { code: "x", message: "No." });
    await assert.rejects(server.view(TICKET), { isUnknown: true });
  }
});

test("an error page of some proxy is a refusal too", async () => {
  globalThis.fetch = async () => new Response("<h1>Bad gateway</h1>", { status: 502 });
  await assert.rejects(server.vapidKey(), { status: 502, message: "The server answered 502." });
});

test("no answer at all means the server is away", async () => {
  globalThis.fetch = async () => {
    throw new TypeError("NetworkError");
  };
  await assert.rejects(server.vapidKey(), { name: "ServerAway" });
});
