// The choice of a time to call: a few proposals, or any other day and time. Stands in a form as the
// fields "due", "due_day" and "due_time".

import { gettext, ngettext } from "../texts.js";
import { element } from "../desk/elements.js";
import { timeZone } from "./catalogue.js";
import { instantAt, overdueBy, proposedTimes } from "./due_times.js";
import { serviceNow } from "./requests.js";
import { clockInWords, dayHeading, isoDay } from "./spoken.js";

/** "Heute, Montag, 23. November, 16:30 Uhr" */
export function timeInWords(instant) {
  const [day, time] = [dayHeading(instant, timeZone, serviceNow()), clockInWords(instant, timeZone)];
  return gettext("%(day)s, %(time)s Uhr", { day, time });
}

/** When something is due, or for how long it has been. */
export function dueInWords(dueAt) {
  const late = overdueBy(dueAt, serviceNow());
  if (!late) return timeInWords(dueAt);
  const words = {
    minutes: (count) => ngettext("überfällig seit %(count)s Minute", "überfällig seit %(count)s Minuten", count),
    hours: (count) => ngettext("überfällig seit %(count)s Stunde", "überfällig seit %(count)s Stunden", count),
    days: (count) => ngettext("überfällig seit %(count)s Tag", "überfällig seit %(count)s Tagen", count),
  };
  return words[late.unit](late.count);
}

function showOther(form) {
  form.querySelector("[data-other-time]").hidden = form.elements.due.value !== "";
}

export function startDueField(form) {
  form.elements.due.addEventListener("change", () => showOther(form));
}

/** Propose anew: what was soon an hour ago is over. */
export function proposeTimes(form) {
  const now = serviceNow();
  const options = proposedTimes(now, timeZone).map((instant) =>
    element("option", { value: new Date(instant).toISOString() }, timeInWords(instant)));
  form.elements.due.replaceChildren(...options, element("option", { value: "" }, gettext("anderer Zeitpunkt …")));
  form.elements.due_day.min = isoDay(now, timeZone);
  showOther(form);
}

/** {dueAt} as the service takes it, or {mistake} beside the field. */
export function readDue(form) {
  const { due, due_day: day, due_time: time } = form.elements;
  if (due.value) return { dueAt: due.value };
  if (!day.value) return { mistake: { field: "due_day", sentence: gettext("Bitte den Tag des Rückrufs eintragen.") } };
  if (!time.value) return { mistake: { field: "due_time", sentence: gettext("Bitte die Uhrzeit des Rückrufs eintragen.") } };
  return { dueAt: new Date(instantAt(day.value, time.value, timeZone)).toISOString() };
}
