/** Each step of following, with the trouble it may meet named, so that the page can say it. */

import { RefusedByServer, ServerAway } from "./api.js";
import { deniedWords, refusedWords, TROUBLES, WORDS } from "./words.js";

/** @typedef {import("./surroundings.js").Surroundings} Surroundings */
/** @typedef {import("./surroundings.js").Obstacle | "dismissed" | "workerFailed" | "noTopic"} Trouble */

const SILENT_AFTER_MS = 15_000;

/** A step that did not come to its end, for a reason with words of its own. */
export class Stopped extends Error {
  /**
   * @param {Trouble} trouble
   * @param {ErrorOptions} [options]
   */
  constructor(trouble, options) {
    super(trouble, options);
    this.trouble = trouble;
  }
}

/**
 * Ask by the browser's own dialog. To be called first thing in a click: browsers ask only then.
 * @param {Pick<typeof Notification, "requestPermission">} notification
 */
export async function askPermission(notification) {
  const answer = await notification.requestPermission();
  if (answer === "denied") throw new Stopped("denied");
  if (answer !== "granted") throw new Stopped("dismissed");
}

/**
 * @param {() => Promise<ServiceWorkerRegistration>} register
 * @returns {Promise<PushManager>}
 */
export async function startWorker(register) {
  try {
    return (await register()).pushManager;
  } catch (error) {
    throw new Stopped("workerFailed", { cause: error });
  }
}

/**
 * Tell once if a step takes long, and go on waiting: some browsers have no push service and never say so,
 * and a late answer still counts.
 * @template T
 * @param {Promise<T>} step
 * @param {() => void} tell
 * @param {number} [after] milliseconds
 * @returns {Promise<T>}
 */
export function noticeSilence(step, tell, after = SILENT_AFTER_MS) {
  const timer = setTimeout(tell, after);
  return step.finally(() => clearTimeout(timer));
}

/**
 * The words for what went wrong.
 * @param {unknown} error
 * @param {Pick<Surroundings, "maker">} here
 * @returns {string}
 */
export function wordsFor(error, here) {
  if (error instanceof Stopped) {
    return error.trouble === "denied" ? deniedWords(here.maker) : TROUBLES[error.trouble];
  }
  if (error instanceof RefusedByServer) return refusedWords(error.message);
  if (error instanceof ServerAway) return WORDS.away;
  // The Push API's own refusals: AbortError, NotAllowedError, NotSupportedError, InvalidStateError.
  return error instanceof DOMException ? WORDS.pushFailed : WORDS.unexpected;
}
