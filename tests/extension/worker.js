/**
 * The extension's background as Chromium runs it, over a fake browser: a push service, the notifications that
 * are shown, and a server whose answers are counted. One for each test file, for a module is loaded once.
 */

import { fakeBrowser, fakeFetch } from "./browser.js";

export const HERE = "http://127.0.0.1:8080";
const KEY = "BAAB";
const RUSSIA = { name: "Russia", slug: "russia", aliases: [], articles: 1 };
const VIEW = { id: 7, topics: [RUSSIA], suspended: false, vapid_key: KEY };

/** A reader who follows Russia, known to the server by an endpoint that this browser has no more. */
export const READER = {
  following: [{ name: "Russia", slug: "russia", since: 0, primed: true }],
  ticket: { server: HERE, id: 7, token: "secret", endpoint: "https://push.example/old", told: ["russia"] },
  standing: { how: "push", trouble: null, at: 0 },
};

export const story = (number) => ({
  id: `urn:uuid:${number}`,
  url: `${HERE}/articles/${number}/x`,
  title: `Story ${number}`,
  tags: ["Russia"],
  date_published: new Date().toISOString(),
});

/** What a server answers that knows the reader, with these stories in its feed. */
export const routes = (items = []) => ({
  "GET /api/v1": [200, { name: "Newsbell", version: "1", features: [], vapid_key: KEY }],
  "GET /api/v1/topics": [200, { topics: [RUSSIA], next: null }],
  "GET /feeds/russia.json": [200, { items }],
  "GET /api/v1/subscriptions/7": [200, VIEW],
  "PATCH /api/v1/subscriptions/7": [200, VIEW],
  "PUT /api/v1/subscriptions/7/endpoint": [200, VIEW],
  "DELETE /api/v1/subscriptions/7": [204],
  "POST /api/v1/subscriptions": [201, { id: 7, manage_token: "secret" }],
  "POST /api/v1/links/claim": [200, { id: 7, manage_token: "new", topics: [RUSSIA] }],
  "POST /api/v1/articles": [201, { id: 4, title: "Ferry", topics: [], created: true, rung: false }],
});

/** A push service; `answers` makes the subscription, at once unless it is replaced. */
export const pushService = {
  subscription: null,
  answers: async (made) => made,
};

const subscriptionAt = (endpoint, applicationServerKey) => ({
  options: { applicationServerKey },
  toJSON: () => ({ endpoint, keys: { p256dh: "p", auth: "a" } }),
  unsubscribe: async () => {
    pushService.subscription = null;
  },
});

/** Let the browser have a subscription, with the key of the server. */
export function subscribed() {
  pushService.subscription = subscriptionAt("https://push.example/old", Buffer.from(KEY, "base64url"));
}

/** The notifications on the screen. */
export const shown = [];
/** The titles of those that were heard: one that takes the place of another of its tag is not. */
export const heard = [];

globalThis.registration = {
  showNotification: async (title, { data, tag }) => {
    const one = { title, tag, data, close: () => shown.splice(shown.indexOf(one), 1) };
    const at = shown.findIndex((other) => tag && other.tag === tag);
    if (at < 0) heard.push(title);
    shown.splice(at < 0 ? shown.length : at, 1, one);
  },
  getNotifications: async () => [...shown],
  pushManager: {
    getSubscription: async () => pushService.subscription,
    subscribe: async ({ applicationServerKey }) => {
      const made = subscriptionAt("https://push.example/new", applicationServerKey);
      pushService.subscription = await pushService.answers(made);
      return pushService.subscription;
    },
  },
};
const listeners = new Map();
globalThis.addEventListener = (kind, listener) => listeners.set(kind, listener);

export const browser = fakeBrowser({ allowed: true, stored: { unread: ["a", "b"] } });
fakeFetch({});
await import("../../extension/src/background.js");
export const atFirst = { log: [], held: [] };
await quiet();
Object.assign(atFirst, { log: [...browser.log], held: [...browser.held.keys()] });

/** Begin anew, with this remembered; the names of what the server is asked from now on. */
export function stage(state = {}, answers = routes()) {
  for (const name of Object.keys(browser.store)) delete browser.store[name];
  Object.assign(browser.store, structuredClone({ ...READER, ...state }));
  browser.held.clear();
  browser.log.length = 0;
  browser.texts.clear();
  browser.grants.notifications = true;
  shown.length = 0;
  heard.length = 0;
  Object.assign(pushService, { subscription: null, answers: async (made) => made });
  return fakeFetch(answers);
}

/** An event of the worker's own; its promise is what the worker asks to be kept awake for. */
export async function happen(kind, event = {}) {
  const waits = [];
  listeners.get(kind)({ ...event, waitUntil: (work) => waits.push(work) });
  await Promise.all(waits);
}

/** Until nothing moves any more, as far as that can be seen. */
export async function quiet() {
  for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** The last number that the button was given. */
export const badge = () => browser.log.findLast(([name]) => name === "badge")?.[1].text;

/** What the server is asked once this has happened. */
export async function asks(emit, state, answers) {
  const asked = stage(state, answers);
  if (state?.unsent) browser.texts.set("w", "<p>");
  await emit();
  await quiet();
  return asked.map(({ name }) => name);
}
