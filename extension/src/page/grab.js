/**
 * What is run inside the page. The browser copies each function's text there by itself, so each stands
 * alone: nothing outside of it exists there.
 *
 * A page may hide a method or a property of `document` behind an element of that name, and one of a form behind
 * a control; what may be a form is therefore read by the prototypes, which no markup reaches.
 */

/**
 * @typedef {object} Raw
 * @property {string} url
 * @property {string} title
 * @property {string} lang
 * @property {[string, string][]} metas name and content
 * @property {string[]} ld texts of JSON-LD scripts
 * @property {string[]} tagLinks links that say they lead to a tag of this page (HTML, "rel=tag")
 * @property {string[]} topicLinks links that look like it
 * @property {string[]} headings
 * @property {string[]} paragraphs
 * @property {string[]} lines short blocks, where a "Topics:" line may be
 * @property {boolean} articleElement
 */

/**
 * What the page says of itself, bounded in number and length.
 * @returns {Raw}
 */
export function grabMetadata() {
  const all = (/** @type {string} */ selector, /** @type {number} */ most) =>
    [...Document.prototype.querySelectorAll.call(document, selector)].slice(0, most);
  const attribute = (/** @type {Element} */ element, /** @type {string} */ name) =>
    Element.prototype.getAttribute.call(element, name) ?? "";
  const getter = (/** @type {object} */ prototype, /** @type {string} */ name) => {
    const get = Object.getOwnPropertyDescriptor(prototype, name)?.get;
    return (/** @type {Element} */ element) => String(get?.call(element) ?? "");
  };
  const textContent = getter(Node.prototype, "textContent");
  const localName = getter(Element.prototype, "localName");
  const text = (/** @type {Element} */ element, /** @type {number} */ most) =>
    textContent(element).slice(0, most).replace(/\s+/g, " ").trim();
  const [html] = all("html", 1);
  /** @type {string[]} */
  const paragraphs = [];
  /** @type {string[]} */
  const lines = [];
  let room = 100_000;
  for (const block of all("p, li, [class*='topic'], [class*='tags']", 3000)) {
    const words = text(block, 2000);
    if (room > 0 && words.length >= 40 && localName(block) === "p") {
      paragraphs.push(words);
      room -= words.length;
    } else if (words.length < 300 && words.includes(":") && lines.length < 50) lines.push(words);
  }
  return {
    url: location.href,
    title: all("title", 1)
      .map((one) => text(one, 1000))
      .join(""),
    lang: html ? attribute(html, "lang").slice(0, 40) : "",
    metas: all("meta[content]", 500).map((meta) => [
      (attribute(meta, "name") || attribute(meta, "property")).slice(0, 100).toLowerCase(),
      attribute(meta, "content").slice(0, 5000),
    ]),
    ld: all("script[type='application/ld+json']", 20).map((script) => textContent(script).slice(0, 200_000)),
    tagLinks: all("a[rel~='tag']", 60).map((link) => text(link, 200)),
    topicLinks: all("a[href*='/tag/'], a[href*='/tags/'], a[href*='/topic/'], a[href*='/topics/']", 60).map(
      (link) => text(link, 200),
    ),
    headings: all("h1", 5).map((heading) => text(heading, 500)),
    paragraphs,
    lines,
    articleElement: all("article", 1).length > 0,
  };
}

/**
 * The page as it stands rendered, to be saved.
 * @param {number} most bytes in UTF-8; a longer page is not given at all
 * @returns {{url: string, title: string, html: string | null}}
 */
export function grabPage(most) {
  const [html] = Document.prototype.querySelectorAll.call(document, "html");
  const [title] = Document.prototype.querySelectorAll.call(document, "title");
  const source = html ? `<!DOCTYPE html>${html.outerHTML}` : "";
  return {
    url: location.href,
    title: (title?.textContent ?? "").slice(0, 1000).trim(),
    html: source.length > most || new Blob([source]).size > most ? null : source,
  };
}
