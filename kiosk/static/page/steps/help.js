// Where people are who help, how to have one of them come, and how this device works.

import { h } from "../elements.js";
import { button, notice } from "../parts.js";
import { t } from "../texts.js";
import { receptionWords } from "../words.js";

export function helpStep({ device, visit, press }) {
  const called = calledWords(visit.help);
  const stays = visit.help === "calling" || isCalled(visit.help);
  return {
    title: t("Hilfe"),
    say: [
      h("div", { role: "status" }, called && notice(visit.help === "unreachable" ? "warning" : "info", h("p", { class: "large" }, called))),
      // Who has called is to stay here, and not to go there.
      !stays && h("p", { class: "large" }, h("strong", {}, receptionWords(device.state?.office))),
      !stays && h("p", {}, t("Dort bekommen Sie auch ohne dieses Gerät eine Nummer und können sich für Ihren Termin anmelden.")),
      h("h2", {}, t("So bedienen Sie das Gerät")),
      h(
        "ul",
        { class: "hints" },
        h("li", {}, t("Tippen Sie kurz auf ein Feld.")),
        h("li", {}, t("Zurück: unten links.")),
        h("li", {}, t("Schrift und Kontrast ändern Sie unten in der Leiste.")),
        h("li", {}, t("Im Sitzen: Tippen Sie unten rechts auf „Tasten nach unten“.")),
      ),
    ],
    act: [
      h(
        "div",
        { class: "buttons" },
        isCalled(visit.help)
          ? button("secondary", t("Ich brauche keine Hilfe mehr"), press.withdrawHelp)
          : button("primary", t("Jemanden rufen"), press.callHelp, { disabled: visit.help === "calling" }),
        button("secondary", t("Zurück"), press.back),
      ),
    ],
  };
}

/** Somebody has been asked, and may be on the way. */
export function isCalled(help) {
  return help === "asked" || help === "coming";
}

export function calledWords(help) {
  switch (help) {
    case "calling":
    case "asked":
      return t("Wir sagen am Empfang Bescheid. Bitte bleiben Sie hier.");
    case "coming":
      return t("Es kommt jemand zu Ihnen.");
    case "unreachable":
      return t("Der Empfang ist von hier aus gerade nicht zu erreichen. Bitte gehen Sie dorthin oder sprechen Sie jemanden an.");
    default:
      return "";
  }
}
