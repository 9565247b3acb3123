/** How this browser's subscription stands, decided from what browser and server say. */

import { RefusedByServer, ServerAway } from "./api.js";

/** @typedef {import("./store.js").Ticket} Ticket */
/** @typedef {import("./api.js").View} View */
/** @typedef {"none" | "active" | "suspended" | "unknown" | "lost" | "revoked" | "away"} State */
/** @typedef {{state: State, ticket?: Ticket, view?: View}} Standing */

/**
 * @typedef {object} Sources
 * @property {() => Promise<Ticket | undefined>} readTicket
 * @property {(ticket: Ticket) => Promise<View>} view
 * @property {() => Promise<Pick<PushSubscription, "endpoint"> | null>} currentSubscription
 * @property {NotificationPermission | undefined} permission
 */

/**
 * @param {Sources} sources
 * @returns {Promise<Standing>}
 */
export async function standing({ readTicket, view, currentSubscription, permission }) {
  const ticket = await readTicket();
  if (!ticket) return { state: "none" };
  const seen = await viewOrReason(view, ticket);
  if (seen === "unknown") return { state: "unknown", ticket };
  if (seen === "away") return { state: permission === "granted" ? "away" : "revoked", ticket };
  return { state: stateOf(seen, permission, await currentSubscription()), ticket, view: seen };
}

/**
 * @param {View} view
 * @param {NotificationPermission | undefined} permission
 * @param {Pick<PushSubscription, "endpoint"> | null} subscription
 * @returns {State}
 */
function stateOf(view, permission, subscription) {
  if (permission !== "granted") return "revoked";
  if (!subscription) return "lost";
  return view.suspended ? "suspended" : "active";
}

/**
 * @param {(ticket: Ticket) => Promise<View>} view
 * @param {Ticket} ticket
 * @returns {Promise<View | "unknown" | "away">}
 */
async function viewOrReason(view, ticket) {
  try {
    return await view(ticket);
  } catch (error) {
    if (error instanceof RefusedByServer) return error.isUnknown ? "unknown" : "away";
    if (error instanceof ServerAway) return "away";
    throw error;
  }
}
