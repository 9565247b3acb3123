/** "Send me a test": by the server where it rings, else by the extension that rings from the feed. */

import { show } from "./feed/ring.js";
import { ensureHere } from "./health/means.js";
import { ringsByFeed } from "./health/next.js";
import { maySayThings } from "./platform.js";
import { Hindered, RefusedByServer, serverAt } from "./server.js";
import { readState } from "./state.js";
import { t } from "./words.js";

export async function sendTest() {
  const { server, ticket, standing } = await readState();
  if (!ticket) {
    if (!ringsByFeed(standing.how) || !(await maySayThings())) throw new Hindered("unallowed");
    await show({
      title: t("test_title"),
      body: t("test_body"),
      tag: "newsbell-test",
      lang: t("language"),
      address: `${server}/`,
    });
    return;
  }
  try {
    await serverAt(ticket.server).sendTest(ticket);
  } catch (error) {
    if (!(error instanceof RefusedByServer && error.isUnknown)) throw error;
    // A test is how a dead endpoint comes out: the server has forgotten it now, and a new one is made.
    const { trouble } = await ensureHere();
    throw new Hindered(trouble?.code ?? "subscription_gone");
  }
}
