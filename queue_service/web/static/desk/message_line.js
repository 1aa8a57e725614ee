// What the last step did, or what was wrong with it: one sentence at a time.

import { setText } from "./elements.js";

const DECLINED_FOR = 8_000; // ms
const message = document.getElementById("message");
const error = document.getElementById("error");

export function say(sentence) {
  setText(error, "");
  setText(message, sentence);
}

export function complain(sentence) {
  setText(message, "");
  setText(error, sentence);
}

/** Say why a key does nothing now; soon it may do something. */
export function decline(sentence) {
  complain(sentence);
  setTimeout(() => error.textContent === sentence && setText(error, ""), DECLINED_FOR);
}
