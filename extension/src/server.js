/** A Newsbell server's API and feeds, as far as the extension uses them. No cookie goes along. */

import { stayingAwake } from "./platform.js";

/** @typedef {import("./state.js").Ticket} Ticket */
/** @typedef {import("./state.js").About} About */
/** @typedef {import("./state.js").Topic} Topic */
/** @typedef {import("./state.js").Catalogue} Catalogue */
/** @typedef {import("./state.js").TopicPage} TopicPage */
/** @typedef {Pick<Catalogue, "topics" | "pages" | "cut">} Listed */
/** @typedef {import("./state.js").Trouble} Trouble */
/** @typedef {{endpoint: string, keys: {p256dh: string, auth: string}, vapid_key: string}} Target */
/** @typedef {{name: string, slug: string}} TopicName */
/** @typedef {{id: number, topics: TopicName[], suspended: boolean, vapid_key?: string}} View */
/** @typedef {{method?: string, token?: string, body?: object, etag?: string, within?: number}} Options */
/** `moved`: another address answered than was asked. */
/** @typedef {{body: any, etag: string, moved: boolean} | "unchanged"} Answer */

const ANSWER_WITHIN_MS = 15_000;
/** A page of 10 MB over a slow line. */
const SAVE_WITHIN_MS = 120_000;
/** Of a thousand topics each: what a popup searches through at once, and what storage has room for. */
const MOST_PAGES = 20;

/** The server answered, and the answer is no: `code` for programs, `message` for people, `field` at fault if any. */
export class RefusedByServer extends Error {
  name = "RefusedByServer";

  /**
   * @param {number} status
   * @param {{code?: unknown, message?: unknown, field?: unknown}} answer
   */
  constructor(status, answer) {
    super(typeof answer.message === "string" ? answer.message : `The server answered ${status}.`);
    this.status = status;
    this.code = typeof answer.code === "string" ? answer.code : "error";
    this.field = typeof answer.field === "string" ? answer.field : "";
  }

  /** Whether the thing is over, or the token no longer opens it. */
  get isUnknown() {
    return [401, 404, 410].includes(this.status);
  }

  /** Whether the same request may succeed later. */
  get isPassing() {
    return this.status === 429 || this.status >= 500;
  }
}

/** No answer came, or not one of a Newsbell server. */
export class ServerAway extends Error {
  name = "ServerAway";
}

/** Something else answered: for a moment, as a hotel's network does, or because the address is another's. */
export class NotNewsbell extends ServerAway {
  name = "NotNewsbell";
}

/** Something of this browser's stands in the way; `code` says what. */
export class Hindered extends Error {
  name = "Hindered";

  /** @param {string} code */
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/**
 * What is in the way here, before or after a server is asked.
 * @param {string} code
 * @returns {Trouble}
 */
export const hindrance = (code) => ({ code, message: "", passing: false });

/**
 * @param {unknown} error
 * @returns {Trouble}
 */
export function troubleOf(error) {
  if (error instanceof Hindered) return hindrance(error.code);
  if (error instanceof RefusedByServer) {
    return { code: error.code, message: error.message, passing: error.isPassing };
  }
  if (error instanceof ServerAway) return { code: "away", message: error.message, passing: true };
  return { code: "unexpected", message: String(error), passing: false };
}

/**
 * @param {string} address
 * @param {Options} [options]
 * @returns {Promise<Answer>}
 */
async function ask(address, { method = "GET", token, body, etag, within = ANSWER_WITHIN_MS } = {}) {
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body) headers["Content-Type"] = "application/json";
  if (etag) headers["If-None-Match"] = etag;
  const response = await send(address, {
    method,
    headers,
    body: body && JSON.stringify(body),
    credentials: "omit",
    cache: "no-store",
    referrerPolicy: "no-referrer",
    signal: AbortSignal.timeout(within),
  });
  if (response.status === 304) return "unchanged";
  const answer = response.status === 204 ? {} : await response.json().catch(() => undefined);
  if (!response.ok) throw new RefusedByServer(response.status, answer ?? {});
  if (typeof answer !== "object" || answer === null) throw new NotNewsbell("The answer is not JSON.");
  return { body: answer, etag: response.headers.get("ETag") ?? "", moved: response.redirected };
}

/**
 * @param {string} address
 * @param {RequestInit} init
 */
async function send(address, init) {
  try {
    return await fetch(address, init);
  } catch (error) {
    throw new ServerAway(String(error), { cause: error });
  }
}

/**
 * @param {string} address
 * @param {Options} [options]
 * @returns {Promise<any>} the JSON of an answer that was not asked for by its validator
 */
async function askBody(address, options) {
  const answer = await ask(address, options);
  if (answer === "unchanged") throw new ServerAway("A 304 to a request without a validator.");
  return answer.body;
}

