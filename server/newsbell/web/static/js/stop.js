/** Ending the subscription: at the server, in the browser, and in this page's memory of it. */

import { RefusedByServer } from "./api.js";

/** @typedef {import("./store.js").Ticket} Ticket */

/**
 * Nothing reaches the browser afterwards, whether or not the server could be told: an endpoint that was
 * unsubscribed answers 410, at which the server forgets it.
 * @param {Ticket} ticket
 * @param {object} means
 * @param {import("./api.js").SubscriptionApi["end"]} means.end
 * @param {() => Promise<Pick<PushSubscription, "unsubscribe"> | null>} means.currentSubscription
 * @param {() => Promise<void>} means.forget
 * @returns {Promise<boolean>} whether the server knows
 */
export async function stop(ticket, { end, currentSubscription, forget }) {
  const serverKnows = await end(ticket).then(
    () => true,
    (error) => error instanceof RefusedByServer && error.isUnknown,
  );
  const subscription = await currentSubscription();
  await subscription?.unsubscribe();
  await forget();
  return serverKnows;
}
