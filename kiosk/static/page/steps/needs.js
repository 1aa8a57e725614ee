// What a visitor may need, asked of everybody alike and with an easy way past it; and how many of a service.

import { h } from "../elements.js";
import { button } from "../parts.js";
import { mostOf, openQuestions } from "../questions.js";
import { officeWords, t } from "../texts.js";

export function needsStep({ visit, device, press }) {
  const none = visit.needs.length === 0;
  return {
    title: t("Brauchen Sie etwas Besonderes?"),
    say: [h("p", {}, t("Sie müssen nichts angeben. Mehreres ist möglich."))],
    act: [
      button("primary", none ? t("Nein, weiter") : t("Weiter"), press.needsDone, { class: "no-needs" }),
      h(
        "ul",
        { class: "rows needs" },
        openQuestions(visit, device.state).map((question) => h("li", { key: question.name }, need(question, visit, press))),
      ),
    ],
  };
}

/** A choice that stays chosen: the mark says it without colour. */
function need({ name, words, about }, visit, press) {
  const chosen = visit.needs.includes(name);
  return h(
    "button",
    { type: "button", class: "row need press", "aria-pressed": String(chosen), onclick: () => press.need(name) },
    h("span", { class: "need-mark", "aria-hidden": "true" }, chosen ? "✓" : ""),
    h("span", { class: "row-main" }, h("span", { class: "row-words" }, t(words)), h("span", { class: "row-below" }, t(about))),
  );
}

export function quantityStep({ visit, device, press }) {
  const service = device.state?.services.find(({ code }) => code === visit.service);
  const most = mostOf(service);
  return {
    title: t("Wie viele brauchen Sie?"),
    say: [h("p", { class: "large" }, officeWords(service?.name)), h("p", {}, t("Zum Beispiel für Ihre Familie."))],
    act: [
      button("primary", t("Nur einmal"), () => press.quantity(1), { class: "once" }),
      h(
        "div",
        { class: "quantities", role: "group", "aria-label": t("Anzahl") },
        Array.from({ length: most - 1 }, (_, index) => index + 2).map((count) =>
          h("button", { type: "button", class: "key quantity press", onclick: () => press.quantity(count) }, count)),
      ),
    ],
  };
}
