/** The list of topics to tick, and the field that adds one by name. */

import { byId } from "./page.js";

const FIELDSET = "topics";

/** @returns {string[]} the topics ticked */
export function ticked() {
  return boxes()
    .filter((box) => box.checked)
    .map((box) => box.value);
}

/**
 * Tick a topic, and list it first where it is not listed yet.
 * @param {{name: string, slug?: string}} topic
 */
export function tick({ name, slug }) {
  const known = boxes().find((box) => isThat(box, name) || (slug !== undefined && box.value === slug));
  if (known) {
    known.checked = true;
    return known;
  }
  const item = /** @type {HTMLTemplateElement} */ (byId("topic-item")).content.cloneNode(true);
  const box = /** @type {DocumentFragment} */ (item).querySelector("input");
  const label = /** @type {DocumentFragment} */ (item).querySelector("bdi");
  if (!box || !label) throw new TypeError("The page's topic template lacks its checkbox or its name.");
  box.value = slug ?? name;
  box.dataset.name = name;
  box.checked = true;
  label.textContent = name;
  byId(FIELDSET).querySelector("ul")?.append(item);
  return box;
}

/** Untick all, before ticking what the server says. */
export function untickAll() {
  for (const box of boxes()) box.checked = false;
}

/** Let the field add its topic on Enter or Add; the box it ticks takes the focus's place in the list. */
export function listenForAdding() {
  byId("add-topic").addEventListener("submit", (event) => {
    event.preventDefault();
    addFromField();
  });
}

/** A name left in the field counts as meant. */
export function addFromField() {
  const field = /** @type {HTMLInputElement} */ (byId("topic-name"));
  const name = field.value.trim();
  if (name) tick({ name });
  field.value = "";
}

/** @returns {HTMLInputElement[]} */
function boxes() {
  return [...byId(FIELDSET).querySelectorAll("input")];
}

/**
 * @param {HTMLInputElement} box
 * @param {string} name
 */
function isThat(box, name) {
  const same = (/** @type {string | undefined} */ text) => text?.toLowerCase() === name.toLowerCase();
  return same(box.dataset.name) || same(box.value);
}
