// Other hours for a party: of its kind, at its place, with room for all of them. To whoever shows what is
// found it is a search as PlaceSearch is.

import { OFFERS_A_PAGE, dayOf, halfOf, keyOf } from "./offers.js";

const HOURS_AN_ANSWER = 200; // the most that the service gives
const ROUNDS_A_PAGE = 12; // what is still missing then is asked for when the agent wants more
const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const MINUTE_MS = 60_000;

function justAfter({ start }) {
  return new Date(Date.parse(start) + MINUTE_MS).toISOString();
}

function weekdayOf(hour) {
  return WEEKDAYS[new Date(`${dayOf(hour)}T00:00Z`).getUTCDay()];
}

/** A move takes places of the share by which the party has booked: what the web may not take is no offer to it. */
function channelOf({ channel }) {
  return channel === "online" ? "online" : "phone";
}

export class HourSearch {
  #offers = [];
  #from;
  #exhausted = false;
  whyNone = null;
  isNearestFirst = false;

  /** `wish`: {party, from, half, weekday}; `party` is the booking that is to be moved. */
  constructor(read, wish) {
    this.read = read;
    this.wish = wish;
    this.#from = wish.from;
  }

  /** The same search from its beginning. */
  again() {
    return new HourSearch(this.read, this.wish);
  }

  /** Offers on page n (from 0); asks the service for what is missing. */
  async page(n) {
    const wanted = (n + 1) * OFFERS_A_PAGE;
    for (let round = 0; round < ROUNDS_A_PAGE && this.#offers.length < wanted && !this.#exhausted; round += 1) {
      await this.#searchOn();
    }
    return this.#offers.slice(n * OFFERS_A_PAGE, wanted);
  }

  /** Whether a page after the n-th may hold offers. */
  mayHaveMoreAfter(n) {
    return !this.#exhausted || this.#offers.length > (n + 1) * OFFERS_A_PAGE;
  }

  async #hours(span) {
    const { office, code, party_size: party } = this.wish.party;
    const query = new URLSearchParams({ office, code, party, channel: channelOf(this.wish.party), limit: HOURS_AN_ANSWER });
    for (const [name, value] of Object.entries(span)) if (value) query.set(name, value);
    return this.read(`/api/v1/entries?${query}`);
  }

  async #searchOn() {
    const { party, half, weekday } = this.wish;
    const { items, why_none: whyNone } = await this.#hours({ from: this.#from });
    // That no office does what is wanted together is said of services; of a kind of hour there is none any more.
    if (whyNone?.code !== "not_offered") this.whyNone ??= whyNone ?? null;
    this.#offers.push(...items.filter((hour) =>
      hour.entry !== party.entry && (!half || halfOf(hour) === half) && (!weekday || weekdayOf(hour) === weekday)));
    this.#exhausted = items.length < HOURS_AN_ANSWER;
    if (!this.#exhausted) this.#from = justAfter(items.at(-1));
  }

  /** Those of the offers, in their order of time, that have no room for the party any more. */
  async takenSince(offers) {
    if (offers.length === 0) return [];
    const { items } = await this.#hours({ from: offers[0].start, to: justAfter(offers.at(-1)) });
    const free = new Set(items.map(keyOf));
    return offers.filter((offer) => !free.has(keyOf(offer)));
  }
}
