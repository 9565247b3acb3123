/** All that the popup does with the page in the tab, and with what is typed: loaded once what is known is seen. */

import { grabMetadata } from "../page/grab.js";
import { readPage } from "../page/read.js";
import { runInPage } from "../page/run.js";
import { tabs } from "../platform.js";
import { lookup, suggest } from "../topics/catalogue.js";
import { cleanName } from "../topics/names.js";
import { fetchTable } from "../topics/table.js";
import { complete } from "./combobox.js";
import { byId } from "./dom.js";
import { paintPage } from "./page_part.js";
import { pageTopics } from "./page_topics.js";
import { paintSave } from "./save_part.js";

/** @typedef {import("./view.js").View} View */

/**
 * @param {View} view
 * @param {(topics: string[]) => Promise<void>} follow
 */
export function paintTab(view, follow) {
  paintPage(view, follow);
  paintSave(view);
}

/**
 * The slug under which the server has a topic now, whatever it was called when it was followed.
 * @param {View} view
 * @returns {import("./followed_part.js").SlugOf}
 */
export function slugsNow({ state }) {
  const find = lookup(state.catalogue?.topics ?? []);
  return (topic) => (find(topic.slug ?? topic.name) ?? topic).slug;
}

/**
 * The page's topics that can be followed yet.
 * @param {View} view
 */
export const unfollowedOfPage = (view) =>
  pageTopics(view)
    .filter(({ followed }) => !followed)
    .map(({ name }) => name);

/**
 * Read the page in the tab, which the browser allows because the button was pressed.
 * @param {View} view
 */
export async function readTab(view) {
  const [tab] = await tabs.query({ active: true, currentWindow: true });
  view.tab = tab?.id ?? -1;
  const [raw] = await Promise.all([runInPage(view.tab, grabMetadata), fetchTable()]);
  view.page = raw && readPage(raw); // none of the browser's own pages, its store, a PDF
  view.reading = view.page ? "read" : "unreadable";
}

/**
 * Topics by name, completed as they are typed.
 * @param {View} view
 * @param {(name: string | null) => Promise<void> | void} take null for what can be no topic's name
 */
export function listenToFields(view, take) {
  const namesFor = (/** @type {string} */ typed) =>
    suggest(view.state.catalogue?.topics ?? [], typed).map(({ name }) => name);
  const field = /** @type {HTMLInputElement} */ (byId("other-topic"));
  complete(field, byId("other-list"), namesFor);
  complete(/** @type {HTMLInputElement} */ (byId("save-topic")), byId("save-list"), namesFor);
  byId("other").addEventListener("submit", (event) => {
    event.preventDefault();
    const name = cleanName(field.value);
    if (name) field.value = "";
    void take(name);
  });
}
