// Finding a service by typing; the keyboard gives way to the results when there is no room for both.

import { h } from "../elements.js";
import { button, keyboard, region, wordKey } from "../parts.js";
import { t } from "../texts.js";
import { SEARCH_KEYS, found } from "../visit.js";
import { list, serviceRows } from "./services.js";

export function searchStep(view) {
  const { visit, device, press } = view;
  const results = visit.search ? found(device.state?.services ?? [], visit.search) : [];
  return {
    title: t("Dienstleistung suchen"),
    say: [
      h(
        "p",
        { class: "typed" },
        h("span", { class: "kern-sr-only" }, t("Eingabe:"), " "),
        visit.search || h("span", { class: "typed-hint" }, t("Bitte tippen, zum Beispiel PASS")),
      ),
      h("p", { class: "count", role: "status" }, resultWords(visit, results)),
    ],
    act: visit.keyboard
      ? [
          region("results", list(serviceRows(results, view))),
          keyboard(t("Tastatur"), SEARCH_KEYS, press.type, [
            wordKey(t("Leerzeichen"), () => press.type(" "), { class: "space" }),
            wordKey(t("Löschen"), press.erase, { class: "erase" }),
            wordKey(t("Treffer zeigen"), press.showResults, { class: "wide", disabled: results.length === 0 }),
          ]),
        ]
      : [
          list(serviceRows(results, view)),
          button("secondary", t("Weiter tippen"), press.showKeyboard),
        ],
  };
}

function resultWords(visit, results) {
  if (!visit.search) {
    return "";
  }
  return results.length ? t("Treffer: {count}", { count: results.length }) : t("Nichts gefunden. Bitte löschen und anders schreiben.");
}
