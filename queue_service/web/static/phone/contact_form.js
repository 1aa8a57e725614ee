// Who calls, and how the appointment is confirmed. The service checks it; what is wrong is said beside
// the field and in the summary.

import { gettext } from "../texts.js";
import { element, setText } from "../desk/elements.js";
import { readConfirmation, showNeeded } from "./confirmation_fields.js";

const form = document.getElementById("contact");
const summary = document.getElementById("contact-mistakes");
const summaryList = document.getElementById("contact-mistake-list");
const fields = {
  name: document.getElementById("contact-name"),
  phone: document.getElementById("contact-phone"),
  confirm_by: form.querySelector('[name="confirm_by"]'),
  email: document.getElementById("contact-email"),
  postal_address: document.getElementById("contact-street"),
  remind: document.getElementById("contact-remind"),
};
const forOther = document.getElementById("for-other");
const callerName = document.getElementById("caller-name");

export function start(check) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    check();
  });
  form.addEventListener("change", showWhatIsNeeded);
  summaryList.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link) return;
    event.preventDefault();
    document.getElementById(link.hash.slice(1)).focus();
  });
}

/** Empty all fields but what is known of whoever is on the line. */
export function reset({ name = "", phone = "" } = {}) {
  form.reset();
  fields.name.value = name;
  fields.phone.value = phone;
  showMistakes([]);
  showWhatIsNeeded();
}

export function focus() {
  fields.name.focus();
}

function showWhatIsNeeded() {
  showNeeded(form);
  document.getElementById("caller-name-needed").hidden = !forOther.checked;
  setText(fields.name.labels[0], forOther.checked ? gettext("Name der Person, die kommt") : gettext("Name"));
  setText(fields.phone.labels[0], forOther.checked ? gettext("Telefon für Rückfragen") : gettext("Telefon"));
}

/** The contact as the service takes it; {mistakes} for what only the page can know. */
export function read(language) {
  const { confirmation, mistakes } = readConfirmation(form, language);
  const contact = { name: fields.name.value.trim(), phone: fields.phone.value.trim() || null, ...confirmation };
  return { contact, mistakes };
}

/** Who is on the line, as far as it has been typed: {name, phone}. */
export function saidSoFar() {
  const name = (forOther.checked && callerName.value.trim()) || fields.name.value.trim();
  return { name, phone: fields.phone.value.trim() };
}

/** Who calls for somebody else, {name}, which nobody keeps; null when the caller comes. */
export function helper() {
  return forOther.checked ? { name: callerName.value.trim() } : null;
}

/** The number as it is dialled: the service has put it in order. */
export function setPhone(shown) {
  fields.phone.value = shown;
}

/** Say what is wrong, [{field, sentence}], and put the focus on the first of it. */
export function showMistakes(mistakes) {
  for (const [name, field] of Object.entries(fields)) {
    const sentence = mistakes.find((mistake) => mistake.field === name)?.sentence ?? "";
    const slot = document.getElementById(`mistake-${name}`);
    const words = slot.querySelector(".mistake__words");
    slot.hidden = sentence === "";
    setText(words, sentence);
    slot.closest(".kern-form-input, .kern-fieldset").classList.toggle("has-mistake", sentence !== "");
    if (field.type === "radio") continue; // the mistake describes the whole group
    if (sentence) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
  summary.hidden = mistakes.length === 0;
  summaryList.replaceChildren(
    ...mistakes.map(({ field, sentence }) => element("li", {}, element("a", { href: `#${fieldOf(field).id}` }, sentence))),
  );
  if (mistakes.length > 0) fieldOf(mistakes[0].field).focus();
}

function fieldOf(name) {
  return fields[name] ?? fields.name;
}
