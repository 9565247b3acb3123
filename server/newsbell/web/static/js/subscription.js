/** /subscription: what this browser follows, a test, and the end of it. */

import { server } from "./api.js";
import { byId, say, showOnly, unlessBusy, whileBusy } from "./page.js";
import { currentSubscription, registerWorker } from "./push.js";
import { renew } from "./renew.js";
import { standing } from "./standing.js";
import { wordsFor } from "./steps.js";
import { stop } from "./stop.js";
import { tickets } from "./store.js";
import { look } from "./surroundings.js";
import { addFromField, listenForAdding, tick, ticked, untickAll } from "./topics_form.js";
import { revokedWords, STANDINGS, WORDS } from "./words.js";

/** @typedef {import("./standing.js").Standing} Standing */

const PARTS = ["follow", "again", "manage", "stopping"];

/** Which parts of the page each standing needs. */
const PARTS_OF = {
  none: ["follow"],
  active: ["manage", "stopping"],
  suspended: ["again", "stopping"],
  unknown: ["again", "stopping"],
  lost: ["again", "stopping"],
  revoked: ["stopping"],
  away: ["stopping"],
};

const here = look(window);
/** @type {Standing} */
let now = { state: "none" };

listenForAdding();
for (const [id, action] of Object.entries({ save, test, stop: end })) {
  unlessBusy(id, () => whileBusy(id, saying(action)));
}
await saying(show)();

/**
 * Run an action, and say what went wrong with it if anything does.
 * @param {() => Promise<void>} action
 */
function saying(action) {
  return async () => {
    try {
      await action();
    } catch (error) {
      say(wordsFor(error, here), "notice-bad");
    }
  };
}

async function show() {
  say(WORDS.loading);
  await settleEndpoint();
  now = await standing({
    readTicket: tickets.read,
    view: server.view,
    currentSubscription,
    permission: globalThis.Notification?.permission,
  });
  say("");
  byId("standing").textContent = standingWords();
  showOnly(PARTS, PARTS_OF[now.state]);
  fillTopics();
}

function standingWords() {
  if (now.state === "revoked") return revokedWords(here.maker);
  const linked = now.state === "active" && now.view?.linked;
  return linked ? `${STANDINGS.active} ${WORDS.linkedToo}` : STANDINGS[now.state];
}

/** An endpoint the browser changed while the server was away is told to the server now. */
async function settleEndpoint() {
  const ticket = await tickets.read();
  const subscription = ticket && (await currentSubscription());
  if (!subscription || subscription.endpoint === ticket.endpoint) return;
  const { pushManager: manager } = await registerWorker();
  await renew({ server, tickets, manager }).catch(() => undefined);
}

function fillTopics() {
  const topics = now.view?.topics ?? [];
  untickAll();
  for (const topic of topics) tick(topic);
  const again = new URLSearchParams({ topics: topics.map((topic) => topic.slug).join(",") });
  /** @type {HTMLAnchorElement} */ (byId("again-link")).href = `/subscribe?${again}`;
}

async function save() {
  addFromField();
  const topics = ticked();
  if (topics.length === 0) return say(WORDS.noTopicButStop, "notice-bad");
  if (!now.ticket) return;
  now.view = await server.changeTopics(now.ticket, topics);
  fillTopics();
  say(WORDS.saved, "notice-good");
}

async function test() {
  if (!now.ticket) return;
  await server.sendTest(now.ticket);
  say(WORDS.testSent, "notice-good");
}

async function end() {
  if (!now.ticket) return;
  const told = await stop(now.ticket, { end: server.end, currentSubscription, forget: tickets.forget });
  await show();
  say(told ? WORDS.stopped : WORDS.stoppedHere, "notice-good");
  byId("title").focus();
}
