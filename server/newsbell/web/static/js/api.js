/** The server's subscription API, as far as a browser uses it. No cookie goes along. */

/** @typedef {import("./store.js").Ticket} Ticket */
/** @typedef {{endpoint: string, keys: {p256dh: string, auth: string}, vapid_key: string}} Target */
/** @typedef {{name: string, slug: string}} Topic */
/** @typedef {{id: number, topics: Topic[], suspended: boolean, linked: boolean}} View */

const ANSWER_WITHIN_MS = 15_000;

/** The server answered, and the answer is no: `code` for programs, `message` for the reader. */
export class RefusedByServer extends Error {
  /**
   * @param {number} status
   * @param {{code?: string, message?: string}} answer
   */
  constructor(status, answer) {
    super(answer.message ?? `The server answered ${status}.`);
    this.name = "RefusedByServer";
    this.status = status;
    this.code = answer.code ?? "error";
  }

  /** Whether the subscription is over, or the token no longer opens it. */
  get isUnknown() {
    return [401, 404, 410].includes(this.status);
  }
}

/** No answer came: this device is offline, or the server is away. */
export class ServerAway extends Error {
  name = "ServerAway";
}

/**
 * @param {string} method
 * @param {string} path
 * @param {{token?: string, body?: object}} [options]
 * @returns {Promise<any>} the JSON of the answer; undefined where it has none
 */
async function ask(method, path, { token, body } = {}) {
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body) headers["Content-Type"] = "application/json";
  const response = await send(path, {
    method,
    headers,
    body: body && JSON.stringify(body),
    credentials: "omit",
    cache: "no-store",
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  const answer = await response.json().catch(() => undefined);
  if (!response.ok) throw new RefusedByServer(response.status, answer ?? {});
  return answer;
}

/**
 * @param {string} path
 * @param {RequestInit} init
 * @returns {Promise<Response>}
 */
async function send(path, init) {
  try {
    return await fetch(path, init);
  } catch (error) {
    throw new ServerAway(String(error), { cause: error });
  }
}

/** @param {Ticket} ticket */
const address = (ticket) => `/api/v1/subscriptions/${ticket.id}`;

/**
 * @typedef {object} SubscriptionApi
 * @property {() => Promise<string>} vapidKey the key to subscribe with, as base64url
 * @property {(target: Target, topics: string[]) => Promise<{id: number, token: string}>} subscribe
 * @property {(ticket: Ticket) => Promise<View>} view
 * @property {(ticket: Ticket, topics: string[]) => Promise<View>} changeTopics
 * @property {(ticket: Ticket, target: Target) => Promise<void>} moveEndpoint
 * @property {(ticket: Ticket) => Promise<void>} sendTest
 * @property {(ticket: Ticket, hash: string) => Promise<string>} offerLink a code for whoever knows what has this hash
 * @property {(ticket: Ticket) => Promise<void>} end
 */

/** @type {SubscriptionApi} */
export const server = {
  vapidKey: async () => (await ask("GET", "/api/v1")).vapid_key,
  subscribe: async (target, topics) => {
    const answer = await ask("POST", "/api/v1/subscriptions", { body: { ...target, topics } });
    return { id: answer.id, token: answer.manage_token };
  },
  view: (ticket) => ask("GET", address(ticket), { token: ticket.token }),
  changeTopics: (ticket, topics) => ask("PATCH", address(ticket), { token: ticket.token, body: { topics } }),
  moveEndpoint: (ticket, target) =>
    ask("PUT", `${address(ticket)}/endpoint`, { token: ticket.token, body: target }),
  sendTest: (ticket) => ask("POST", `${address(ticket)}/test`, { token: ticket.token }),
  offerLink: async (ticket, hash) =>
    (await ask("POST", "/api/v1/links", { token: ticket.token, body: { hash } })).code,
  end: (ticket) => ask("DELETE", address(ticket), { token: ticket.token }),
};
