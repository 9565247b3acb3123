/** Stand-ins for the browser, its push service and the server; everything between them is what ships. */

import { RefusedByServer, ServerAway } from "../../extension/src/server.js";
import { DEFAULTS } from "../../extension/src/state.js";

export const HERE = "https://news.example";
export const KEY = "BAAB";
export const NEW_KEY = "BAAC";
export const NOW = 1_800_000_000_000;

export const away = () => new ServerAway("offline");
export const refused = (status, code, field) => new RefusedByServer(status, { code, message: "No.", field });

/** Storage in memory, read and changed as state.js does. */
export function memory(given = {}) {
  const store = {
    state: structuredClone({ ...DEFAULTS, server: HERE, ...given }),
    read: async () => structuredClone(store.state),
    change: async (work) => {
      Object.assign(store.state, structuredClone(work(structuredClone(store.state))));
      return structuredClone(store.state);
    },
  };
  return store;
}

/** A push service that hands out one endpoint after another, or says nothing at all. */
export class FakePush {
  constructor({ endpoint, key = KEY, silent = false } = {}) {
    this.subscription = endpoint ? { endpoint, key, keys: { p256dh: "p", auth: "a" } } : null;
    this.silent = silent;
    this.made = 0;
  }

  current = async () => this.subscription;

  subscribe = async (key) => {
    if (this.silent) return null;
    if (this.subscription && this.subscription.key !== key)
      throw new DOMException("key", "InvalidStateError");
    this.made += 1;
    this.subscription ??= {
      endpoint: `https://push.example/${this.made}`,
      key,
      keys: { p256dh: "p", auth: "a" },
    };
    return this.subscription;
  };

  unsubscribe = async () => {
    this.subscription = null;
  };
}

const named = (text) => ({ name: text, slug: text.toLowerCase().replaceAll(" ", "-") });

/** A server with its rows: what a real one keeps, and a log of what it was asked. */
export class FakeServer {
  rows = new Map();
  log = [];
  key = KEY;
  next = 1;
  /** Errors by the name of what is asked. */
  failing = {};
  /** Whether so many topics are too many for it. */
  isTooMany = () => false;
  /** Whether a name is one of a topic to it. */
  isName = () => true;

  add(row) {
    this.rows.set(row.id, { suspended: false, vapid_key: KEY, ...row });
    this.next = Math.max(this.next, row.id + 1);
  }

  /** The client that `serverAt` would give. */
  at = (address) => {
    const asked = (name, work) => {
      return async (...given) => {
        this.log.push(name);
        if (this.failing[name]) throw this.failing[name];
        return work(...given);
      };
    };
    const own = (ticket) => {
      const row = this.rows.get(ticket.id);
      if (row?.token !== ticket.token) throw refused(401, "unauthorized");
      return row;
    };
    const checked = (topics) => {
      if (topics.length === 0 || !topics.every(this.isName)) throw refused(400, "malformed", "topics");
      if (this.isTooMany(topics)) throw refused(422, "too_many_topics");
      return topics;
    };
    const view = ({ id, topics, suspended, vapid_key }) => ({
      id,
      topics: topics.map(named),
      suspended,
      vapid_key,
    });
    return {
      address,
      about: asked("about", () => ({ name: "Newsbell", version: "1", features: [], vapid_key: this.key })),
      view: asked("view", (ticket) => view(own(ticket))),
      subscribe: asked("subscribe", ({ endpoint, vapid_key }, topics) => {
        const row = {
          id: this.next,
          token: `token ${this.next}`,
          endpoint,
          vapid_key,
          topics: checked(topics),
        };
        this.add(row);
        return { id: row.id, manage_token: row.token };
      }),
      changeTopics: asked("changeTopics", (ticket, topics) =>
        view(Object.assign(own(ticket), { topics: checked(topics) })),
      ),
      moveEndpoint: asked("moveEndpoint", (ticket, { endpoint, vapid_key }) =>
        view(Object.assign(own(ticket), { endpoint, vapid_key, suspended: false })),
      ),
      end: asked("end", (ticket) => {
        own(ticket);
        this.rows.delete(ticket.id);
      }),
    };
  };
}

export const topic = (name) => ({ ...named(name), since: NOW - 1000, primed: true });

export const OLD = "https://push.example/old";
export const ticket = { server: HERE, id: 7, token: "secret", endpoint: OLD, told: ["russia"] };
export const row = { id: 7, token: "secret", endpoint: OLD, topics: ["Russia"] };

/** A reader who follows Russia, all being well, except for what is given. */
export function stage({ state = {}, push = { endpoint: OLD }, rows = [row], ...rest } = {}) {
  const store = memory({ following: [topic("Russia")], ticket, ...state });
  const server = new FakeServer();
  for (const one of rows) server.add({ ...one });
  const pushes = new FakePush(push);
  const means = {
    serverAt: server.at,
    push: pushes,
    pushesItself: true,
    allowed: async () => true,
    read: store.read,
    change: store.change,
    topics: async () => [],
    now: () => NOW,
    late: () => undefined,
    ...rest,
  };
  return { means, store, server, pushes };
}
