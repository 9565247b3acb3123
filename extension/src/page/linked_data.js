/** JSON-LD of a page: the article in it, and what it says the article is about. */

/** @typedef {{isArticle: boolean, headline: string, summary: string, keywords: string[], about: string[], sections: string[]}} LinkedData */

const ARTICLE = /(?:Article|Posting|Report|Review|LiveBlog)$/;
const MOST_NODES = 500;
const DEEPEST = 6;

/**
 * @param {string[]} scripts
 * @returns {LinkedData}
 */
export function readLinkedData(scripts) {
  const nodes = scripts.flatMap((script) => nodesIn(parsed(script), 0)).slice(0, MOST_NODES);
  const article = nodes.find(isArticle);
  return {
    isArticle: article !== undefined,
    headline: text(article?.headline),
    summary: text(article?.description),
    keywords: namesIn(article?.keywords),
    about: [...namesIn(article?.about), ...namesIn(article?.mentions)],
    sections: namesIn(article?.articleSection),
  };
}

/** @param {string} script */
function parsed(script) {
  try {
    return JSON.parse(script);
  } catch {
    return null; // pages carry broken JSON, too
  }
}

/**
 * @param {unknown} value
 * @param {number} depth
 * @returns {Record<string, unknown>[]}
 */
function nodesIn(value, depth) {
  if (depth > DEEPEST || typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.slice(0, MOST_NODES).flatMap((one) => nodesIn(one, depth + 1));
  const node = /** @type {Record<string, unknown>} */ (value);
  return [node, ...nodesIn(node["@graph"], depth + 1), ...nodesIn(node.mainEntity, depth + 1)];
}

/** @param {Record<string, unknown>} node */
function isArticle(node) {
  const types = Array.isArray(node["@type"]) ? node["@type"] : [node["@type"]];
  return types.some((type) => ARTICLE.test(text(type)));
}

/**
 * Names in a value: texts, and objects with a name.
 * @param {unknown} value
 * @returns {string[]}
 */
function namesIn(value) {
  const values = Array.isArray(value) ? value.slice(0, 200) : [value];
  return values.map((one) => text(one) || text(/** @type {any} */ (one)?.name)).filter(Boolean);
}

/** @param {unknown} value */
const text = (value) => (typeof value === "string" ? value.slice(0, 5000) : "");
