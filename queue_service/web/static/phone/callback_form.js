// Promise that somebody is called back, at any moment of a call: what is known already is filled in.

import { gettext } from "../texts.js";
import { call } from "./call.js";
import * as contactForm from "./contact_form.js";
import * as dialogs from "./dialogs.js";
import { proposeTimes, readDue, startDueField, timeInWords } from "./due_field.js";
import { showPrompt } from "./message_line.js";
import * as said from "./read_back_view.js";
import { contactMistakes } from "./refusals.js";
import { carryOut } from "./requests.js";
import { serviceInWords } from "./spoken.js";

const dialog = document.getElementById("callback-dialog");
const form = document.getElementById("callback-form");
const authority = document.getElementById("authority");
const { name, phone, subject, note } = form.elements;

export function start(send) {
  startDueField(form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
}

function knownSubject() {
  if (call.found) return gettext("Termin %(reference)s", { reference: call.found.appointment.reference });
  return call.chosen.map(({ service, quantity }) => serviceInWords(service, quantity)).join("; ");
}

export function open() {
  if (dialog.open) return;
  const known = contactForm.saidSoFar();
  const kept = call.found?.appointment.contact;
  form.reset();
  name.value = known.name || kept?.name || "";
  phone.value = known.phone || kept?.phone_shown || "";
  subject.value = knownSubject().slice(0, subject.maxLength);
  proposeTimes(form);
  dialogs.open(dialog);
  ([name, phone, subject].find(({ value }) => value === "") ?? note).focus();
}

function missing() {
  const sentences = {
    name: gettext("Bitte den Namen eintragen."),
    phone: gettext("Bitte die Telefonnummer für den Rückruf eintragen."),
    subject: gettext("Bitte in ein paar Worten eintragen, worum es geht."),
  };
  return Object.entries(sentences)
    .filter(([field]) => form.elements[field].value.trim() === "")
    .map(([field, sentence]) => ({ field, sentence }));
}

function wish(dueAt) {
  const reference = call.found?.appointment.reference ?? null;
  return {
    // What belongs to an appointment belongs to its office; all else to whoever was called.
    authority: reference ? null : authority.value,
    reference,
    name: name.value.trim(),
    phone: phone.value.trim(),
    language: said.voice().language,
    subject: subject.value.trim(),
    note: note.value.trim(),
    due_at: dueAt,
    service: call.chosen[0]?.service.code ?? null,
  };
}

/** Put it on the call list; the call goes on where it was. */
export async function send() {
  const { dueAt, mistake } = readDue(form);
  const mistakes = [...missing(), mistake].filter(Boolean);
  dialogs.showMistakes(form, mistakes);
  if (mistakes.length > 0) return;
  try {
    await carryOut("/api/v1/callbacks", wish(dueAt));
  } catch (refusal) {
    if (refusal.code !== "invalid_fields") throw refusal;
    dialogs.showMistakes(form, contactMistakes(refusal.body));
    return;
  }
  dialog.close();
  showPrompt(gettext("Rückruf vorgemerkt: %(when)s. Hier geht es weiter, wo Sie waren.", { when: timeInWords(dueAt) }));
}
