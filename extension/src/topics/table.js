/** The table of countries, fetched when a page is read: showing what is known does not wait for it. */

/**
 * @typedef {object} Table
 * @property {Record<string, {names: Record<string, string>, adjectives: Record<string, string>}>} countries
 *   by code; each name with its languages, "und" for all
 * @property {Record<string, {names: string[], telling: string[]}>} ambiguous names that count where a word tells
 * @property {string[]} other longer names that hold a country's and mean something else
 * @property {Record<string, string[]>} endings of names of countries, by language
 * @property {Record<string, string[]>} listed endings of the dictionary form
 * @property {string} vowels pattern of the vowels a word ends in
 * @property {string[]} arabic what is written as one with the next word
 * @property {string} hebrew pattern of the same
 * @property {string[]} sections names of newspapers' sections
 * @property {string[]} notTopics names that say nothing
 */

/** @type {Table} */
export const NOTHING = {
  countries: {},
  ambiguous: {},
  other: [],
  endings: {},
  listed: {},
  vowels: "$",
  arabic: [],
  hebrew: "^",
  sections: [],
  notTopics: [],
};

let table = NOTHING;

/** The table, or one of nothing before it was fetched. */
export const tableNow = () => table;

/** @returns {Promise<Table>} */
export async function fetchTable() {
  if (table === NOTHING) table = (await import("./country_table.js")).default;
  return table;
}
