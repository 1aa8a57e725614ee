// The list of offers and what narrows it: up to nine places, one for each of the keys 1 to 9.

import { gettext, ngettext } from "../texts.js";
import { element, setText } from "../desk/elements.js";
import { byDay, clockOf, keyOf } from "./offers.js";
import { accessInShort, dayHeading, inLanguage } from "./spoken.js";
import { serviceNow } from "./requests.js";

const HALVES = ["", "morning", "afternoon"];
const CITY = "city:"; // before a city's name, where all its offices are wanted
const ACCESS = "access:"; // before a fact, where all offices are wanted of which it is known
const ACCESS_WORDS = {
  level_entrance: gettext("alle mit stufenlosem Zugang"),
  induction_loop: gettext("alle mit Induktionsschleife"),
};
const form = document.getElementById("places");
const days = document.getElementById("place-days");
const count = document.getElementById("places-count");
const note = document.getElementById("places-note");
const instead = document.getElementById("instead");
const submit = document.getElementById("take-place");
const filters = document.getElementById("filters");
const office = document.getElementById("filter-office");
const from = document.getElementById("filter-from");
const half = document.getElementById("filter-half");

let offices = new Map();
let shown = [];

/**
 * `take(offer)` is called when an offer is chosen, `narrow()` when a filter changed, `toList()` at
 * Enter in one, `outside(sentence)` when a day is left standing on which nothing can be booked.
 */
export function start(officesBySlug, { take, narrow, toList, outside }) {
  offices = officesBySlug;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = form.querySelector("input:checked") ?? document.activeElement.closest("input");
    if (chosen && form.contains(chosen)) take(shown[Number(chosen.value)]);
  });
  filters.addEventListener("submit", (event) => event.preventDefault());
  filters.addEventListener("change", () => {
    if (from.validity.valid) narrow();
  });
  // Not while it is typed: the year 2 comes before the year 2026.
  from.addEventListener("focusout", () => {
    if (from.validity.valid) return;
    const day = (iso) => iso.split("-").reverse().join(".");
    outside(gettext("Termine gibt es vom %(first)s bis zum %(last)s.", { first: day(from.min), last: day(from.max) }));
  });
  // A form's own Enter does not work in its lists of choices, nor in every browser's date field.
  filters.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      toList();
    }
  });
}

export function offerAt(number) {
  return shown[number - 1];
}

function has(slug, fact) {
  return Boolean(offices.get(slug).access[fact]?.available);
}

function officesMeant(chosen, possible) {
  if (chosen.startsWith(CITY)) return possible.filter((slug) => offices.get(slug).address.city === chosen.slice(CITY.length));
  if (chosen.startsWith(ACCESS)) return possible.filter((slug) => has(slug, chosen.slice(ACCESS.length)));
  return [chosen].filter(Boolean);
}

/** Ways of access that some of the offices have and others don't, so that asking for them narrows down. */
function accessOptions(slugs) {
  return Object.entries(ACCESS_WORDS)
    .filter(([fact]) => slugs.some((slug) => has(slug, fact)) && !slugs.every((slug) => has(slug, fact)))
    .map(([fact, words]) => element("option", { value: `${ACCESS}${fact}` }, words));
}

/** `offices`: slugs that are wanted, none for any; `one`: a particular office is. */
export function filtersNow(possible) {
  const wanted = officesMeant(office.value, possible);
  return { offices: wanted, one: wanted.length === 1, from: from.value, half: half.value };
}

/** The filters as words: where, from when, at what time of day. */
export function filtersInWords() {
  const [place, day, time] = [office.selectedOptions[0].text, from.value.split("-").reverse().join("."), half.selectedOptions[0].text];
  return [place, day && gettext("ab %(day)s", { day }), time].filter(Boolean);
}

export function nextHalf() {
  half.value = HALVES[(HALVES.indexOf(half.value) + 1) % HALVES.length];
}

/** Offer those offices only that can do all of it, by city; a chosen office that can't is given up. */
export function offerOffices(slugs) {
  const before = office.value;
  const cities = new Map();
  for (const slug of slugs) {
    const { city } = offices.get(slug).address;
    if (!cities.has(city)) cities.set(city, element("optgroup", { label: city }));
    cities.get(city).append(element("option", { value: slug }, inLanguage(offices.get(slug).name)));
  }
  for (const [city, group] of cities) {
    const all = element("option", { value: `${CITY}${city}` }, gettext("alle in %(city)s", { city }));
    if (cities.size > 1) group.prepend(all);
  }
  office.replaceChildren(element("option", { value: "" }, gettext("alle Standorte")), ...accessOptions(slugs), ...cities.values());
  office.value = before;
  if (office.selectedIndex < 0) office.value = "";
}

