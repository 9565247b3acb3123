/** What the options page changes: the server, the token, and all of it as a file. */

import { serverAddress } from "./address.js";
import { follow, withinRoom } from "./follow.js";
import { ensureHere } from "./health/means.js";
import { exclusively } from "./platform.js";
import {
  Hindered,
  hindrance,
  NotNewsbell,
  RefusedByServer,
  ServerAway,
  serverAt,
  troubleOf,
} from "./server.js";
import { changeState, readState, writeState } from "./state.js";
import { cleanName } from "./topics/names.js";

/** @typedef {import("./state.js").About} About */
/** @typedef {import("./state.js").Trouble} Trouble */
/** @typedef {{newsbell: 1, server: string, topics: string[], byPolling: boolean}} Settings */

const FORMAT = 1;
/** What a header can carry, and the server reads as a token. */
const TOKEN = /^[A-Za-z0-9\-._~+/]{1,200}=*$/;
const FOR_BEING_EMPTY = new Set(["malformed", "refused"]);

/**
 * Ask at the address before it is taken. What was followed is followed at the new server, by name.
 * @param {string} typed
 * @returns {Promise<{about: About, server: string} | {trouble: Trouble}>}
 */
export async function useServer(typed) {
  const server = serverAddress(typed);
  if (!server) return { trouble: hindrance("bad_address") };
  return inTurn(async () => {
    try {
      const about = await aboutOf(server);
      if (server !== (await readState()).server) await moveTo(server);
      await writeState({ about });
      await ensureHere();
      return { about, server };
    } catch (error) {
      return { trouble: troubleOf(error) };
    }
  });
}

/**
 * @param {string} server
 * @returns {Promise<About>}
 * @throws {Hindered} where something else answers
 */
async function aboutOf(server) {
  try {
    return await serverAt(server).about();
  } catch (error) {
    throw isNoNewsbell(error) ? new Hindered("not_newsbell") : error;
  }
}

/**
 * Any site answers something; most have nothing at the address of the API.
 * @param {unknown} error
 */
const isNoNewsbell = (error) =>
  error instanceof NotNewsbell || (error instanceof RefusedByServer && error.status === 404);

/**
 * One change of the server after the other: the one chosen last is used, however long the others take.
 * @template T
 * @param {() => Promise<T>} work
 */
const inTurn = (work) => exclusively("newsbell server", work);

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
  // A browser does not send any other, which would look like a server that is away.
  if (!TOKEN.test(token)) return hindrance("bad_token");
  const { server } = await readState();
  return exclusively(`newsbell token ${server}`, async () => {
    const before = await readState();
    const trouble = await troubleWith(token, server);
    if (trouble && !trouble.passing) return trouble;
    // The reader may have moved on, or had the token before forgotten: that is later than this press.
    const now = await changeState(({ server: current, apiToken }) =>
      current === server && apiToken === before.apiToken ? { apiToken: token } : {},
    );
    const kept = now.server === server && now.apiToken === token;
    return kept ? trouble : hindrance("other_server");
  });
}

/**
 * An empty article is refused for being empty only after its token was accepted. Any other answer may be a
 * proxy's, and says nothing of the token.
 * @param {string} token
 * @param {string} server
 * @returns {Promise<Trouble | null>}
 */
async function troubleWith(token, server) {
  try {
    await serverAt(server).save(token, {});
  } catch (error) {
    const trouble = troubleOf(error);
    return FOR_BEING_EMPTY.has(trouble.code) ? null : trouble;
  }
  return troubleOf(new ServerAway("No Newsbell server takes an empty article."));
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
    .map((/** @type {unknown} */ one) => (typeof one === "string" ? cleanName(one) : null))
    .filter(Boolean);
  return { newsbell: FORMAT, server, topics, byPolling: given.byPolling === true };
}

/**
 * Take the settings over. Topics followed already stay; notifications still need the reader's Allow. Another
 * server is asked first, and nothing is changed unless it answers.
 * @param {Settings} settings
 * @throws {Hindered | ServerAway | RefusedByServer}
 */
export function useSettings({ server, topics, byPolling }) {
  return inTurn(async () => {
    const isAnother = server !== (await readState()).server;
    const about = isAnother && (await aboutOf(server));
    withinRoom(await readState(), topics, Date.now()); // too many are refused before anything is changed
    if (isAnother) await moveTo(server);
    await writeState(about ? { about, byPolling } : { byPolling });
    await follow(topics);
  });
}