/**
 * @typedef {object} Server
 * @property {string} address
 * @property {() => Promise<About>} about
 * @property {(held: Listed | null) => Promise<Listed | "unchanged">} topics
 * @property {(name: string, etag: string) => Promise<Answer>} feed
 * @property {(target: Target, topics: string[]) => Promise<{id: number, manage_token: string}>} subscribe
 * @property {(ticket: Ticket) => Promise<View>} view
 * @property {(ticket: Ticket, topics: string[]) => Promise<View>} changeTopics
 * @property {(ticket: Ticket, target: Target) => Promise<View>} moveEndpoint
 * @property {(ticket: Ticket) => Promise<void>} sendTest
 * @property {(ticket: Ticket) => Promise<void>} end
 * @property {(code: string, verifier: string) => Promise<{id: number, manage_token: string, topics: TopicName[]}>} claim
 * @property {(token: string, article: object) => Promise<any>} save
 */

/**
 * @param {string} address without a slash at its end
 * @returns {Server}
 */
export function serverAt(address) {
  const api = `${address}/api/v1`;
  const one = (/** @type {Ticket} */ ticket) => `${api}/subscriptions/${ticket.id}`;
  return {
    address,
    about: () => askBody(api).then(checkedAbout),
    topics: (held) => allTopics(api, held),
    feed: (name, etag) => ask(`${address}/feeds/${name}`, { etag }),
    subscribe: (target, topics) =>
      askBody(`${api}/subscriptions`, { method: "POST", body: { ...target, topics } }),
    view: (ticket) => askBody(one(ticket), { token: ticket.token }),
    changeTopics: (ticket, topics) =>
      askBody(one(ticket), { method: "PATCH", token: ticket.token, body: { topics } }),
    moveEndpoint: (ticket, target) =>
      askBody(`${one(ticket)}/endpoint`, { method: "PUT", token: ticket.token, body: target }),
    sendTest: (ticket) => askBody(`${one(ticket)}/test`, { method: "POST", token: ticket.token }),
    end: (ticket) => askBody(one(ticket), { method: "DELETE", token: ticket.token }),
    claim: (code, verifier) => askBody(`${api}/links/claim`, { method: "POST", body: { code, verifier } }),
    save: (token, article) =>
      stayingAwake(() =>
        askBody(`${api}/articles`, { method: "POST", token, body: article, within: SAVE_WITHIN_MS }),
      ),
  };
}

/**
 * Any site answers something at any address: only Newsbell's own answer counts.
 * @param {any} body
 * @returns {About}
 */
function checkedAbout(body) {
  if (typeof body.version !== "string" || typeof body.vapid_key !== "string") {
    throw new NotNewsbell("Not a Newsbell server.");
  }
  return {
    name: String(body.name ?? ""),
    version: body.version,
    features: Array.isArray(body.features) ? body.features.map(String) : [],
    vapid_key: body.vapid_key,
  };
}

/**
 * All topics, page by page, as far as they are kept. Each page has a validator of its own, so that only those
 * that changed are sent again.
 * @param {string} api
 * @param {Listed | null} held as it was answered before
 * @returns {Promise<Listed | "unchanged">}
 */
async function allTopics(api, held) {
  const before = pagesOf(held);
  const pages = [];
  /** @type {string | null} */
  let search = "?limit=1000";
  while (search !== null && pages.length < MOST_PAGES) {
    /** @type {KeptPage} */
    const page = await onePage(api, search, before.get(search));
    pages.push(page);
    search = page.next;
  }
  if (pages.every((page) => before.get(page.search) === page)) return "unchanged";
  return {
    topics: pages.flatMap(({ topics }) => topics),
    pages: pages.map(({ topics, ...page }) => ({ ...page, count: topics.length })),
    cut: search !== null,
  };
}

/** @typedef {Omit<TopicPage, "count"> & {topics: Topic[]}} KeptPage */

/**
 * @param {Listed | null} held
 * @returns {Map<string, KeptPage>} by what asks for each
 */
function pagesOf(held) {
  let from = 0;
  return new Map(
    (held?.pages ?? []).map(({ count, ...page }) => {
      const topics = held?.topics.slice(from, from + count) ?? [];
      from += count;
      return [page.search, { ...page, topics }];
    }),
  );
}

/**
 * @param {string} api
 * @param {string} search
 * @param {KeptPage} [before]
 * @returns {Promise<KeptPage>} the one before where it has not changed
 */
async function onePage(api, search, before) {
  const address = `${api}/topics${search}`;
  const answer = await ask(address, { etag: before?.etag });
  if (answer === "unchanged") {
    if (before) return before;
    throw new ServerAway("A 304 to a request without a validator.");
  }
  const { next } = answer.body;
  // The server writes addresses as its operator knows it; we reach it as the reader does.
  return {
    search,
    etag: answer.etag,
    next: next ? new URL(next).search : null,
    topics: topicsIn(answer.body),
  };
}

/**
 * @param {any} body
 * @returns {Topic[]}
 */
function topicsIn(body) {
  const listed = Array.isArray(body.topics) ? body.topics : [];
  return listed
    .filter((/** @type {any} */ one) => typeof one?.name === "string" && typeof one.slug === "string")
    .map((/** @type {any} */ one) => ({
      name: one.name,
      slug: one.slug,
      aliases: Array.isArray(one.aliases) ? one.aliases.map(String) : [],
      articles: Number(one.articles) || 0,
    }));
}
