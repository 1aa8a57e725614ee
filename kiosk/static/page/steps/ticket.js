// The number, huge, and what happens next.

import { h } from "../elements.js";
import { button, notice } from "../parts.js";
import { localized, officeWords, t } from "../texts.js";
import { laterWords } from "../walk_ins.js";
import { aheadWords, arrivalWords, clockTime, printWords, waitSentence } from "../words.js";

/** Lengths of numbers that the style sheet has a size for. */
const LONGEST_MEASURED = 6;

export function askingStep() {
  return {
    title: t("Einen Augenblick bitte"),
    say: [h("p", { class: "large" }, t("Ihre Nummer wird geholt."))],
    act: [],
  };
}

export function ticketStep(view) {
  const { visit, device, press } = view;
  const { ticket } = visit;
  return {
    title: [h("span", { class: "number-label" }, t("Ihre Nummer")), " ", h("bdi", { class: "number", "data-length": Math.min(ticket.number.length, LONGEST_MEASURED) }, ticket.number)],
    say: [paper(ticket, visit.reprinting), facts(ticket, device.state?.office), next(visit, device.state, view.now)],
    act: ticket.printed === null || visit.reprinting
      ? []
      : [
          h(
            "div",
            { class: "buttons" },
            button("primary", t("Fertig"), press.home),
            button("secondary", t("Noch einmal drucken"), press.reprint),
          ),
        ],
  };
}

function paper(ticket, reprinting) {
  if (ticket.printed === null || reprinting) {
    return h("p", { class: "paper", role: "status" }, t("Ihre Nummer wird gedruckt …"));
  }
  if (ticket.printed) {
    return h("p", { class: "paper", role: "status" }, t("Bitte nehmen Sie Ihre Nummer."));
  }
  return h(
    "div",
    { role: "status" },
    notice(
      "warning",
      h("p", {}, printWords(ticket.print_reason), " ", h("strong", {}, t("Ihre Nummer gilt trotzdem."))),
      h("p", {}, t("Bitte merken Sie sich die Nummer oder schreiben Sie sie auf.")),
    ),
  );
}

function facts(ticket, office) {
  if (ticket.outage) {
    return h(
      "div",
      { class: "next" },
      h("p", {}, h("strong", {}, t("Die Verbindung ist unterbrochen. Ihre Nummer gilt."))),
      h("p", {}, t("Wie lange es dauert, ist gerade nicht bekannt.")),
    );
  }
  return h(
    "ul",
    { class: "facts" },
    ticket.appointment_at
      && h("li", {}, t("Ihr Termin: {time} Uhr", { time: clockTime(new Date(ticket.appointment_at), office?.time_zone) })),
    h("li", {}, aheadWords(ticket.people_ahead)),
    (ticket.wait || ticket.wait_reason === "hall_paused") && h("li", {}, waitSentence(ticket.wait, ticket.wait_reason)),
    ticket.wait_reason === "closes_before" && h("li", {}, t("Ob Sie heute noch an die Reihe kommen, ist ungewiss.")),
  );
}

function next({ ticket }, state, now) {
  const office = state?.office;
  const later = ticket.appointment_at ? "" : laterWords(state?.walk_ins, now, office?.time_zone);
  const late = arrivalWords(ticket.arrival);
  return h(
    "div",
    { class: "next" },
    late && h("p", {}, h("strong", {}, late)),
    later && h("p", {}, h("strong", {}, later)),
    ticket.pick_up ? fetched(office) : seated(office),
  );
}


function seated(office) {
  return h(
    "p",
    {},
    localized(office?.area) ? [t("Bitte nehmen Sie Platz:"), " ", officeWords(office.area), "."] : t("Bitte nehmen Sie Platz."),
    " ",
    t("Ihre Nummer wird angezeigt und aufgerufen."),
  );
}

function fetched(office) {
  const waits = h("strong", {}, t("Bitte warten Sie am Empfang. Jemand holt Sie dort ab und geht mit Ihnen zum Schalter."));
  return [h("p", {}, waits), localized(office?.reception) && h("p", {}, officeWords(office.reception))];
}
