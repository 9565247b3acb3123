/**
 * Making what the reader wants true, again and again: whoever calls it, however often, it ends in the same
 * place. It looks at what there is, does one step after another, and writes down how things stand.
 */

import { stillHeld } from "../feed/held.js";
import { hindrance, RefusedByServer, ServerAway, troubleOf } from "../server.js";
import { keyOf } from "../topics/names.js";
import { next, ringsByFeed } from "./next.js";
import { targetOf } from "./push.js";
import { isTooMany, tellTopics } from "./tell.js";
import { adopted, compareTopics } from "./topics.js";

/** @typedef {import("../state.js").State} State */
/** @typedef {import("../state.js").Ticket} Ticket */
/** @typedef {import("../state.js").Ended} Ended */
/** @typedef {import("../state.js").Standing} Standing */
/** @typedef {import("../state.js").Followed} Followed */
/** @typedef {import("../server.js").View} View */
/** @typedef {import("./push.js").Subscription} Subscription */
/** @typedef {import("./next.js").Step} Step */

/**
 * @typedef {object} Means
 * @property {(address: string) => import("../server.js").Server} serverAt
 * @property {import("./push.js").Push} push
 * @property {boolean} pushesItself
 * @property {() => Promise<boolean>} allowed
 * @property {() => Promise<State>} read
 * @property {(work: (state: State) => Partial<State>) => Promise<State>} change
 * @property {() => Promise<import("../state.js").Topic[]>} topics the server's, asked for anew
 * @property {() => number} now
 * @property {() => void} late called when a push service answers after all
 */

/** @typedef {import("./next.js").Facts & {subscription: Subscription | null, ticket: Ticket | null, theirs: import("../server.js").TopicName[], server: import("../server.js").Server, ours: string, renewed: boolean}} Round */

/** Steps a repair takes at most; the longest real one takes six. */
const MOST_STEPS = 12;

/** A server that cannot be told for so long is gone, or has long given this browser up itself. */
const LONGEST_FAILING_MS = 90 * 24 * 60 * 60 * 1000;

/**
 * @param {Means} means
 * @returns {Promise<Standing>} as it is written down, too
 */
export async function ensure(means) {
  const round = await look(means);
  const how = await repair(means, round);
  await endRetired(means, ({ server }) => server === round.server.address);
  return settle(means, how, round);
}

/**
 * Tell servers that were left about what was given up. Not a part of `ensure`: one that is gone for good takes
 * its time to say nothing, at each try.
 * @param {Means} means
 */
export async function endLeft(means) {
  const { server } = await means.read();
  await endRetired(means, (ticket) => ticket.server !== server);
}

/**
 * @param {Means} means
 * @param {Round} round
 * @returns {Promise<Standing["how"]>}
 */
async function repair(means, round) {
  await recall(means, round);
  for (let done = 0; done < MOST_STEPS; done += 1) {
    const decision = next(round);
    if ("rest" in decision) return decision.rest;
    await STEPS[decision.step](means, round);
    await recall(means, round);
  }
  return "waiting";
}

/**
 * @param {Means} means
 * @returns {Promise<Round>}
 */
async function look(means) {
  const state = await means.read();
  const server = means.serverAt(state.server);
  /** @type {Round} */
  const round = {
    pushesItself: means.pushesItself,
    byPolling: state.byPolling,
    allowed: await means.allowed(),
    subscription: await means.push.current(),
    silent: false,
    key: null,
    ticketKey: null,
    view: "unseen",
    trouble: null,
    theirs: [],
    renewed: false,
    server,
    ...wishOf(state),
  };
  await asking(round, async () => {
    const about = await server.about();
    await means.change(() => ({ about }));
    round.key = about.vapid_key;
  });
  if (round.ticket && round.ticket.server !== server.address) await STEPS.retire(means, round);
  if (round.ticket && round.key !== null) await asking(round, () => see(round, server.view), true);
  return round;
}

/**
 * What is remembered may have changed: by the step taken, or by the reader meanwhile.
 * @param {Means} means
 * @param {Round} round
 */
async function recall(means, round) {
  const state = await means.read();
  Object.assign(round, wishOf(state));
  if (round.ticket && round.view === "known") {
    round.topics = compareTopics(state.following, round.ticket.told, round.theirs);
  }
}

/** @param {State} state */
const wishOf = (state) => ({
  follows: state.following.length > 0,
  ours: state.following.map(keyOf).join(" "),
  topics: /** @type {const} */ ("agree"),
  ticket: state.ticket,
});

/**
 * Ask the server, and note what went wrong with it if anything did.
 * @param {Round} round
 * @param {() => Promise<void>} question
 * @param {boolean} [ofTicket] whether a 404 means that the ticket opens nothing any more
 */
async function asking(round, question, ofTicket = false) {
  try {
    await question();
  } catch (error) {
    if (!(error instanceof RefusedByServer || error instanceof ServerAway)) throw error;
    if (error instanceof RefusedByServer && error.isUnknown && ofTicket) {
      round.view = "unknown";
      return;
    }
    if (isTooMany(error) && round.trouble) return; // noted by what it was too many for
    round.trouble = troubleOf(error);
    if (round.trouble.passing) round.key = null;
  }
}

/**
 * @param {Round} round
 * @param {(ticket: Ticket) => Promise<View>} view
 */
async function see(round, view) {
  if (!round.ticket) return;
  const seen = await view(round.ticket);
  round.view = seen.suspended ? "suspended" : "known";
  round.ticketKey = seen.vapid_key ?? null;
  round.theirs = seen.topics;
}

