// What stands on the paper and on the screen, said: everything, for whoever can read neither.

import { N_, inEveryLanguage, localized, t, tn } from "../texts.js";
import { laterWords } from "../walk_ins.js";
import { aheadWords, arrivalWords, clockTime, noWaitWords, printWords, waitWords } from "../words.js";
import { officePiece, piece, spelled } from "./pieces.js";

/** A range with a word between its ends, which a dash on the screen is not. */
export function waitAloud(wait) {
  if (!wait || wait.low_minutes <= 0 || wait.low_minutes === wait.high_minutes) {
    return waitWords(wait);
  }
  const { low_minutes: low, high_minutes: high } = wait;
  return tn("etwa {low} bis {count} Minute", "etwa {low} bis {count} Minuten", high, { low });
}

export function ticketAloud(ticket, visit, state, now) {
  const { office, walk_ins: walkIns } = state ?? {};
  const facts = ticket.outage
    ? [t("Die Verbindung ist unterbrochen. Ihre Nummer gilt."), t("Wie lange es dauert, ist gerade nicht bekannt.")]
    : [
        ticket.appointment_at && t("Ihr Termin: {time} Uhr", { time: clockTime(new Date(ticket.appointment_at), office?.time_zone) }),
        `${aheadWords(ticket.people_ahead)}.`,
        ticket.wait && `${t("Wartezeit {wait}", { wait: waitAloud(ticket.wait) })}.`,
        ticket.wait_reason === "closes_before" && t("Ob Sie heute noch an die Reihe kommen, ist ungewiss."),
        arrivalWords(ticket.arrival),
        ticket.appointment_at ? "" : laterWords(walkIns, now, office?.time_zone),
      ];
  return [
    piece(`${t("Ihre Nummer")}: ${spelled(ticket.number)}.`),
    ...facts.map((words) => piece(words)),
    ...whatToDo(visit, office),
    piece(paperAloud(ticket, visit)),
  ];
}

function whatToDo(visit, office) {
  if (visit.ticket.pick_up) {
    return [receptionAloud(office), piece(t("Bitte warten Sie am Empfang. Jemand holt Sie dort ab und geht mit Ihnen zum Schalter."))];
  }
  return [
    piece(localized(office?.area) ? t("Bitte nehmen Sie Platz:") : t("Bitte nehmen Sie Platz.")),
    officePiece(office?.area),
    piece(t("Ihre Nummer wird angezeigt und aufgerufen.")),
  ];
}

/** Last, as it changes while all the rest is said. */
function paperAloud(ticket, visit) {
  if (ticket.printed === null || visit.reprinting) {
    return "";
  }
  return ticket.printed
    ? t("Ihre Nummer ist auch gedruckt.")
    : [printWords(ticket.print_reason), t("Ihre Nummer gilt trotzdem."), t("Bitte merken Sie sich die Nummer oder schreiben Sie sie auf.")].join(" ");
}

export function standingAloud({ number, state, people_ahead: ahead, wait, wait_reason: reason, counter_name: name, pick_up: fetched }) {
  const first = piece(`${t("Ihre Nummer")}: ${spelled(number)}.`);
  switch (state) {
    case "waiting":
      return [first, piece(`${aheadWords(ahead)}.`), piece(t("Wartezeit {wait}", { wait: waitAloud(wait) || noWaitWords(reason) }))];
    case "called":
      return fetched || !name
        ? [first, piece(t("Ihre Nummer ist aufgerufen. Bitte gehen Sie zum Empfang."))]
        : [first, piece(t("Ihre Nummer ist aufgerufen:")), officePiece(name)];
    case "serving":
      return [first, piece(t("Ihre Nummer wird gerade bedient."))];
    case "parked":
      return [first, piece(t("Sie werden wieder aufgerufen. Bitte warten Sie."))];
    default:
      return [first, piece(t("Diese Nummer gilt nicht mehr. Bitte wenden Sie sich an den Empfang."))];
  }
}

/** Where help is. */
export function receptionAloud(office) {
  return localized(office?.reception) ? officePiece(office.reception) : piece(t("Bitte wenden Sie sich an den Empfang."));
}

/** Everybody leaves: in German and English, whoever stands here. */
export function leaveAloud() {
  return [N_("Bitte verlassen Sie jetzt das Gebäude."), N_("Folgen Sie dem Personal. Benutzen Sie nicht den Aufzug.")]
    .flatMap((words) => inEveryLanguage(words))
    .filter(({ tag }) => ["de", "en"].includes(tag))
    .map(({ tag, words }) => ({ language: tag, text: words }));
}
