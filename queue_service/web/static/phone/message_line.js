// The line above the columns: what to do now, or what went wrong. It keeps its height, so that
// nothing moves; screen readers hear it.

import { gettext } from "../texts.js";
import { setText } from "../desk/elements.js";

const line = document.getElementById("message-line");
const prompt = document.getElementById("prompt");
const error = document.getElementById("error");
const logIn = document.getElementById("log-in-again");
const aside = document.getElementById("announcement");

/** What to do now. */
export function showPrompt(sentence) {
  line.dataset.state = "calm";
  offerLogIn(false);
  setText(error, "");
  setText(prompt, sentence);
}

/** Say that something takes its time; gives what ends it again. */
export function showWaiting() {
  const before = prompt.textContent;
  const waiting = gettext("Einen Moment …");
  setText(prompt, waiting);
  return () => {
    if (prompt.textContent === waiting) setText(prompt, before);
  };
}

/** What went wrong, and what to do: where the agent is, which may be a dialog over the page. */
export function showError(sentence) {
  const inDialog = document.querySelector("dialog[open] [data-error]");
  if (inDialog) inDialog.hidden = false;
  else line.dataset.state = "wrong";
  const place = inDialog ?? error;
  // Emptied first: the same mistake twice is said twice.
  place.textContent = "";
  place.textContent = sentence;
}

/** A way to log in again in another window, so that nothing is lost in this one. */
export function offerLogIn(offered) {
  logIn.hidden = !offered;
}

/** For those who don't see what changed elsewhere on the page. */
export function tell(sentence) {
  aside.textContent = "";
  aside.textContent = sentence;
}
