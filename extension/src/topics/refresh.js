/** Keeping the server's topics at hand, and asking for them seldom: every reader of a server does. */

import { exclusively } from "../platform.js";
import { serverAt } from "../server.js";
import { changeState, readState } from "../state.js";

/**
 * Ask for the server's topics, unless it was asked within so many milliseconds.
 * @param {number} [within]
 */
export function refreshTopics(within = 0) {
  return exclusively("newsbell topics", async () => {
    const { server, catalogue, catalogueSeen } = await readState();
    const held = catalogue?.server === server ? catalogue : null;
    const age = Date.now() - catalogueSeen;
    if (held && age >= 0 && age < within) return;
    const answer = await serverAt(server).topics(held);
    const now = Date.now();
    await changeState((state) => {
      if (state.server !== server) return {};
      if (answer === "unchanged") return { catalogueSeen: now };
      return { catalogueSeen: now, catalogue: { server, at: now, ...answer } };
    });
  });
}