export function limitDays(first, last) {
  from.min = first;
  from.max = last;
}

export function resetFilters() {
  office.value = "";
  from.value = "";
  half.value = "";
}

export function focusFilters() {
  office.focus();
}

/** The office of the place that is looked at, or the one that the list is narrowed to. */
export function officeInHand() {
  const looked = (document.activeElement.closest?.("[data-offer]") ?? null)?.dataset.offer.split(" ")[0];
  return looked ?? (offices.has(office.value) ? office.value : undefined);
}

/** Put the focus on the list; tells whether there was something to focus. */
export function focusList() {
  const list = form.querySelector("input:checked:enabled") ?? form.querySelector("input:enabled");
  const first = list ?? (instead.hidden ? null : document.getElementById("to-waiting"));
  first?.focus();
  return Boolean(first);
}

/** What stands instead of a list: a sentence and, when there is nothing to book, what can be done instead. */
export function showNote(sentence, { offersOtherWays = false } = {}) {
  instead.hidden = !offersOtherWays;
  shown = [];
  days.replaceChildren();
  submit.hidden = true;
  setText(count, "");
  setText(note, sentence);
  note.hidden = sentence === "";
}

export function showSearching() {
  setText(count, gettext("wird gesucht …"));
}

export function showOffers(offers, { page, more }) {
  const had = document.activeElement.closest?.("[data-offer]")?.dataset.offer;
  shown = offers;
  note.hidden = true;
  instead.hidden = true;
  submit.hidden = false;
  days.replaceChildren(...byDay(offers).map(day));
  setText(count, [
    ngettext("%(count)s Termin", "%(count)s Termine", offers.length),
    page > 0 ? gettext("Seite %(page)s", { page: page + 1 }) : "",
    more ? gettext("weitere mit 0") : gettext("keine weiteren"),
  ].filter(Boolean).join(", "));
  if (had) (inputOf(had) ?? form.querySelector("input"))?.focus();
}

function inputOf(key) {
  return [...form.querySelectorAll("[data-offer]")].find((label) => label.dataset.offer === key)?.querySelector("input");
}

function day({ day: its, offers }) {
  const zone = offices.get(offers[0].office).time_zone;
  return element(
    "fieldset",
    { class: "day" },
    element("legend", { class: "day__heading", "data-day": its }, dayHeading(offers[0].start, zone, serviceNow())),
    ...offers.map(row),
  );
}

function row(offer) {
  const place = shown.indexOf(offer);
  const its = offices.get(offer.office);
  return element(
    "label",
    { class: "offer", "data-offer": keyOf(offer) },
    element("input", { class: "offer__radio", type: "radio", name: "place", value: place }),
    element("kbd", { class: "key offer__key" }, String(place + 1)),
    element("span", { class: "offer__clock" }, clockOf(offer)),
    element("span", { class: "offer__place" },
      element("span", { class: "offer__office" }, inLanguage(its.name)),
      element("span", { class: "offer__access" }, `${its.address.city}, ${accessInShort(its)}`),
      element("span", { class: "offer__state" })),
  );
}

function rowOf(offer) {
  return inputOf(keyOf(offer))?.closest("label");
}

/** Strike an offer out: somebody else has it. It stays in its place until the list is made anew. */
export function strikeOut(offer) {
  const label = rowOf(offer);
  if (!label || label.classList.contains("offer--gone")) return false;
  label.classList.add("offer--gone");
  setText(label.querySelector(".offer__state"), gettext("gerade vergeben"));
  // aria-disabled and not disabled: the focus must not fall off the list.
  label.querySelector("input").setAttribute("aria-disabled", "true");
  return true;
}

export function isStruckOut(offer) {
  return Boolean(rowOf(offer)?.classList.contains("offer--gone"));
}

/** Let the list rest while something else is done; the chosen place says that it is chosen. */
export function rest(resting, chosen) {
  for (const control of [...form.elements, ...filters.elements]) control.disabled = resting;
  // Without a control in it, the list is scrolled by keyboard only when it takes the focus itself.
  form.closest(".panel").classList.toggle("panel--resting", resting);
  if (resting) form.tabIndex = 0;
  else form.removeAttribute("tabindex");
  for (const label of form.querySelectorAll(".offer--chosen")) {
    label.classList.remove("offer--chosen");
    setText(label.querySelector(".offer__state"), "");
  }
  const label = resting && chosen && rowOf(chosen);
  if (label) {
    label.classList.add("offer--chosen");
    label.querySelector("input").checked = true;
    setText(label.querySelector(".offer__state"), gettext("gewählt"));
  }
}
