// A person is called to the device; where people are who help, and how this device works.

import { h } from "../elements.js";
import { button, notice } from "../parts.js";
import { t } from "../texts.js";
import { receptionWords } from "../words.js";

export function helpStep(view) {
  const { visit, device, press } = view;
  const call = visit.helpCall;
  const canCall = !call || call === "failed" || call === "done";
  return {
    title: t("Hilfe"),
    say: [
      h("div", { role: "status" }, callWords(view)),
      h("p", { class: "large" }, h("strong", {}, receptionWords(device.state?.office))),
      h("p", {}, t("Dort bekommen Sie auch ohne dieses Gerät eine Nummer und können sich für Ihren Termin anmelden.")),
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
        // Stays where it is: a second touch of the same finger must not mean something else.
        button("primary", t("Jemanden rufen"), press.callForHelp, { "aria-disabled": canCall ? false : "true" }),
        button("secondary", t("Zurück"), press.back),
      ),
    ],
  };
}

/** How the call stands; nobody is promised anybody who has not said so. */
function callWords({ visit }) {
  switch (visit.helpCall) {
    case "asking":
      return h("p", { class: "large" }, t("Einen Augenblick bitte"));
    case "waiting":
      return notice("info", h("p", {}, h("strong", {}, t("Ihr Ruf ist angekommen."))), h("p", {}, t("Bitte warten Sie hier.")));
    case "coming":
      return notice("info", h("p", {}, h("strong", {}, t("Es kommt jemand zu Ihnen."))));
    case "done":
      return h("p", {}, t("Sie können noch einmal jemanden rufen."));
    case "failed":
      return notice(
        "warning",
        h("p", {}, h("strong", {}, t("Ihr Ruf ist nicht angekommen."))),
        h("p", {}, t("Bitte gehen Sie zum Empfang oder sprechen Sie jemanden vom Personal an.")),
      );
    default:
      return h("p", { class: "large" }, t("Wir schicken jemanden zu Ihnen, wenn Sie möchten."));
  }
}
