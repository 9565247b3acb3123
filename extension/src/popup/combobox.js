/** A field that completes what is typed (WAI-ARIA Authoring Practices, "combobox with list autocomplete"). */

import { h } from "./dom.js";

/**
 * @param {HTMLInputElement} field with role=combobox
 * @param {HTMLElement} list with role=listbox
 * @param {(typed: string) => string[]} suggest
 */
export function complete(field, list, suggest) {
  let chosen = -1;

  const options = () => /** @type {HTMLElement[]} */ ([...list.children]);
  const close = () => {
    list.hidden = true;
    chosen = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };
  const take = (/** @type {string} */ name) => {
    field.value = name;
    close();
  };
  const open = () => {
    const names = suggest(field.value);
    list.replaceChildren(
      ...names.map((name, at) =>
        h("li", { role: "option", id: `${list.id}-${at}`, "aria-selected": "false", dir: "auto" }, name),
      ),
    );
    close();
    list.hidden = names.length === 0;
    field.setAttribute("aria-expanded", String(names.length > 0));
  };
  const move = (/** @type {number} */ by) => {
    if (list.hidden) open();
    const all = options();
    if (all.length === 0) return;
    chosen = (chosen + by + all.length + (chosen < 0 && by < 0 ? 1 : 0)) % all.length;
    for (const [at, option] of all.entries()) option.setAttribute("aria-selected", String(at === chosen));
    field.setAttribute("aria-activedescendant", all[chosen].id);
    all[chosen].scrollIntoView({ block: "nearest" });
  };

  field.addEventListener("input", open);
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Escape" && !list.hidden) close();
    else if (event.key === "Enter" && chosen >= 0) take(options()[chosen].textContent ?? "");
    else return;
    event.preventDefault();
  });
  // Before the field loses the focus, and with it the list.
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const option = /** @type {Element} */ (event.target).closest("[role=option]");
    if (option) take(option.textContent ?? "");
  });
}
