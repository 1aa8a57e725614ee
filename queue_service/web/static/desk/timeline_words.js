// What happened to a visit, step by step, in words. Nobody of the staff is named.

import { gettext } from "../texts.js";
import { whyOfCall } from "./why_words.js";

const PLAIN = {
  issue: gettext("Nummer ausgegeben"),
  recall: gettext("erneut aufgerufen"),
  start: gettext("begonnen"),
  finish: gettext("beendet"),
  continue: gettext("wartet auf die nächste Dienstleistung"),
  no_show: gettext("nicht erschienen"),
  park: gettext("geparkt"),
  resume: gettext("fortgesetzt"),
  requeue: gettext("wieder eingereiht"),
  transfer: gettext("weitergeleitet"),
  cancel: gettext("gestrichen"),
  merge: gettext("zusammengelegt"),
  send_on: gettext("an eine andere Dienststelle weitergeleitet"),
  describe: gettext("Angaben geändert"),
};

const AT_COUNTER = new Set(["call", "recall", "start", "resume"]);

/** counterName(number) and serviceName(code) say what a visitor would read. */
export function stepWords({ verb, at, counter, detail }, { counterName, serviceName }) {
  const where = counter && AT_COUNTER.has(verb) ? counterName(counter) : "";
  switch (verb) {
    case "call":
      return joined(gettext("aufgerufen"), where, whyOfCall(detail, at));
    case "finish":
    case "continue":
      return joined(PLAIN[verb], ...(detail.performed ?? []).map((done) => performedWords(done, serviceName)));
    case "park":
      return joined(PLAIN.park, detail.reason);
    case "requeue":
      return joined(PLAIN.requeue, detail.too_late && gettext("zu spät zurück, wartet neu"));
    case "transfer":
      return joined(
        PLAIN.transfer,
        detail.service && serviceName(detail.service),
        detail.counter && counterName(detail.counter),
        detail.returns && gettext("kommt danach zurück"),
      );
    case "merge":
      return joined(PLAIN.merge, detail.into);
    case "undo":
      return gettext("zurückgenommen: %(step)s", { step: PLAIN[detail.undone] ?? detail.undone });
    default:
      return joined(PLAIN[verb] ?? verb, where);
  }
}

function joined(what, ...more) {
  const said = more.filter(Boolean);
  return said.length ? `${what} – ${said.join(", ")}` : what;
}

function performedWords({ service, quantity }, serviceName) {
  return quantity > 1 ? `${quantity} × ${serviceName(service)}` : serviceName(service);
}
