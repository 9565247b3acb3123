import assert from "node:assert/strict";
import { test } from "node:test";
import {
  feedAddress,
  isSecure,
  safeAddress,
  serverAddress,
  subscribeAddress,
} from "../../extension/src/address.js";
import { opmlOf } from "../../extension/src/feed/opml.js";

test("an address is taken as people type it", () => {
  for (const [typed, kept] of [
    ["news.example.org", "https://news.example.org"],
    [" https://news.example.org/ ", "https://news.example.org"],
    ["http://192.168.1.20:8080/", "http://192.168.1.20:8080"],
    ["192.168.1.20:8080", "http://192.168.1.20:8080"],
    ["localhost:8080", "http://localhost:8080"],
    ["https://example.org/newsbell/", "https://example.org/newsbell"],
    ["https://example.org/newsbell/api/v1", "https://example.org/newsbell"],
    ["https://example.org/?x=1#y", "https://example.org"],
  ]) {
    assert.equal(serverAddress(typed), kept);
  }
});

test("what is no address of a server is refused", () => {
  for (const typed of [
    "",
    "  ",
    "javascript:alert(1)",
    "ftp://example.org",
    "file:///etc/passwd",
    "https://a:b@example.org",
    "http://",
  ]) {
    assert.equal(serverAddress(typed), null, typed);
  }
});

test("push needs https, or this very device", () => {
  for (const yes of ["https://news.example", "http://localhost:8080", "http://127.0.0.1:8080"])
    assert.ok(isSecure(yes));
  for (const no of ["http://192.168.1.20:8080", "http://news.example"]) assert.ok(!isSecure(no));
});

test("feeds of several topics have one address", () => {
  assert.equal(
    feedAddress("https://n.example", ["ukraine", "russia", "russia"], "rss"),
    "https://n.example/feeds/russia+ukraine.rss",
  );
  assert.equal(
    feedAddress("https://n.example", ["c-plus-plus", "世界"], "json"),
    "https://n.example/feeds/c-plus-plus+%E4%B8%96%E7%95%8C.json",
  );
});

test("only pages of the web are opened", () => {
  const home = "https://n.example/";
  assert.equal(
    safeAddress("https://n.example/articles/1/x", "https://n.example"),
    "https://n.example/articles/1/x",
  );
  for (const bad of ["javascript:alert(1)", "data:text/html,x", "file:///x", "x", null, {}]) {
    assert.equal(safeAddress(bad, "https://n.example"), home);
  }
});

test("the way to the server's page names topics, the hash and the way back", () => {
  const address = new URL(
    subscribeAddress("http://localhost:8080", {
      topics: ["russia", "ferries"],
      hash: "h",
      back: "moz-extension://x/done.html",
    }),
  );
  assert.equal(address.pathname, "/subscribe");
  assert.deepEqual(Object.fromEntries(address.searchParams), {
    topics: "russia,ferries",
    link: "h",
    back: "moz-extension://x/done.html",
  });
});

test("a topic's name with a comma in it stays one topic", () => {
  const topics = ["Washington, D.C.", "russia", "Fish, chips & peas"];
  const query = new URL(subscribeAddress("http://localhost:8080", { topics, hash: "h", back: "b" }))
    .searchParams;
  assert.deepEqual(query.getAll("topic"), ["Washington, D.C.", "Fish, chips & peas"]);
  assert.equal(query.get("topics"), "russia");
});

test("OPML is well formed whatever a topic is called", () => {
  const opml = opmlOf([{ name: 'R&D <"x">\u0000', slug: "r-and-d" }], "https://n.example", "Topics & more");
  assert.match(opml, /text="R&amp;D &lt;&quot;x&quot;&gt;"/);
  assert.match(opml, /xmlUrl="https:\/\/n\.example\/feeds\/r-and-d\.rss"/);
  assert.match(opml, /<title>Topics &amp; more<\/title>/);
});
