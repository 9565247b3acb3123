/** Keeping the server's endpoint true after the browser has changed its own (Push API section 11.3). */

import { RefusedByServer } from "./api.js";
import { isUnder, subscribeUnder, targetOf } from "./push.js";

/**
 * Subscribe with the server's current key where needed, and tell the server the endpoint now in force.
 * Nothing happens in a browser that follows nothing.
 * @param {import("./follow.js").Means} means
 */
export async function renew({ server, tickets, manager }) {
  const ticket = await tickets.read();
  if (!ticket) return;
  const key = await server.vapidKey();
  const subscription = await subscriptionUnder(manager, key);
  if (subscription.endpoint === ticket.endpoint) return;
  try {
    await server.moveEndpoint(ticket, targetOf(subscription, key));
  } catch (error) {
    if (!(error instanceof RefusedByServer && error.isUnknown)) throw error;
    await subscription.unsubscribe();
    await tickets.forget();
    return;
  }
  await tickets.write({ ...ticket, endpoint: subscription.endpoint });
}

/**
 * @param {PushManager} manager
 * @param {string} key
 */
async function subscriptionUnder(manager, key) {
  const existing = await manager.getSubscription();
  if (existing && isUnder(existing, key)) return existing;
  await existing?.unsubscribe();
  return subscribeUnder(manager, key);
}
