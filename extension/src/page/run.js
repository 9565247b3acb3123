/** Running one of our functions inside the page that the reader pressed for (activeTab). */

import { scripting, tabs } from "../platform.js";

const TRIES = 10;
const PAUSE_MS = 50;

/**
 * Chromium tells the page's own process of the press by another way than it tells us, so that whoever asks at
 * once is sometimes refused for a few milliseconds. That the tab shows its address is how one can tell.
 * @template {unknown[]} A
 * @template T
 * @param {number} tab
 * @param {(...given: A) => T} work stands alone, for the browser copies its text
 * @param {A} given
 * @returns {Promise<T | null>} null for a page the browser keeps to itself
 */
export async function runInPage(tab, work, ...given) {
  for (let tries = 1; ; tries += 1) {
    try {
      const [frame] = await scripting.executeScript({
        target: { tabId: tab },
        func: /** @type {any} */ (work),
        args: given,
      });
      return /** @type {T | undefined} */ (frame?.result) ?? null;
    } catch {
      const { url } = await tabs.get(tab).catch(() => ({ url: undefined }));
      if (!url || tries === TRIES) return null;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
