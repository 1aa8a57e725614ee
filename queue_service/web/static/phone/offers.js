// Which free places are offered to a caller, and in what portions. Pure: no page, no requests.
// A place's "start" carries the office's own offset, so its first 16 characters are the wall clock there.

export const OFFERS_A_PAGE = 9; // one for each of the keys 1 to 9
const APART_MINUTES = 30; // a caller thinks in half hours
const APART_AT_ONE_OFFICE_MINUTES = 15;
const FIRST_OF_HALF_DAY = 3; // at each office: enough to choose from, and the other offices come up as well
export const NOON = "12:00";

export function dayOf(place) {
  return place.start.slice(0, 10);
}

export function clockOf(place) {
  return place.start.slice(11, 16);
}

export function halfOf(place) {
  return clockOf(place) < NOON ? "morning" : "afternoon";
}

export function keyOf(place) {
  return `${place.office} ${place.start}`;
}

function minutesBetween(earlier, later) {
  return (Date.parse(later.start) - Date.parse(earlier.start)) / 60_000;
}

/**
 * Choose from places in order of time those worth saying aloud: not every five minutes, and not one
 * office only. When the caller wants a particular office, all of its day in quarter hours.
 */
export class Selection {
  #last = new Map(); // by office
  #count = new Map(); // by office and half day

  constructor(oneOffice) {
    this.apart = oneOffice ? APART_AT_ONE_OFFICE_MINUTES : APART_MINUTES;
    this.most = oneOffice ? Infinity : FIRST_OF_HALF_DAY;
  }

  takes(place) {
    const last = this.#last.get(place.office);
    if (last && minutesBetween(last, place) < this.apart) return false;
    const half = `${place.office} ${dayOf(place)} ${halfOf(place)}`;
    const count = this.#count.get(half) ?? 0;
    if (count >= this.most) return false;
    this.#last.set(place.office, place);
    this.#count.set(half, count + 1);
    return true;
  }
}

/** Offers put together by what `keyIn` gives, in order: [{key, offers}]. */
export function groupedBy(keyIn, offers) {
  const groups = new Map();
  for (const offer of offers) {
    const key = keyIn(offer);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(offer);
  }
  return [...groups].map(([key, its]) => ({ key, offers: its }));
}
