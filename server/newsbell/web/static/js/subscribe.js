/** /subscribe: topics ticked, OK, the browser's own Allow, done; and, if the extension asks, handed to it. */

import { server } from "./api.js";
import { follow } from "./follow.js";
import { handOver, wishIn } from "./handover.js";
import { byId, say, showOnly, unlessBusy, whileBusy } from "./page.js";
import { registerWorker } from "./push.js";
import { askPermission, noticeSilence, Stopped, startWorker, wordsFor } from "./steps.js";
import { tickets } from "./store.js";
import { look, obstacle } from "./surroundings.js";
import { addFromField, listenForAdding, tick, ticked } from "./topics_form.js";
import { WORDS } from "./words.js";

/** @typedef {import("./store.js").Ticket} Ticket */

const PARTS = ["asking", "handover", "feeds", "done"];

const here = look(window);
const wish = wishIn(location.search);
let presses = 0;

byId("asking").hidden = false;
listenForAdding();
unlessBusy("ok", pressed);
sayWhatStandsInTheWay();
tickWhatIsFollowed();

function sayWhatStandsInTheWay() {
  const found = obstacle(here);
  if (found) say(wordsFor(new Stopped(found), here), "notice-bad");
}

/** A browser that follows topics already would lose them by ticking only the new ones. */
async function tickWhatIsFollowed() {
  const ticket = await tickets.read().catch(() => undefined);
  const view = ticket && (await server.view(ticket).catch(() => undefined));
  if (!view) return;
  for (const topic of view.topics) tick(topic);
  byId("follows-already").textContent = WORDS.followsAlready;
}

/** Some browsers keep a question that was closed open for good; pressing OK again asks it again. */
async function pressed() {
  presses += 1;
  const press = presses;
  try {
    const topics = allowedToAsk();
    say(WORDS.asking);
    await askPermission(Notification);
    if (press === presses) await whileBusy("ok", () => subscribe(topics));
  } catch (error) {
    if (press === presses) say(wordsFor(error, here), "notice-bad");
  }
}

/** @returns {string[]} the topics to follow, if nothing stands in the way of asking */
function allowedToAsk() {
  const found = obstacle(look(window));
  if (found) throw new Stopped(found);
  addFromField();
  const topics = ticked();
  if (topics.length === 0) throw new Stopped("noTopic");
  return topics;
}

/** @param {string[]} topics */
async function subscribe(topics) {
  say(WORDS.subscribing);
  const following = startWorker(registerWorker).then((manager) =>
    follow(topics, { server, tickets, manager }),
  );
  const ticket = await noticeSilence(following, () => say(WORDS.silent, "notice-bad"));
  if (wish) askToHandOver(wish, ticket);
  else done();
}

function done() {
  say("");
  showOnly(PARTS, ["done"]);
  byId("done-title").focus();
}

/**
 * @param {import("./handover.js").Wish} wish
 * @param {Ticket} ticket
 */
function askToHandOver(wish, ticket) {
  say("");
  showOnly(PARTS, ["handover"]);
  byId("handover-title").focus();
  unlessBusy("no", done);
  unlessBusy("yes", () => whileBusy("yes", () => yes(wish, ticket)));
}

/**
 * @param {import("./handover.js").Wish} wish
 * @param {Ticket} ticket
 */
async function yes(wish, ticket) {
  say(WORDS.handingOver);
  try {
    const back = await handOver(wish, ticket, server);
    done();
    say(WORDS.handedOver, "notice-good");
    location.assign(back);
  } catch (error) {
    say(wordsFor(error, here), "notice-bad");
  }
}
