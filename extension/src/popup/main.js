/** The popup: shows at once what is known, and then what there is to know. */

import { ask, Failed } from "../ask.js";
import { maySayThings, pushesItself, runtime } from "../platform.js";
import { standingWords, troubleWords } from "../sayings.js";
import { onStateChange, readFirst, readState } from "../state.js";
import { listOf, localise, t } from "../words.js";
import { byId, onceAtATime, say, seen } from "./dom.js";
import { paintFollowed } from "./followed_part.js";
import { paintLatest } from "./latest_part.js";
import { canRing, promptOf } from "./view.js";

/** @typedef {import("./view.js").View} View */

localise(document);
const [state, allowed] = await Promise.all([readFirst(), maySayThings()]);
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
// Most openings show neither of these at first, and each module that has to come takes its time.
const loadPrompt = () => import("./prompt_part.js");
const loadUnsent = () => import("./unsent_part.js");
let [prompt, unsent] = await Promise.all([
  promptOf(view) && loadPrompt(),
  state.unsent.length > 0 ? loadUnsent() : null,
]);
/** @type {typeof import("./tab.js") | null} nothing of it is needed to show what is known */
let tab = null;
listen();
paintAll();
await seen();
performance.mark("newsbell-seen"); // for the benchmark
[tab, prompt, unsent] = await Promise.all([import("./tab.js"), loadPrompt(), loadUnsent()]);
view.state = keptCatalogue(await readState());
tab.listenToFields(view, followTyped);
await Promise.all([readTab(tab), tellSaved(), ask("opened").catch(() => undefined)]);

function listen() {
  let due = false;
  onStateChange(() => {
    if (due) return;
    due = true; // several changes in one turn are painted once
    setTimeout(async () => {
      due = false;
      await readAgain();
      paintAll();
      await tellSaved();
    });
  });
  byId("options").addEventListener("click", () => runtime.openOptionsPage());
  byId("mark-all").addEventListener(
    "click",
    onceAtATime(() => ask("markRead", { ids: [] })),
  );
}

async function readAgain() {
  view.state = keptCatalogue(await readState());
  view.allowed = await maySayThings();
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

/** @param {string | null} name */
async function followTyped(name) {
  if (name) await follow([name]);
  else tell(t("no_topic_name"), "bad");
}

/** @param {string[]} topics */
async function follow(topics) {
  if (!canRing(view)) {
    view.asked = [...(view.asked ?? []), ...topics];
    paintAll();
    return;
  }
  try {
    await ask("follow", { topics });
    tell(t("followed_now", listOf(topics)), "good");
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    tell(troubleWords(error.trouble), "bad");
  }
}

function paintAll() {
  paintStanding();
  prompt?.paintPrompt(view, tab?.unfollowedOfPage(view) ?? [], async (declined) => {
    await readAgain(); // what was answered, which may be told of later
    view.declined = declined;
    view.asked = null;
    paintAll();
  });
  paintLatest(view);
  paintFollowed(view, tab?.slugsNow(view) ?? (({ slug }) => slug), tell);
  unsent?.paintUnsent(view);
  tab?.paintTab(view, follow);
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

/** @param {typeof import("./tab.js")} tab */
async function readTab(tab) {
  await tab.readTab(view);
  paintAll();
  performance.mark("newsbell-page");
}

/** What became of saving by key or menu, or while no popup was open, is said here, whatever page this is. */
async function tellSaved() {
  const { saved } = view.state;
  if (!saved || saved.told) return;
  const { sayOnce } = await import("./told.js");
  await sayOnce(saved, tell);
}
