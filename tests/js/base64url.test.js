import assert from "node:assert/strict";
import { test } from "node:test";
import { fromBase64url, toBase64url } from "../../server/newsbell/web/static/js/base64url.js";

test("all bytes come back as they went, without padding or signs that URLs escape", () => {
  for (const length of [0, 1, 2, 3, 65, 256]) {
    const bytes = Uint8Array.from({ length }, (_, at) => 255 - at);
    const text = toBase64url(bytes.buffer);
    assert.match(text, /^[\w-]*$/);
    assert.equal(text, Buffer.from(bytes).toString("base64url"));
    assert.deepEqual(fromBase64url(text), bytes);
  }
});
