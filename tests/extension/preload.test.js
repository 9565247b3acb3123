import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const ROOT = new URL("../../extension/", import.meta.url);
const IMPORT = /^(?:import|export)[\s\S]*?from "([^"]+)";/gm;

/** The modules a script imports, and those they import, each once. */
function closure(path, found = new Set()) {
  const here = new URL(path, ROOT);
  const code = readFileSync(here, "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
  for (const [, from] of code.matchAll(IMPORT)) {
    const next = new URL(from, here).href.slice(ROOT.href.length);
    if (!found.has(next)) closure(next, found.add(next));
  }
  return found;
}

const page = readFileSync(new URL("popup.html", ROOT), "utf8");
const named = [...page.matchAll(/(?:rel="modulepreload" href|<script type="module" src)="([^"]+)"/g)];

test("the popup fetches all that it shows first at once, not one after another", () => {
  const fetched = named.map(([, path]) => path);
  assert.deepEqual(fetched.sort(), ["src/popup/main.js", ...closure("src/popup/main.js")].sort());
});

for (const [part, more] of [
  ["prompt", ["address", "popup/choices", "topics/names"]],
  ["unsent", ["save/waiting"]],
]) {
  test(`the part "${part}", where it is shown first, waits for no more than it needs`, () => {
    const there = new Set(["src/popup/main.js", ...closure("src/popup/main.js")]);
    const late = [...closure(`src/popup/${part}_part.js`)].filter((path) => !there.has(path));
    assert.deepEqual(
      late.sort(),
      more.map((name) => `src/${name}.js`),
    );
  });
}

test("what is known is shown without the modules that read, match and save the page", () => {
  const late = closure("src/popup/tab.js");
  const first = closure("src/popup/main.js");
  const reading = [...late].filter((path) => /^src\/page\/|match|recognise|save_part/.test(path));
  assert.equal(reading.length, 7);
  for (const path of reading) assert.ok(!first.has(path), path);
});
