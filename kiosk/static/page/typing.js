// What the keys of a keyboard mean to somebody who sees the page, beside what they mean to a button in focus.

import { CODE_KEYS, NUMBER_KEYS, SEARCH_KEYS } from "./visit.js";

/** What can be typed at a step. */
const TYPED_AT = { check_in: CODE_KEYS, number: NUMBER_KEYS, search: [...SEARCH_KEYS, " "] };

export function pressKey(event, onButton, visit, press) {
  const keys = TYPED_AT[visit.step] ?? [];
  const character = event.key.length === 1 && event.key !== "ß" ? event.key.toUpperCase() : event.key;
  if (event.key === "Backspace" && keys.length) {
    event.preventDefault();
    press.erase();
  } else if (keys.includes(character) && !(onButton && character === " ")) {
    event.preventDefault();
    press.type(character);
  } else if (event.key === "Enter" && visit.step === "check_in" && !onButton) {
    press.checkIn();
  } else if (event.key === "Enter" && visit.step === "number" && visit.code && !onButton) {
    press.lookUp();
  } else if (event.key === "Escape") {
    press.back();
  }
}
