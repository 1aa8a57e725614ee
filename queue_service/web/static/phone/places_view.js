// The list of offers: up to nine places, one for each of the keys 1 to 9.

import { gettext, ngettext } from "../texts.js";
import { element, setText } from "../desk/elements.js";
import { offices } from "./catalogue.js";
import { distanceInWords } from "./nearness.js";
import { clockOf, dayOf, groupedBy, keyOf } from "./offers.js";
import { accessInShort, dayHeading, inLanguage } from "./spoken.js";
import { serviceNow } from "./requests.js";

const form = document.getElementById("places");
const days = document.getElementById("place-days");
const count = document.getElementById("places-count");
const note = document.getElementById("places-note");
const instead = document.getElementById("instead");
const submit = document.getElementById("take-place");

let shown = [];

/** `take(offer)` is called when an offer is chosen. */
export function start(take) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = form.querySelector("input:checked") ?? document.activeElement.closest("input");
    if (chosen && form.contains(chosen)) take(shown[Number(chosen.value)]);
  });
}

export function offerAt(number) {
  return shown[number - 1];
}

/** The office of the place that is looked at. */
export function officeLookedAt() {
  return document.activeElement.closest?.("[data-offer]")?.dataset.offer.split(" ")[0];
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

/** The list, by day; or by office, where the nearest come first. */
export function showOffers(offers, { page, more, byOffice }) {
  const had = document.activeElement.closest?.("[data-offer]")?.dataset.offer;
  shown = offers;
  note.hidden = true;
  instead.hidden = true;
  submit.hidden = false;
  days.replaceChildren(...(byOffice ? groupedBy(({ office }) => office, offers).map(officeGroup) : groupedBy(dayOf, offers).map(dayGroup)));
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

function dayWords({ office, start }) {
  return dayHeading(start, offices.get(office).time_zone, serviceNow());
}

function dayGroup({ key, offers }) {
  return element(
    "fieldset",
    { class: "day" },
    element("legend", { class: "day__heading", "data-day": key }, dayWords(offers[0])),
    ...offers.map((offer) => row(offer, inLanguage(offices.get(offer.office).name))),
  );
}

function officeGroup({ key, offers }) {
  const heading = [inLanguage(offices.get(key).name), distanceInWords(key)].filter(Boolean).join(", ");
  return element(
    "fieldset",
    { class: "day" },
    element("legend", { class: "day__heading" }, heading),
    ...offers.map((offer) => row(offer, dayWords(offer))),
  );
}

function row(offer, words) {
  const place = shown.indexOf(offer);
  const its = offices.get(offer.office);
  return element(
    "label",
    { class: "offer", "data-offer": keyOf(offer) },
    element("input", { class: "offer__radio", type: "radio", name: "place", value: place }),
    element("kbd", { class: "key offer__key" }, String(place + 1)),
    element("span", { class: "offer__clock" }, clockOf(offer)),
    element("span", { class: "offer__place" },
      element("span", { class: "offer__office" }, words),
      element("span", { class: "offer__access" },
        [distanceInWords(offer.office), its.address.city, accessInShort(its)].filter(Boolean).join(", ")),
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
  for (const control of form.elements) control.disabled = resting;
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
