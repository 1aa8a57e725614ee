// From services to offers: searching, turning pages, and places that others take meanwhile.

import { gettext, ngettext } from "../texts.js";
import { call, goTo, STEPS, wishes } from "./call.js";
import { everyOffice, horizonDays, offices, officesFor, timeZone } from "./catalogue.js";
import { onReturn } from "./connection.js";
import { isParty } from "./found_kinds.js";
import { HourSearch } from "./hour_search.js";
import { showError, showPrompt, tell } from "./message_line.js";
import { explain, isUnderWay } from "./one_at_a_time.js";
import { PlaceSearch } from "./place_search.js";
import * as filters from "./place_filters.js";
import * as view from "./places_view.js";
import { whyNoneInWords } from "./refusals.js";
import { read, serviceNow } from "./requests.js";
import { clockInWords, dayHeading, dayInWords, inLanguage, isoDay } from "./spoken.js";

const LOOK_AGAIN_MS = 1_000; // how old the list may get while the agent reads it out
const AFTER_FAILURE_MS = 10_000;
const DAY_MS = 86_400_000;
const MAY_BE_ANOTHER_TIME = ["closed", "full", "too_long"]; // reasons that the service gives for the asked days alone

let running = new AbortController();
let search = null;
let page = 0;
let shown = [];
let fresh = null; // {of, next, offers}: what the list is to be at the next key, because places are gone

/** What is asked for: the chosen services, and what the filters say; `anywhere`: but for where and when. */
export function wishNow({ anywhere = false } = {}) {
  const possible = officesFor(call.chosen);
  filters.offerOffices(possible);
  const narrowed = filters.filtersNow(possible);
  const own = everyOffice ? [] : possible;
  return {
    ...narrowed,
    weekday: anywhere ? "" : narrowed.weekday,
    services: wishes(call.chosen),
    offices: narrowed.offices.length > 0 && !anywhere ? narrowed.offices : own,
    emergency: narrowed.emergency && !call.found, // an appointment is moved as what it was booked as
  };
}

/** A party is moved among the hours of its kind and place, everybody else among the offices' free times. */
function newSearch(ask) {
  const party = call.found?.appointment;
  if (!party || !isParty(party)) return new PlaceSearch(ask, wishNow());
  filters.offerOffices([party.office]);
  return new HourSearch(ask, { ...filters.filtersNow([party.office]), party });
}

/** Search for the chosen services with the filters as they are; resolves when the list stands. */
export async function searchPlaces() {
  running.abort();
  running = new AbortController();
  const { signal } = running;
  fresh = null;
  if (call.chosen.length === 0) {
    empty();
    return;
  }
  view.showSearching();
  search = newSearch((address) => read(address, signal));
  await showPage(0);
}

/** Nothing chosen, nothing to show. */
export function empty() {
  search = null;
  shown = [];
  fresh = null;
  filters.offerOffices([...offices.keys()]);
  view.showNote(gettext("Hier erscheinen die frühesten Termine aller Standorte, sobald eine Dienstleistung gewählt ist."));
  goTo("search");
}

export function limitDays() {
  const now = serviceNow();
  filters.limitDays(isoDay(now, timeZone), isoDay(now + horizonDays * DAY_MS, timeZone));
}

async function showPage(wanted) {
  const asked = search;
  const offers = await asked.page(wanted);
  if (asked !== search || !STEPS[call.step].places) return;
  if (offers.length === 0 && wanted > 0) {
    await showPage(0);
    return;
  }
  page = wanted;
  show(offers);
  goTo(call.found ? "new-place" : "places");
  if (offers.length > 0) tell(countedInWords(offers));
  else showPrompt(gettext("Nichts frei. Mit F3 anders eingrenzen oder mit F2 die Dienstleistung ändern."));
}

function show(offers) {
  shown = offers;
  if (offers.length > 0) view.showOffers(offers, { page, more: search.mayHaveMoreAfter(page), byOffice: search.isNearestFirst });
  else view.showNote(noneInWords(), { offersOtherWays: !call.found && isWorthWaiting() });
}

