/** The few things every page script does with its page. */

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
 * Say a sentence in the page's live region: seen at once, and read out by a screen reader.
 * @param {string} words
 * @param {"notice" | "notice-bad" | "notice-good"} [mood]
 */
export function say(words, mood = "notice") {
  const status = byId("status");
  status.className = words ? `status ${mood}` : "status";
  status.textContent = words;
}

/**
 * Show these elements of the page and hide their siblings in the same set.
 * @param {string[]} all
 * @param {string[]} wanted
 */
export function showOnly(all, wanted) {
  for (const id of all) byId(id).hidden = !wanted.includes(id);
}

/**
 * Run an action at each press of a button, except while the button is busy.
 * @param {string} id
 * @param {() => void} action
 */
export function unlessBusy(id, action) {
  const button = byId(id);
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-disabled") !== "true") action();
  });
}

/**
 * Mark a button as busy while an action runs. It keeps the focus meanwhile, which `disabled` would take
 * from it.
 * @param {string} id
 * @param {() => Promise<void>} action
 */
export async function whileBusy(id, action) {
  const button = byId(id);
  button.setAttribute("aria-disabled", "true");
  try {
    await action();
  } finally {
    button.removeAttribute("aria-disabled");
  }
}
