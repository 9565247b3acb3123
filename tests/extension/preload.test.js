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

test("the popup fetches all its modules at once, not one after another", () => {
  const page = readFileSync(new URL("popup.html", ROOT), "utf8");
  const preloaded = [...page.matchAll(/rel="modulepreload" href="([^"]+)"/g)].map(([, path]) => path);
  assert.deepEqual(preloaded.sort(), [...closure("src/popup/main.js")].sort());
});
