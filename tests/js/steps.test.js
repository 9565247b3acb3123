import assert from "node:assert/strict";
import { test } from "node:test";
import {
  askPermission,
  noticeSilence,
  Stopped,
  startWorker,
  wordsFor,
} from "../../server/newsbell/web/static/js/steps.js";
import { deniedWords, TROUBLES, WORDS } from "../../server/newsbell/web/static/js/words.js";
import { away, refused } from "./fakes.js";

const HERE = { maker: "firefox" };
const answering = (answer) => ({ requestPermission: async () => answer });

test("allowed is the only answer to go on with", async () => {
  await askPermission(answering("granted"));
  await assert.rejects(askPermission(answering("denied")), { trouble: "denied" });
  await assert.rejects(askPermission(answering("default")), { trouble: "dismissed" });
});

test("a worker that does not start has words of its own; one that does gives its push manager", async () => {
  const pushManager = {};
  assert.equal(await startWorker(async () => ({ pushManager })), pushManager);
  const failing = async () => {
    throw new DOMException("insecure", "SecurityError");
  };
  await assert.rejects(startWorker(failing), { trouble: "workerFailed" });
});

test("a push service that keeps silent is told once, and its late answer still counts", async () => {
  let told = 0;
  const { promise, resolve } = withResolvers();
  const waiting = noticeSilence(
    promise,
    () => {
      told += 1;
      resolve("late");
    },
    1,
  );
  assert.equal(await waiting, "late");
  assert.equal(told, 1);
});

test("a push service that answers in time is not called silent", async () => {
  await noticeSilence(Promise.resolve(), assert.fail, 1);
  await new Promise((resolve) => setTimeout(resolve, 5));
});

test("what goes wrong has its own words", () => {
  assert.equal(wordsFor(new Stopped("dismissed"), HERE), TROUBLES.dismissed);
  assert.equal(wordsFor(new Stopped("denied"), HERE), deniedWords("firefox"));
  assert.equal(wordsFor(refused(), HERE), "The server refused: No such push service.");
  assert.equal(wordsFor(away(), HERE), WORDS.away);
  assert.equal(wordsFor(new DOMException("no push", "AbortError"), HERE), WORDS.pushFailed);
  assert.equal(wordsFor(new TypeError("bug"), HERE), WORDS.unexpected);
});

test("every trouble is a sentence, and no two are the same", () => {
  const all = [...Object.values(TROUBLES), ...["firefox", "chromium", "safari", "other"].map(deniedWords)];
  for (const words of all) assert.match(words, /\.$/);
  assert.equal(new Set(all).size, all.length);
});

function withResolvers() {
  let resolve;
  const promise = new Promise((kept) => {
    resolve = kept;
  });
  return { promise, resolve };
}
