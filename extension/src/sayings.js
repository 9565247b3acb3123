/** Which sentence says what: how things stand, what went wrong, what became of saving. */

import { t } from "./words.js";

/** @typedef {import("./state.js").Standing} Standing */
/** @typedef {import("./state.js").Trouble} Trouble */
/** @typedef {import("./state.js").Saved} Saved */
/** @typedef {import("./words.js").Key} Key */

/** @type {Record<Standing["how"], Key>} */
const STANDINGS = {
  idle: "standing_idle",
  push: "standing_push",
  linked: "standing_push",
  polling: "standing_polling",
  waiting: "standing_waiting",
  unallowed: "standing_unallowed",
  unlinked: "standing_unlinked",
};

/** @type {Map<string, Key>} */
const TROUBLES = new Map(
  /** @type {[string, Key][]} */ ([
    ["away", "trouble_away"],
    ["unavailable", "trouble_busy"],
    ["too_many_requests", "trouble_busy"],
    ["unauthorized", "trouble_unauthorized"],
    ["bad_token", "trouble_bad_token"],
    ["no_article", "trouble_no_article"],
    ["empty", "trouble_no_article"],
    ["article_removed", "trouble_article_removed"],
    ["page_too_large", "trouble_page_too_large"],
    ["too_large", "trouble_page_too_large"],
    ["cleaning_failed", "trouble_not_cleaned"],
    ["cleaning_too_slow", "trouble_not_cleaned"],
    ["article_known", "trouble_same_moment"],
    ["article_changed", "trouble_same_moment"],
    ["unreadable_page", "trouble_unreadable_page"],
    ["text_unread", "trouble_text_unread"],
    ["text_lost", "trouble_text_lost"],
    ["no_token", "trouble_no_token"],
    ["no_room", "trouble_no_room"],
    ["no_consent", "trouble_no_consent"],
    ["other_server", "trouble_other_server"],
    ["too_many_topics", "trouble_too_many_topics"],
    ["too_many_followed", "trouble_too_many_followed"],
    ["too_many_waiting", "trouble_too_many_waiting"],
    ["unknown_push_service", "trouble_unknown_push_service"],
    ["bad_address", "trouble_bad_address"],
    ["not_newsbell", "trouble_not_newsbell"],
    ["forgotten", "trouble_forgotten"],
    ["suspended", "trouble_suspended"],
    ["silent", "trouble_silent"],
    ["subscription_gone", "trouble_subscription_gone"],
    ["unallowed", "trouble_unallowed"],
    ["push_later", "trouble_push_later"],
    ["push_refused", "trouble_push_later"],
  ]),
);

/** The same of what is not tried again by itself. */
const ONCE = new Map(
  /** @type {[string, Key][]} */ ([
    ["away", "trouble_away_once"],
    ["unavailable", "trouble_busy_once"],
    ["too_many_requests", "trouble_too_often_once"],
  ]),
);

/**
 * Why a new article rings for nobody, by the server's `reason_code`.
 * @type {Map<string, Key>}
 */
const QUIET = new Map(
  /** @type {[string, Key][]} */ ([
    ["too_old", "saved_new_too_old"],
    ["no_topic", "saved_new_no_topic"],
    ["story_rung", "saved_new_story_rung"],
  ]),
);

/** @param {Standing} standing */
export const standingWords = ({ how }) => t(STANDINGS[how]);

/**
 * @param {Trouble} trouble
 * @returns {string}
 */
export function troubleWords({ code, message }) {
  const key = TROUBLES.get(code);
  if (code === "unexpected") return t("trouble_unexpected", message);
  if (code === "unusable_names") return t("trouble_unusable_names", message);
  return key ? t(key) : t("trouble_refused", message);
}

/**
 * @param {Trouble} trouble of what was asked once, at a press
 * @returns {string}
 */
export function onceWords(trouble) {
  const key = ONCE.get(trouble.code);
  return key ? t(key) : troubleWords(trouble);
}

/** @param {Saved} saved */
export function savedWords(saved) {
  if (saved.trouble) {
    return saved.what === "unsent"
      ? t("saved_unsent", troubleWords(saved.trouble))
      : t("saved_failed", onceWords(saved.trouble));
  }
  if (saved.what === "known") return t("saved_known");
  if (saved.what === "updated") return t("saved_updated");
  if (saved.rung) return t("saved_new_rung");
  const key = QUIET.get(saved.code);
  return key ? t(key) : t("saved_new_quiet", saved.reason);
}

/**
 * The same where the page that was saved is not the one being looked at.
 * @param {Saved} saved
 */
export const savedAbout = (saved) => t("saved_about", saved.title || t("page_untitled"), savedWords(saved));
