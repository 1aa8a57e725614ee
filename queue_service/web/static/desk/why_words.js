// Why it was this number's turn, in words.

import { gettext } from "../texts.js";
import { duration } from "./words.js";

const DUE = 0; // the tier of those whose time has come
const KEPT = 1; // of "reserve": the tier of those for whom the counter is kept

/** why: {rule, class, waited_minutes, reason}. */
export function whyWords(why) {
  const time = duration(why.waited_minutes);
  switch (why.rule) {
    case "wait_cap":
      return gettext("Höchstwartezeit erreicht (%(time)s)", { time });
    case "promise":
      return gettext("Termin, spätestens jetzt zugesagt (gewartet %(time)s)", { time });
    case "appointment_first":
      return gettext("Termine gehen vor (gewartet %(time)s)", { time });
    case "ratio":
      if (why.class === "appointment") return gettext("Termine sind an der Reihe (gewartet %(time)s)", { time });
      return gettext("Besuche ohne Termin sind an der Reihe (gewartet %(time)s)", { time });
    case "reserved_counter":
      return gettext("Schalter ist gerade für diese Gruppe da (gewartet %(time)s)", { time });
    case "chosen":
      if (why.reason) return gettext("ausgewählt, weil: %(reason)s (gewartet %(time)s)", { reason: why.reason, time });
      return gettext("ausgewählt (gewartet %(time)s)", { time });
    case "longest_wait":
      return gettext("am längsten gewartet (%(time)s)", { time });
    default:
      return headStartWords(why, time);
  }
}

function headStartWords(why, time) {
  if (why.class === "appointment") return gettext("Termin (gewartet %(time)s)", { time });
  if (why.class === "transferred") return gettext("weitergeleitet (gewartet %(time)s)", { time });
  return gettext("Vorrang (gewartet %(time)s)", { time });
}

export function whySentence(number, why) {
  return gettext("%(number)s ist aufgerufen: %(why)s", { number, why: whyWords(why) });
}

/** The same, from what a call wrote into the timeline at that instant. */
export function whyOfCall(facts, at) {
  const waited = Math.max(0, Math.floor((Date.parse(at) - Date.parse(facts.waiting_since)) / 60_000));
  return whyWords({ rule: ruleOf(facts), class: facts.class, waited_minutes: waited, reason: facts.reason });
}

function ruleOf(facts) {
  const onTime = facts.class === "appointment";
  if (facts.chosen) return "chosen";
  if (facts.tier === DUE) return onTime ? "promise" : "wait_cap";
  if (facts.policy === "appointments-first" && onTime) return "appointment_first";
  if (facts.policy === "ratio") return "ratio";
  if (facts.policy === "reserve" && facts.tier === KEPT) return "reserved_counter";
  const ahead = Date.parse(facts.rank_at) < Date.parse(facts.waiting_since);
  return ["head-start", "reserve"].includes(facts.policy) && ahead ? "head_start" : "longest_wait";
}
