/** Saving the page of a tab at the server, as an editor. */

import { showBadge } from "./badge.js";
import { show } from "./feed/ring.js";
import { grabPage } from "./page/grab.js";
import { maySayThings, permissions, pushesItself, scripting, tabs } from "./platform.js";
import { savedWords } from "./sayings.js";
import { serverAt, troubleOf } from "./server.js";
import { readState, writeState } from "./state.js";
import { t } from "./words.js";

/** @typedef {import("./state.js").Saved} Saved */
/** @typedef {import("./state.js").Trouble} Trouble */
/** @typedef {{url: string, title: string, html: string | null}} Grabbed */

/** The server reads pages of 10 MB. */
export const MOST_CHARACTERS = 10_000_000;

/**
 * @param {number} tab
 * @param {string[] | null} topics exactly these; null leaves them to the server
 * @returns {Promise<Saved>}
 */
export async function savePage(tab, topics) {
  const page = await grab(tab);
  const saved = await outcome(page, topics);
  await writeState({ saved });
  await showBadge();
  return saved;
}

/** Save without a popup, from the menu or by key; what came of it is said by a notification, where allowed. */
export async function savePageAside(/** @type {number | undefined} */ tab) {
  const id = tab ?? (await tabs.query({ active: true, currentWindow: true }))[0]?.id;
  if (id === undefined) return;
  const saved = await savePage(id, null);
  if (!(await maySayThings())) return;
  const { server } = await readState();
  const address = saved.article ? `${server}/articles/${saved.article}` : saved.url || `${server}/`;
  await show({ title: savedWords(saved), body: saved.title, tag: "newsbell-saved", lang: "", address });
}

/**
 * @param {number} tab
 * @returns {Promise<Grabbed | null>} null for a page the browser keeps to itself
 */
async function grab(tab) {
  try {
    const [frame] = await scripting.executeScript({
      target: { tabId: tab },
      func: grabPage,
      args: [MOST_CHARACTERS],
    });
    return /** @type {Grabbed | undefined} */ (frame?.result) ?? null;
  } catch {
    return null;
  }
}

/**
 * @param {Grabbed | null} page
 * @param {string[] | null} topics
 * @returns {Promise<Saved>}
 */
async function outcome(page, topics) {
  const { server, apiToken } = await readState();
  const failed = (/** @type {Trouble} */ trouble) => savedFrom(page, { trouble, what: "failed" });
  const cannot = (/** @type {string} */ code) => failed({ code, message: "", passing: false });
  if (!page) return cannot("unreadable_page");
  if (!apiToken) return cannot("no_token");
  if (page.html === null) return cannot("page_too_large");
  if (!(await maySendPages())) return cannot("no_consent");
  try {
    const answer = await serverAt(server).save(apiToken, {
      url: page.url,
      html: page.html,
      ...(topics && { topics, page_topics: "ignore" }),
    });
    return savedFrom(page, fieldsOf(answer));
  } catch (error) {
    return failed(troubleOf(error));
  }
}

/**
 * @param {any} answer
 * @returns {Partial<Saved>}
 */
const fieldsOf = (answer) => ({
  what: answer.created ? "new" : answer.updated ? "updated" : "known",
  title: String(answer.title ?? ""),
  reason: String(answer.reason ?? ""),
  rung: answer.rung === true,
  article: Number(answer.id) || 0,
  topics: Array.isArray(answer.topics) ? answer.topics.map(String) : [],
});

/**
 * @param {Grabbed | null} page
 * @param {Partial<Saved>} fields
 * @returns {Saved}
 */
const savedFrom = (page, fields) => ({
  url: page?.url ?? "",
  title: page?.title || t("page_untitled"),
  what: "failed",
  reason: "",
  rung: false,
  article: 0,
  topics: [],
  trouble: null,
  at: Date.now(),
  told: false,
  ...fields,
});

/** Firefox asks its reader before a page is sent anywhere; that was answered when the token was entered. */
async function maySendPages() {
  if (pushesItself) return true;
  return permissions.contains(/** @type {any} */ ({ data_collection: ["websiteContent"] }));
}
