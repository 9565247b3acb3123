/** What the options page changes: the server, the token, and all of it as a file. */

import { serverAddress } from "./address.js";
import { follow } from "./follow.js";
import { ensureHere } from "./health/means.js";
import { RefusedByServer, serverAt, troubleOf } from "./server.js";
import { changeState, readState, writeState } from "./state.js";
import { cleanName } from "./topics/names.js";

/** @typedef {import("./state.js").About} About */
/** @typedef {import("./state.js").Trouble} Trouble */
/** @typedef {{newsbell: 1, server: string, topics: string[], byPolling: boolean}} Settings */

const FORMAT = 1;
const MOST_TOPICS = 200;

/**
 * Ask at the address before it is taken. What was followed is followed at the new server, by name.
 * @param {string} typed
 * @returns {Promise<{about: About, server: string} | {trouble: Trouble}>}
 */
export async function useServer(typed) {
  const server = serverAddress(typed);
  if (!server) return { trouble: { code: "bad_address", message: "", passing: false } };
  try {
    const about = await serverAt(server).about();
    const before = await readState();
    if (server !== before.server) await moveTo(server);
    await writeState({ about });
    await ensureHere();
    return { about, server };
  } catch (error) {
    return { trouble: troubleOf(error) };
  }
}

/** @param {string} server */
async function moveTo(server) {
  await changeState((state) => ({
    server,
    about: null,
    catalogue: null,
    feed: null,
    link: null,
    unread: [],
    due: [],
    known: [],
    pushed: [],
    apiToken: "", // one server's secret is not told to another
    following: state.following.map(({ name }) => ({ name, since: Date.now(), primed: false })),
  }));
}

/**
 * Whether the server takes the token; it is kept only then, or where the server cannot be asked.
 * @param {string} token
 * @returns {Promise<Trouble | null>}
 */
export async function useToken(token) {
  const { server } = await readState();
  try {
    // An empty article is refused for being empty only after its token was accepted.
    await serverAt(server).save(token, {});
  } catch (error) {
    const trouble = troubleOf(error);
    if (trouble.passing) await writeState({ apiToken: token });
    // Anything but the server's word on the article is somebody else's word, such as a proxy's 403.
    if (!(error instanceof RefusedByServer && [400, 422].includes(error.status))) return trouble;
  }
  await writeState({ apiToken: token });
  return null;
}

/**
 * @param {Pick<import("./state.js").State, "server" | "following" | "byPolling">} state
 * @returns {Settings} without any secret
 */
export const exported = ({ server, following, byPolling }) => ({
  newsbell: FORMAT,
  server,
  topics: following.map(({ name }) => name),
  byPolling,
});

/**
 * @param {string} text of a file that may hold anything
 * @returns {Settings | null}
 */
export function readSettings(text) {
  let given;
  try {
    given = JSON.parse(text);
  } catch {
    return null;
  }
  const server = typeof given?.server === "string" ? serverAddress(given.server) : null;
  if (given?.newsbell !== FORMAT || !server || !Array.isArray(given.topics)) return null;
  const topics = given.topics
    .slice(0, MOST_TOPICS)
    .map((/** @type {unknown} */ one) => (typeof one === "string" ? cleanName(one) : null))
    .filter(Boolean);
  return { newsbell: FORMAT, server, topics, byPolling: given.byPolling === true };
}

/**
 * Take the settings over. Topics followed already stay; notifications still need the reader's Allow.
 * @param {Settings} settings
 */
export async function useSettings({ server, topics, byPolling }) {
  if (server !== (await readState()).server) await moveTo(server);
  await writeState({ byPolling });
  await follow(topics);
}