/** Whether something may become free: not for days that are over, nor for what nobody does together. */
function isWorthWaiting() {
  return !["no_such_dates", "not_offered"].includes(search.whyNone?.code);
}

function countedInWords(offers) {
  const [{ office, start }] = offers;
  const { name, time_zone: zone } = offices.get(office);
  return ngettext(
    "%(count)s Termin. Der früheste: %(day)s, %(time)s, %(office)s.",
    "%(count)s Termine. Der früheste: %(day)s, %(time)s, %(office)s.",
    offers.length,
    { day: dayHeading(start, zone, serviceNow()), time: clockInWords(start, zone), office: inLanguage(name) },
  );
}

function noneInWords() {
  const until = dayInWords(serviceNow() + horizonDays * DAY_MS, timeZone);
  const { half, weekday } = search.wish;
  if ((half || weekday) && MAY_BE_ANOTHER_TIME.includes(search.whyNone?.code)) {
    return gettext("Zu diesen Zeiten kein Termin bis %(until)s. Mit T eine andere Tageszeit, mit F3 einen anderen Wochentag wählen.", { until });
  }
  if (!search.whyNone) return gettext("Kein Termin bis %(until)s.", { until });
  const { next_release_at: release } = search.whyNone;
  const why = whyNoneInWords(search.whyNone, until);
  if (!release) return why;
  const [day, time] = [dayInWords(release, timeZone), clockInWords(release, timeZone)];
  const when = gettext("%(day)s, %(time)s Uhr", { day, time });
  return gettext("%(why)s Die nächsten Termine werden freigegeben am %(when)s.", { why, when });
}

/** Nine more; after the last ones the first again. */
export async function nextOffers() {
  if (!search) return;
  if (!search.mayHaveMoreAfter(page) && page === 0) {
    tell(gettext("Keine weiteren Termine."));
    return;
  }
  await showPage(page + 1);
  view.focusList();
}

/** Somebody else has this one: say so, strike it out, and have the next ones ready. */
export async function taken(offer, sentence) {
  view.strikeOut(offer);
  showError(sentence);
  await prepare();
}

async function prepare() {
  const next = search.again();
  const offers = await next.page(page);
  fresh = { of: search, next, offers };
}

function isWatching() {
  return shown.length > 0 && STEPS[call.step].places && !isUnderWay() && !document.hidden;
}

/** Look whether the offers on the screen are still free; those that aren't are struck out. */
async function lookAgain() {
  const looked = search;
  const gone = (await looked.takenSince(shown)).filter((offer) => looked === search && view.strikeOut(offer));
  if (gone.length === 0) return;
  tell(ngettext("%(count)s Termin wurde gerade vergeben.", "%(count)s Termine wurden gerade vergeben.", gone.length));
  await prepare();
}

/**
 * One look after the other: a service that answers slowly isn't asked more often than it can answer.
 * What goes wrong is said once and not at every look.
 */
async function watch(wasWell = true) {
  let well = wasWell;
  try {
    if (isWatching()) await lookAgain();
    well = true;
  } catch (failure) {
    well = failure.name === "AbortError"; // another search has taken its place
    if (wasWell) explain(failure);
  } finally {
    setTimeout(watch, well ? LOOK_AGAIN_MS : AFTER_FAILURE_MS, well);
  }
}

/** At any key after something was struck out: the list as it is now. What the key does comes first. */
function tidyUp() {
  if (!fresh || isUnderWay() || !STEPS[call.step].places) return;
  const { of, next, offers } = fresh;
  fresh = null;
  if (of !== search) return;
  search = next;
  show(offers);
}

function afterOutage() {
  showPrompt(gettext("Die Verbindung ist wieder da. Bitte weiter."));
  if (STEPS[call.step].places && call.chosen.length > 0) searchPlaces().catch(explain);
}

export function start() {
  onReturn(afterOutage);
  limitDays();
  setTimeout(watch, LOOK_AGAIN_MS);
  document.addEventListener("keydown", tidyUp);
}
