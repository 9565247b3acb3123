/** "Be notified?": what is ticked there is what is followed, and nobody's tick is lost while the page is read. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fakeBrowser, fakeFetch } from "./browser.js";

/** As much of an element as the question is built of. */
class FakeElement {
  constructor(tag) {
    Object.assign(this, { tag, parent: null, children: [], attributes: {}, dataset: {}, presses: [] });
  }

  set textContent(text) {
    this.children = [text];
  }

  get textContent() {
    return this.children.map((child) => child.textContent ?? child).join("");
  }

  get value() {
    return this.attributes.value;
  }

  get defaultChecked() {
    return "checked" in this.attributes;
  }

  setAttribute(name, value) {
    this.attributes[name] = value;
  }

  addEventListener(_name, listener) {
    this.presses.push(listener);
  }

  append(...children) {
    for (const child of children) if (child instanceof FakeElement) child.parent = this;
    this.children.push(...children);
  }

  replaceChildren(...children) {
    this.children = [];
    this.append(...children);
  }

  all() {
    return this.children.flatMap((child) => (child instanceof FakeElement ? [child, ...child.all()] : []));
  }

  querySelectorAll(tag) {
    return this.all().filter((one) => one.tag === tag);
  }

  contains() {
    return false;
  }

  focus() {}
}

const browser = fakeBrowser();
const part = new FakeElement("section");
const title = new FakeElement("h2");
const find = (id) => part.all().find(({ attributes }) => attributes.id === id);
globalThis.Node = globalThis.HTMLElement = FakeElement;
globalThis.document = {
  activeElement: null,
  body: null,
  createElement: (tag) => new FakeElement(tag),
  getElementById: (id) => ({ prompt: part, "page-title": title })[id] ?? find(id),
};
const { paintPrompt } = await import("../../extension/src/popup/prompt_part.js");
const { answer } = await import("../../extension/src/messages.js");
const { promptOf } = await import("../../extension/src/popup/view.js");
const { DEFAULTS, readState } = await import("../../extension/src/state.js");

const topic = (name) => ({ name, slug: name.toLowerCase(), since: 1, primed: true });
const ticks = () => part.querySelectorAll("input").map(({ value, checked }) => [value, checked]);
const tick = (name, checked) => {
  part.querySelectorAll("input").find(({ value }) => value === name).checked = checked;
};
const followed = () => browser.store.following.map(({ name }) => name);
let view;
let asked;
let close;

/** What the popup shows, the page being about these topics. */
const paint = (...pageTopics) => paintPrompt(view, pageTopics, () => close());

function press() {
  for (const listener of find("ok").presses) listener();
}

/** Press OK and Allow, and wait until all is done that was asked of the background. */
async function allow() {
  const closed = new Promise((resolve) => {
    close = resolve;
  });
  press();
  await closed;
  await Promise.all(asked);
}

beforeEach(() => {
  for (const key of Object.keys(browser.store)) delete browser.store[key];
  browser.grants.notifications = false;
  browser.permissions.request = async () => {
    browser.grants.notifications = true;
    return true;
  };
  asked = [];
  browser.runtime.sendMessage = (message) => {
    asked.push(answer(message));
    return asked.at(-1);
  };
  fakeFetch({});
  part.replaceChildren();
  view = { state: DEFAULTS, allowed: false, pushesItself: true, asked: null, declined: false };
  paint();
});

/** A reader who follows these, and whose notifications were revoked. */
function follows(...names) {
  browser.store.following = names.map(topic);
  view.state = { ...DEFAULTS, following: browser.store.following };
}

async function unfollow(key) {
  await answer({ kind: "unfollow", body: { keys: [key] } });
  view.state = await readState();
}

test("what was followed and is unticked is followed no more", async () => {
  follows("Russia", "Ukraine");
  paint();
  tick("Ukraine", false);
  await allow();
  assert.deepEqual(followed(), ["Russia"]);
});

test("topics that are unticked are unfollowed with one message, for each is a whole repair", async () => {
  follows("Russia", "Ukraine", "Trade");
  paint();
  for (const name of ["Ukraine", "Trade"]) tick(name, false);
  await allow();
  assert.deepEqual(followed(), ["Russia"]);
  assert.equal(asked.length, 2); // that, and what was allowed
});

test("all that is followed is ticked beside what is asked for now, and the rest of the page is not", async () => {
  follows("Russia", "Ukraine");
  view.asked = ["Trade", "ukraine"];
  paint("Trade", "Ferries");
  assert.deepEqual(ticks(), [
    ["Trade", true],
    ["ukraine", true],
    ["Russia", true],
    ["Ferries", false],
  ]);
  tick("Russia", false);
  await allow();
  assert.deepEqual(followed(), ["Ukraine", "Trade"]);
});

test("what was only shown as followed, and is unfollowed after Allow was refused, is not asked for again", async () => {
  follows("Russia");
  browser.permissions.request = async () => false;
  view.asked = ["Ukraine"];
  paint("Ukraine");
  await allow();
  view.asked = null;
  await unfollow("russia");
  assert.deepEqual(promptOf(view), { topics: ["Ukraine"], why: "denied" });

  follows("Russia");
  paint();
  await allow();
  view.state = await readState();
  assert.deepEqual(promptOf(view), { topics: ["Russia"], why: "denied" });
  await unfollow("russia");
  assert.equal(promptOf(view), null);
});

test("ticks hold when the page's topics change as the server's come", async () => {
  view.asked = ["Russia"];
  paint("Russia", "Ukraine", "ferries", "Trade");
  for (const name of ["Ukraine", "ferries"]) tick(name, true);
  for (const names of [["Russia", "Ferries", "Sport"], ["Russia"]]) paint(...names);
  assert.deepEqual(ticks(), [
    ["Russia", true],
    ["Ferries", true],
    ["Ukraine", true],
  ]);
  tick("Russia", false);
  paint("Sport");
  await allow();
  assert.deepEqual(followed(), ["Ferries", "Ukraine"]);
});

test("Follow at a topic that was not ticked ticks it, and a question put anew has its own ticks", () => {
  view.asked = ["Russia"];
  paint("Russia", "Ukraine");
  tick("Russia", false);
  view.asked = ["Russia", "Ukraine"];
  paint("Russia", "Ukraine");
  assert.deepEqual(ticks(), [
    ["Russia", false],
    ["Ukraine", true],
  ]);
  view.asked = null;
  paint("Russia", "Ukraine");
  view.asked = ["Russia"];
  paint("Russia", "Ukraine");
  assert.deepEqual(ticks(), [
    ["Russia", true],
    ["Ukraine", false],
  ]);
});

test("OK with nothing ticked says what to do, and changes nothing", () => {
  follows("Russia");
  paint();
  tick("Russia", false);
  press();
  assert.match(find("prompt-said").textContent, /Tick at least one topic/);
  assert.deepEqual([asked, browser.store.pending, browser.grants.notifications], [[], undefined, false]);
});
