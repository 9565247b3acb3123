/** Every sentence the pages' scripts say, in one place. */

/** @typedef {import("./surroundings.js").Maker} Maker */

/** Where each browser keeps the reader's answer about notifications. */
const WHERE_TO_ALLOW = {
  firefox:
    "To allow them: click the icon left of the address, remove “Blocked” beside “Send notifications”, " +
    "reload this page and press OK.",
  chromium:
    "To allow them: click the icon left of the address, open “Site settings”, set Notifications to " +
    "“Ask” or “Allow”, reload this page and press OK.",
  safari:
    "To allow them: open Safari’s Settings, Websites, Notifications, choose Allow for this site (on an " +
    "iPhone or iPad: Settings, Notifications, Newsbell), then come back and press OK.",
  other:
    "To allow them: open your browser’s settings for this site, allow notifications, reload this page " +
    "and press OK.",
};

const FEEDS_INSTEAD = "The same topics are feeds, which need no permission.";

/** What stands in the way, or went wrong, before a push service is asked. */
export const TROUBLES = {
  insecure:
    "This page did not come over https, and browsers allow notifications only there. Whoever runs this " +
    `Newsbell can set https up. ${FEEDS_INSTEAD}`,
  homeScreen:
    "On an iPhone or iPad, notifications work only from the Home Screen: tap Share, then “Add to Home " +
    "Screen”, open Newsbell from there, and come back to this page.",
  noWorker:
    "This browser gives this window no service worker, and without one no notification can reach it. " +
    "Some browsers do so in private windows: open this page in an ordinary one. Otherwise the browser is " +
    `too old, or its settings forbid it. ${FEEDS_INSTEAD}`,
  noPush: `This browser has no web notifications. ${FEEDS_INSTEAD}`,
  noTopic: "Tick at least one topic, or add one by name.",
  dismissed:
    "Your browser’s question was closed without an answer, so nothing was set up. Press OK to be asked again.",
  workerFailed:
    "Your browser did not start the service worker that shows notifications. A private window or an older " +
    `browser does not; an ordinary window of a current one does. ${FEEDS_INSTEAD}`,
};

export const WORDS = {
  noTopicButStop: "Tick at least one topic. To end notifications altogether, press Stop.",
  asking:
    "Your browser is asking whether Newsbell may show notifications. Choose Allow. If you do not see its " +
    "question, press OK again.",
  subscribing: "Allowed. Waiting for your browser’s push service.",
  silent:
    "Your browser’s push service has not answered for 15 seconds. You may be offline, or the browser may " +
    "have none: Brave asks you to switch on “Use Google services for push messaging” in its privacy " +
    `settings. This page keeps waiting and will say when it is done. ${FEEDS_INSTEAD}`,
  pushFailed:
    "Your browser could not get a push address, so no notification can reach it. You may be offline, or " +
    `in a private window. Nothing was set up; press OK to try again. ${FEEDS_INSTEAD}`,
  away: "Newsbell’s server did not answer. You may be offline. Nothing was changed; try again.",
  unexpected: "Something went wrong that this page does not know. Nothing was set up; press OK to try again.",
  followsAlready:
    "This browser follows topics already: they are ticked below. OK changes them to what you tick.",
  handingOver: "Leading back to the extension.",
  handedOver:
    "The Newsbell extension in this browser may manage this now. If you are not led back, press its button.",
  linkedToo: "The Newsbell extension in this browser manages them too: what you change here changes there.",
  loading: "Looking at what this browser follows.",
  saved: "Saved. From now on you are notified about the topics ticked.",
  testSent: "Sent. The notification should appear within a few seconds.",
  stopped: "Stopped. Nothing more will be sent to this browser, and Newsbell’s server has forgotten it.",
  stoppedHere:
    "Stopped in this browser: nothing can reach it any more. The server did not answer; it forgets this " +
    "browser when it next tries to reach it.",
};

/** What /subscription says first, by how things stand. */
export const STANDINGS = {
  none: "This browser follows nothing here.",
  active: "This browser is notified about the topics ticked below.",
  suspended:
    "The push service no longer accepts this server’s messages for this browser, so nothing is sent. " +
    "Subscribe again to go on.",
  unknown: "The server no longer knows this browser, so nothing is sent. Subscribe again to go on.",
  lost: "This browser has given up its push address, so nothing can reach it. Subscribe again to go on.",
  away: "Newsbell’s server did not answer, so what this browser follows cannot be shown. You may be offline.",
};

/** @param {Maker} maker */
export function deniedWords(maker) {
  return (
    "Notifications from this site are blocked in this browser: you said so before, or the browser does so " +
    `by itself, as private windows do. ${WHERE_TO_ALLOW[maker]} ${FEEDS_INSTEAD}`
  );
}

/** @param {Maker} maker */
export function revokedWords(maker) {
  return (
    "You have taken back this browser’s permission to show notifications, so nothing reaches it. " +
    `${WHERE_TO_ALLOW[maker]}`
  );
}

/** @param {string} message the server's own sentence */
export function refusedWords(message) {
  return `The server refused: ${message}`;
}
