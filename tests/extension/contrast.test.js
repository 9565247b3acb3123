import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const STYLE = readFileSync(new URL("../../extension/style.css", import.meta.url), "utf8");
const [light, dark] = [...STYLE.matchAll(/:root \{([^}]+)\}/g)].map(([, block]) => colours(block));
const SCHEMES = { light, dark: { ...light, ...dark } };

const ON_PAGE = ["paper", "surface"];
/** Each text colour with the grounds it stands on. */
const TEXTS = {
  ink: ON_PAGE,
  muted: ON_PAGE,
  accent: ON_PAGE,
  "accent-strong": ON_PAGE,
  "on-accent": ["accent", "accent-strong"],
  bad: [...ON_PAGE, "bad-ground"],
  good: [...ON_PAGE, "good-ground"],
};
/** What shows where a control is, and that it has the focus. */
const EDGES = { edge: ON_PAGE, focus: [...ON_PAGE] };

function colours(block) {
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, to]) => [name, to]),
  );
}

/** Relative luminance (WCAG 2.2). */
function luminance(colour) {
  const parts = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
  const [red, green, blue] = parts.map((part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast ratio (WCAG 2.2), from 1 to 21. */
export function contrast(one, other) {
  const [dim, bright] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (bright + 0.05) / (dim + 0.05);
}

test("the measure is that of WCAG", () => {
  assert.equal(contrast("#000000", "#ffffff"), 21);
  assert.equal(contrast("#777777", "#ffffff").toFixed(2), "4.48");
});

for (const [scheme, palette] of Object.entries(SCHEMES)) {
  for (const [pairs, least] of [
    [TEXTS, 4.5],
    [EDGES, 3],
  ]) {
    for (const [colour, grounds] of Object.entries(pairs)) {
      test(`${colour} reaches ${least}:1, ${scheme}`, () => {
        for (const ground of grounds) {
          const found = contrast(palette[colour], palette[ground]);
          assert.ok(found >= least, `on ${ground}: ${found.toFixed(2)}`);
        }
      });
    }
  }
}

test("every text colour of the pages is measured, and none is half transparent", () => {
  const used = [...STYLE.matchAll(/(?:^|[\s;])color: var\(--([\w-]+)\)/g)].map(([, name]) => name);
  assert.deepEqual(
    [...new Set(used)].filter((name) => !(name in TEXTS)),
    [],
  );
  assert.ok(used.length > 5);
  assert.doesNotMatch(STYLE, /opacity/);
});

test("directions are logical, so that a page reads as well from the right", () => {
  assert.doesNotMatch(
    STYLE,
    /(?:margin|padding|border)-(?:left|right|top|bottom)|(?:^|[\s;])(?:left|right|top|bottom|width|height):|text-align: (?:left|right)|float:/,
  );
});
