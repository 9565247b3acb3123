/** More topics than the server takes: what it takes gets through all the same, above all that one is unfollowed. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fakeBrowser } from "./browser.js";

fakeBrowser();
const { away, NOW, row, stage, ticket, topic } = await import("./fakes.js");
const { ensure } = await import("../../extension/src/health/ensure.js");
const { MOST_FOLLOWED, MOST_WAITING } = await import("../../extension/src/health/topics.js");

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const LISTED = ["Russia", "Sport", "Ukraine"];
const SLUGS = LISTED.map((name) => name.toLowerCase());
const waits = (number) => ({ name: `Waiting ${number}`, since: NOW, primed: false });
const waiting = (count) => Array.from({ length: count }, (_, at) => waits(at + 1));
const names = (list) => list.map(({ name }) => name);
const catalogue = async () =>
  LISTED.map((name) => ({ name, slug: name.toLowerCase(), aliases: [], articles: 1 }));

/** A server with the rules of a real one, and what it has of the reader afterwards. */
function bounded(following, { theirs = ["Russia", "Sport"], most = MOST_WAITING, ...more } = {}) {
  const told = theirs.map((name) => name.toLowerCase().replaceAll(" ", "-"));
  const state = { following, ticket: { ...ticket, told }, ...more.state };
  const scene = stage({ topics: catalogue, rows: [{ ...row, topics: theirs }], ...more, state });
  const isListed = (name) => SLUGS.includes(name.toLowerCase());
  scene.server.isTooMany = (all) =>
    all.length > MOST_FOLLOWED || all.filter((name) => !isListed(name)).length > most(all);
  const has = () => [...scene.server.rows.values()][0].topics;
  return { ...scene, has };
}
const ten = () => MOST_WAITING;

test("a topic is unfollowed while more wait than the server takes, and none of those is lost", async () => {
  const following = [topic("Russia"), ...waiting(11)];
  const { means, store, has } = bounded(following, { most: ten });
  const standing = await ensure(means);
  assert.deepEqual([standing.how, standing.trouble.code], ["push", "too_many_waiting"]);
  assert.deepEqual(has(), ["russia", ...names(waiting(10))]);
  assert.deepEqual([store.state.following, store.state.tries], [following, 0]);

  // It is tried again, and in vain, until there is room.
  assert.equal((await ensure(means)).trouble.code, "too_many_waiting");
  assert.deepEqual(store.state.following, following);
  store.state.following.splice(2, 1);
  assert.equal((await ensure(means)).trouble, null);
  assert.deepEqual(has(), ["russia", ...names([waits(1), ...waiting(11).slice(2)])]);
  assert.deepEqual(
    store.state.following.map(({ slug }) => slug),
    ["russia", "waiting-1", ...Array.from({ length: 9 }, (_, at) => `waiting-${at + 3}`)],
  );
});

test("what was told in part is what both agreed on: the reader's next change is told, not undone", async () => {
  const { means, store, has } = bounded([topic("Russia"), ...waiting(11)], { most: ten });
  await ensure(means);
  store.state.following = [topic("Russia"), topic("Sport")];
  assert.equal((await ensure(means)).trouble, null);
  assert.deepEqual(has(), ["russia", "sport"]);
  assert.deepEqual(
    store.state.following.map(({ slug }) => slug),
    ["russia", "sport"],
  );
});

test("of topics that wait those stay that the server has already, and one with articles comes in", async () => {
  const held = waiting(11).slice(1);
  const theirs = ["Russia", ...names(held)];
  const { means, has } = bounded([topic("Russia"), topic("Ukraine"), waits(1), ...held], {
    most: ten,
    theirs,
  });
  await ensure(means);
  assert.deepEqual(has(), ["russia", "ukraine", ...names(held)]);
});

