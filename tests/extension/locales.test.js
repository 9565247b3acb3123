import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const ROOT = new URL("../../extension/", import.meta.url);
const read = (path) => readFileSync(new URL(path, ROOT), "utf8");
const messages = (locale) => JSON.parse(read(`_locales/${locale}/messages.json`));
const sources = () =>
  readdirSync(ROOT, { recursive: true })
    .filter((path) => /\.(js|html)$|^manifest\.json$/.test(path))
    .map(read)
    .join("\n");

const ENGLISH = messages("en");
const insertions = (text) => [...new Set(text.match(/\$\d/g) ?? [])].sort();

test("every locale has every string, with the same insertions", () => {
  const locales = readdirSync(new URL("_locales/", ROOT));
  assert.deepEqual(locales.sort(), ["de", "en", "uk"]);
  for (const locale of locales) {
    const own = messages(locale);
    assert.deepEqual(Object.keys(own).sort(), Object.keys(ENGLISH).sort(), locale);
    for (const [key, { message }] of Object.entries(own)) {
      assert.ok(message.trim(), `${locale}: ${key} is empty`);
      assert.deepEqual(insertions(message), insertions(ENGLISH[key].message), `${locale}: ${key}`);
    }
  }
});

test("every string asked for is there", () => {
  const text = sources();
  const asked = [
    ...text.matchAll(/\bt\(\s*"(\w+)"/g),
    ...text.matchAll(/data-t(?:-label)?="(\w+)"/g),
    ...text.matchAll(/__MSG_(\w+?)__/g),
  ].map(([, key]) => key);
  assert.ok(asked.length > 50);
  assert.deepEqual(
    asked.filter((key) => !Object.hasOwn(ENGLISH, key)),
    [],
  );
});

test("no string is left over", () => {
  const text = sources();
  const unused = Object.keys(ENGLISH).filter((key) => !new RegExp(`"${key}"|__MSG_${key}__`).test(text));
  assert.deepEqual(unused, []);
});

test("a locale names itself, so that dates and lists follow its rules", () => {
  for (const locale of ["de", "en", "uk"]) assert.equal(messages(locale).language.message, locale);
});
