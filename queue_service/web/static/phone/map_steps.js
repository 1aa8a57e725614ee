// When is something free where: the table of offices and days, and from it to the places of one day.

import { gettext } from "../texts.js";
import { call } from "./call.js";
import { timeZone } from "./catalogue.js";
import * as dayMap from "./day_map.js";
import * as dialogs from "./dialogs.js";
import { isParty } from "./found_kinds.js";
import { showError } from "./message_line.js";
import * as filters from "./place_filters.js";
import { questionOf } from "./place_search.js";
import { searchPlaces, wishNow } from "./place_steps.js";
import * as places from "./places_view.js";
import { read, serviceNow } from "./requests.js";
import { isoDay } from "./spoken.js";

const DAY_MS = 86_400_000;
const dialog = document.getElementById("map-dialog");

export const { start } = dayMap;

function nextDays() {
  const today = Date.parse(isoDay(serviceNow(), timeZone));
  return Array.from({ length: dayMap.DAYS }, (_, nth) => isoDay(today + nth * DAY_MS, "UTC"));
}

/** All offices that do what is chosen, whatever the list is narrowed to now. */
export async function open() {
  if (call.chosen.length === 0) {
    showError(gettext("Erst die Dienstleistung wählen, dann den Kalender."));
    return;
  }
  if (call.found && isParty(call.found.appointment)) {
    showError(gettext("Für diese Plätze gibt es keinen Kalender. Mit F3 den Tag eingrenzen."));
    return;
  }
  const { items } = await read(`/api/v1/slots/overview?${questionOf(wishNow({ anywhere: true }))}`);
  dayMap.show(items, nextDays());
  dialogs.open(dialog);
  dayMap.focus();
}

/** Places of this office from this day on; nothing for a day that is full or closed. */
export async function choose(wanted) {
  if (!wanted) {
    showError(gettext("An diesem Tag ist dort nichts frei. Bitte einen anderen wählen."));
    return;
  }
  dialog.close();
  filters.chooseOfficeAndDay(wanted.office, wanted.day);
  await searchPlaces();
  places.focusList();
}
