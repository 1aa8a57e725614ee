// Whether a number can be drawn without an appointment, and what is said about it.

import { t, tn } from "./texts.js";
import { clockTime, dayWords, sameDay } from "./words.js";

/**
 * Whether it is worth asking for a number: the service said so, or the moment that it named has come.
 * This device's clock may be wrong; whoever asks too early is told why.
 */
export function isOpen(walkIns, now) {
  return walkIns?.open === true || (Boolean(walkIns?.next_chance_at) && Date.parse(walkIns.next_chance_at) <= now);
}

/** What there is without an appointment, in one or two sentences. */
export function withoutAppointmentWords(walkIns, now, timeZone) {
  if (!isOpen(walkIns, now)) {
    return closedWords(walkIns, now, timeZone);
  }
  return [t("Sie bekommen eine Wartenummer."), placesLeftWords(walkIns.places_left), laterWords(walkIns, now, timeZone)]
    .filter(Boolean)
    .join(" ");
}

/** How many same-day places are left; empty where none are counted. */
export function placesLeftWords(count) {
  return count ? tn("Heute ist noch {count} Platz frei.", "Heute sind noch {count} Plätze frei.", count) : "";
}

/** That numbers are given out already, but nobody is called yet; empty from then on. */
export function laterWords(walkIns, now, timeZone) {
  const begins = Date.parse(walkIns?.begins_at ?? "");
  return begins > now ? t("Aufgerufen wird ab {time} Uhr.", { time: clockTime(begins, timeZone) }) : "";
}

/** Why no numbers are given out, in one sentence. */
export function closedWords(walkIns, now, timeZone) {
  switch (walkIns?.reason) {
    case "outside_hours":
      return walkIns.begins_at ? t("Zurzeit ist keine offene Sprechstunde.") : t("Wir haben gerade geschlossen.");
    case "holiday":
      return t("Heute ist ein Feiertag.");
    case "closure":
      return t("Heute ist hier geschlossen.");
    case "stopped_by_staff":
      return t("Zurzeit werden keine weiteren Wartenummern ausgegeben.");
    case "by_appointment_only":
      return t("Hier werden Sie nur mit Termin bedient.");
    case "not_yet":
      return t("Die Anmeldung beginnt um {time} Uhr.", { time: clockTime(Date.parse(walkIns.next_chance_at), timeZone) });
    case "contingent_used_up":
      return isToday(walkIns.next_chance_at, now, timeZone)
        ? t("Zurzeit sind alle Plätze vergeben.")
        : t("Für heute sind alle Plätze vergeben.");
    case "not_served_today":
      return t("Für heute sind alle Wartenummern vergeben.");
    default:
      return t("Zurzeit werden keine Wartenummern ausgegeben.");
  }
}

/** When there is a chance again; empty when nobody knows. */
export function nextChanceWords(walkIns, now, timeZone) {
  if (!walkIns?.next_chance_at) {
    return "";
  }
  const chance = Date.parse(walkIns.next_chance_at);
  const time = clockTime(chance, timeZone);
  if (!walkIns.begins_at) {
    return t("Ohne Termin wieder ab {day}, {time} Uhr.", { day: dayWords(chance, timeZone), time });
  }
  if (walkIns.reason === "not_yet") {
    return [t("Bitte kommen Sie dann noch einmal an dieses Gerät."), laterWords(walkIns, now, timeZone)].join(" ");
  }
  return isToday(walkIns.next_chance_at, now, timeZone)
    ? t("Die nächste Anmeldung beginnt heute um {time} Uhr.", { time })
    : t("Die nächste Anmeldung beginnt am {day} um {time} Uhr.", { day: dayWords(chance, timeZone), time });
}

/** What stands beside a service that has no number for anybody now; null where there is nothing to say. */
export function besideClosed(walkIns, now, timeZone) {
  if (!walkIns || isOpen(walkIns, now)) {
    return null;
  }
  if (isToday(walkIns.next_chance_at, now, timeZone)) {
    return { label: t("Anmeldung"), figure: t("ab {time} Uhr", { time: clockTime(Date.parse(walkIns.next_chance_at), timeZone) }) };
  }
  return { label: t("Heute"), figure: walkIns.reason === "not_served_today" ? t("keine Nummern mehr") : t("keine Plätze") };
}

function isToday(instant, now, timeZone) {
  return Boolean(instant) && sameDay(Date.parse(instant), now, timeZone);
}
