import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { readPage } from "../../extension/src/page/read.js";
import { topicsOf } from "../../extension/src/topics/match.js";
import { recognise } from "../../extension/src/topics/recognise.js";
import { fetchTable } from "../../extension/src/topics/table.js";

// Cases that server and extension answer alike; tests/domain/test_recognition_cases.py asks the server the same.
const CASES = JSON.parse(readFileSync(new URL("../recognition_cases.json", import.meta.url), "utf8"));
const FILLING = Array(3).fill("The council met again and talked for hours about other things entirely.");

const topicOf = (/** @type {string | string[]} */ given) => {
  const [name, ...aliases] = [given].flat();
  return { name, slug: name, aliases, articles: 1 };
};

/** What it `says` in each of four parts of the text, and what it says `once` after the first paragraph. */
function pageOf({ title, language, says, once, summary = "" }) {
  const paragraphs = Array.from({ length: 4 }, () => [says, ...FILLING]).flat();
  if (once) paragraphs.splice(2, 0, once);
  return { title, summary, lang: language, paragraphs };
}

const namesIn = (page, topics) => recognise(page, topics.map(topicOf)).map(({ name }) => name);

test("before the table is there, topics are found by their names and nothing breaks", () => {
  const page = pageOf({ title: "Deutschland und Lake Orvel", language: "de", says: "Lake Orvel ruht." });
  assert.deepEqual(namesIn(page, ["Germany", "Lake Orvel"]), ["Lake Orvel"]);
});

test("what was found before the table was there is looked for again", async () => {
  const known = [topicOf("Ukraine")];
  const page = readPage({ lang: "uk", headings: ["Фермери України чекають"] });
  assert.deepEqual(topicsOf(page, known), []);
  await fetchTable();
  assert.deepEqual(topicsOf(page, known), known);
});

for (const given of CASES) {
  test(`the extension finds, as the server does: ${given.title} for ${given.topics}`, async () => {
    await fetchTable();
    assert.deepEqual(namesIn(pageOf(given), given.topics), given.found);
  });
}

test("a page with a language of no such name, or of a built-in's, is read all the same", async () => {
  await fetchTable();
  for (const lang of ["xx", "constructor", "__proto__", "de-AT", "UK"]) {
    const page = pageOf({ title: "Україна чекає", language: lang, says: "Україна чекає." });
    assert.deepEqual(namesIn(page, ["Ukraine", "Russia"]), ["Ukraine"], lang);
  }
});
