/** Following topics in this browser: what OK does once the reader has allowed notifications. */

import { RefusedByServer } from "./api.js";
import { isUnder, subscribeUnder, targetOf } from "./push.js";

/** @typedef {import("./store.js").Ticket} Ticket */

/**
 * @typedef {object} Means
 * @property {import("./api.js").SubscriptionApi} server
 * @property {import("./store.js").TicketStore} tickets
 * @property {PushManager} manager
 */

/**
 * Follow exactly these topics. A subscription that works is kept and only its topics change; anything
 * doubtful is replaced, because a browser hands out a dead endpoint again until it is unsubscribed.
 * @param {string[]} topics names or slugs
 * @param {Means} means
 * @returns {Promise<Ticket>}
 */
export async function follow(topics, { server, tickets, manager }) {
  const ticket = await tickets.read();
  const key = await server.vapidKey();
  const existing = await manager.getSubscription();
  const works = ticket && existing?.endpoint === ticket.endpoint && isUnder(existing, key);
  if (works && (await keepsRinging(server, ticket, topics))) return ticket;
  await existing?.unsubscribe();
  const fresh = await subscribeAfresh(topics, key, { server, manager });
  await tickets.write(fresh);
  if (ticket) await endQuietly(server, ticket);
  return fresh;
}

/**
 * @param {Means["server"]} server
 * @param {Ticket} ticket
 * @param {string[]} topics
 */
async function keepsRinging(server, ticket, topics) {
  try {
    const view = await server.changeTopics(ticket, topics);
    return !view.suspended;
  } catch (error) {
    if (error instanceof RefusedByServer && error.isUnknown) return false;
    throw error;
  }
}

/**
 * @param {string[]} topics
 * @param {string} key
 * @param {Pick<Means, "server" | "manager">} means
 * @returns {Promise<Ticket>}
 */
async function subscribeAfresh(topics, key, { server, manager }) {
  const subscription = await subscribeUnder(manager, key);
  try {
    const answer = await server.subscribe(targetOf(subscription, key), topics);
    return { ...answer, endpoint: subscription.endpoint };
  } catch (error) {
    await subscription.unsubscribe();
    throw error;
  }
}

/**
 * The old row would end by itself: its endpoint is dead, and the push service says so at the next ring.
 * @param {Means["server"]} server
 * @param {Ticket} ticket
 */
async function endQuietly(server, ticket) {
  await server.end(ticket).catch(() => undefined);
}
