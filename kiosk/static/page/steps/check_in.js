// Arriving for an appointment: the code from the confirmation, on a large pad.

import { h } from "../elements.js";
import { button, keyboard, notice, wordKey } from "../parts.js";
import { t } from "../texts.js";
import { CODE_GROUP, CODE_KEYS, CODE_LENGTH, codeInGroups } from "../visit.js";

export function checkInStep(view) {
  const { visit, press } = view;
  const complete = visit.code.length === CODE_LENGTH;
  return {
    title: t("Bitte geben Sie Ihren Code ein"),
    say: [
      visit.codeProblem
        ? h("div", { role: "alert" }, notice("danger", h("p", {}, visit.codeProblem)))
        : h("p", {}, t("Er steht in Ihrer Terminbestätigung und hat 8 Zeichen, zum Beispiel K7RM-W3XR.")),
      h("p", { class: "kern-sr-only", role: "status" }, typedAloud(visit.code)),
      h("p", { class: "code", dir: "ltr", "aria-hidden": "true" }, codeSlots(visit.code)),
    ],
    act: [
      keyboard(t("Tasten für den Code"), CODE_KEYS, press.type, [
        wordKey(t("Löschen"), press.erase, { class: "erase" }),
        wordKey(t("Anmelden"), press.checkIn, { class: "wide submit", disabled: !complete }),
      ]),
      button("secondary", t("Ich habe keinen Code"), press.help, { class: "no-code" }),
    ],
  };
}

function typedAloud(code) {
  return code ? t("Eingabe: {code}", { code: [...code].join(" ") }) : "";
}

function codeSlots(code) {
  const [first, second] = codeInGroups(code.padEnd(CODE_LENGTH));
  const slot = (character) => h("span", { class: character === " " ? "slot" : "slot filled" }, character);
  return [[...first].map(slot), h("span", { class: "hyphen" }, "–"), [...second].slice(0, CODE_GROUP).map(slot)];
}
