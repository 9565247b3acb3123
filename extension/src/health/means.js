/** `ensure` in this browser: its push service, its permissions, its storage; one at a time. */

import { lookAtFeed } from "../feed/look.js";
import { exclusively, maySayThings, pushesItself } from "../platform.js";
import { serverAt } from "../server.js";
import { changeState, readState } from "../state.js";
import { refreshTopics } from "../topics/refresh.js";
import { setAlarms } from "./alarms.js";
import { endLeft, ensure } from "./ensure.js";
import { push } from "./push.js";

/** @returns {Promise<import("../state.js").Standing>} */
export function ensureHere() {
  return exclusively("newsbell ensure", async () => {
    /** @type {import("./ensure.js").Means} */
    const means = {
      serverAt,
      push,
      pushesItself,
      allowed: maySayThings,
      read: readState,
      change: changeState,
      topics: async () => {
        await refreshTopics();
        return (await readState()).catalogue?.topics ?? [];
      },
      now: Date.now,
      late: () => void ensureHere(),
    };
    const standing = await ensure(means);
    void endLeft(means); // waited for by nobody
    await setAlarms(standing, await readState());
    await lookAtFeed();
    return standing;
  });
}
