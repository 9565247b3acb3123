/** This browser's own subscription, kept in IndexedDB: the pages and the service worker both read it. */

/**
 * What proves that this browser may manage its subscription. The endpoint is kept to see when the
 * browser has changed it.
 * @typedef {{id: number, token: string, endpoint: string}} Ticket
 */

/**
 * @typedef {object} TicketStore
 * @property {() => Promise<Ticket | undefined>} read
 * @property {(ticket: Ticket) => Promise<void>} write
 * @property {() => Promise<void>} forget
 */

const DATABASE = "newsbell";
const TABLE = "subscription";
const ONLY_KEY = "this browser";

/** @returns {Promise<IDBDatabase>} */
function open() {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(TABLE);
  return settled(request);
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(table: IDBObjectStore) => IDBRequest<T>} work
 * @returns {Promise<T>}
 */
async function inTable(mode, work) {
  const database = await open();
  try {
    const transaction = database.transaction(TABLE, mode);
    const finished = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    const [result] = await Promise.all([settled(work(transaction.objectStore(TABLE))), finished]);
    return result;
  } finally {
    database.close();
  }
}

/** @type {TicketStore} */
export const tickets = {
  read: () => inTable("readonly", (table) => table.get(ONLY_KEY)),
  write: async (ticket) => {
    await inTable("readwrite", (table) => table.put(ticket, ONLY_KEY));
  },
  forget: async () => {
    await inTable("readwrite", (table) => table.delete(ONLY_KEY));
  },
};
