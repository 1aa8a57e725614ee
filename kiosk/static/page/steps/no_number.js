// There is no number now: walk-ins are closed, or something failed. Always with a way on.

import { h } from "../elements.js";
import { button } from "../parts.js";
import { t } from "../texts.js";
import { closedWords, isOpen, nextChanceWords, withoutAppointmentWords } from "../walk_ins.js";
import { problemWords, receptionWords } from "../words.js";

export function closedStep({ visit, device, press, now }) {
  const walkIns = visit.problem ?? device.state?.walk_ins ?? {};
  const timeZone = device.state?.office?.time_zone;
  if (isOpen(walkIns, now)) {
    return openedStep(withoutAppointmentWords(walkIns, now, timeZone), press);
  }
  return {
    title: closedWords(walkIns, now, timeZone),
    say: [
      h("p", { class: "large" }, becauseWords(walkIns)),
      h("p", { class: "large" }, nextChanceWords(walkIns, now, timeZone)),
      h("p", {}, t("Einen Termin bekommen Sie am Empfang oder am Bürgertelefon unter der Nummer 115.")),
      walkIns.reason === "not_served_today"
        && h("p", {}, t("Am Bürgertelefon erfahren Sie auch, welche andere Dienststelle heute noch geöffnet ist.")),
    ],
    act: [
      h(
        "div",
        { class: "buttons" },
        button("primary", t("Zum Anfang"), press.home),
        button("secondary", t("Ich habe einen Termin"), press.haveAppointment),
      ),
    ],
  };
}

function becauseWords(walkIns) {
  return walkIns.reason === "not_served_today"
    ? t("Wer jetzt erst kommt, kommt heute nicht mehr an die Reihe.")
    : t("Ohne Termin bekommen Sie gerade keine Nummer.");
}

/** The visitor has waited here until the registration opened. */
function openedStep(words, press) {
  return {
    title: t("Jetzt gibt es wieder Wartenummern."),
    say: [h("p", { class: "large" }, words)],
    act: [
      h(
        "div",
        { class: "buttons" },
        button("primary", t("Ich habe keinen Termin"), press.services),
        button("secondary", t("Zum Anfang"), press.home),
      ),
    ],
  };
}

export function failedStep({ visit, device, press }) {
  return {
    title: t("Das hat leider nicht geklappt"),
    say: [
      h("p", { class: "large" }, problemWords(visit.problem)),
      h("p", { class: "large" }, receptionWords(device.state?.office)),
    ],
    act: [
      h(
        "div",
        { class: "buttons" },
        button("primary", t("Noch einmal versuchen"), press.again),
        button("secondary", t("Zum Anfang"), press.home),
      ),
    ],
  };
}
