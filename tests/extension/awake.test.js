import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeBrowser } from "./browser.js";

const browser = fakeBrowser();
const { serverAt } = await import("../../extension/src/server.js");

const calls = () => browser.log.filter(([name]) => name === "platform").length;

for (const [how, settle] of [
  ["answered", ({ resolve }) => resolve(Response.json({ id: 4 }))],
  ["broken off", ({ reject }) => reject(new TypeError("Failed to fetch"))],
]) {
  test(`the background stays awake while a page is sent, and no longer once that is ${how}`, async (context) => {
    context.mock.timers.enable({ apis: ["setInterval"] });
    browser.log.length = 0;
    let upload;
    globalThis.fetch = () =>
      new Promise((resolve, reject) => {
        upload = { resolve, reject };
      });
    const settled = serverAt("https://news.example")
      .save("nba", { html: "<p>" })
      .catch(() => undefined);
    for (const seconds of [20, 40, 60]) {
      context.mock.timers.tick(20_000);
      assert.equal(calls(), seconds / 20);
    }
    settle(upload);
    await settled;
    context.mock.timers.tick(60_000);
    assert.equal(calls(), 3);
  });
}
