// Which keys work where. The bar at the bottom and the listener read the same table, so that the bar
// can't promise anything else. Keys without `does` are the browser's own (arrows, Tab, forms).

import { gettext } from "../texts.js";
import { element } from "../desk/elements.js";

const CHOOSING = ["search", "places"];
const AT_PLACES = ["places", "new-place"];

/** `zones`: where the focus is (data-zone); `steps`: how far the call has come. Missing: anywhere, always. */
const TABLE = [
  { shown: "↑ ↓", zones: ["service"], text: gettext("auswählen") },
  { shown: gettext("Enter"), zones: ["service"], text: gettext("übernehmen") },
  { shown: gettext("Esc"), zones: ["service"], text: gettext("leeren") },
  { shown: "↑ ↓", zones: ["chosen"], text: gettext("Anzahl") },
  { shown: gettext("Entf"), keys: ["Delete"], zones: ["chosen"], text: gettext("entfernen"), does: "removeService" },
  { shown: "1–9", keys: [..."123456789"], zones: ["places"], steps: ["places"], text: gettext("reservieren"), does: "chooseOffer" },
  { shown: "1–9", keys: [..."123456789"], zones: ["places"], steps: ["new-place"], text: gettext("wählen"), does: "chooseOffer" },
  { shown: "0", keys: ["0"], zones: ["places"], steps: AT_PLACES, text: gettext("weitere"), does: "nextOffers" },
  { shown: "T", keys: ["t"], zones: ["places"], steps: AT_PLACES, text: gettext("Tageszeit"), does: "nextHalf" },
  { shown: gettext("Enter"), zones: ["filters"], text: gettext("zu den Terminen") },
  { shown: gettext("Enter"), zones: ["find"], text: gettext("Termin aufrufen") },
  { shown: "Tab", zones: ["contact"], text: gettext("nächstes Feld") },
  { shown: gettext("Enter"), zones: ["contact"], text: gettext("prüfen und vorlesen") },
  { shown: gettext("Esc"), keys: ["Escape"], steps: ["contact"], text: gettext("Termin freigeben"), does: "release" },
  { shown: gettext("Enter"), steps: ["read-back"], text: gettext("verbindlich buchen") },
  { shown: gettext("Esc"), keys: ["Escape"], steps: ["read-back"], text: gettext("Angaben ändern"), does: "backToContact" },
  { shown: gettext("Enter"), steps: ["move"], text: gettext("verschieben") },
  { shown: gettext("Esc"), keys: ["Escape"], steps: ["move"], text: gettext("anderen Termin wählen"), does: "backToPlaces" },
  { shown: gettext("Tab"), steps: ["found"], text: gettext("verschieben oder absagen") },
  { shown: gettext("Enter"), steps: ["cancel"], text: gettext("absagen") },
  { shown: gettext("Esc"), keys: ["Escape"], steps: ["cancel"], text: gettext("behalten"), does: "keepFound" },
  { shown: gettext("Esc"), keys: ["Escape"], steps: ["found", "final", "new-place"], text: gettext("schließen"), does: "closeFound" },
  { shown: "F2", keys: ["F2"], steps: CHOOSING, away: "service", text: gettext("Dienstleistung"), does: "toService" },
  { shown: "F4", keys: ["F4"], steps: AT_PLACES, away: "places", text: gettext("Termine"), does: "toPlaces" },
  { shown: "F3", keys: ["F3"], steps: AT_PLACES, away: "filters", text: gettext("eingrenzen"), does: "toFilters" },
  { shown: "F8", keys: ["F8"], steps: [...CHOOSING, "found", "final"], away: "find", text: gettext("vorhandener Termin"), does: "toFind" },
  { shown: "F9", keys: ["F9"], text: gettext("neuer Anruf"), does: "newCall" },
];

function zoneOf(node) {
  return node?.closest?.("[data-zone]")?.dataset.zone ?? "";
}

/** Entries of the table that work at this step with the focus in this zone. */
export function workingKeys(step, zone) {
  return TABLE.filter(
    (entry) =>
      (!entry.zones || entry.zones.includes(zone)) && (!entry.steps || entry.steps.includes(step)) && entry.away !== zone,
  );
}

/** Show the keys that work now in `bar`; `act(name, event)` is called for those that do something. */
export function listen(bar, stepNow, act) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const pressed = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const entry = workingKeys(stepNow(), zoneOf(event.target)).find(({ keys }) => keys?.includes(pressed));
    if (!entry) return;
    event.preventDefault();
    if (!event.repeat) act(entry.does, event);
  });
  document.addEventListener("focusin", () => show(bar, stepNow()));
}

export function show(bar, step) {
  const entries = workingKeys(step, zoneOf(document.activeElement));
  bar.replaceChildren(
    ...entries.map(({ shown, text }) => element("li", {}, element("kbd", { class: "key" }, shown), text)),
  );
}
