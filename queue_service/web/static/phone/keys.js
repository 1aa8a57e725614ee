// Which keys work where. The bar at the bottom, the overview and the listener read the same table, so
// that none can promise anything else. Keys without `does` are the browser's own (arrows, Tab, forms).

import { gettext } from "../texts.js";
import { element } from "../desk/elements.js";

const CHOOSING = ["search", "places"];
const AT_PLACES = ["places", "new-place"];
const DIGITS = [..."123456789"];

/**
 * `text` is short for the bar, `full` for the overview where it says more; a key that
 * stands `inPlace`, at its heading or on its button, is not repeated in the bar.
 * `zones`: where the focus is (data-zone); `steps`: how far the call has come. Missing: anywhere, always,
 * but in an open dialog only what names its zone or is for `everywhere`.
 */
const GROUPS = [
  {
    heading: gettext("Dienstleistung"),
    entries: [
      { shown: "↑ ↓", zones: ["service"], text: gettext("auswählen") },
      { shown: gettext("Enter"), zones: ["service"], text: gettext("übernehmen"), full: gettext("Dienstleistung übernehmen; bei leerem Feld zu den Terminen") },
      { shown: gettext("Esc"), zones: ["service"], text: gettext("leeren"), full: gettext("Feld leeren") },
      { shown: "↑ ↓", zones: ["chosen"], text: gettext("Anzahl"), full: gettext("Anzahl ändern") },
      { shown: gettext("Entf"), keys: ["Delete"], zones: ["chosen"], text: gettext("entfernen"), does: "removeService" },
    ],
  },
  {
    heading: gettext("Freie Termine"),
    entries: [
      { shown: "1–9", keys: DIGITS, zones: ["places"], steps: ["places"], text: gettext("reservieren"), full: gettext("Termin reservieren"), does: "chooseOffer" },
      { shown: "1–9", keys: DIGITS, zones: ["places"], steps: ["new-place"], text: gettext("wählen"), full: gettext("beim Verschieben: neuen Termin wählen"), does: "chooseOffer" },
      { shown: "0", keys: ["0"], zones: ["places"], steps: AT_PLACES, text: gettext("weitere"), full: gettext("weitere Termine"), does: "nextOffers" },
      { shown: "T", keys: ["t"], zones: ["places"], steps: AT_PLACES, text: gettext("Tageszeit"), full: gettext("vormittags, nachmittags, ganztags"), does: "nextHalf" },
      { shown: "K", keys: ["k"], zones: ["places", "instead"], steps: AT_PLACES, text: gettext("Kalender"), full: gettext("Kalender: was an welchem Standort an welchem Tag frei ist"), does: "toMap" },
      { shown: "W", keys: ["w"], zones: ["places", "instead"], steps: ["places"], text: gettext("Warteliste"), full: gettext("kein Termin passt: auf die Warteliste"), does: "toWaiting" },
      { shown: gettext("Enter"), zones: ["filters"], text: gettext("zu den Terminen") },
      { shown: "← ↑ ↓ →", zones: ["map"], text: gettext("Standort und Tag") },
      { shown: gettext("Enter"), zones: ["map"], text: gettext("diese Termine zeigen"), full: gettext("im Kalender: Termine dieses Standorts ab diesem Tag") },
    ],
  },
  {
    heading: gettext("Gespräch"),
    entries: [
      { shown: gettext("Tab"), zones: ["contact"], text: gettext("nächstes Feld") },
      { shown: gettext("Enter"), zones: ["contact"], text: gettext("prüfen und vorlesen") },
      { shown: gettext("Esc"), keys: ["Escape"], steps: ["contact"], text: gettext("Termin freigeben"), does: "release" },
      { shown: gettext("Enter"), steps: ["read-back"], text: gettext("verbindlich buchen") },
      { shown: gettext("Esc"), keys: ["Escape"], steps: ["read-back"], text: gettext("Angaben ändern"), does: "backToContact" },
    ],
  },
  {
    heading: gettext("Vorhandener Termin"),
    entries: [
      { shown: gettext("Enter"), zones: ["find"], text: gettext("Termin suchen") },
      { shown: "1–9", keys: DIGITS, zones: ["hits"], text: gettext("öffnen"), full: gettext("gefundenen Termin öffnen"), does: "openHit" },
      { shown: "↑ ↓", zones: ["hits"], text: gettext("auswählen") },
      { shown: gettext("Tab"), steps: ["found"], text: gettext("verschieben oder absagen") },
      { shown: gettext("Enter"), steps: ["move"], text: gettext("verschieben") },
      { shown: gettext("Esc"), keys: ["Escape"], steps: ["move"], text: gettext("anderen Termin wählen"), does: "backToPlaces" },
      { shown: gettext("Enter"), steps: ["cancel"], text: gettext("bestätigen"), full: gettext("endgültig absagen oder streichen") },
      { shown: gettext("Esc"), keys: ["Escape"], steps: ["cancel"], text: gettext("behalten"), does: "keepFound" },
      { shown: gettext("Esc"), keys: ["Escape"], steps: ["hits", "found", "final", "new-place"], text: gettext("schließen"), does: "closeFound" },
    ],
  },
  {
    heading: gettext("Auskunft"),
    entries: [
      { shown: "1–9", keys: DIGITS, zones: ["card"], text: gettext("Plätze buchen"), full: gettext("Plätze in Bad, Museum oder Theater buchen"), does: "chooseEntry" },
    ],
  },
  {
    heading: gettext("Rückrufe"),
    entries: [
      { shown: "1–9", keys: DIGITS, zones: ["callbacks"], text: gettext("übernehmen"), full: gettext("Rückruf aus der Liste übernehmen"), does: "takeCallback" },
      { shown: "↑ ↓", zones: ["callbacks"], text: gettext("auswählen") },
    ],
  },
  {
    heading: gettext("Jederzeit"),
    entries: [
      { shown: "F2", keys: ["F2"], inPlace: true, steps: CHOOSING, away: "service", text: gettext("Dienstleistung"), does: "toService" },
      { shown: "F4", keys: ["F4"], inPlace: true, steps: AT_PLACES, away: "places", text: gettext("Termine"), does: "toPlaces" },
      { shown: "F3", keys: ["F3"], inPlace: true, steps: AT_PLACES, away: "filters", text: gettext("eingrenzen"), does: "toFilters" },
      { shown: "F8", keys: ["F8"], inPlace: true, steps: [...CHOOSING, "hits", "found", "final", "booked"], away: "find", text: gettext("Termin suchen"), full: gettext("vorhandenen Termin suchen: Nummer, Name, Telefon"), does: "toFind" },
      { shown: "F6", keys: ["F6"], text: gettext("Rückruf"), full: gettext("Rückruf vereinbaren"), does: "toCallback" },
      { shown: "F10", keys: ["F10"], text: gettext("Rückrufe"), full: gettext("Rückrufe; während eines Rückrufs: ihn abschließen"), inPlace: true, does: "toCallbacks" },
      { shown: "F7", keys: ["F7"], text: gettext("Auskunft"), full: gettext("Auskunft zu jedem Standort: Öffnungszeiten, Preise, Zugang"), does: "toCard" },
      { shown: "F9", keys: ["F9"], inPlace: true, text: gettext("neuer Anruf"), does: "newCall" },
      { shown: gettext("F1 oder ?"), keys: ["F1", "?"], everywhere: true, inPlace: true, text: gettext("diese Übersicht"), does: "toHelp" },
    ],
  },
];
const TABLE = GROUPS.flatMap(({ entries }) => entries);
const TYPED_INTO = "textarea, select, input:not([type=radio], [type=checkbox])";

