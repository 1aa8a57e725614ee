// What lies over the page for a moment. The browser closes a dialog by Esc, keeps the focus in it while
// it is open and gives it back to where it was; a call beneath it stays as it is.

import { element, setText } from "../desk/elements.js";

/** Let every button that is meant to close its dialog do so, and Enter send a form from any field. */
export function start() {
  for (const button of document.querySelectorAll("dialog [data-close]")) {
    button.addEventListener("click", () => button.closest("dialog").close());
  }
  for (const form of document.querySelectorAll("dialog form")) {
    form.addEventListener("keydown", (event) => {
      // Lists of choices and notes keep Enter to themselves; a note's next line is Shift and Enter.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.matches("select, textarea, input")) return;
      event.preventDefault();
      if (!event.repeat) form.requestSubmit();
    });
  }
}

/** Open a dialog with nothing wrong in it; tells whether it wasn't open before. */
export function open(dialog) {
  if (dialog.open) return false;
  for (const form of dialog.querySelectorAll("form")) showMistakes(form, []);
  for (const error of dialog.querySelectorAll("[data-error]")) error.hidden = true;
  dialog.showModal();
  return true;
}

/**
 * Say what is wrong in a dialog's form, [{field, sentence}], beside its fields and in its summary, and put
 * the focus on the first of it. A field's words stand in #mistake-FORM-FIELD.
 */
export function showMistakes(form, mistakes) {
  for (const slot of form.querySelectorAll(".mistake")) {
    const name = slot.id.slice(`mistake-${form.id}-`.length);
    const sentence = mistakes.find(({ field }) => field === name)?.sentence ?? "";
    slot.hidden = sentence === "";
    setText(slot.querySelector(".mistake__words"), sentence);
    slot.parentElement.classList.toggle("has-mistake", sentence !== "");
    const field = fieldOf(form, name);
    if (field.type === "radio") continue; // the mistake describes the whole group
    if (sentence) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
  const summary = form.closest("dialog").querySelector("[data-error]");
  summary.hidden = mistakes.length === 0;
  summary.replaceChildren(...mistakes.map(({ sentence }) => element("p", {}, sentence)));
  if (mistakes.length > 0) fieldOf(form, mistakes[0].field)?.focus();
}

/** The field; of several that are one answer, the first. */
function fieldOf(form, name) {
  const named = form.elements[name];
  if (named instanceof HTMLElement) return named;
  return document.getElementById(`mistake-${form.id}-${name}`)?.parentElement.querySelector("input");
}
