/** Stand-ins for what a browser and the server give; everything between them is the code that ships. */

import { RefusedByServer, ServerAway } from "../../server/newsbell/web/static/js/api.js";
import { fromBase64url } from "../../server/newsbell/web/static/js/base64url.js";

export const KEY = "BAAB";
export const OTHER_KEY = "BAAC";
export const TICKET = { id: 7, token: "nbm_secret", endpoint: "https://push.example/old" };

export const unknown = () => new RefusedByServer(404, { code: "not_found", message: "Not there." });
export const refused = () => new RefusedByServer(422, { code: "refused", message: "No such push service." });
export const away = () => new ServerAway("offline");

/** A store in memory. */
export function memoryTickets(ticket) {
  return {
    ticket,
    async read() {
      return this.ticket;
    },
    async write(fresh) {
      this.ticket = fresh;
    },
    async forget() {
      this.ticket = undefined;
    },
  };
}

/** A push manager with at most one subscription, as browsers have; it insists on the key as they do. */
export class FakeManager {
  constructor(endpoint, key = KEY) {
    this.current = endpoint ? this.make(endpoint, key) : null;
    this.made = 0;
  }

  make(endpoint, key) {
    return {
      endpoint,
      options: { applicationServerKey: fromBase64url(key).buffer },
      toJSON: () => ({ endpoint, keys: { p256dh: "p", auth: "a" } }),
      unsubscribe: async () => {
        this.current = null;
        return true;
      },
    };
  }

  async getSubscription() {
    return this.current;
  }

  async subscribe({ userVisibleOnly, applicationServerKey }) {
    if (!userVisibleOnly) throw new DOMException("no", "NotAllowedError");
    if (this.current) throw new DOMException("another key", "InvalidStateError");
    this.made += 1;
    const key = Buffer.from(applicationServerKey).toString("base64url");
    this.current = this.make(`https://push.example/new-${this.made}`, key);
    return this.current;
  }
}

/** A server that logs what it was asked; `answers` replaces single ones. */
export function fakeServer(answers = {}) {
  const log = [];
  const answer =
    (name, value) =>
    async (...given) => {
      log.push([name, ...given]);
      return answers[name] ? answers[name](...given) : value;
    };
  return {
    log,
    asked: () => log.map(([name]) => name),
    vapidKey: answer("vapidKey", KEY),
    subscribe: answer("subscribe", { id: 8, token: "nbm_fresh" }),
    view: answer("view", { id: 7, topics: [], suspended: false }),
    changeTopics: answer("changeTopics", { id: 7, topics: [], suspended: false }),
    moveEndpoint: answer("moveEndpoint"),
    sendTest: answer("sendTest"),
    offerLink: answer("offerLink", "nbl_code"),
    end: answer("end"),
  };
}

/** An answer that is an error. */
export const failing = (error) => () => {
  throw error;
};
