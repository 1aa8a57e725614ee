// What a clerk can do with the visitor at the counter: label, key, and when it is possible.

import { gettext } from "../texts.js";

/** One key for the wide button, whatever it says. */
export const PRIMARY_KEY = "n";

export const VERBS = [
  { name: "recall", key: "e", label: gettext("Erneut aufrufen"), from: ["called"] },
  { name: "no-show", key: "x", label: gettext("Nicht erschienen"), from: ["called"] },
  { name: "park", key: "p", label: gettext("Parken"), from: ["called", "serving"] },
  { name: "transfer", key: "l", label: gettext("Weiterleiten …"), from: ["called", "serving"] },
  { name: "requeue", key: "z", label: gettext("Zurück in die Warteschlange"), from: ["called", "serving"] },
  { name: "finish", key: "b", label: gettext("Beenden"), from: ["serving"] },
];

const REASONS = {
  finish: gettext("Erst beginnen, dann beenden."),
  recall: gettext("Diese Nummer ist schon bei Ihnen."),
  "no-show": gettext("Diese Nummer ist schon bei Ihnen."),
};

/** Why a verb can't be used with this visitor now; empty when it can. */
export function reasonAgainst(verb, visitor) {
  if (!visitor) return gettext("An Ihrem Schalter ist gerade niemand.");
  return verb.from.includes(visitor.state) ? "" : REASONS[verb.name];
}

/** The next sensible thing: what the wide button says and does. */
export function primaryFor(visitor) {
  switch (visitor?.state) {
    case "called":
      return { name: "start", label: gettext("Beginnen") };
    case "serving":
      return { name: "finish-and-next", label: gettext("Beenden und nächste") };
    default:
      return { name: "call-next", label: gettext("Nächste Nummer") };
  }
}

/** What is said in the live region once a verb is done. */
export function doneSentence(verb, number) {
  switch (verb) {
    case "recall":
      return gettext("%(number)s wird erneut aufgerufen.", { number });
    case "no-show":
      return gettext("%(number)s ist nicht erschienen.", { number });
    case "park":
      return gettext("%(number)s ist geparkt.", { number });
    case "resume":
      return gettext("%(number)s geht weiter.", { number });
    case "transfer":
      return gettext("%(number)s ist weitergeleitet.", { number });
    case "requeue":
      return gettext("%(number)s wartet wieder.", { number });
    case "finish":
      return gettext("%(number)s ist beendet.", { number });
    case "start":
      return gettext("%(number)s hat begonnen.", { number });
    default:
      return gettext("%(number)s ist aufgerufen.", { number });
  }
}
