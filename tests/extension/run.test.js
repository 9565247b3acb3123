import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeBrowser } from "./browser.js";

const browser = fakeBrowser();
const { runInPage } = await import("../../extension/src/page/run.js");

/** A page that refuses so many times, in a tab that shows its address or does not. */
async function asking(refusals, url) {
  let asked = 0;
  browser.tabs.get = async () => ({ url });
  browser.scripting.executeScript = async ({ args }) => {
    asked += 1;
    if (asked <= refusals) throw new Error("Cannot access contents of the page.");
    return [{ result: args[0] }];
  };
  return [await runInPage(5, (given) => given, "read"), asked];
}

test("a page that was pressed for and does not know it yet is asked again", async () => {
  assert.deepEqual(await asking(0, "https://paper.example/"), ["read", 1]);
  assert.deepEqual(await asking(3, "https://paper.example/"), ["read", 4]);
});

test("a page the browser keeps to itself is asked once, and no page for ever", async () => {
  assert.deepEqual(await asking(99, undefined), [null, 1]);
  assert.deepEqual(await asking(99, "https://paper.example/"), [null, 10]);
});

test("Firefox, which answers nothing where it refuses, is taken for that", async () => {
  browser.scripting.executeScript = async () => [];
  assert.equal(await runInPage(5, () => 1), null);
});
