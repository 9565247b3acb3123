/** Saving the page of a tab at the server, as an editor. */

import { show } from "../feed/ring.js";
import { grabPage } from "../page/grab.js";
import { runInPage } from "../page/run.js";
import { maySayThings, permissions, pushesItself, tabs } from "../platform.js";
import { savedWords } from "../sayings.js";
import { hindrance, serverAt, troubleOf } from "../server.js";
import { changeState, readState, writeState } from "../state.js";
import { t } from "../words.js";
import { keepAndSend, sendAll, settle } from "./unsent.js";

/** @typedef {import("../state.js").Saved} Saved */
/** @typedef {import("../state.js").Trouble} Trouble */
/** @typedef {import("../state.js").Unsent} Unsent */
/** @typedef {{url: string, title: string, html: string | null}} Grabbed */

/** The server reads pages of 10 MB; in UTF-8, as they are sent. */
export const MOST_BYTES = 10_000_000;

/**
 * @param {number} tab
 * @param {string[] | null} topics exactly these; null leaves them to the server
 * @returns {Promise<Saved>}
 */
export async function savePage(tab, topics) {
  return (await saveAndNote(tab, topics)).saved;
}

/**
 * @param {number} tab
 * @param {string[] | null} topics
 * @returns {Promise<{saved: Saved, noted: Saved}>} what became of it, and what of that may be kept
 */
async function saveAndNote(tab, topics) {
  const keeps = await mayBeKept(tab); // before the tab may be closed
  const page = await runInPage(tab, grabPage, MOST_BYTES);
  const saved = await outcome(page, topics, keeps);
  const noted = keeps ? saved : { ...saved, url: "", title: "", article: 0, topics: [] };
  await writeState({ saved: noted });
  return { saved, noted };
}

/**
 * Save what could not be saved before; what came of each page is said aside. What failed unseen is not covered up
 * by what comes after it.
 * @param {{refused?: boolean}} [options] whether to try again what was refused, too
 */
export function sendUnsent(options) {
  const failedUnseen = (/** @type {Saved | null} */ saved) => saved?.what === "failed" && !saved.told;
  const tell = async (/** @type {Saved} */ saved) => {
    await changeState((state) => (failedUnseen(state.saved) ? {} : { saved }));
    await sayAside(saved);
  };
  return sendAll(sendKept, tell, options);
}

/** Save without a popup, from the menu or by key; what came of it is said by a notification, where allowed. */
export async function savePageAside(/** @type {number | undefined} */ tab) {
  const id = tab ?? (await tabs.query({ active: true, currentWindow: true }))[0]?.id;
  if (id === undefined) return;
  await sayAside((await saveAndNote(id, null)).noted); // systems keep notifications as well
}

/** @param {Saved} saved */
async function sayAside(saved) {
  if (!(await maySayThings())) return;
  const { server, article, url } = saved;
  const address = article ? `${server}/articles/${article}` : url || `${server}/`;
  const tag = `newsbell-saved ${saved.url}`;
  await show({ title: savedWords(saved), body: saved.title, tag, lang: "", address });
}

/**
 * What is read in a private window leaves nothing on the disk: neither the page nor which one it was.
 * @param {number} tab
 */
async function mayBeKept(tab) {
  const { incognito } = await tabs.get(tab).catch(() => ({ incognito: true }));
  return !incognito;
}

/**
 * @param {Grabbed | null} page
 * @param {string[] | null} topics
 * @param {boolean} keeps whether the page may wait on the disk
 * @returns {Promise<Saved>}
 */
async function outcome(page, topics, keeps) {
  const { server, apiToken } = await readState();
  const failed = (/** @type {Trouble} */ trouble) => savedFrom(server, page, { trouble, what: "failed" });
  const cannot = (/** @type {string} */ code) => failed(hindrance(code));
  if (!page) return cannot("unreadable_page");
  if (!apiToken) return cannot("no_token");
  if (page.html === null) return cannot("page_too_large");
  if (!(await maySendPages())) return cannot("no_consent");
  const { url, title, html } = page;
  const asked = { server, url, title, topics };
  const saved = keeps && (await keepAndSend(asked, html, send));
  if (!saved) return withoutRoom(await send(asked, html), keeps);
  await settle();
  return saved;
}

/**
 * @param {Saved} saved
 * @param {boolean} wasToBeKept
 * @returns {Saved}
 */
const withoutRoom = (saved, wasToBeKept) =>
  wasToBeKept && saved.trouble?.passing ? { ...saved, trouble: hindrance("no_room") } : saved;

/** @type {import("./unsent.js").SendKept} */
async function sendKept(page, html) {
  if (typeof html === "string") return send(page, html);
  const code = html === null ? "text_unread" : "text_lost";
  const trouble = { code, message: "", passing: html === null };
  return savedFrom(page.server, page, { trouble, what: "failed" });
}

/**
 * @param {Pick<Unsent, "server" | "url" | "title" | "topics">} page
 * @param {string} html
 * @returns {Promise<Saved>}
 */
async function send({ server, url, title, topics }, html) {
  const page = { url, title };
  const failed = (/** @type {Trouble} */ trouble) => savedFrom(server, page, { trouble, what: "failed" });
  if (!(await maySendPages())) return failed(hindrance("no_consent"));
  const { server: current, apiToken } = await readState();
  // The token is the current server's, and is told to no other.
  if (server !== current) return failed({ code: "other_server", message: "", passing: true });
  const correction = topics && { topics, page_topics: "ignore" };
  try {
    const answer = await serverAt(server).save(apiToken, { url, html, ...correction });
    return savedFrom(server, page, fieldsOf(answer));
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
  code: String(answer.reason_code ?? ""),
  rung: answer.rung === true,
  article: Number(answer.id) || 0,
  topics: Array.isArray(answer.topics) ? answer.topics.map(String) : [],
});

/**
 * @param {string} server
 * @param {Pick<Grabbed, "url" | "title"> | null} page
 * @param {Partial<Saved>} fields
 * @returns {Saved}
 */
const savedFrom = (server, page, fields) => ({
  server,
  url: page?.url ?? "",
  title: page?.title || t("page_untitled"),
  what: "failed",
  reason: "",
  code: "",
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
