// The search as it goes on: asks the service for more places until a page of offers is full.

import { NOON, OFFERS_A_PAGE, Selection, keyOf } from "./offers.js";

const PLACES_AN_ANSWER = 200; // the most that the service gives
const ROUNDS_A_PAGE = 12; // what is still missing then is asked for when the agent wants more
const HALVES = { morning: { before: NOON }, afternoon: { after: NOON } };

/**
 * What is asked for, as both searches of the service take it. `services` as [{service, quantity}], no
 * `offices` are all; `near` is a position.
 */
export function questionOf({ services, offices, near = "", weekday = "", emergency = false }) {
  const query = new URLSearchParams({ channel: "phone" });
  for (const { service, quantity } of services) {
    for (let nth = 0; nth < quantity; nth += 1) query.append("service", service);
  }
  for (const office of offices) query.append("office", office);
  if (near) query.set("near", near);
  if (weekday) query.set("weekday", weekday);
  if (emergency) query.set("emergency", "true");
  return query;
}

/** Address of a search; `from` and `to` are days or instants. */
function searchAddress(wish, { from, to, limit = PLACES_AN_ANSWER }) {
  const query = questionOf(wish);
  const span = { ...HALVES[wish.half], from, to, limit };
  for (const [name, value] of Object.entries(span)) if (value) query.set(name, value);
  return `/api/v1/slots?${query}`;
}

/** An instant before which the place begins, and no later one on the grid of five minutes. */
function justAfter(place) {
  return new Date(Date.parse(place.start) + 60_000).toISOString();
}

function inOrderOfTime(offers) {
  return [...offers].sort((one, other) => Date.parse(one.start) - Date.parse(other.start));
}

export class PlaceSearch {
  #offers = [];
  #from;
  #selection;
  #exhausted = false;
  #answerBefore = "";
  whyNone = null; // the service's {code, message, next_release_at} when there is no place at all

  /** `wish`: {services, offices, one, from, half, weekday, near, emergency}; `one`: a particular office. */
  constructor(read, wish) {
    this.read = read;
    this.wish = wish;
    this.#from = wish.from;
    this.#selection = new Selection(wish.one);
  }

  /** Of a particular office all that is worth saying is shown, in order of time. */
  get isNearestFirst() {
    return Boolean(this.wish.near) && !this.wish.one;
  }

  /** The same search from its beginning. */
  again() {
    return new PlaceSearch(this.read, this.wish);
  }

  /** Offers on page n (from 0); asks the service for what is missing. */
  async page(n) {
    const wanted = (n + 1) * OFFERS_A_PAGE;
    if (this.isNearestFirst) await this.#searchNearest(wanted);
    for (let round = 0; round < ROUNDS_A_PAGE && this.#offers.length < wanted && !this.#exhausted; round += 1) {
      await this.#searchOn();
    }
    return this.#offers.slice(n * OFFERS_A_PAGE, wanted);
  }

  /** Whether a page after the n-th may hold offers. */
  mayHaveMoreAfter(n) {
    return !this.#exhausted || this.#offers.length > (n + 1) * OFFERS_A_PAGE;
  }

  #asOffer(place) {
    return { ...place, emergency: Boolean(this.wish.emergency) };
  }

  async #searchOn() {
    const found = await this.read(searchAddress({ ...this.wish, near: "" }, { from: this.#from }));
    this.whyNone ??= found.why_none ?? null;
    this.#offers.push(...found.items.filter((place) => this.#selection.takes(place)).map((place) => this.#asOffer(place)));
    this.#exhausted = found.items.length < PLACES_AN_ANSWER;
    if (!this.#exhausted) this.#from = justAfter(found.items.at(-1));
  }

  /** A few places of each office, the nearest first: the service chooses, a page is the rest of an answer. */
  async #searchNearest(wanted) {
    const limit = Math.min(wanted + 1, PLACES_AN_ANSWER);
    const found = await this.read(searchAddress(this.wish, { from: this.wish.from, limit }));
    this.whyNone = found.why_none ?? null;
    this.#offers = found.items.map((place) => this.#asOffer(place));
    this.#exhausted = true;
  }

  /**
   * Those of the offers that somebody else has taken in the meantime. Asked every second: one small
   * question for all of them; only where its answer is another than before, one for each that is missing.
   */
  async takenSince(offers) {
    if (offers.length === 0) return [];
    const [first, ...others] = inOrderOfTime(offers);
    const wish = { ...this.wish, near: "", offices: [...new Set(offers.map(({ office }) => office))] };
    const now = await this.read(searchAddress(wish, { from: first.start, to: justAfter(others.at(-1) ?? first) }));
    const listed = new Set(now.items.map(keyOf));
    const isWhole = now.items.length < PLACES_AN_ANSWER;
    const answer = [first.start, ...listed].join();
    if (isWhole && answer === this.#answerBefore) return [];
    // A free place may be missing: a full answer ends somewhere, and offers follow one another from the
    // beginning of a free time, which may be another now. So each missing one is asked for by itself.
    const missing = offers.filter((offer) => !listed.has(keyOf(offer)));
    const free = await Promise.all(missing.map((offer) => this.#isFree(offer)));
    this.#answerBefore = answer;
    return missing.filter((_, index) => !free[index]);
  }

  async #isFree(offer) {
    const wish = { ...this.wish, near: "", offices: [offer.office] };
    const { items } = await this.read(searchAddress(wish, { from: offer.start, to: justAfter(offer) }));
    return items.some((place) => keyOf(place) === keyOf(offer));
  }
}
