/** The popup: shows at once what is known, and then what there is to know. */

import { ask } from "../ask.js";
import { showBadge } from "../badge.js";
import { grabMetadata } from "../page/grab.js";
import { readPage } from "../page/read.js";
import { runInPage } from "../page/run.js";
import { maySayThings, pushesItself, runtime, tabs } from "../platform.js";
import { standingWords, troubleWords } from "../sayings.js";
import { onStateChange, readState, writeState } from "../state.js";
import { suggest } from "../topics/catalogue.js";
import { cleanName } from "../topics/names.js";
import { fetchTable } from "../topics/table.js";
import { localise, t } from "../words.js";
import { complete } from "./combobox.js";
import { byId, onceAtATime, say } from "./dom.js";
import { paintFollowed } from "./followed_part.js";
import { paintLatest } from "./latest_part.js";
import { followedWords, paintPage } from "./page_part.js";
import { paintPrompt } from "./prompt_part.js";
import { paintSave } from "./save_part.js";
import { paintUnsent } from "./unsent_part.js";
import { canRing } from "./view.js";

/** @typedef {import("./view.js").View} View */

// What is known is asked for first, all at once: nothing of it waits for the server or for the page.
const known = Promise.all([readState(), maySayThings()]);
localise(document);
const [state, allowed] = await known;
/** @type {View} */
const view = {
  state,
  allowed,
  pushesItself,
  reading: "reading",
  page: null,
  tab: -1,
  asked: null,
  declined: false,
};
listen();
paintAll();
performance.mark("newsbell-known"); // for the benchmark
await Promise.all([readTab(), tellSaved(), ask("opened").catch(() => undefined)]);

function listen() {
  let due = false;
  onStateChange(() => {
    if (due) return;
    due = true; // several changes in one turn are painted once
    setTimeout(async () => {
      due = false;
      view.state = keptCatalogue(await readState());
      view.allowed = await maySayThings();
      paintAll();
    });
  });
  byId("options").addEventListener("click", () => runtime.openOptionsPage());
  byId("mark-all").addEventListener(
    "click",
    onceAtATime(() => ask("markRead", { ids: [] })),
  );
  const field = /** @type {HTMLInputElement} */ (byId("other-topic"));
  complete(field, byId("other-list"), namesFor);
  complete(/** @type {HTMLInputElement} */ (byId("save-topic")), byId("save-list"), namesFor);
  byId("other").addEventListener("submit", (event) => {
    event.preventDefault();
    void followTyped(field);
  });
}

/**
 * What was worked out from the topics holds while they are the same, which a copy from storage does not show.
 * @param {View["state"]} state
 */
function keptCatalogue(state) {
  const { catalogue } = view.state;
  const same = catalogue?.at === state.catalogue?.at && catalogue?.server === state.catalogue?.server;
  return same ? { ...state, catalogue } : state;
}

/** @param {string} typed */
function namesFor(typed) {
  return suggest(view.state.catalogue?.topics ?? [], typed).map(({ name }) => name);
}

/** @param {HTMLInputElement} field */
async function followTyped(field) {
  const name = cleanName(field.value);
  if (!name) return tell(t("no_topic_name"), "bad");
  field.value = "";
  await follow([name]);
}

/** @param {string[]} topics */
async function follow(topics) {
  if (!canRing(view)) {
    view.asked = topics;
    paintAll();
    return;
  }
  await ask("follow", { topics });
  tell(followedWords(topics), "good");
}

function paintAll() {
  paintStanding();
  paintPrompt(view, (declined) => {
    view.declined = declined;
    view.asked = null;
    paintAll();
  });
  paintPage(view, follow);
  paintLatest(view);
  paintFollowed(view, tell);
  paintSave(view);
  paintUnsent(view);
}

function paintStanding() {
  const { standing, server } = view.state;
  byId("server").textContent = new URL(server).host;
  const trouble = standing.trouble ? troubleWords(standing.trouble) : "";
  say(byId("standing"), standingWords(standing));
  say(byId("trouble"), trouble, "bad");
}

/**
 * @param {string} words
 * @param {"" | "good" | "bad"} [mood]
 */
function tell(words, mood) {
  say(byId("said"), words, mood);
}

/** Read the page in the tab, which the browser allows because the button was pressed. */
async function readTab() {
  const [tab] = await tabs.query({ active: true, currentWindow: true });
  view.tab = tab?.id ?? -1;
  const [raw] = await Promise.all([runInPage(view.tab, grabMetadata), fetchTable()]);
  view.page = raw && readPage(raw); // none of the browser's own pages, its store, a PDF
  view.reading = view.page ? "read" : "unreadable";
  paintAll();
  performance.mark("newsbell-page");
}

/** What became of saving has been seen once the popup shows it. */
async function tellSaved() {
  const { saved } = view.state;
  if (!saved || saved.told) return;
  await writeState({ saved: { ...saved, told: true } });
  await showBadge();
}
