// The greeting: one question, and the language.

import { h } from "../elements.js";
import { button, choice, notice } from "../parts.js";
import { languages, t } from "../texts.js";
import { withoutAppointmentWords } from "../walk_ins.js";
import { noPaperWords, receptionWords } from "../words.js";

export function startStep(view) {
  const { device } = view;
  const isAway = !device.state?.connected && device.awayLong;
  if (isAway && !device.state?.goes_on) {
    return away(view);
  }
  if (!device.state?.office) {
    return { title: t("Einen Augenblick bitte"), say: [h("p", {}, t("Das Gerät startet."))], act: [] };
  }
  const without = withoutAppointmentWords(device.state.walk_ins, view.now, device.state.office.time_zone);
  return {
    title: t("Haben Sie einen Termin?"),
    say: [isAway ? goesOnNotice() : device.state.hall === "paused" && pausedNotice(), paperNotice(device.state.printer)],
    act: [
      h(
        "div",
        { class: "choices" },
        choice(t("Ich habe einen Termin"), t("Sie melden sich mit Ihrem Code an."), view.press.haveAppointment),
        choice(t("Ich habe keinen Termin"), without, view.press.haveNone),
        button("secondary", t("Ich habe schon eine Nummer: Wie lange noch?"), view.press.haveNumber, { class: "have-number" }),
      ),
      languageRow(view),
    ],
  };
}

function pausedNotice() {
  return notice("info", h("p", {}, t("Der Aufruf ist kurz unterbrochen. Nummern gibt es weiter, und Ihre Nummer bleibt gültig.")));
}

/** The service is away, and this device goes on alone. */
function goesOnNotice() {
  return notice("info", h("p", {}, t("Die Verbindung ist unterbrochen. Nummern gibt es weiter, und Ihre Nummer gilt.")));
}

/** Said before anybody asks for a number: there will be no paper with it. */
function paperNotice(printer) {
  const words = noPaperWords(printer);
  return words ? notice("warning", h("p", {}, words)) : null;
}

function languageRow({ device, visit, press }) {
  return h(
    "div",
    { class: "languages", role: "group", "aria-label": t("Sprache") },
    languages(device.state?.office?.languages ?? []).map(({ tag, name }) =>
      h(
        "button",
        {
          type: "button",
          class: "language press",
          lang: tag,
          "aria-pressed": String(tag === visit.language),
          onclick: () => press.language(tag),
        },
        name,
      )),
  );
}

/** The service is away: say so, and where help is. The page comes back by itself. */
function away(view) {
  return {
    title: t("Bitte gehen Sie zum Empfang"),
    say: [
      h("p", { class: "large" }, t("Dieses Gerät hat keine Verbindung und kann gerade keine Nummern ausgeben.")),
      h("p", { class: "large" }, receptionWords(view.device.state?.office)),
      h("p", {}, t("Sobald die Verbindung wieder da ist, können Sie hier eine Nummer ziehen.")),
    ],
    act: [languageRow(view)],
  };
}
