/**
 * The texts of pages that wait to be saved. They are too large for storage.local, which holds 10 MB in all:
 * IndexedDB holds as much as a site's own.
 */

const DATABASE = "newsbell";
const PAGES = "pages";

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(PAGES);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(pages: IDBObjectStore) => IDBRequest<T>} work
 * @returns {Promise<T>} once it is on the disk
 */
async function inStore(mode, work) {
  const database = await open();
  try {
    const transaction = database.transaction(PAGES, mode);
    const request = work(transaction.objectStore(PAGES));
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    return request.result;
  } finally {
    database.close();
  }
}

/**
 * @param {string} id
 * @param {string} html
 */
export const keepText = (id, html) => inStore("readwrite", (pages) => pages.put(html, id));

/**
 * @param {string} id
 * @returns {Promise<string | undefined>}
 */
export const textOf = (id) => inStore("readonly", (pages) => pages.get(id));

/**
 * Drop every text but these.
 * @param {string[]} ids
 */
export async function dropTextsExcept(ids) {
  for (const id of await inStore("readonly", (pages) => pages.getAllKeys())) {
    if (!ids.includes(String(id))) await inStore("readwrite", (pages) => pages.delete(id));
  }
}
