// What is planned for a counter today, in a few words: nobody has to look it up, and nothing happens by itself.

import { gettext } from "../texts.js";
import { clock } from "./words.js";

const SOON = 90 * 60_000; // ms; a break further away is told when it comes nearer

/** Whether a counter has hours of its own, and not now. */
export function isBeyond(plan, now) {
  return Boolean(plan?.hours) && !plan.hours.some(({ begin, end }) => Date.parse(begin) <= now && now < Date.parse(end));
}

/** plan: {hours, breaks} as the API has it, or null; state: the counter's. */
export function planWords(plan, state, now, timeZone) {
  if (!plan) return "";
  const time = (instant) => clock(instant, timeZone);
  if (state === "closed") {
    const next = plan.hours?.find(({ begin }) => Date.parse(begin) > now);
    return next ? gettext("öffnet %(time)s", { time: time(next.begin) }) : "";
  }
  if (isBeyond(plan, now)) return beyondWords(plan.hours, now, time);
  const ends = plan.hours?.find(({ end }) => Date.parse(end) > now)?.end;
  const rest = plan.breaks.find(({ begin, end }) => Date.parse(end) > now && Date.parse(begin) - now < SOON);
  return [
    rest ? gettext("Pause %(begin)s–%(end)s", { begin: time(rest.begin), end: time(rest.end) }) : "",
    ends ? gettext("schließt %(time)s", { time: time(ends) }) : "",
  ].filter(Boolean).join(", ");
}

function beyondWords(hours, now, time) {
  const last = hours.filter(({ end }) => Date.parse(end) <= now).at(-1);
  const next = hours.find(({ begin }) => Date.parse(begin) > now);
  if (next) return gettext("geplant ab %(time)s", { time: time(next.begin) });
  return last ? gettext("sollte seit %(time)s geschlossen sein", { time: time(last.end) }) : gettext("heute nicht geplant");
}
