/** Which of the pages that wait are tried again. It imports nothing: the popup shows first what follows from it. */

/** @typedef {import("../state.js").State} State */
/** @typedef {import("../state.js").Unsent} Unsent */
/** @typedef {import("../state.js").Trouble} Trouble */

/**
 * Whether a page may yet be taken: by a server that answers again, or with another token.
 * @param {Trouble} trouble
 */
export const mayCome = ({ code, passing }) => passing || code === "unauthorized" || code === "no_consent";

/**
 * Whether a page is tried again only where its editor says so.
 * @param {Pick<Unsent, "trouble">} page
 */
export const isRefused = ({ trouble }) => trouble !== null && !mayCome(trouble);

/**
 * What is to be tried now. A page waits for its own server: no other is sent it.
 * @param {Pick<State, "unsent" | "server" | "apiToken">} state
 */
export const sendable = ({ unsent, server, apiToken }) =>
  apiToken === "" ? [] : unsent.filter((one) => one.server === server);
