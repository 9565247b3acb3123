import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const ROOT = new URL("../../extension/", import.meta.url);
const read = (path) => readFileSync(new URL(path, ROOT), "utf8");
const files = readdirSync(ROOT, { recursive: true });
const scripts = files.filter((path) => path.endsWith(".js"));
const pages = files.filter((path) => path.endsWith(".html"));
const manifest = JSON.parse(read("manifest.json"));
const code = (path) =>
  read(path)
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/^\s*\/\/.*$/gm, "");

test("installing asks for nothing that shows a warning", () => {
  assert.deepEqual(manifest.permissions, ["activeTab", "alarms", "contextMenus", "scripting", "storage"]);
  assert.deepEqual(manifest.optional_permissions, ["notifications"]);
  assert.equal(manifest.host_permissions, undefined);
  assert.equal(manifest.content_scripts, undefined);
});

test("one file names the browser", () => {
  const naming = scripts.filter((path) => /\b(chrome|browser)\b\s*[.?]/.test(code(path)));
  assert.deepEqual(naming, ["src/platform.js"]);
});

test("pages are built without markup from text, and no code comes from a text or from elsewhere", () => {
  const forbidden =
    /innerHTML|outerHTML\s*=|insertAdjacentHTML|document\.write|\beval\(|new Function|importScripts|DOMParser/;
  for (const path of scripts) assert.doesNotMatch(code(path), forbidden, path);
  for (const path of scripts) {
    for (const [, from] of code(path).matchAll(/(?:\bfrom |\bimport\(|^import )"([^"]+)"/gm))
      assert.match(from, /^\.{1,2}\//);
  }
  for (const path of pages) {
    assert.doesNotMatch(read(path), /<script(?![^>]*src=)|\son\w+=|\sstyle=|https?:/, path);
  }
});

test("no pattern is tried anew from each place in a run of white space, of which a page may have any", () => {
  const worn = /(?<=[(=,:?[]\s*)\/\\s[*+](?![/+*?])[^\n]*/g;
  for (const path of scripts) assert.deepEqual(code(path).match(worn), null, path);
});

test("plain http servers are reached, and nothing but this extension's own files runs", () => {
  const policy = manifest.content_security_policy.extension_pages;
  assert.doesNotMatch(policy, /upgrade-insecure-requests|unsafe/);
  assert.match(policy, /default-src 'none'.*script-src 'self'.*connect-src http: https:/);
});

test("every file the manifest and the pages name is there", () => {
  const named = [
    ...Object.values(manifest.icons),
    ...Object.values(manifest.action.default_icon),
    manifest.action.default_popup,
    manifest.options_ui.page,
    manifest.background.service_worker,
    ...manifest.background.scripts,
    ...manifest.web_accessible_resources.flatMap(({ resources }) => resources),
    ...pages.flatMap((path) => [...read(path).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file)),
  ];
  assert.deepEqual(
    named.filter((path) => !existsSync(new URL(path, ROOT))),
    [],
  );
});

test("each icon is a square PNG of the size that it is named for", () => {
  const named = { ...manifest.icons, ...manifest.action.default_icon };
  const icons = files.filter((path) => path.startsWith("icons/"));
  assert.deepEqual(icons.sort(), [...new Set(Object.values(named))].sort());
  for (const [size, path] of Object.entries(named)) {
    assert.equal(path, `icons/bell-${size}.png`);
    const png = readFileSync(new URL(path, ROOT));
    assert.equal(png.toString("latin1", 1, 4), "PNG");
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [Number(size), Number(size)], path);
  }
});

test("both browsers run the same background", () => {
  const { service_worker, scripts: listed, type } = manifest.background;
  assert.deepEqual([listed, type], [[service_worker], "module"]);
});

test("Android is not claimed: its Firefox has neither menus nor commands, and nothing is tested there", () => {
  assert.deepEqual(Object.keys(manifest.browser_specific_settings), ["gecko"]);
});

test("every field has a label, and every page says its words by key", () => {
  for (const path of pages) {
    const text = read(path);
    for (const [, id] of text.matchAll(/<input id="([\w-]+)"/g))
      assert.ok(text.includes(`for="${id}"`), `${path}: ${id}`);
    for (const [button] of text.matchAll(/<button[^>]*>[^<]*</g))
      assert.match(button, /data-t="\w+"[^>]*><$/);
  }
});

test("each popup id a script looks up is in a page or built by a script", () => {
  const built = new Set(
    [...pages, ...scripts].flatMap((path) =>
      [...read(path).matchAll(/\bid(?:=|: )"([\w-]+)"/g)].map(([, id]) => id),
    ),
  );
  const wanted = scripts.flatMap((path) =>
    [...code(path).matchAll(/byId\("([\w-]+)"\)/g)].map(([, id]) => id),
  );
  assert.ok(wanted.length > 20);
  assert.deepEqual(
    wanted.filter((id) => !built.has(id)),
    [],
  );
});
