// Where people are who help, and how this device works.

import { h } from "../elements.js";
import { button } from "../parts.js";
import { t } from "../texts.js";
import { receptionWords } from "../words.js";

export function helpStep({ device, press }) {
  return {
    title: t("Hilfe"),
    say: [
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
    act: [h("div", { class: "buttons" }, button("primary", t("Zurück"), press.back))],
  };
}
