// What the last step did, or what was wrong with it: one sentence at a time.

import { setText } from "./elements.js";

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
