// What narrows the list of places: where, from when, on which weekday, at what time of day.

import { gettext } from "../texts.js";
import { element } from "../desk/elements.js";
import { emergencies, offices } from "./catalogue.js";
import * as nearness from "./nearness.js";
import { inLanguage } from "./spoken.js";

const HALVES = ["", "morning", "afternoon"];
const CITY = "city:"; // before a city's name, where all its offices are wanted
const ACCESS = "access:"; // before a fact, where all offices are wanted of which it is known
const ACCESS_WORDS = {
  level_entrance: gettext("alle mit stufenlosem Zugang"),
  induction_loop: gettext("alle mit Induktionsschleife"),
};
const form = document.getElementById("filters");
const office = document.getElementById("filter-office");
const from = document.getElementById("filter-from");
const weekday = document.getElementById("filter-weekday");
const half = document.getElementById("filter-half");
const near = document.getElementById("filter-near");
const emergency = document.getElementById("filter-emergency");

/**
 * `narrow()` is called when a filter changed, `toList()` at Enter in one, `lookNear()` when another
 * quarter is typed, `outside(sentence)` when a day is left standing on which nothing can be booked.
 */
export function start({ narrow, toList, lookNear, outside }) {
  document.getElementById("emergency-possible").hidden = !emergencies;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", (event) => {
    if (event.target === near) {
      if (nearness.hasChanged()) lookNear();
    } else if (from.validity.valid) narrow();
  });
  // Not while it is typed: the year 2 comes before the year 2026.
  from.addEventListener("focusout", () => {
    if (from.validity.valid) return;
    const day = (iso) => iso.split("-").reverse().join(".");
    outside(gettext("Termine gibt es vom %(first)s bis zum %(last)s.", { first: day(from.min), last: day(from.max) }));
  });
  // A form's own Enter does not work in its lists of choices, nor in every browser's date field.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (event.target === near && nearness.hasChanged()) lookNear();
    else toList();
  });
}

/** Whether places kept for emergencies may be taken too. */
export function emergencyChosen() {
  return emergency.checked;
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
  return {
    offices: wanted,
    one: wanted.length === 1,
    from: from.value,
    weekday: weekday.value,
    half: half.value,
    near: nearness.position(),
    emergency: emergency.checked,
  };
}

function chosenWords(select) {
  return select.value && select.selectedOptions[0].text;
}

/** The filters as words: where, from when, at what time of day. */
export function filtersInWords() {
  const day = from.value.split("-").reverse().join(".");
  const [place, time] = [office, half].map((select) => select.selectedOptions[0].text);
  return [place, day && gettext("ab %(day)s", { day }), chosenWords(weekday), time].filter(Boolean);
}

export function nextHalf() {
  half.value = HALVES[(HALVES.indexOf(half.value) + 1) % HALVES.length];
}

/** Narrow down to one office from a day on. */
export function chooseOfficeAndDay(slug, day) {
  office.value = slug;
  from.value = day;
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

export function reset() {
  form.reset();
  nearness.reset();
}

export function focus() {
  office.focus();
}

export function rest(resting) {
  for (const control of form.elements) control.disabled = resting;
}

/** The office that the list is narrowed to, if it is one. */
export function officeChosen() {
  return offices.has(office.value) ? office.value : undefined;
}
