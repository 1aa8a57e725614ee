// How durations, needs, classes and languages are said at the desk.

import { gettext, ngettext } from "../texts.js";

const PAGE_LANGUAGE = document.documentElement.lang;
const SOURCE_LANGUAGE = "de";
const MINUTE = 60_000; // ms
const languageNames = new Intl.DisplayNames([PAGE_LANGUAGE], { type: "language" });

const NEED_WORDS = {
  level_access: gettext("stufenloser Platz"),
  induction_loop: gettext("Induktionsschleife"),
  guide_strip: gettext("Leitstreifen"),
  parent_child_room: gettext("Eltern-Kind-Raum"),
  interpreter: gettext("Dolmetschen"),
  closed_room: gettext("geschlossener Raum"),
};

/** What a counter may have and a visitor may need. */
export const NEEDS = Object.keys(NEED_WORDS);
const PRIORITY_CLASSES = new Set(["disabled", "pregnant", "small_children"]);

export function needWord(need) {
  return NEED_WORDS[need] ?? need;
}

/** "Deutsch", "Leichte Sprache", "Englisch". */
export function languageName(tag) {
  return tag === "de-simple" ? gettext("Leichte Sprache") : languageNames.of(tag);
}

/** A text that offices keep by language. */
export function localized(byLanguage) {
  return byLanguage?.[PAGE_LANGUAGE] ?? byLanguage?.[SOURCE_LANGUAGE] ?? "";
}

export function clock(instant, timeZone) {
  return new Intl.DateTimeFormat("de-DE", { hour: "2-digit", minute: "2-digit", timeZone }).format(new Date(instant));
}

export function minutesSince(instant, now) {
  return Math.max(0, Math.floor((now - Date.parse(instant)) / MINUTE));
}

/** "42 Min.", "1 Std. 5 Min." */
export function duration(minutes) {
  if (minutes < 60) return gettext("%(minutes)s Min.", { minutes });
  return gettext("%(hours)s Std. %(minutes)s Min.", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}

/** Running time since an instant, "12:03". */
export function stopwatch(instant, now) {
  const seconds = Math.max(0, Math.floor((now - Date.parse(instant)) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export function people(count) {
  return count === 0 ? gettext("niemand wartet") : ngettext("%(count)s Person wartet", "%(count)s Personen warten", count);
}

/** Why a ticket stands where it stands, as short tags; the last one grows with time. */
export function whyTags(ticket, now, timeZone) {
  const waited = minutesSince(ticket.waiting_since, now);
  const tags = [];
  if (PRIORITY_CLASSES.has(ticket.class)) tags.push({ kind: "priority", text: gettext("Vorrang") });
  if (ticket.class === "transferred") tags.push({ kind: "priority", text: gettext("weitergeleitet") });
  if (ticket.appointment) {
    tags.push({ kind: "appointment", text: gettext("Termin %(time)s", { time: clock(ticket.appointment, timeZone) }) });
  }
  if (!ticket.appointment || waited > 0) {
    tags.push({ kind: "wait", text: waited === 0 ? gettext("gerade gekommen") : gettext("wartet %(time)s", { time: duration(waited) }) });
  }
  return tags;
}

/** What a visitor needs, how they are called and in which language, as words; German needs no mention. */
export function needTags(ticket) {
  return [
    ...(ticket.pick_up ? [{ kind: "need", text: gettext("am Empfang abholen") }] : []),
    ...(ticket.slow_walk ? [{ kind: "need", text: gettext("braucht länger für den Weg") }] : []),
    ...ticket.needs.map((need) => ({ kind: "need", text: needWord(need) })),
    ...(ticket.language === SOURCE_LANGUAGE ? [] : [{ kind: "language", text: languageName(ticket.language) }]),
  ];
}
