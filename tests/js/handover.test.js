import assert from "node:assert/strict";
import { test } from "node:test";
import { handOver, wishIn } from "../../server/newsbell/web/static/js/handover.js";
import { failing, fakeServer, refused, TICKET } from "./fakes.js";

const HASH = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const FIREFOX = "moz-extension://2f1ad9a5-0e4e-4ea8-9d6c-6f1f8f0f3f10/done.html";
const CHROMIUM = "chrome-extension://jnhclmpcdpcgomfpbiobmamghiiohamk/done.html";

const query = (link, back) => `?${new URLSearchParams({ topics: "russia", link, back })}`;

test("an extension's own page may ask", () => {
  assert.deepEqual(wishIn(query(HASH, FIREFOX)), { hash: HASH, back: FIREFOX });
  assert.deepEqual(wishIn(query(HASH, CHROMIUM)), { hash: HASH, back: CHROMIUM });
});

test("a page that nobody sent an extension to is asked nothing", () => {
  assert.equal(wishIn(""), null);
  assert.equal(wishIn("?topics=russia"), null);
  assert.equal(wishIn(`?link=${HASH}`), null);
  assert.equal(wishIn(`?back=${encodeURIComponent(FIREFOX)}`), null);
});

const elsewhere = [
  "https://evil.example/done.html",
  "javascript:alert(1)//moz-extension://x/done.html",
  "data:text/html,moz-extension://x/done.html",
  ` ${FIREFOX}`,
  `${FIREFOX}?code=mine`,
  `${FIREFOX}#done.html`,
  `${FIREFOX}\n`,
  FIREFOX.replace("done", "options"),
  FIREFOX.replace("/done", "/x/done"),
  FIREFOX.replace("moz", "MOZ"),
  FIREFOX.replace("moz", "https://evil.example/moz"),
  "moz-extension://me@evil.example/done.html",
  "moz-extension://evil.example/done.html",
  "moz-extension:///done.html",
  "ms-browser-extension://x/done.html",
];
for (const back of elsewhere) {
  test(`${JSON.stringify(back)} is no way back`, () => assert.equal(wishIn(query(HASH, back)), null));
}

for (const hash of [HASH.slice(1), `${HASH}A`, `${HASH.slice(1)}=`, `${HASH.slice(1)}é`, `${HASH}\n`]) {
  test(`${JSON.stringify(hash)} is no hash`, () => assert.equal(wishIn(query(hash, FIREFOX)), null));
}

test("the code goes to the extension's page, made for the extension's hash", async () => {
  const server = fakeServer({ offerLink: () => "nbl_a&b" });
  assert.equal(await handOver({ hash: HASH, back: FIREFOX }, TICKET, server), `${FIREFOX}?code=nbl_a%26b`);
  assert.deepEqual(server.log, [["offerLink", TICKET, HASH]]);
});

test("without a code there is no way back", async () => {
  const server = fakeServer({ offerLink: failing(refused()) });
  await assert.rejects(handOver({ hash: HASH, back: FIREFOX }, TICKET, server), { code: "refused" });
});