function openDialog() {
  return [...document.querySelectorAll("dialog[open]")].at(-1);
}

function zoneOf(node) {
  return node?.closest?.("[data-zone]")?.dataset.zone ?? "";
}

/** Entries of the table that work at this step with the focus in this zone. */
export function workingKeys(step, zone, inDialog = false) {
  return TABLE.filter(
    (entry) =>
      (entry.zones ? entry.zones.includes(zone) : !inDialog || entry.everywhere) &&
      (!entry.steps || entry.steps.includes(step)) &&
      entry.away !== zone,
  );
}

/** The whole table for the overview: [{heading, entries: [{shown, text}]}] */
export function allKeys() {
  const told = ({ shown, text, full = text }) => ({ shown, text: full });
  return GROUPS.map(({ heading, entries }) => ({ heading, entries: entries.map(told) }));
}

/** Show the keys that work now in `bar`; `act(name, event)` is called for those that do something. */
export function listen(bar, stepNow, act) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const pressed = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    // A letter that is typed into a field is a letter.
    if (pressed.length === 1 && event.target.matches?.(TYPED_INTO)) return;
    const working = workingKeys(stepNow(), zoneOf(event.target), Boolean(openDialog()));
    const entry = working.find(({ keys }) => keys?.includes(pressed));
    if (!entry) return;
    event.preventDefault();
    if (!event.repeat) act(entry.does, event);
  });
  document.addEventListener("focusin", () => show(bar, stepNow()));
}

export function show(bar, step) {
  const working = workingKeys(step, zoneOf(document.activeElement), Boolean(openDialog()));
  const entries = working.filter(({ inPlace }) => !inPlace);
  bar.replaceChildren(
    ...entries.map(({ shown, text }) => element("li", {}, element("kbd", { class: "key" }, shown), text)),
  );
}
