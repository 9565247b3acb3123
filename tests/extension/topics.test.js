import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { readPage } from "../../extension/src/page/read.js";
import { lookup, suggest } from "../../extension/src/topics/catalogue.js";
import { topicsOf } from "../../extension/src/topics/match.js";
import { cleanName, fold } from "../../extension/src/topics/names.js";
import { fetchTable } from "../../extension/src/topics/table.js";

await fetchTable();

const known = (name, aliases = [], articles = 1) => ({
  name,
  slug: fold(name).replaceAll(" ", "-"),
  aliases,
  articles,
});
const KNOWN = [
  known("Russia", ["Russian Federation", "Росія"]),
  known("Ukraine", ["Україна"]),
  known("WHO"),
  known("C"),
  known("C++"),
  known("China", ["中国"]),
  known("Climate change"),
];
const raw = (more = {}) => ({
  url: "https://paper.example/ferry",
  title: "Ferry returns | Paper",
  lang: "en",
  metas: [],
  ld: [],
  tagLinks: [],
  topicLinks: [],
  headings: [],
  paragraphs: [],
  lines: [],
  articleElement: false,
  ...more,
});
const ld = (value) => JSON.stringify({ "@type": "NewsArticle", headline: "Ferry returns", ...value });
const names = (given, catalogue = KNOWN) => topicsOf(readPage(raw(given)), catalogue).map(({ name }) => name);

test("keywords in JSON-LD are topics, under the server's names where it has them", () => {
  assert.deepEqual(names({ ld: [ld({ keywords: ["russian federation", "Ferries"] })] }), [
    "Russia",
    "Ferries",
  ]);
});

for (const [what, given] of Object.entries({
  "JSON-LD in a graph": {
    ld: [JSON.stringify({ "@graph": [JSON.parse(ld({ keywords: "Russia, Ukraine" }))] })],
  },
  "JSON-LD about": { ld: [ld({ about: [{ "@type": "Place", name: "Russia" }, { name: "Ukraine" }] })] },
  news_keywords: { metas: [["news_keywords", "Russia,Ukraine"]] },
  "article:tag": {
    metas: [
      ["article:tag", "Russia"],
      ["article:tag", "Ukraine"],
    ],
  },
  "keywords on lines of their own": { metas: [["keywords", "\n    Russia ,\n\t Ukraine ;;\n "]] },
  "a Topics line": { lines: ["Topics: Russia, Ukraine"] },
  "rel=tag links": { tagLinks: ["Russia", "Ukraine"] },
})) {
  test(`topics declared by ${what} are found`, () => assert.deepEqual(names(given), ["Russia", "Ukraine"]));
}

test("known topics are recognised in the title, in any script, whole words only", () => {
  const title = (text, lang = "en") => names({ headings: [text], lang });
  assert.deepEqual(title("Russia's fleet sails"), ["Russia"]);
  assert.deepEqual(title("Prussian porcelain"), []);
  assert.deepEqual(title("Росія і Україна домовились", "uk"), ["Russia", "Ukraine"]);
  assert.deepEqual(title("中国的渡轮"), ["China"]);
  assert.deepEqual(title("C++ turns forty"), ["C++"]);
});

test("a name in capitals is one only in capitals", () => {
  assert.deepEqual(names({ headings: ["WHO warns of flu"] }), ["WHO"]);
  assert.deepEqual(names({ headings: ["Who warns of flu"] }), []);
  assert.deepEqual(names({ headings: ["MAN WHO SAILED HOME"] }), []);
});

test("one mention deep in the text is not what an article is about; four are", () => {
  const text = (times) => ["A ferry sails.", ...Array.from({ length: times }, () => "It met Ukraine there.")];
  assert.deepEqual(names({ paragraphs: text(1) }), []);
  assert.deepEqual(names({ paragraphs: text(4) }), ["Ukraine"]);
});

test("codes, addresses, sentences, the site and what every page carries are no topics", () => {
  const keywords = [
    "news",
    "https://x.example",
    "123456",
    "a1b2c3d4e5f6a7b8c9d0",
    "The ferry came back. All is well now.",
    "Paper",
  ];
  assert.deepEqual(names({ ld: [ld({ keywords })], metas: [["og:site_name", "Paper"]] }), []);
});

test("a site's own row of keywords, none of them in the text, is not believed", () => {
  const site = "Alpha,Beta,Gamma,Delta,Epsilon,Zeta,Eta,Theta";
  assert.deepEqual(names({ metas: [["keywords", site]] }), []);
  assert.deepEqual(names({ metas: [["keywords", site]], paragraphs: [`${site}.`] }).length, 8);
});

test("a page without an article is told from one with", () => {
  assert.equal(readPage(raw()).isArticle, false);
  assert.equal(readPage(raw({ ld: [ld({})] })).isArticle, true);
  assert.equal(readPage(raw({ metas: [["og:type", "article"]] })).isArticle, true);
  assert.equal(readPage(raw({ paragraphs: Array(9).fill("x".repeat(80)) })).isArticle, true);
});

test("a page may say anything and breaks nothing", () => {
  const nested = JSON.parse(`${"[".repeat(50)}${"]".repeat(50)}`);
  for (const given of [
    null,
    "text",
    7,
    [],
    { metas: "x", ld: [7, "{", "null", "[]"], paragraphs: [null, {}], lines: {}, url: {} },
    { ld: [JSON.stringify(nested), '{"@type":"NewsArticle","keywords":{"__proto__":[1]},"headline":{}}'] },
    {
      metas: [["__proto__", "x"], ["constructor", "y"], null, [1, 2], ["keywords", "__proto__, constructor"]],
    },
  ]) {
    const page = readPage(given);
    assert.ok(Array.isArray(topicsOf(page, KNOWN)));
  }
  const builtin = { metas: [["keywords", "constructor, toString"]], paragraphs: ["constructor toString"] };
  assert.deepEqual(names(builtin), ["constructor", "toString"]);
});

test("patterns that take the square of a text are asked of short ones only", () => {
  const lengths = [];
  const asked = RegExp.prototype.test;
  RegExp.prototype.test = function (text) {
    if (this.source.includes(String.raw`\d{4,}`)) lengths.push(text.length);
    return asked.call(this, text);
  };
  try {
    for (const long of ["1", "-"].map((one) => one.repeat(999)))
      assert.deepEqual(names({ metas: [["keywords", `Russia,${long}`]] }), ["Russia"]);
  } finally {
    RegExp.prototype.test = asked;
  }
  assert.deepEqual(lengths, [6, 6]);
});

test("topics are looked up by name, alias and slug, and completed by their beginnings", () => {
  const find = lookup(KNOWN);
  assert.equal(find("RUSSIAN  federation").name, "Russia");
  assert.equal(find("climate-change").name, "Climate change");
  assert.equal(find("nothing"), undefined);
  const busy = [known("Ukraine", [], 3), known("United Kingdom", [], 9), known("Trade unions")];
  assert.deepEqual(
    suggest(busy, "u").map(({ name }) => name),
    ["United Kingdom", "Ukraine", "Trade unions"],
  );
  assert.deepEqual(suggest(busy, " "), []);
});

// tests/domain/test_topics.py asks the server the same: a name that it takes for none stops what it is told with it.
for (const [text, name] of JSON.parse(
  readFileSync(new URL("../topic_names.json", import.meta.url), "utf8"),
)) {
  test(`the server's name for ${JSON.stringify(text)}`, () => assert.equal(cleanName(text), name));
}
