/** /subscribe: topics ticked, OK, the browser's own Allow, done. */

import { server } from "./api.js";
import { follow } from "./follow.js";
import { byId, say, showOnly, unlessBusy, whileBusy } from "./page.js";
import { registerWorker } from "./push.js";
import { askPermission, noticeSilence, Stopped, startWorker, wordsFor } from "./steps.js";
import { tickets } from "./store.js";
import { look, obstacle } from "./surroundings.js";
import { addFromField, listenForAdding, tick, ticked } from "./topics_form.js";
import { WORDS } from "./words.js";

const here = look(window);
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
  await noticeSilence(following, () => say(WORDS.silent, "notice-bad"));
  done();
}

function done() {
  say("");
  showOnly(["asking", "feeds", "done"], ["done"]);
  byId("done-title").focus();
}
