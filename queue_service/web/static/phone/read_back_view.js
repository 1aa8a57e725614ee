// The right-hand side's upper half: what the agent reads to the caller, and the hold's countdown.

import { gettext } from "../texts.js";
import { element, setText } from "../desk/elements.js";
import { serviceNow } from "./requests.js";
import { pageVoice, readBack, serviceInWords, servicesInWords, voices } from "./spoken.js";

const HURRY_SECONDS = 60;
const TOLD_AT_SECONDS = [60, 20]; // WCAG 2.2.1: somebody who doesn't see the countdown has 20 s at least
const text = document.getElementById("read-back-text");
const language = document.getElementById("spoken-language");
const hold = document.getElementById("hold");
const holdText = document.getElementById("hold-text");

let current = null;
let countdown = 0;

export function start() {
  language.addEventListener("change", () => current?.());
}

export function voice() {
  return voices[language.value] ?? pageVoice;
}

export function resetLanguage() {
  language.value = "de";
}

/** Speak the caller's language, where the page can. */
export function setLanguage(tag) {
  if (tag in voices) language.value = tag;
}

/** One line of a list of facts: "Gebühr: 46,00 Euro". */
export function fact(term, words) {
  return element("div", {}, element("dt", {}, `${term}:`), " ", element("dd", {}, words));
}

function details(list) {
  return element(
    "dl",
    { class: "details" },
    ...list.map(({ term, text: words }) => fact(term, words)),
  );
}

/** Before a place is chosen: what belongs to the services. */
export function showServices(chosen) {
  current = () => {
    text.lang = voice().language;
    const names = chosen.map(({ service, quantity }) => serviceInWords(service, quantity, voice()));
    const what = element("p", { class: "read-back__what" }, names.join("; "));
    text.replaceChildren(what, details(servicesInWords(chosen, voice())));
  };
  if (chosen.length > 0) current();
  else clear();
}

/** A place to read back: {place, office, chosen, comes}; `comes` when it isn't the caller. */
export function showPlace(visit) {
  current = () => {
    const said = readBack(visit, voice());
    text.lang = said.language;
    text.replaceChildren(
      element("p", { class: "read-back__when" }, said.when),
      element("p", { class: "read-back__where" }, said.where),
      element("p", { class: "read-back__what" }, said.what),
      details(said.details),
    );
  };
  current();
}

export function clear() {
  current = null;
  text.removeAttribute("lang");
  const hint = gettext("Hier steht, was Sie vorlesen: Unterlagen und Gebühr, dann der Termin.");
  text.replaceChildren(element("p", { class: "hint" }, hint));
}

/** Count down to `expiresAt`; `tell(sentence)` speaks up when time gets short, `lapsed()` when it is over. */
export function startCountdown(expiresAt, tell, lapsed) {
  stopCountdown();
  const end = Date.parse(expiresAt);
  let before = Infinity;
  const tick = () => {
    const left = Math.max(0, Math.floor((end - serviceNow()) / 1000));
    if (left === before) return;
    const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    const isHeld = left > 0;
    setText(holdText, isHeld ? gettext("reserviert, noch %(time)s", { time: clock }) : gettext("Reservierung abgelaufen"));
    hold.dataset.state = left === 0 ? "lapsed" : left <= HURRY_SECONDS ? "hurry" : "calm";
    const due = TOLD_AT_SECONDS.find((mark) => before > mark && left <= mark && before < Infinity);
    if (due && left > 0) tell(gettext("Reservierung läuft in %(seconds)s Sekunden ab.", { seconds: left }));
    before = left;
    if (left === 0) {
      clearInterval(countdown);
      lapsed();
    }
  };
  hold.hidden = false;
  tick();
  countdown = setInterval(tick, 250);
}

export function stopCountdown() {
  clearInterval(countdown);
  hold.hidden = true;
}
