// What a clerk can do with the visitor at the counter: label, key, and when it is possible.

import { gettext, ngettext } from "../texts.js";

/** One key for the wide button, whatever it says. */
export const PRIMARY_KEY = "n";
export const UNDO_KEY = "z";

const SLOW_WALK_TAKES = 2; // times the pause, as the service counts it (queueing/steps.py)
const AT_COUNTER = ["called", "serving"];

/** In the order in which they stand below the wide button. */
export const VERBS = [
  { name: "recall", key: "e", label: gettext("Erneut aufrufen"), from: ["called"] },
  { name: "no-show", key: "x", label: gettext("Nicht erschienen"), from: ["called"] },
  { name: "requeue", key: "r", label: gettext("Wieder einreihen"), from: AT_COUNTER },
  { name: "park", key: "p", label: gettext("Parken …"), from: AT_COUNTER },
  { name: "park-and-next", key: "s", label: gettext("Parken und nächste"), from: ["serving"] },
  { name: "transfer", key: "l", label: gettext("Weiterleiten …"), from: AT_COUNTER },
  { name: "finish", key: "b", label: gettext("Beenden"), from: ["serving"] },
  { name: "profile", key: "a", label: gettext("Angaben …"), from: AT_COUNTER },
  { name: "timeline", key: "v", label: gettext("Verlauf"), from: AT_COUNTER },
];

const UNDOABLE = new Set(["start", "finish", "no-show", "park", "resume", "transfer", "requeue"]);

const REASONS = {
  finish: gettext("Erst beginnen, dann beenden."),
  recall: gettext("Diese Nummer ist schon bei Ihnen."),
  "no-show": gettext("Diese Nummer ist schon bei Ihnen."),
  "park-and-next": gettext("Erst beginnen. Wer noch nicht da ist, wird mit P geparkt."),
};

/** Whether a step can be taken back; a visitor who was sent to another office has a number there. */
export function canBeTakenBack(verb, body) {
  return UNDOABLE.has(verb) && body.office === undefined;
}

/**
 * Why a verb can't be used with this visitor now; empty when it can. counter: the clerk's; visits: what
 * the office lets its clerks do; now: the service's clock in ms.
 */
export function reasonAgainst(verb, visitor, counter, visits, now) {
  if (!visitor) return gettext("An Ihrem Schalter ist gerade niemand.");
  if (!verb.from.includes(visitor.state)) return REASONS[verb.name];
  if (verb.name === "recall") return againstRecall(visitor, visits, now);
  if (verb.name === "no-show") return againstNoShow(visitor, visits);
  if (verb.name === "park-and-next") return againstNext(counter);
  return "";
}

function againstRecall(visitor, visits, now) {
  if (visitor.calls > visits.most_recalls) {
    return ngettext("Eine Nummer wird hier nur einmal aufgerufen.", "Eine Nummer wird hier höchstens %(count)s-mal aufgerufen.", visits.most_recalls + 1);
  }
  const seconds = pauseLeft(visitor, visits, now);
  return seconds > 0 ? gettext("Zwischen zwei Aufrufen ist eine Pause: noch %(seconds)s s.", { seconds }) : "";
}

/** Seconds until the number may be called again. */
export function pauseLeft(visitor, visits, now) {
  const times = visitor.slow_walk ? SLOW_WALK_TAKES : 1;
  return Math.max(0, Math.ceil((Date.parse(visitor.called_at) - now) / 1000 + times * visits.recall_pause_seconds));
}

function againstNoShow(visitor, visits) {
  if (visitor.calls >= visits.no_show_after_calls) return "";
  return gettext("Erst nach dem %(needed)s. Aufruf; dies war der %(calls)s.", {
    needed: visits.no_show_after_calls,
    calls: visitor.calls,
  });
}

function againstNext(counter) {
  if (counter.closing) return gettext("Ihr Schalter schließt nach diesem Besuch.");
  return counter.state === "paused" ? gettext("Ihr Schalter macht Pause.") : "";
}

/** The next sensible thing: what the wide button says and does. */
export function primaryFor(visitor, counter) {
  if (visitor?.state === "called") return { name: "start", label: gettext("Beginnen") };
  if (visitor) {
    if (counter.closing) return { name: "finish", label: gettext("Beenden und Schalter schließen") };
    if (counter.state === "paused") return { name: "finish", label: gettext("Beenden, dann Pause") };
    return { name: "finish-and-next", label: gettext("Beenden und nächste") };
  }
  if (counter.state === "paused") return { name: "end-pause", label: gettext("Pause beenden") };
  if (counter.state === "closed") return { name: "take-counter", label: gettext("Schalter öffnen") };
  return { name: "call-next", label: gettext("Nächste Nummer") };
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
    case "undo":
      return gettext("%(number)s: Der letzte Schritt ist zurückgenommen.", { number });
    default:
      return gettext("%(number)s hat begonnen.", { number });
  }
}
