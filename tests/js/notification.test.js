import assert from "node:assert/strict";
import { test } from "node:test";
import { notificationFrom, safeAddress } from "../../server/newsbell/web/static/js/notification.js";

const ORIGIN = "http://127.0.0.1:8080";
const message = (content) => ({ json: () => JSON.parse(content) });
const declared = (notification) => message(JSON.stringify({ web_push: 8030, notification }));

test("a declarative message is shown as it says", () => {
  const data = declared({
    title: "Ключевая ставка",
    body: "Банк России",
    navigate: `${ORIGIN}/articles/1/x`,
    tag: "story-1",
    lang: "ru",
    dir: "ltr",
    icon: `${ORIGIN}/static/icons/icon-192.png`,
  });
  assert.deepEqual(notificationFrom(data, ORIGIN), {
    title: "Ключевая ставка",
    options: {
      body: "Банк России",
      tag: "story-1",
      lang: "ru",
      dir: "ltr",
      silent: null,
      icon: `${ORIGIN}/static/icons/icon-192.png`,
      data: { address: `${ORIGIN}/articles/1/x` },
    },
  });
});

test("no icon is fetched from elsewhere", () => {
  const { options } = notificationFrom(
    declared({ title: "T", icon: "https://elsewhere.example/i.png" }),
    ORIGIN,
  );
  assert.ok(!("icon" in options));
});

const unreadable = {
  "no data": null,
  "no JSON": message("{"),
  "JSON without a notification": message("{}"),
  "JSON that is null": message("null"),
  "no title": declared({ body: "B" }),
};
for (const [what, data] of Object.entries(unreadable)) {
  test(`a message with ${what} still rings, with words of ours`, () => {
    const { title, options } = notificationFrom(data, ORIGIN);
    assert.equal(title, "Newsbell");
    assert.match(options.body, /topic you follow/);
    assert.equal(options.data.address, `${ORIGIN}/`);
  });
}

test("an address of this server or of any https site is opened", () => {
  for (const address of [`${ORIGIN}/articles/1`, "https://news.example/a?b=c#d"]) {
    assert.equal(safeAddress(address, ORIGIN), address);
  }
  assert.equal(safeAddress("/articles/1", ORIGIN), `${ORIGIN}/articles/1`);
});

test("any other address leads to the latest articles", () => {
  for (const address of [
    "javascript:alert(1)",
    "http://news.example/",
    "data:text/html,x",
    "http://",
    7,
    undefined,
  ]) {
    assert.equal(safeAddress(address, ORIGIN), `${ORIGIN}/`);
  }
});
