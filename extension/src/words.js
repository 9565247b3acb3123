/** Every sentence the extension says comes from _locales; here they are looked up and put into pages. */

import { i18n } from "./platform.js";

/** @typedef {keyof typeof import("../_locales/en/messages.json")} Key */

/**
 * @param {Key} key
 * @param {...string} inserted names and numbers; set apart, so that a name in another script disturbs no sentence
 * @returns {string}
 */
export function t(key, ...inserted) {
  return i18n.getMessage(key, inserted.map(isolated)) || key;
}

/** @param {string} text */
const isolated = (text) => `\u2068${text}\u2069`;

/**
 * Several names in one sentence, as the reader's language joins them.
 * @param {string[]} names
 */
export function listOf(names) {
  return new Intl.ListFormat(t("language"), { type: "conjunction" }).format(names.map(isolated));
}

/**
 * Put the words into a page: the text of each element with `data-t`, and the label of each with `data-t-label`.
 * @param {Document} page
 */
export function localise(page) {
  page.documentElement.lang = t("language");
  page.documentElement.dir = i18n.getMessage("@@bidi_dir");
  for (const element of page.querySelectorAll("[data-t]")) {
    element.textContent = t(/** @type {Key} */ (element.getAttribute("data-t")));
  }
  for (const element of page.querySelectorAll("[data-t-label]")) {
    element.setAttribute("aria-label", t(/** @type {Key} */ (element.getAttribute("data-t-label"))));
  }
}
