// How long it will still take, for somebody who has a number on paper and no telephone.

import { h } from "../elements.js";
import { button, keyboard, notice, wordKey } from "../parts.js";
import { officeWords, t } from "../texts.js";
import { NUMBER_KEYS } from "../visit.js";
import { aheadWords, waitSentence } from "../words.js";

export function numberStep({ visit, press }) {
  const typed = visit.code;
  return {
    title: t("Bitte geben Sie Ihre Wartenummer ein"),
    say: [
      visit.codeProblem
        ? h("div", { role: "alert" }, notice("danger", h("p", {}, visit.codeProblem)))
        : h("p", {}, t("Sie steht groß auf Ihrem Papier, zum Beispiel A042.")),
      h("p", { class: "kern-sr-only", role: "status" }, typed ? t("Eingabe: {code}", { code: [...typed].join(" ") }) : ""),
      h("p", { class: "code typed-number", dir: "ltr", "aria-hidden": "true" }, typed || "\u00a0"),
    ],
    act: [
      keyboard(t("Tasten für die Nummer"), NUMBER_KEYS, press.type, [
        wordKey(t("Löschen"), press.erase, { class: "erase" }),
        wordKey(t("Anzeigen"), press.lookUp, { class: "wide submit", disabled: !typed }),
      ]),
    ],
  };
}

export function standingStep({ visit, press }) {
  const { number } = visit.standing;
  return {
    title: [h("span", { class: "number-label" }, t("Ihre Nummer")), " ", h("bdi", { class: "number", "data-length": Math.min(number.length, 6) }, number)],
    say: [h("ul", { class: "facts" }, sentences(visit.standing).map((sentence) => h("li", {}, sentence)))],
    act: [h("div", { class: "buttons" }, button("primary", t("Fertig"), press.home))],
  };
}

function sentences({ state, people_ahead: ahead, wait, wait_reason: reason, counter_name: name, pick_up: fetched }) {
  switch (state) {
    case "waiting":
      return [aheadWords(ahead), waitSentence(wait, reason)];
    case "called":
      return fetched || !name
        ? [t("Ihre Nummer ist aufgerufen. Bitte gehen Sie zum Empfang.")]
        : [t("Ihre Nummer ist aufgerufen:"), officeWords(name)];
    case "serving":
      return [t("Ihre Nummer wird gerade bedient.")];
    case "parked":
      return [t("Sie werden wieder aufgerufen. Bitte warten Sie.")];
    default:
      return [t("Diese Nummer gilt nicht mehr. Bitte wenden Sie sich an den Empfang.")];
  }
}
