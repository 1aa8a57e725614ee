// Does the sum that the page asks for while its reader still reads; a press that comes sooner waits for it.

import { answer } from "./proof_of_work.js";

const field = document.querySelector("input[name=proof]");

if (field) {
  let waiting = null;
  field.form.addEventListener("submit", (press) => {
    if (field.value) return;
    press.preventDefault();
    waiting = press.submitter;
  });
  field.value = await answer({ challenge: field.dataset.challenge, difficulty: Number(field.dataset.difficulty) });
  if (waiting) field.form.requestSubmit(waiting);
}
