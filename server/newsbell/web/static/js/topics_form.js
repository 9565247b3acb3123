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
 * Tick a topic and show it among the chosen, new or taken out of the list of others.
 * @param {{name: string, slug?: string}} topic
 */
export function tick({ name, slug }) {
  const known = boxes().find((box) => isThat(box, name) || (slug !== undefined && box.value === slug));
  const box = known ?? addBox(name, slug ?? name);
  box.checked = true;
  const item = box.closest("li");
  const chosen = byId("chosen");
  if (item && !chosen.contains(item)) chosen.append(item);
}

/**
 * @param {string} name
 * @param {string} value
 */
function addBox(name, value) {
  const template = /** @type {HTMLTemplateElement} */ (byId("topic-item"));
  const item = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  const box = item.querySelector("input");
  const label = item.querySelector("bdi");
  if (!box || !label) throw new TypeError("The page's topic template lacks its checkbox or its name.");
  box.value = value;
  box.dataset.name = name;
  label.textContent = name;
  byId("chosen").append(item);
  return box;
}

/** Untick all, before ticking what the server says. */
export function untickAll() {
  for (const box of boxes()) box.checked = false;
}

/** Let the field add its topic on Enter or Add. The focus stays in it, ready for another. */
export function listenForAdding() {
  byId("add-topic").addEventListener("submit", (event) => {
    event.preventDefault();
    addFromField();
    byId("topic-name").focus();
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