test("a first registration with too many that wait is one all the same, with what the server takes", async () => {
  const following = [...waiting(12), topic("Russia")];
  const scene = bounded(following, { most: ten, rows: [], push: {}, state: { ticket: null } });
  const standing = await ensure(scene.means);
  assert.deepEqual([standing.how, standing.trouble.code], ["push", "too_many_waiting"]);
  assert.deepEqual(scene.has(), [...names(waiting(10)), "russia"]);
  assert.deepEqual(scene.store.state.following, following);
});

test("Firefox tells what the server takes, and stays linked", async () => {
  const linked = { ...ticket, endpoint: "", told: ["russia", "sport"] };
  const more = { pushesItself: false, push: {}, state: { ticket: linked } };
  const { means, has } = bounded([topic("Russia"), ...waiting(11)], { most: ten, ...more });
  const standing = await ensure(means);
  assert.deepEqual([standing.how, standing.trouble.code], ["linked", "too_many_waiting"]);
  assert.ok(!has().includes("Sport"));
});

test("where so many readers' topics wait that no more is taken, what the server has is kept to", async () => {
  const known = ["Russia", "sport", "russia", "Sport", "Waiting 1"];
  const most = (all) => (all.every((name) => known.includes(name)) ? MOST_WAITING : -1);
  const theirs = ["Russia", "Sport", "Waiting 1"];
  const { means, has } = bounded([topic("Russia"), waits(1), waits(2)], { theirs, most });
  assert.equal((await ensure(means)).trouble.code, "too_many_waiting");
  assert.deepEqual(has(), ["russia", "Waiting 1"]);
});

test("more topics than one subscription has: the first are told, and that has words of its own", async () => {
  const following = Array.from({ length: MOST_FOLLOWED + 1 }, (_, at) => topic(`Topic ${at}`));
  const { means, store, has } = bounded(following, { most: () => MOST_FOLLOWED });
  assert.equal((await ensure(means)).trouble.code, "too_many_followed");
  assert.deepEqual(
    has(),
    following.slice(0, MOST_FOLLOWED).map(({ slug }) => slug),
  );
  assert.equal(store.state.following.length, MOST_FOLLOWED + 1);
});

test("a server that takes even that for too much breaks nothing, and is asked three times at most", async () => {
  const { means, server, has } = bounded([topic("Russia"), ...waiting(11)]);
  server.isTooMany = () => true;
  const standing = await ensure(means);
  assert.deepEqual([standing.how, standing.trouble.code], ["push", "too_many_waiting"]);
  assert.deepEqual(has(), ["Russia", "Sport"]);
  assert.equal(server.log.filter((name) => name === "changeTopics").length, 3);
});

test("a server that goes away in between is tried again", async () => {
  const { means, store, server } = bounded([topic("Russia"), ...waiting(11)], { most: ten });
  means.topics = async () => {
    throw away();
  };
  assert.equal((await ensure(means)).trouble.code, "away");
  assert.deepEqual([store.state.tries, server.rows.get(7).topics], [1, ["Russia", "Sport"]]);
});

for (const [file, constant, bound, key] of [
  ["services/subscriptions.py", "MAX_TOPICS", MOST_FOLLOWED, "trouble_too_many_followed"],
  ["services/topics.py", "MAX_UNLISTED_OF_ONE", MOST_WAITING, "trouble_too_many_waiting"],
  ["domain/topics.py", "MAX_TOPICS", 20, "trouble_too_many_topics"],
]) {
  test(`${constant} of ${file} is the bound kept to here, and named in every language`, () => {
    const [, theirs] = read(`server/newsbell/${file}`).match(new RegExp(`^${constant} = (\\d+)`, "m"));
    assert.equal(Number(theirs), bound);
    for (const locale of ["en", "de", "uk"]) {
      const { message } = JSON.parse(read(`extension/_locales/${locale}/messages.json`))[key];
      assert.match(message, new RegExp(`\\b${bound}\\b`), `${locale}: ${message}`);
    }
  });
}
