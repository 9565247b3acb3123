/** Building pages: elements from names, attributes and children; text stays text. */

/** @typedef {Node | string | null | undefined | false} Child */

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new TypeError(`The page has no element #${id}.`);
  return element;
}

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string | boolean | undefined | ((event: Event) => void)>} [attributes] functions
 *   listen to the event of that name
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (typeof value === "string") element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => typeof child === "string" || child instanceof Node));
  return element;
}

/**
 * A link into a new tab; plain text where the address is no page of the web.
 * @param {string} address
 * @param {Record<string, string | undefined | ((event: Event) => void)>} attributes
 * @param {...Child} children
 */
export function link(address, attributes, ...children) {
  const safe = URL.canParse(address) && ["http:", "https:"].includes(new URL(address).protocol);
  if (!safe) return h("span", {}, ...children);
  return h("a", { href: address, target: "_blank", rel: "noreferrer", ...attributes }, ...children);
}

/**
 * Show a part, or hide it. A focus that was in there goes on to `next`: left to the browser, it would be nowhere,
 * and the keyboard at the top of the page again.
 * @param {HTMLElement} part
 * @param {boolean} shown
 * @param {HTMLElement} next
 */
export function show(part, shown, next) {
  const leaves = !shown && part.contains(document.activeElement);
  part.hidden = !shown;
  if (leaves) next.focus();
}

/** @type {WeakMap<Element, string>} */
const painted = new WeakMap();

/**
 * Fill a part of the page, unless it shows the same already. The focus stays on the control it was on, found
 * again by its `data-key`; where that has gone, on the part itself.
 * @param {HTMLElement} part
 * @param {unknown} model all that the part depends on
 * @param {() => Child[]} build
 */
export function paint(part, model, build) {
  const seen = JSON.stringify(model);
  if (painted.get(part) === seen) return;
  painted.set(part, seen);
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  const key = focused?.getAttribute("data-key");
  part.replaceChildren(...build().filter((child) => typeof child === "string" || child instanceof Node));
  if (!focused) return;
  const again =
    key && [...part.querySelectorAll("[data-key]")].find((one) => one.getAttribute("data-key") === key);
  if (again instanceof HTMLElement) return again.focus();
  part.tabIndex = -1;
  part.focus();
}

/**
 * Say a sentence in a live region: seen at once, and read out by a screen reader.
 * @param {HTMLElement} region
 * @param {string} words
 * @param {"" | "good" | "bad"} [mood]
 */
export function say(region, words, mood = "") {
  if (region.textContent !== words) region.textContent = words;
  region.className = words ? `said ${mood}` : "said";
  region.hidden = !words;
}

const HIDDEN_MS = 200;

/** @returns {Promise<void>} once what is in the page now is seen; a page that is hidden shows nothing */
export const seen = () =>
  new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve)); // the frame is painted before the next task
    setTimeout(resolve, HIDDEN_MS);
  });

/**
 * Run an action at a press, not again while it runs. The button keeps the focus, which `disabled` would take.
 * @param {(event: Event) => Promise<void>} action
 * @returns {(event: Event) => Promise<void>}
 */
export function onceAtATime(action) {
  return async (event) => {
    event.preventDefault();
    const button = /** @type {Element} */ (event.currentTarget);
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    try {
      await action(event);
    } finally {
      button.removeAttribute("aria-disabled");
    }
  };
}

/**
 * Let the reader keep a text as a file.
 * @param {string} name
 * @param {string} type
 * @param {string} text
 */
export function offerFile(name, type, text) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
