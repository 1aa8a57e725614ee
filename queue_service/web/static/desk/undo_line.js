// Taking the last step back: a quiet line beside what was done, with the seconds that are left.

import { gettext } from "../texts.js";
import { setText } from "./elements.js";

const button = document.getElementById("undo");
const left = document.getElementById("undo-left");

export class UndoLine {
  #ticket = null;
  #until = 0;

  /** seconds: how long the office lets a step be taken back; undo(ticket) does it. */
  constructor(seconds, undo) {
    this.seconds = seconds;
    button.addEventListener("click", () => undo(this.#ticket));
  }

  /** What would be taken back now; null when nothing can be. */
  get ticket() {
    return this.#ticket;
  }

  /** Offer to take back the step that was sent at `began`, by performance.now(). */
  offer(ticket, began) {
    this.#ticket = ticket;
    this.#until = began + this.seconds * 1000;
    this.tick();
  }

  forget() {
    const hadFocus = button.contains(document.activeElement);
    this.#ticket = null;
    button.hidden = true;
    if (hadFocus) document.getElementById("primary").focus();
  }

  tick() {
    if (this.#ticket === null) return;
    const seconds = Math.ceil((this.#until - performance.now()) / 1000);
    if (seconds <= 0) {
      this.forget();
      return;
    }
    button.hidden = false;
    setText(left, gettext("noch %(seconds)s s", { seconds }));
  }
}
