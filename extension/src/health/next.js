/**
 * What to do next so that the reader is told what the reader wants to be told: one step at a time, decided
 * from facts alone.
 */

/** @typedef {import("../state.js").How} How */
/** @typedef {import("../state.js").Trouble} Trouble */

/**
 * @typedef {object} Facts
 * @property {boolean} pushesItself the extension itself can subscribe
 * @property {boolean} byPolling the reader chose polling where it cannot
 * @property {boolean} follows whether any topic is followed
 * @property {boolean} allowed whether notifications are
 * @property {{endpoint: string, key: string} | null} subscription the browser's
 * @property {boolean} silent no push service answered, this time
 * @property {{endpoint: string} | null} ticket
 * @property {string | null} key the server's current key; null while the server is away
 * @property {string | null} ticketKey the key the server rings the ticket's endpoint with, if it says so
 * @property {"known" | "suspended" | "unknown" | "unseen"} view what the server says of the ticket
 * @property {"agree" | "ours" | "theirs"} topics which side changed them since they last agreed
 * @property {Trouble | null} trouble the last thing that went wrong
 */

/**
 * @typedef {"unsubscribe" | "retire" | "forget" | "subscribe" | "register" | "move" | "tell" | "adopt"} Step
 * @typedef {{step: Step} | {rest: How}} Decision
 */

/**
 * Whether looking at the feed is what rings.
 * @param {How} how
 */
export const ringsByFeed = (how) => how === "polling" || how === "waiting";

/**
 * @param {Facts} facts
 * @returns {Decision}
 */
export function next(facts) {
  if (!facts.follows) return clearedAway(facts) ?? { rest: "idle" };
  if (!facts.pushesItself) return facts.byPolling ? nextPolling(facts) : nextLinked(facts);
  // A subscription outlives the permission until the browser restarts: it must be given up by hand.
  if (!facts.allowed) return clearedAway(facts) ?? { rest: "unallowed" };
  return nextPushing(facts);
}

/**
 * @param {Facts} facts
 * @returns {Decision | null}
 */
function clearedAway({ subscription, ticket }) {
  if (subscription) return { step: "unsubscribe" };
  return ticket ? { step: "retire" } : null;
}

/**
 * @param {Facts} facts
 * @returns {Decision}
 */
function nextPolling({ ticket, allowed }) {
  if (ticket) return { step: "retire" };
  return { rest: allowed ? "polling" : "unallowed" };
}

/**
 * Firefox: the server's page has the push subscription, and this ticket manages it.
 * @param {Facts} facts
 * @returns {Decision}
 */
function nextLinked(facts) {
  if (!facts.ticket) return { rest: "unlinked" };
  if (facts.view === "unknown") return { step: "forget" };
  if (facts.view === "suspended") return { rest: "unlinked" };
  if (facts.view === "unseen" || facts.trouble) return { rest: "linked" };
  return agreed(facts) ?? { rest: "linked" };
}

/**
 * Chromium: the extension has the push subscription itself.
 * @param {Facts} facts
 * @returns {Decision}
 */
function nextPushing(facts) {
  const { subscription, ticket, key, view } = facts;
  if (key === null) return { rest: subscription && ticket ? "push" : "waiting" };
  if (facts.silent) return { rest: "polling" };
  // An endpoint the push service calls dead is handed out again until it is unsubscribed: whatever the
  // server has forgotten is therefore made anew from the ground.
  if (ticket && view === "unknown") return { step: "forget" };
  if (subscription && subscription.key !== keyFor(subscription, facts)) return { step: "unsubscribe" };
  if (ticket && view === "suspended" && subscription?.endpoint === ticket.endpoint) {
    return { step: "unsubscribe" };
  }
  if (!subscription) return { step: "subscribe" };
  if (facts.trouble) return { rest: ticket?.endpoint === subscription.endpoint ? "push" : "polling" };
  if (!ticket) return { step: "register" };
  if (ticket.endpoint !== subscription.endpoint) return { step: "move" };
  return agreed(facts) ?? { rest: "push" };
}

/**
 * The key a subscription must have been made with: a server that has a new one goes on ringing with the old
 * one whom it knows by it.
 * @param {{endpoint: string}} subscription
 * @param {Facts} facts
 */
function keyFor({ endpoint }, { ticket, ticketKey, key }) {
  return ticket?.endpoint === endpoint ? (ticketKey ?? key) : key;
}

/**
 * @param {Facts} facts
 * @returns {Decision | null}
 */
function agreed({ topics }) {
  if (topics === "ours") return { step: "tell" };
  return topics === "theirs" ? { step: "adopt" } : null;
}
