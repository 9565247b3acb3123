/** From what a page says of itself to values that can be relied on: a page may say anything. */

import { squeeze } from "../topics/names.js";
import { readLinkedData } from "./linked_data.js";

/**
 * @typedef {object} Page
 * @property {string} url
 * @property {string} title
 * @property {string} summary
 * @property {string} siteName
 * @property {string} lang
 * @property {string[]} keywords
 * @property {string[]} newsKeywords
 * @property {string[]} tags
 * @property {string[]} sections
 * @property {string[]} tagLinks
 * @property {string[]} topicLinks
 * @property {string[]} paragraphs
 * @property {string[]} lines
 * @property {{keywords: string[], about: string[]}} ld
 * @property {boolean} isArticle
 */

const ENOUGH_TEXT = 600;

/**
 * @param {unknown} given what `grabMetadata` gave, if the page let it
 * @returns {Page}
 */
export function readPage(given) {
  const raw = /** @type {Record<string, unknown>} */ (given && typeof given === "object" ? given : {});
  const meta = metasOf(raw.metas);
  const ld = readLinkedData(texts(raw.ld));
  const headline = ld.headline || meta("og:title")[0] || texts(raw.headings)[0] || text(raw.title);
  const page = {
    url: text(raw.url),
    title: squeeze(headline),
    summary: squeeze(ld.summary || meta("og:description", "description")[0] || ""),
    siteName: squeeze(meta("og:site_name", "application-name")[0] ?? ""),
    lang: text(raw.lang),
    keywords: meta("keywords", "parsely-tags", "sailthru.tags", "dc.subject", "cxenseparse:tags"),
    newsKeywords: meta("news_keywords"),
    tags: meta("article:tag", "og:article:tag", "og:video:tag", "article:tags"),
    sections: [...ld.sections, ...meta("article:section", "og:article:section", "section", "category")],
    tagLinks: texts(raw.tagLinks),
    topicLinks: texts(raw.topicLinks),
    paragraphs: texts(raw.paragraphs),
    lines: texts(raw.lines),
    ld: { keywords: ld.keywords, about: ld.about },
    isArticle: false,
  };
  page.isArticle = ld.isArticle || meta("og:type")[0] === "article" || readsLikeOne(page, raw);
  return page;
}

/**
 * @param {Pick<Page, "paragraphs">} page
 * @param {Record<string, unknown>} raw
 */
function readsLikeOne({ paragraphs }, raw) {
  const length = paragraphs.reduce((sum, one) => sum + one.length, 0);
  return length >= (raw.articleElement === true ? ENOUGH_TEXT / 3 : ENOUGH_TEXT);
}

/**
 * @param {unknown} metas
 * @returns {(...names: string[]) => string[]} contents by name, in the order of the names
 */
function metasOf(metas) {
  /** @type {Map<string, string[]>} */
  const byName = new Map();
  for (const pair of Array.isArray(metas) ? metas : []) {
    const [name, content] = Array.isArray(pair) ? pair.map(text) : ["", ""];
    byName.set(name, [...(byName.get(name) ?? []), content]);
  }
  return (...names) => names.flatMap((name) => byName.get(name) ?? []).filter(Boolean);
}

/** @param {unknown} value */
const text = (value) => (typeof value === "string" ? value : "");

/** @param {unknown} value */
const texts = (value) => (Array.isArray(value) ? value.map(text).filter(Boolean) : []);
