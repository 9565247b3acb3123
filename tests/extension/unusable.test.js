/** Names the server takes for no topic's: they are left out, said, and stop nothing else. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeBrowser } from "./browser.js";

fakeBrowser();
const { NOW, refused, row, stage, ticket, topic } = await import("./fakes.js");
const { endLeft, ensure } = await import("../../extension/src/health/ensure.js");
const { troubleWords } = await import("../../extension/src/sayings.js");

const named = (name) => ({ name, since: NOW, primed: false });
const YEAR = named("۱۴۰۳"); // followed while our rules let it pass
const NEWER = named("Sea ice"); // for a server whose rules are stricter than ours

/** A server that takes neither, and has Russia and Ukraine of the reader. */
function strict(following, given = {}) {
  const scene = stage({
    rows: [{ ...row, topics: ["Russia", "Ukraine"] }],
    ...given,
    state: { following, ticket: { ...ticket, told: ["russia", "ukraine"] }, ...given.state },
  });
  scene.server.isName = (name) => name !== YEAR.name && name !== NEWER.name;
  const has = () => [...scene.server.rows.values()].map(({ topics }) => topics);
  return { ...scene, has };
}
const firefox = { pushesItself: false, push: {} };
const UNLINKED = { ...ticket, endpoint: "", told: ["russia", "ukraine"] };

for (const [browser, given, how] of [
  ["Chromium", {}, "push"],
  ["Firefox", { ...firefox, state: { ticket: UNLINKED } }, "linked"],
]) {
  test(`one name that the server refuses keeps no unfollow from it, in ${browser}`, async () => {
    const following = [topic("Ukraine"), YEAR, named("Ferries")];
    const { means, store, has } = strict(following, given);
    const standing = await ensure(means);
    assert.deepEqual(has(), [["ukraine", "Ferries"]]);
    assert.deepEqual([standing.how, standing.trouble.code], [how, "unusable_names"]);
    assert.match(troubleWords(standing.trouble), /: \u2068۱۴۰۳\u2069\./);
    assert.deepEqual([store.state.following, store.state.tries], [following, 0]);

    store.state.following = [topic("Ukraine"), named("Ferries")];
    assert.equal((await ensure(means)).trouble, null);
    assert.deepEqual(has(), [["ukraine", "Ferries"]]);
  });
}

test("where our rules refuse none of them, the server is told of those it named itself", async () => {
  const { means, has } = strict([topic("Ukraine"), NEWER, named("Ferries")]);
  assert.equal((await ensure(means)).trouble.message, "Sea ice, Ferries");
  assert.deepEqual(has(), [["ukraine"]]);
});

test("a first registration gets through, and pushes come", async () => {
  const { means, has } = strict([topic("Russia"), YEAR], { state: { ticket: null }, rows: [], push: {} });
  const standing = await ensure(means);
  assert.deepEqual([standing.how, standing.trouble.code, has()], ["push", "unusable_names", [["russia"]]]);
});

for (const [what, state] of [
  ["at a first registration", { ticket: null }],
  ["after a move from another server", { ticket: { ...ticket, server: "https://old.example" } }],
]) {
  test(`${what}, the server is told of those among its topics, and no others are said`, async () => {
    const listed = { name: "Russia", slug: "russia", aliases: ["РФ"], articles: 1 };
    const given = { state, rows: [], push: {}, topics: async () => [listed] };
    const { means, has } = strict([named("Russia"), NEWER, named("РФ")], given);
    const standing = await ensure(means);
    assert.deepEqual([standing.how, standing.trouble.message], ["push", "Sea ice"]);
    assert.deepEqual(has(), [["Russia", "РФ"]]);
  });
}

for (const field of ["endpoint", "keys", undefined]) {
  test(`a refusal of ${field ?? "what is not said"} is no name's, and leaves none out`, async () => {
    const { means, server, has } = strict([named("Russia")], { state: { ticket: null }, rows: [], push: {} });
    server.failing.subscribe = refused(400, "malformed", field);
    const { how, trouble } = await ensure(means);
    assert.deepEqual([how, trouble.code, trouble.message, has()], ["polling", "malformed", "No.", []]);
    assert.equal(server.log.filter((name) => name === "subscribe").length, 1);
  });
}

test("where nothing is left that the server takes, it rings for nothing any more", async () => {
  const { means, store, has } = strict([YEAR]);
  const standing = await ensure(means);
  await endLeft(means);
  assert.deepEqual([has(), store.state.ticket, store.state.following], [[], null, [YEAR]]);
  assert.deepEqual([standing.how, standing.trouble.message], ["polling", "۱۴۰۳"]);
  assert.equal((await ensure(means)).trouble.message, "۱۴۰۳");

  store.state.following.push(topic("Russia"));
  assert.equal((await ensure(means)).how, "push");
  assert.deepEqual(has(), [["russia"]]);
});

test("more names than a sentence has room for are named in part", async () => {
  const many = [1, 2, 3, 4, 5, 6].map((number) => named(`Ferry ${number}`));
  const { means } = strict([topic("Ukraine"), NEWER, ...many]);
  assert.equal((await ensure(means)).trouble.message, "Sea ice, Ferry 1, Ferry 2, Ferry 3, Ferry 4, …");
});

test("a refusal of something else is said in the server's words", async () => {
  const { means, server } = strict([topic("Ukraine")]);
  server.isName = () => false;
  assert.equal((await ensure(means)).trouble.code, "malformed");
});

test("names that are refused and topics that are too many: the rest gets through", async () => {
  const waiting = Array.from({ length: 11 }, (_, at) => named(`Waiting ${at + 1}`));
  const listed = { name: "Ukraine", slug: "ukraine", aliases: [], articles: 1 };
  const { means, server, has } = strict([topic("Ukraine"), YEAR, ...waiting], {
    topics: async () => [listed],
  });
  server.isTooMany = (all) => all.filter((name) => name !== "ukraine").length > 10;
  assert.equal((await ensure(means)).trouble.code, "unusable_names");
  assert.deepEqual(has(), [["ukraine", ...waiting.slice(0, 9).map(({ name }) => name)]]);
});
