import assert from "node:assert/strict";
import { test } from "node:test";
import { isAppleMobile, makerOf, obstacle } from "../../server/newsbell/web/static/js/surroundings.js";

const fine = {
  secure: true,
  serviceWorker: true,
  push: true,
  notifications: true,
  permission: "default",
  appleMobile: false,
  homeScreen: false,
  maker: "firefox",
};

test("nothing stands in the way of a browser that has it all", () => {
  for (const permission of ["default", "granted"]) assert.equal(obstacle({ ...fine, permission }), null);
});

const inTheWay = {
  insecure: { secure: false, serviceWorker: false, push: false },
  homeScreen: { appleMobile: true, push: false, notifications: false },
  noWorker: { serviceWorker: false },
  noPush: { push: false },
  denied: { permission: "denied" },
};
for (const [found, change] of Object.entries(inTheWay)) {
  test(`${found} is told`, () => assert.equal(obstacle({ ...fine, ...change }), found));
}

test("an iPhone app on the Home Screen has what it needs", () => {
  assert.equal(obstacle({ ...fine, appleMobile: true, homeScreen: true }), null);
});

test("an iPhone's Home Screen without notifications is too old, and is not told to go there", () => {
  assert.equal(obstacle({ ...fine, appleMobile: true, homeScreen: true, push: false }), "noPush");
});

const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1";
const MAC =
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15";
const CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36";
const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

test("an iPad that says it is a Mac is told by its touch screen", () => {
  assert.deepEqual(
    [isAppleMobile(IPHONE, 5), isAppleMobile(MAC, 5), isAppleMobile(MAC, 0)],
    [true, true, false],
  );
});

test("each browser's settings are named as that browser names them", () => {
  assert.deepEqual([IPHONE, MAC, CHROME, FIREFOX, "Lynx"].map(makerOf), [
    "safari",
    "safari",
    "chromium",
    "firefox",
    "other",
  ]);
});
