// Sentences made of facts: waits, times, reasons, problems.

import { language, localized, officeWords, t, tn } from "./texts.js";

/** Locales for dates: English as it is written in Europe, with 24 hours; Arabic with the digits of the signs. */
const DATE_LOCALES = { en: "en-GB", ar: "ar-u-nu-latn-hc-h23" };

export function waitWords(wait) {
  if (!wait) {
    return "";
  }
  const { low_minutes: low, high_minutes: high } = wait;
  if (low <= 0) {
    return tn("weniger als {count} Minute", "weniger als {count} Minuten", Math.max(high, 2));
  }
  if (low === high) {
    return tn("etwa {count} Minute", "etwa {count} Minuten", Math.max(high, 2));
  }
  return tn("etwa {low}–{count} Minute", "etwa {low}–{count} Minuten", high, { low });
}

/** Why there is no range, in a few words beside a service or a number. */
export function noWaitWords(reason) {
  switch (reason) {
    case "no_counter_open":
      return t("zurzeit kein Schalter besetzt");
    case "nobody_serves_this":
      return t("dafür zurzeit kein Schalter besetzt");
    case "closes_before":
      return t("heute vielleicht zu lang");
    case "hall_paused":
      return t("Aufruf unterbrochen");
    default:
      return t("noch nicht bekannt");
  }
}

/** The range, or why there is none; the sentence of a number that somebody holds. */
export function waitSentence(wait, reason) {
  return reason === "hall_paused" && !wait
    ? t("Der Aufruf ist gerade unterbrochen. Ihre Nummer bleibt gültig.")
    : t("Wartezeit {wait}", { wait: waitWords(wait) || noWaitWords(reason) });
}

export function aheadWords(peopleAhead) {
  return peopleAhead ? t("vor Ihnen: {count}", { count: peopleAhead }) : t("vor Ihnen: niemand");
}

export function clockTime(instant, timeZone) {
  return new Intl.DateTimeFormat(DATE_LOCALES[language()] ?? language(), {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone,
  }).format(instant);
}

export function dayWords(instant, timeZone) {
  return new Intl.DateTimeFormat(DATE_LOCALES[language()] ?? language(), {
    weekday: "long",
    day: "numeric",
    month: "long",
    timeZone,
  }).format(instant);
}

/** Whether two instants fall on one day of the office. */
export function sameDay(one, other, timeZone) {
  const day = new Intl.DateTimeFormat("en-CA", { timeZone });
  return day.format(one) === day.format(other);
}

/** Where help is. */
export function receptionWords(office) {
  return localized(office?.reception) ? officeWords(office.reception) : t("Bitte wenden Sie sich an den Empfang.");
}

/** What is wrong with a code that the service does not take; null for problems of another kind. */
export function codeProblemWords(problem) {
  switch (problem.code) {
    case "appointment_not_found":
    case "not_found":
      return t("Diesen Code kennen wir nicht. Bitte vergleichen Sie ihn mit Ihrer Bestätigung.");
    case "appointment_not_today":
      return t("Ihr Termin ist an einem anderen Tag.");
    case "appointment_elsewhere":
      return t("Ihr Termin ist in einer anderen Dienststelle.");
    case "appointment_cancelled":
      return t("Dieser Termin wurde abgesagt.");
    case "already_checked_in":
      return t("Zu diesem Termin gibt es schon eine Nummer.");
    default:
      return null;
  }
}

/** Why nothing can be said about a number. */
export function numberProblemWords(problem) {
  switch (problem.code) {
    case "ticket_not_found":
    case "not_found":
      return t("Diese Nummer gibt es heute nicht. Bitte vergleichen Sie sie mit Ihrem Papier.");
    case "device_refused":
      return t("Dieses Gerät ist nicht angemeldet. Bitte wenden Sie sich an den Empfang.");
    default:
      return t("Die Verbindung ist unterbrochen. Bitte versuchen Sie es gleich noch einmal.");
  }
}

/** What kept a request from being carried out. */
export function problemWords(problem) {
  switch (problem?.code) {
    case "service_unreachable":
    case "service_answer_unusable":
    case "device_not_ready":
      return t("Die Verbindung ist unterbrochen. Es wurde keine Nummer gedruckt.");
    case "device_refused":
      return t("Dieses Gerät ist nicht angemeldet. Bitte wenden Sie sich an den Empfang.");
    case "service_not_offered":
    case "service_not_found":
      return t("Diese Dienstleistung gibt es hier zurzeit nicht ohne Termin.");
    case "too_many_attempts":
      return t("Zu viele Versuche. Bitte warten Sie einen Augenblick.");
    default:
      return problem?.detail || t("Das hat nicht geklappt. Bitte wenden Sie sich an den Empfang.");
  }
}

/** Why a ticket is not on paper. */
export function printWords(reason) {
  return reason === "printer_out_of_paper" ? t("Das Papier ist zu Ende.") : t("Der Drucker druckt gerade nicht.");
}

/** What a visitor has to know of the printer beforehand; null while it prints. */
export function noPaperWords(printer) {
  switch (printer) {
    case "paper_out":
      return t("Kein Papier: Ihre Nummer erscheint auf dem Bildschirm.");
    case "cover_open":
    case "offline":
    case "failed":
      return t("Der Drucker druckt gerade nicht: Ihre Nummer erscheint auf dem Bildschirm.");
    default:
      return null;
  }
}

/** What arriving early or late means for an appointment; null where there is nothing to say. */
export function arrivalWords(arrival) {
  switch (arrival) {
    case "early":
      return t("Sie sind früh da. Sie kommen zu Ihrer Terminzeit an die Reihe.");
    case "late":
      return t("Sie kommen nach Ihrer Terminzeit. Sie werden trotzdem bedient, es kann aber länger dauern.");
    case "too_late":
      return t("Ihre Terminzeit ist schon länger vorbei. Sie werden bedient wie jemand ohne Termin.");
    default:
      return null;
  }
}
