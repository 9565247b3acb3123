/** The page that the server's page comes back to: it hands the code to the background and says what came of it. */

import { ask } from "./ask.js";
import { tabs } from "./platform.js";
import { byId } from "./popup/dom.js";
import { troubleWords } from "./sayings.js";
import { readState } from "./state.js";
import { listOf, localise, t } from "./words.js";

localise(document);
byId("close").addEventListener("click", async () => {
  const tab = await tabs.getCurrent();
  if (tab?.id !== undefined) await tabs.remove(tab.id);
});
await finish();

async function finish() {
  const code = new URLSearchParams(location.search).get("code") ?? "";
  const result = await ask("claim", { code }).catch((error) => error.trouble);
  if (result === "linked") {
    const { following } = await readState();
    say(t("done_title"), t("done_linked", listOf(following.map(({ name }) => name))));
  } else if (result === "nothing") say(t("done_nothing_title"), t("done_nothing"));
  else say(t("done_failed_title"), troubleOfClaim(result));
}

/** @param {import("./state.js").Trouble} trouble */
function troubleOfClaim(trouble) {
  return trouble.code === "not_found" ? t("done_not_ours") : troubleWords(trouble);
}

/**
 * @param {string} title
 * @param {string} words
 */
function say(title, words) {
  document.title = title;
  byId("title").textContent = title;
  byId("words").textContent = words;
  byId("title").focus();
}
