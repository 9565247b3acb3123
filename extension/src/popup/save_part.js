/** Saving the page, for editors: its topics can be put right before. */

import { ask } from "../ask.js";
import { savedWords } from "../sayings.js";
import { cleanName, fold } from "../topics/names.js";
import { t } from "../words.js";
import { byId, h, link, onceAtATime, paint } from "./dom.js";
import { pageTopics } from "./page_topics.js";
import { moodOf, outcomeOf, shownHere } from "./told.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {import("../state.js").Saved} Saved */

/** Topics the editor has added here by name. */
/** @type {Set<string>} */
const added = new Set();

/** What became of the page saved last from here: of one in a private window, nothing else knows which it was. */
/** @type {Saved | null} */
let savedHere = null;

/** @param {View} view */
export function paintSave(view) {
  const { state } = view;
  const offered = state.apiToken !== "" && view.reading === "read";
  byId("save").hidden = !offered;
  if (!offered) return;
  const found = pageTopics(view).map(({ name }) => name);
  paint(byId("save-topics"), { found, added: [...added] }, () => {
    const kept = new Map(boxes().map((box) => [box.value, box.checked]));
    return [...found, ...added].map((name) => tick(name, kept.get(name) ?? true));
  });
  const here = { server: state.server, url: view.page?.url ?? "" };
  paintOutcome(outcomeOf(here, state.saved, savedHere));
  listen(view, found);
}

/**
 * @param {View} view
 * @param {string[]} found
 */
function listen(view, found) {
  const form = /** @type {HTMLFormElement} */ (byId("save-form"));
  const field = /** @type {HTMLInputElement} */ (byId("save-topic"));
  form.onsubmit = (event) => {
    event.preventDefault();
    add(field, found);
    paintSave(view);
  };
  byId("save-now").onclick = onceAtATime(async () => {
    add(field, found);
    paintSave(view);
    paintBusy();
    const topics = boxes()
      .filter((box) => box.checked)
      .map((box) => box.value);
    const untouched = topics.length === found.length && added.size === 0;
    await shownHere(async () => {
      savedHere = await ask("save", { tab: view.tab, topics: untouched ? null : topics });
      paintOutcome(savedHere);
      return savedHere;
    });
  });
}

/**
 * A name left in the field counts as meant.
 * @param {HTMLInputElement} field
 * @param {string[]} found
 */
function add(field, found) {
  const name = cleanName(field.value);
  if (name && ![...found, ...added].some((one) => fold(one) === fold(name))) added.add(name);
  field.value = "";
}

/**
 * @param {string} name
 * @param {boolean} checked
 */
const tick = (name, checked) =>
  h(
    "label",
    {},
    h("input", { type: "checkbox", value: name, checked, "data-key": `save ${name}` }),
    h("bdi", {}, name),
  );

/** @returns {HTMLInputElement[]} */
const boxes = () => [...byId("save-topics").querySelectorAll("input")];

function paintBusy() {
  paint(byId("save-outcome"), "saving", () => [h("p", {}, t("saving"))]);
}

/** @param {Saved | null} saved */
function paintOutcome(saved) {
  paint(byId("save-outcome"), saved && { ...saved, told: true }, () =>
    saved
      ? [
          h("p", { class: moodOf(saved) }, savedWords(saved)),
          saved.article > 0 &&
            h("p", {}, link(`${saved.server}/articles/${saved.article}`, { dir: "auto" }, saved.title)),
        ]
      : [],
  );
}
