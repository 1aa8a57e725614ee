// The search as it goes on: asks the service for more places until a page of offers is full.

import { OFFERS_A_PAGE, Selection, keyOf, searchOnFrom } from "./offers.js";

const PLACES_AN_ANSWER = 200; // the most that the service gives
const ROUNDS_A_PAGE = 12; // what is still missing then is asked for when the agent wants more

/** Address of a search: `services` as [{service, quantity}], no `offices` are all; `from` is a day or an instant. */
function searchAddress({ services, offices }, from) {
  const query = new URLSearchParams({ channel: "phone", limit: PLACES_AN_ANSWER });
  for (const { service, quantity } of services) {
    for (let nth = 0; nth < quantity; nth += 1) query.append("service", service);
  }
  for (const office of offices) query.append("office", office);
  if (from) query.append("from", from);
  return `/api/v1/slots?${query}`;
}

/** An instant before which the place begins, and no later one on the grid of five minutes. */
function justAfter(place) {
  return new Date(Date.parse(place.start) + 60_000).toISOString();
}

export class PlaceSearch {
  #offers = [];
  #from;
  #selection;
  #exhausted = false;
  #answerBefore = "";
  whyNone = null; // the service's {code, message, next_release_at} when there is no place at all

  /** `wish`: {services, offices}; `filters`: {one, from, half} as the Selection takes them. */
  constructor(read, wish, filters) {
    this.read = read;
    this.wish = wish;
    this.filters = filters;
    this.#from = filters.from;
    this.#selection = new Selection(filters);
  }

  /** The same search from its beginning. */
  again() {
    return new PlaceSearch(this.read, this.wish, this.filters);
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

  async #searchOn() {
    const found = await this.read(searchAddress(this.wish, this.#from));
    this.whyNone ??= found.why_none ?? null;
    this.#offers.push(...found.items.filter((place) => this.#selection.takes(place)));
    this.#exhausted = found.items.length < PLACES_AN_ANSWER;
    if (!this.#exhausted) this.#from = searchOnFrom(found.items.at(-1), this.filters.half);
  }

  /**
   * Those of the offers that somebody else has taken in the meantime. Asked every second: one small
   * question for all of them; only where its answer is another than before, one for each that is missing.
   */
  async takenSince(offers) {
    if (offers.length === 0) return [];
    const first = offers[0].start;
    const wish = { ...this.wish, offices: [...new Set(offers.map(({ office }) => office))] };
    const now = await this.read(`${searchAddress(wish, first)}&to=${encodeURIComponent(justAfter(offers.at(-1)))}`);
    const listed = new Set(now.items.map(keyOf));
    const isWhole = now.items.length < PLACES_AN_ANSWER;
    const answer = [first, ...listed].join();
    if (isWhole && answer === this.#answerBefore) return [];
    // A free place may be missing: a full answer ends somewhere, and offers follow one another from the
    // beginning of a free time, which may be another now. So each missing one is asked for by itself.
    const missing = offers.filter((offer) => !listed.has(keyOf(offer)));
    const free = await Promise.all(missing.map((offer) => this.#isFree(offer)));
    this.#answerBefore = answer;
    return missing.filter((_, index) => !free[index]);
  }

  async #isFree(offer) {
    const address = searchAddress({ ...this.wish, offices: [offer.office] }, offer.start);
    const { items } = await this.read(`${address}&to=${encodeURIComponent(justAfter(offer))}`);
    return items.some((place) => keyOf(place) === keyOf(offer));
  }
}
