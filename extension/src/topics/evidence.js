/** What speaks for a topic, and how much; the weights are the server's. */

export const PARTS = 4; // of equal length; what stands in one of them only is passing
const ENOUGH = 0.5;
const OFTEN = 15; // mentions in a thousand words that a topic of the whole text has
const OFTEN_AT_ALL = 20;
const SHORT = 150; // words below which there is no speaking of a thousand
const VAGUE = 0.75;

/** @typedef {"title" | "summary" | "lead" | "body"} Place */

/** How sure it is (0 to 1) that each place names it, how often the text does, and in which parts. */
export class Evidence {
  title = 0;
  summary = 0;
  lead = 0;
  count = 0;
  byName = false;
  /** @type {Set<number>} */
  parts = new Set();

  /**
   * @param {Place} place
   * @param {number} part
   * @param {number} sure
   */
  add(place, part, sure) {
    this.byName ||= sure === 1;
    if (place === "body") {
      this.count += sure;
      this.parts.add(part);
    } else this[place] = Math.max(this[place], sure);
  }

  /** @param {Evidence} other */
  join(other) {
    this.title = Math.max(this.title, other.title);
    this.summary = Math.max(this.summary, other.summary);
    this.lead = Math.max(this.lead, other.lead);
    this.count += other.count;
    this.byName ||= other.byName;
    for (const part of other.parts) this.parts.add(part);
  }

  /**
   * How sure it is, in hundredths, that a text of so many words is about the topic; 0 where it is not.
   * @param {number} length
   * @param {boolean} vague the topic's name says little
   * @param {boolean} common it may be a common word, which headlines write with a capital
   */
  weight(length, vague, common) {
    const rate = (1000 * this.count) / Math.max(SHORT, length);
    const often = Math.min(1, Math.max(rate / OFTEN, this.count / OFTEN_AT_ALL));
    const steady = this.parts.size > 0 ? (this.parts.size - 1) / (PARTS - 1) : 0;
    const placed = 0.35 * this.title + 0.15 * this.summary + 0.05 * this.lead;
    const sure = placed + 0.4 * often + 0.2 * steady;
    const named = this.title === 1 && !vague && (this.count > 0 || !common);
    const weight = named ? Math.max(sure, ENOUGH) : sure * (vague || !this.byName ? VAGUE : 1);
    return weight < ENOUGH ? 0 : Math.round(100 * Math.min(1, weight));
  }
}
