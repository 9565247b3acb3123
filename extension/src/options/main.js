/** The options: which server, an editor's token, a test, the end of everything, and settings as a file. */

import { serverAddress, subscriptionAddress } from "../address.js";
import { ask, Failed } from "../ask.js";
import { askToSendPages, permissions } from "../platform.js";
import { byId, h, link, offerFile, onceAtATime, say, show } from "../popup/dom.js";
import { onceWords, standingWords, troubleWords } from "../sayings.js";
import { exported, readSettings } from "../settings.js";
import { onStateChange, readState, writeState } from "../state.js";
import { listOf, localise, t } from "../words.js";

/** The last press by the region where its outcome is said. @type {Map<string, symbol>} */
const latest = new Map();

localise(document);
const address = /** @type {HTMLInputElement} */ (byId("address"));
const token = /** @type {HTMLInputElement} */ (byId("token"));
listen();
const { server } = await readState();
if (address.value === "") address.value = server; // or else something was typed meanwhile
await paint();
onStateChange(() => void paint());
await ask("opened").catch(() => undefined);

function listen() {
  byId("server-form").addEventListener("submit", (event) => {
    event.preventDefault();
    void withWords("server-said", checkServer);
  });
  byId("allow-server").addEventListener("click", allowServer);
  byId("token-form").addEventListener("submit", (event) => {
    event.preventDefault();
    // Asked in the same turn as the press: browsers answer no one else.
    const consent = askToSendPages();
    void withWords("token-said", () => keepToken(consent));
  });
  const buttons = {
    "forget-token": () => withWords("token-said", forgetToken),
    test: () => withWords("test-said", test),
    stop: () => withWords("stop-said", stop),
    export: () => withWords("settings-said", exportSettings),
  };
  for (const [id, action] of Object.entries(buttons)) byId(id).addEventListener("click", onceAtATime(action));
  byId("import").addEventListener("change", () => void withWords("settings-said", importSettings));
}

async function paint() {
  const { standing, apiToken, following } = await readState();
  const words = [standingWords(standing), standing.trouble && troubleWords(standing.trouble)];
  say(byId("standing"), words.filter(Boolean).join(" "));
  byId("topics").textContent =
    following.length > 0 ? t("follows", listOf(following.map(({ name }) => name))) : t("follows_none");
  byId("token-kept").hidden = apiToken === "";
  show(byId("forget-token"), apiToken !== "", token);
}

/** @typedef {[string, "good" | "bad"]} Outcome */

/**
 * Say what came of an action, unless another was begun meanwhile whose outcome is said there.
 * @param {string} region
 * @param {() => Promise<Outcome>} action
 */
async function withWords(region, action) {
  const press = Symbol(region);
  latest.set(region, press);
  const outcome = await action().catch(failed);
  if (latest.get(region) === press) say(byId(region), ...outcome);
}

/**
 * @param {unknown} error
 * @returns {Outcome}
 */
function failed(error) {
  if (!(error instanceof Failed)) throw error;
  return [onceWords(error.trouble), "bad"];
}

/** @returns {Promise<Outcome>} */
async function checkServer() {
  say(byId("server-said"), t("checking"));
  const asked = address.value;
  const answer = await ask("useServer", { address: asked });
  if ("trouble" in answer) {
    const silent = answer.trouble.code === "away";
    byId("allow-server").hidden = !silent;
    return [silent ? t("server_no_answer") : onceWords(answer.trouble), "bad"];
  }
  byId("allow-server").hidden = true;
  if (address.value === asked) address.value = answer.server;
  return [t("server_found", answer.about.version), "good"];
}

/** A proxy before the server may drop the header that lets anybody call it; a permission makes up for that. */
function allowServer() {
  const server = serverAddress(address.value);
  if (!server) return;
  const { protocol, hostname } = new URL(server); // a pattern with a port matches nothing in Firefox
  permissions.request({ origins: [`${protocol}//${hostname}/*`] }).then((allowed) => {
    if (allowed) void withWords("server-said", checkServer);
  });
}

/**
 * @param {Promise<boolean>} consent
 * @returns {Promise<Outcome>}
 */
async function keepToken(consent) {
  const given = token.value.trim();
  token.value = "";
  if (!given) return [t("token_empty"), "bad"];
  if (!(await consent)) return [t("trouble_no_consent"), "bad"];
  const trouble = await ask("useToken", { token: given });
  if (!trouble) return [t("token_kept_now"), "good"];
  if (trouble.code === "other_server") return [t("token_other_server"), "bad"];
  return trouble.passing ? [t("token_unchecked"), "bad"] : [onceWords(trouble), "bad"];
}

/** @returns {Promise<Outcome>} */
async function forgetToken() {
  await writeState({ apiToken: "" });
  token.focus();
  return [t("token_forgotten"), "good"];
}

/** @returns {Promise<Outcome>} */
async function test() {
  await ask("test");
  return [t("test_sent"), "good"];
}

/** @returns {Promise<Outcome>} */
async function stop() {
  const { isTold, unclaimed } = await ask("stop");
  byId("stop-pages").replaceChildren(...unclaimed.map(stopPage));
  if (unclaimed.length === 0) return isTold ? [t("stopped"), "good"] : [t("stopped_here"), "bad"];
  return [[!isTold && t("stopped_here"), t("stopped_page")].filter(Boolean).join(" "), "bad"];
}

/** @param {string} server */
function stopPage(server) {
  const address = subscriptionAddress(server);
  return h("p", {}, link(address, { dir: "ltr" }, address));
}

/** @returns {Promise<Outcome>} */
async function exportSettings() {
  const text = JSON.stringify(exported(await readState()), null, 2);
  offerFile("newsbell-settings.json", "application/json", `${text}\n`);
  return [t("settings_exported"), "good"];
}

/** @returns {Promise<Outcome>} */
async function importSettings() {
  const field = /** @type {HTMLInputElement} */ (byId("import"));
  say(byId("settings-said"), t("checking"));
  const settings = readSettings((await field.files?.[0]?.text()) ?? "");
  field.value = "";
  if (!settings) return [t("settings_unreadable"), "bad"];
  try {
    await ask("useSettings", { settings });
  } catch (error) {
    if (!(error instanceof Failed) || error.trouble.code !== "away") throw error;
    return [t("settings_no_answer", settings.server), "bad"];
  }
  address.value = settings.server;
  return [t("settings_imported"), "good"];
}