/** @type {Record<Step, (means: Means, round: Round) => Promise<void>>} */
const STEPS = {
  async unsubscribe({ push }, round) {
    await push.unsubscribe();
    round.subscription = null;
  },

  /** Give a subscription up: its server is told afterwards, and reaches nobody meanwhile. */
  async retire(means, round) {
    const { ticket } = round;
    if (!ticket) return;
    await means.change((state) => ({ ticket: null, ended: [...state.ended, ticket] }));
    round.ticket = null;
  },

  async forget(means, round) {
    await means.push.unsubscribe();
    await means.change(() => ({ ticket: null }));
    round.subscription = null;
    round.trouble = means.pushesItself ? null : hindrance("forgotten");
    round.view = "unseen";
  },

  async subscribe({ push, late }, round) {
    if (round.key === null) return;
    round.subscription = await push.subscribe(round.key, late).catch(() => null);
    round.silent = round.subscription === null;
  },

  async register(means, round) {
    const { server, subscription } = round;
    if (!subscription) return;
    await asking(round, async () => {
      const { following } = await means.read();
      round.ours = following.map(keyOf).join(" ");
      const made = await tellTopics(means, round, following, (names) =>
        server.subscribe(targetOf(subscription), names),
      );
      if (!made) return;
      const { id, manage_token } = made;
      const ticket = {
        server: server.address,
        id,
        token: manage_token,
        endpoint: subscription.endpoint,
        told: [],
      };
      await means.change(() => ({ ticket }));
      round.ticket = ticket;
      round.renewed = true;
      await see(round, server.view);
      await STEPS.adopt(means, round);
    });
  },

  async move(means, round) {
    const { server, subscription, ticket } = round;
    if (!subscription || !ticket) return;
    const moving = async () => {
      await see(round, () => server.moveEndpoint(ticket, targetOf(subscription)));
      await means.change(() => ({ ticket: { ...ticket, endpoint: subscription.endpoint } }));
      round.renewed = true;
    };
    await asking(round, moving, true);
    if (round.trouble?.code !== "conflict") return;
    // Another subscription has the endpoint: ours ends, and subscribing anew takes that one over.
    round.trouble = null;
    await STEPS.retire(means, round);
  },

  async tell(means, round) {
    const { server, ticket } = round;
    const { following } = await means.read();
    if (!ticket || following.length === 0) return;
    round.ours = following.map(keyOf).join(" ");
    const telling = async () => {
      const seen = await tellTopics(means, round, following, (names) => server.changeTopics(ticket, names));
      if (!seen) return STEPS.retire(means, round);
      await see(round, async () => seen);
      await STEPS.adopt(means, round);
    };
    await asking(round, telling, true);
  },

  async adopt(means, round) {
    await means.change((state) => {
      if (!state.ticket || state.following.map(keyOf).join(" ") !== round.ours) return {};
      const ticket = { ...state.ticket, told: round.theirs.map(({ slug }) => slug) };
      // What was too much to tell is followed all the same, and told as soon as there is room.
      if (round.trouble) return { ticket };
      return { ticket, following: adopted(state.following, round.theirs, means.now()) };
    });
  },
};

/**
 * Tell servers about subscriptions that were given up, all at once.
 * @param {Means} means
 * @param {(ticket: Ended) => boolean} isMeant
 */
async function endRetired(means, isMeant) {
  const { ended } = await means.read();
  await Promise.all(ended.filter(isMeant).map((ticket) => endOne(means, ticket)));
}

/**
 * @param {Means} means
 * @param {Ended} ticket
 */
async function endOne(means, ticket) {
  const over = await means
    .serverAt(ticket.server)
    .end(ticket)
    .then(
      () => true,
      (error) => error instanceof RefusedByServer && !error.isPassing,
    );
  const now = means.now();
  // A clock that was ahead when it was first tried is right by now.
  const failingSince = Math.min(ticket.failingSince ?? now, now);
  const left = over || now - failingSince > LONGEST_FAILING_MS ? [] : [{ ...ticket, failingSince }];
  await means.change((state) => ({
    ended: state.ended.flatMap((one) => (one.token === ticket.token ? left : [one])),
  }));
}

/**
 * @param {Means} means
 * @param {Standing["how"]} how
 * @param {Round} round
 * @returns {Promise<Standing>}
 */
async function settle(means, how, round) {
  const standing = { how, trouble: round.trouble ?? suspicion(how, round), at: means.now() };
  await means.change((state) => ({
    standing,
    tries: standing.trouble?.passing || state.ended.length > 0 ? state.tries + 1 : 0,
    ...reached(state, standing, round),
  }));
  return standing;
}

/**
 * What came between the last look and a push that takes over would otherwise ring nowhere, and so what came
 * while the server rang an endpoint that was dead. Where the server knows the one that is there, all but the
 * newest is settled.
 * @param {State} before
 * @param {Standing} after
 * @param {Round} round
 * @returns {Partial<Pick<State, "missed" | "held">>}
 */
function reached({ standing, missed, held }, { how, at }, { view, renewed }) {
  const takesOver = ringsByFeed(standing.how) && !ringsByFeed(how);
  const wasDead = standing.how === "push" && renewed;
  if (missed || takesOver || wasDead) return { missed: true };
  return how === "push" && view === "known" ? { held: stillHeld(held, at) } : {};
}

/**
 * @param {Standing["how"]} how
 * @param {Round} round
 * @returns {Standing["trouble"]}
 */
function suspicion(how, { view, silent }) {
  if (how === "unlinked" && view === "suspended") return hindrance("suspended");
  if (how === "polling" && silent) return { code: "silent", message: "", passing: true };
  return null;
}
