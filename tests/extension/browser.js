/** A tiny browser: enough of `chrome` for the modules that touch it, set before they are loaded. */

import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";

const MESSAGES = JSON.parse(
  readFileSync(new URL("../../extension/_locales/en/messages.json", import.meta.url), "utf8"),
);

/** An event whose listeners can be counted and called. */
export function event() {
  const listeners = [];
  return {
    listeners,
    addListener: (listener) => listeners.push(listener),
    hasListener: (listener) => listeners.includes(listener),
    emit: (...given) => listeners.map((listener) => listener(...given)),
  };
}

/** As much of IndexedDB as keeps texts by their keys; `texts` are what it holds. */
function fakeIndexedDB(texts) {
  const done = (result) => {
    const request = { result };
    queueMicrotask(() => request.onsuccess?.());
    return request;
  };
  const store = {
    put: (text, key) => done(void texts.set(key, text)),
    get: (key) => done(texts.get(key)),
    getAllKeys: () => done([...texts.keys()]),
    delete: (key) => done(void texts.delete(key)),
  };
  const transaction = () => {
    const begun = { objectStore: () => store };
    setImmediate(() => begun.oncomplete());
    return begun;
  };
  return { open: () => done({ transaction, close: () => undefined }) };
}

/**
 * Put a browser into the globals; call it before importing a module of the extension.
 * @param {{stored?: object, allowed?: boolean, firefox?: boolean}} [options]
 */
export function fakeBrowser({ stored = {}, allowed = false, firefox = false } = {}) {
  const store = structuredClone(stored);
  const log = [];
  const held = new Map();
  const texts = new Map();
  const logs =
    (name, value) =>
    async (...given) => {
      log.push([name, ...given]);
      return value;
    };
  const browser = {
    store,
    log,
    held,
    texts,
    grants: { notifications: allowed },
    action: {
      setBadgeText: logs("badge"),
      setBadgeBackgroundColor: async () => undefined,
      setBadgeTextColor: async () => undefined,
    },
    alarms: {
      onAlarm: event(),
      get: async (name) => held.get(name),
      create: async (name, info) => {
        const minutes = info.delayInMinutes ?? info.periodInMinutes;
        held.set(name, { name, scheduledTime: Date.now() + minutes * 60_000, ...info });
      },
      clear: async (name) => held.delete(name),
    },
    commands: { onCommand: event() },
    contextMenus: { onClicked: event(), create: logs("menu"), update: logs("menu shown") },
    i18n: {
      getMessage: (key, inserted = []) =>
        MESSAGES[key]?.message.replace(/\$(\d)/g, (_, at) => inserted[at - 1] ?? "") ?? "",
    },
    permissions: {
      onAdded: event(),
      onRemoved: event(),
      contains: async () => browser.grants.notifications,
      request: logs("permission", true),
    },
    runtime: {
      id: "newsbell",
      onInstalled: event(),
      onStartup: event(),
      onMessage: event(),
      getPlatformInfo: logs("platform", { os: "linux" }),
      getURL: (path) => `${firefox ? "moz" : "chrome"}-extension://newsbell/${path}`,
      ...(firefox && { getBrowserInfo: async () => ({ name: "Firefox" }) }),
    },
    scripting: { executeScript: async () => [] },
    storage: {
      onChanged: event(),
      local: {
        get: async (wanted) =>
          structuredClone(
            Object.fromEntries(Object.entries(wanted).map(([key, usual]) => [key, store[key] ?? usual])),
          ),
        set: async (patch) => {
          const changes = {};
          for (const [key, newValue] of Object.entries(structuredClone(patch))) {
            if (!isDeepStrictEqual(store[key], newValue)) changes[key] = { newValue };
            store[key] = newValue;
          }
          if (Object.keys(changes).length > 0) browser.storage.onChanged.emit(changes, "local");
        },
      },
    },
    tabs: {
      onUpdated: event(),
      create: async (tab) => {
        log.push(["tab", tab.url]);
        return { id: 5 };
      },
      query: async () => [{ id: 5 }],
      get: async (id) => ({ id, incognito: false }),
    },
  };
  globalThis.chrome = browser;
  globalThis.indexedDB = fakeIndexedDB(texts);
  const chains = new Map();
  const request = (name, work) => {
    const done = (chains.get(name) ?? Promise.resolve()).then(work);
    chains.set(
      name,
      done.catch(() => undefined),
    );
    return done;
  };
  Object.defineProperty(globalThis, "navigator", { value: { locks: { request } }, configurable: true });
  return browser;
}

/**
 * Answer fetches by method and path: `[status, body, headers]`, a function of the request, or an error.
 * @param {Record<string, any>} routes such as {"GET /api/v1": [200, {…}]}
 */
export function fakeFetch(routes) {
  const asked = [];
  globalThis.fetch = async (address, init = {}) => {
    const url = new URL(address);
    const name = `${init.method ?? "GET"} ${url.pathname}`;
    asked.push({
      name,
      url: url.href,
      headers: init.headers ?? {},
      body: init.body && JSON.parse(init.body),
    });
    const route = routes[name];
    const answer = typeof route === "function" ? route(asked.at(-1)) : route;
    if (!answer) throw new TypeError("Failed to fetch");
    const [status, body, headers = {}] = answer;
    const empty = status === 204 || status === 304;
    return new Response(empty ? null : JSON.stringify(body), { status, headers });
  };
  return asked;
}
