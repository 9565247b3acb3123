/** When to look again. An update clears all alarms, and so does a restart of Firefox. */

import { alarms } from "../platform.js";
import { ringsByFeed } from "./next.js";

/** @typedef {import("../state.js").State} State */
/** @typedef {import("../state.js").Standing} Standing */

export const HEALTH = "health";
export const LOOK = "look";
export const RETRY = "retry";
export const SAVES = "saves";

const DAY = 24 * 60;
const POLLING_EVERY = 5;
const BADGE_EVERY = 30;
const LONGEST_WAIT = 60;
const MINUTE_MS = 60_000;

/**
 * Minutes between two looks at the feed, by whether it is what rings.
 * @param {Standing["how"]} how
 */
export const lookEvery = (how) => (ringsByFeed(how) ? POLLING_EVERY : BADGE_EVERY);

/**
 * Minutes until the server is tried again, longer each time.
 * @param {number} tries
 */
export const retryAfter = (tries) => Math.min(LONGEST_WAIT, 2 ** Math.max(0, tries - 1));

/**
 * @param {Standing} standing
 * @param {Pick<State, "tries" | "link">} state
 */
export async function setAlarms(standing, state) {
  await keepLooking(standing);
  await keepRetry(RETRY, triesOf(state), { anew: true });
}

/**
 * Put back what is missing, and leave alone what runs.
 * @param {Pick<State, "standing" | "tries" | "link" | "unsentTries">} state
 */
export async function keepAlarms(state) {
  await keepLooking(state.standing);
  await keepRetry(RETRY, triesOf(state));
  await keepRetry(SAVES, state.unsentTries);
}

/**
 * A code that is kept could not be claimed yet, whatever else went well.
 * @param {Pick<State, "tries" | "link">} state
 */
const triesOf = ({ tries, link }) => (link?.code ? Math.max(1, tries) : tries);

/** @param {Standing} standing */
async function keepLooking({ how }) {
  await keep(HEALTH, DAY);
  if (how === "idle") await alarms.clear(LOOK);
  else await keep(LOOK, lookEvery(how));
}

/**
 * One that runs already keeps its time unless it is set anew, after a try: a worker that wakes often would
 * otherwise put it off for ever.
 * @param {string} name
 * @param {number} tries in a row that came to nothing; after none, there is nothing to try again
 * @param {{anew?: boolean}} [options]
 */
export async function keepRetry(name, tries, { anew = false } = {}) {
  if (tries === 0) await alarms.clear(name);
  else if (anew || !comesWithin(await alarms.get(name), LONGEST_WAIT)) {
    await alarms.create(name, { delayInMinutes: retryAfter(tries) });
  }
}

/**
 * An alarm that runs already keeps its time: setting it again would put it off.
 * @param {string} name
 * @param {number} periodInMinutes
 */
async function keep(name, periodInMinutes) {
  const present = await alarms.get(name);
  if (present?.periodInMinutes === periodInMinutes && comesWithin(present, periodInMinutes)) return;
  await alarms.create(name, { periodInMinutes });
}

/**
 * One that was set while the clock was ahead may come in years: once the clock is right, it is as good as none.
 * @param {chrome.alarms.Alarm | undefined} present
 * @param {number} minutes
 */
const comesWithin = (present, minutes) =>
  present !== undefined && present.scheduledTime <= Date.now() + (minutes + 1) * MINUTE_MS;
