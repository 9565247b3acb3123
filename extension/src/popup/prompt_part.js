/** The soft prompt: what will come and how often, before the browser asks. OK leads to Allow. */

import { isSecure } from "../address.js";
import { ask } from "../ask.js";
import { askToSayThings, pushesItself } from "../platform.js";
import { writeState } from "../state.js";
import { otherThan } from "../topics/names.js";
import { t } from "../words.js";
import { choicesOf, untickedOf } from "./choices.js";
import { byId, h, onceAtATime, paint, say, show } from "./dom.js";
import { promptOf } from "./view.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {import("./view.js").Prompt} Prompt */

/** @type {HTMLElement | null} what had the focus before the question had it */
let lastOutside = null;

/**
 * @param {View} view
 * @param {string[]} pageTopics the page's that are not followed, which can be with those asked for
 * @param {(declined: boolean) => void} close by "Not now", or after the browser's own question
 */
export function paintPrompt(view, pageTopics, close) {
  const prompt = promptOf(view);
  const part = byId("prompt");
  const others = prompt?.why === "asked" ? pageTopics : [];
  const links = !pushesItself && isSecure(view.state.server);
  const model = { prompt, others, links };
  const before = part.dataset.why;
  part.dataset.why = prompt?.why ?? "";
  const focused = document.activeElement;
  if (focused instanceof HTMLElement && !part.contains(focused)) lastOutside = focused;
  const back = lastOutside?.isConnected && lastOutside !== document.body ? lastOutside : byId("page-title");
  show(part, prompt !== null, back);
  paint(part, model, () => (prompt ? build(prompt, model) : []));
  const pressed = prompt?.why === "asked" || before === "asked"; // here, so that it is answered here
  if (prompt && pressed && prompt.why !== before) byId("prompt-title").focus();

  /**
   * @param {Prompt} asked
   * @param {{others: string[], links: boolean}} rest
   */
  function build(asked, { others, links }) {
    const title = h("h2", { id: "prompt-title", tabindex: "-1" }, t(TITLES[asked.why]));
    const polls = !pushesItself && (!links || ["unfinished", "denied"].includes(asked.why));
    return [
      title,
      h("p", {}, t(EXPLAINED[asked.why])),
      choices(asked, others),
      h("p", { id: "prompt-said", class: "said", role: "status", hidden: true }),
      h("p", {}, t("prompt_how_often")),
      h(
        "p",
        { class: "muted" },
        t(links ? "prompt_then_page" : polls ? "prompt_then_poll" : "prompt_then_allow"),
      ),
      h(
        "p",
        { class: "actions" },
        (pushesItself || links) &&
          h("button", { type: "button", class: "main", id: "ok", "data-key": "ok", click: press }, t("ok")),
        polls &&
          h(
            "button",
            {
              type: "button",
              class: links ? "" : "main",
              id: "ok-poll",
              "data-key": "ok-poll",
              click: askBrowser,
            },
            t(links ? "poll_instead" : "ok"),
          ),
        h(
          "button",
          {
            type: "button",
            class: "quiet",
            id: "not-now",
            "data-key": "not-now",
            click: onceAtATime(decline),
          },
          t("not_now"),
        ),
      ),
    ];
  }

  async function decline() {
    await writeState({ pending: null, link: null });
    close(true);
  }

  function press() {
    if (pushesItself) return askBrowser();
    const topics = take();
    if (topics.length > 0) void ask("link", { topics }).then(() => window.close());
  }

  /** The browser asks only within the press itself, and Chromium ends the popup when it does. */
  function askBrowser() {
    const topics = take();
    if (topics.length === 0) return;
    const more = otherThan(topics, view.state.following); // what is unfollowed meanwhile must not come back
    const noted = writeState({ pending: { topics: more, at: Date.now() } });
    askToSayThings().then(async (allowed) => {
      await noted;
      if (allowed) await ask("allowed");
      close(false);
    });
  }

  /**
   * What is ticked; what was followed until now and is not ticked is unfollowed.
   * @returns {string[]} none where the reader is asked for one
   */
  function take() {
    const ticks = boxes().map(({ value, checked }) => ({ name: value, ticked: checked }));
    const topics = ticks.filter(({ ticked }) => ticked).map(({ name }) => name);
    const unticked = untickedOf(ticks, view.state.following).map(({ name }) => name);
    if (topics.length === 0) say(byId("prompt-said"), t("prompt_none_ticked"), "bad");
    else if (unticked.length > 0) void ask("unfollow", { keys: unticked }); // at once: each is a repair
    return topics;
  }
}

/** @type {Record<Prompt["why"], import("../words.js").Key>} */
const TITLES = {
  asked: "prompt_title",
  denied: "prompt_title",
  unfinished: "prompt_title",
  needed: "prompt_title",
};

/** @type {Record<Prompt["why"], import("../words.js").Key>} */
const EXPLAINED = {
  asked: "prompt_asked",
  denied: "prompt_denied",
  unfinished: "prompt_unfinished",
  needed: "prompt_needed",
};

/**
 * The topics asked for are ticked, and all that is followed; the page's others can be.
 * @param {Prompt} prompt
 * @param {string[]} others
 */
function choices({ topics }, others) {
  const changed = boxes()
    .filter((box) => box.checked !== box.defaultChecked)
    .map(({ value, checked }) => ({ name: value, ticked: checked }));
  return h(
    "fieldset",
    { id: "prompt-topics" },
    h("legend", {}, t("prompt_topics")),
    ...choicesOf(topics, others, changed).map(tick),
  );
}

/** @param {import("./choices.js").Choice} choice */
function tick({ name, byDefault, ticked }) {
  const box = h("input", { type: "checkbox", value: name, checked: byDefault, "data-key": `tick ${name}` });
  box.checked = ticked;
  return h("label", {}, box, h("bdi", {}, name));
}

/** @returns {HTMLInputElement[]} */
const boxes = () => [...byId("prompt").querySelectorAll("input")];
