// How whoever comes hears of it: the same questions wherever an agent books.

import { gettext } from "../texts.js";

const SIMPLE = "de-simple"; // Leichte Sprache: for what is read, not for what is said
const LARGE_PRINT = "large_print";
const POSTAL = ["street", "postal_code", "city"];

function chosenWay(form) {
  return form.elements.confirm_by.value;
}

/** Show what the chosen way needs to know, and nothing else. */
export function showNeeded(form) {
  for (const part of form.querySelectorAll("[data-needed]")) {
    part.hidden = !part.dataset.needed.split(" ").includes(chosenWay(form));
  }
}

/** This much of a contact as the service takes it; {mistakes} for what only the page can know. */
export function readConfirmation(form, language) {
  const chosen = chosenWay(form);
  const { email, simple, remind, large_print: largePrint } = form.elements;
  const address = Object.fromEntries(POSTAL.map((part) => [part, form.elements[part].value.trim()]));
  const confirmation = {
    email: chosen === "email" ? email.value.trim() || null : null,
    postal_address: chosen === "letter" && Object.values(address).every(Boolean) ? address : null,
    language: language === "de" && simple.checked && chosen !== "none" ? SIMPLE : language,
    confirm_by: chosen || "none",
    remind: remind.checked,
    letter_form: chosen === "letter" && largePrint.checked ? LARGE_PRINT : "standard",
  };
  const unasked = { field: "confirm_by", sentence: gettext("Bitte fragen, wie der Termin bestätigt werden soll.") };
  return { confirmation, mistakes: chosen ? [] : [unasked] };
}
