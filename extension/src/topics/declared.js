/** The topics a page declares, out of every place where pages do, and how sure each is. */

import { cleanName, fold, squeeze } from "./names.js";

/** @typedef {import("../page/read.js").Page} Page */
/** @typedef {{name: string, weight: number}} Declared */

const MOST = 20;
const MOST_NAMES = 200;
const LONGEST = 200; // characters, far more than a name has; the patterns take the square of them
const WEIGHTS = new Map([
  ["keywords", 0.5],
  ["about", 0.4],
  ["news_keywords", 0.5],
  ["meta", 0.4],
  ["tags", 0.5],
  ["line", 0.7],
]);
const HELD = 0.3; // where the article's text has the name
const ENOUGH = 0.3; // of the surest topic's weight, where several places name topics

const LISTING = /[,;|，、；،]/; // the white space around it goes with that of each name
const LINE =
  /^\s*(?:topics?|tags?|keywords?|filed under|themen?|schlagw(?:ort|orte|örter)|теми?|темы|теги?|мітки)\s*[:：]\s*(.+)$/iu;
const SLUG = /^[a-z0-9]+(?:[-_][a-z0-9]+)+$/;
const HOST = /^(?:[\w-]+\.)+(?:com|org|net|info|[a-z]{2})$/i;
const IDENTIFIER = /\d{4,}\D|\D\d{5,}|^[a-z]{1,4}\d+$|[a-f0-9]{8}-|^[a-z]+[A-Z]\w*[A-Z]/;
const KEYED = /^([\w .-]{1,25})\s*[:=]\s*(.+)$/;
const TELLING_KEY = /tag|topic|keyword|subject|person|people|place|locat|organi|thema|token|entit/i;
const CAPITALS = /^[A-Z0-9]{2,8}$/;

/** Keywords that say what a page is, not what it is about. */
const NOT_TOPICS = new Set(
  (
    "article articles artikel breaking|breaking news|exclusive|feature featured features|front page|galleries " +
    "gallery general|headline news|headlines home homepage info latest|latest news|live|local news|magazine misc " +
    "nachrichten news newsletter newspaper nieuws noticia noticias notizie notícias online other paywall photo " +
    "photos plus podcast podcasts premium press sponsored stories story subscriber|top news|top stories|trending " +
    "ultima ora|uncategorised uncategorized video videos viral web wiadomości|world news|zeitung aktuell " +
    "aktuelles eilmeldung schlagzeilen actualité actualités actualidad|à la une|última hora|главное|новина " +
    "новини новости новость|останні новини|последние новости|haber haberler gündem|son dakika"
  )
    .split("|")
    .flatMap((part) => [part, ...part.split(" ")]),
);

/**
 * What the page declares to be about, surest first. Rows of links are believed only where nothing else
 * names a topic, for a site has many of them; those that only look like tags, if the text has their name.
 * @param {Page} page
 * @returns {Declared[]}
 */
export function declaredTopics(page) {
  const found = weigh(sourcesOf(page), page);
  if (found.some((topic) => topic.weight >= 0.5)) return found;
  const tagged = weigh(new Map([["links", page.tagLinks]]), page);
  if (tagged.length > 0) return tagged;
  const linked = weigh(new Map([["links", page.topicLinks]]), page).filter(({ weight }) => weight > 0.5);
  return linked.length > 0 ? linked : found;
}

/**
 * @param {Page} page
 * @returns {Map<string, string[]>}
 */
function sourcesOf(page) {
  const lines = page.lines.flatMap((line) => LINE.exec(line)?.[1].split(/[,;|/•·，、]/) ?? []);
  return new Map([
    ["keywords", listed(page.ld.keywords)],
    ["about", page.ld.about],
    ["news_keywords", listed(page.newsKeywords)],
    ["meta", listed(page.keywords)],
    ["tags", listed(page.tags)],
    ["line", lines],
  ]);
}

/** @param {string[]} texts */
const listed = (texts) =>
  texts
    .slice(0, MOST_NAMES)
    .flatMap((text) => text.split(LISTING, MOST_NAMES))
    .slice(0, MOST_NAMES);

/**
 * @param {Map<string, string[]>} sources
 * @param {Page} page
 * @returns {Declared[]}
 */
function weigh(sources, page) {
  const text = fold(`${page.title} ${page.summary} ${page.paragraphs.join(" ")}`);
  const sections = new Set(page.sections.map(fold));
  const out = new Set([...NOT_TOPICS, fold(page.siteName), fold(page.title), ""]);
  /** @type {Map<string, {name: string, weight: number}>} */
  const votes = new Map();
  let believed = 0;
  for (const [source, names] of sources) {
    const cleaned = cleanedNames(names, out, text);
    if (tellsOfSite(cleaned, text)) continue;
    believed += cleaned.size > 0 ? 1 : 0;
    for (const [key, name] of cleaned) addVote(votes, key, name, WEIGHTS.get(source) ?? 0.4);
  }
  for (const [key, vote] of votes) {
    if (text.includes(key)) vote.weight += HELD;
    if (sections.has(key)) vote.weight /= 2;
  }
  const sorted = [...votes.values()].sort((a, b) => b.weight - a.weight);
  const least = believed > 1 ? ENOUGH * Math.min(1, sorted[0]?.weight ?? 0) : 0;
  return sorted.filter((topic) => topic.weight >= least).slice(0, MOST);
}

/**
 * @param {Map<string, {name: string, weight: number}>} votes
 * @param {string} key
 * @param {string} name
 * @param {number} weight
 */
function addVote(votes, key, name, weight) {
  const vote = votes.get(key) ?? { name, weight: 0 };
  vote.weight += weight;
  // Of two spellings the one with capitals: "Climate change" rather than "climate change".
  if (vote.name === vote.name.toLowerCase()) vote.name = name;
  votes.set(key, vote);
}

/**
 * A source's names by their folded form, in order.
 * @param {string[]} names
 * @param {Set<string>} out
 * @param {string} text folded
 * @returns {Map<string, string>}
 */
function cleanedNames(names, out, text) {
  const given = withoutCodes(names.map(usable).filter((name) => name !== null));
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const name of given) {
    const shown = SLUG.test(name) && !text.includes(fold(name)) ? name.replace(/[-_]/g, " ") : name;
    const key = fold(shown);
    if (!out.has(key) && !found.has(key)) found.set(key, shown);
  }
  return found;
}

/**
 * @param {string} raw
 * @returns {string | null}
 */
function usable(raw) {
  let text = raw.length <= 1000 ? squeeze(raw) : "";
  const keyed = KEYED.exec(text);
  if (keyed) text = TELLING_KEY.test(keyed[1]) ? keyed[2] : "";
  if (text.length > LONGEST || HOST.test(text) || (!text.includes(" ") && IDENTIFIER.test(text))) return null;
  return cleanName(text);
}

/**
 * A desk's codes come in crowds: AER, AERO, INDS. One name in capitals is a name: NATO.
 * @param {string[]} names
 */
function withoutCodes(names) {
  const codes = names.filter((name) => CAPITALS.test(name));
  const crowd = codes.length >= 5 && 2 * codes.length > names.length;
  return crowd ? names.filter((name) => !CAPITALS.test(name)) : names;
}

/**
 * Whether a source tells of the site rather than the article: the text has hardly one of many names.
 * @param {Map<string, string>} names
 * @param {string} text folded
 */
function tellsOfSite(names, text) {
  if (names.size < 8) return false;
  const held = [...names.keys()].filter((key) => text.includes(key)).length;
  return held / names.size < 0.15;
}
