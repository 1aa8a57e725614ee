// From an offer to a booked appointment: hold, contact, read back, book.

import { gettext } from "../texts.js";
import { showBooked, showContact, showSecondBookings } from "./appointment_views.js";
import { call, goTo, wishes } from "./call.js";
import { spellingNames, visitOf } from "./catalogue.js";
import * as contactForm from "./contact_form.js";
import { lost } from "./connection.js";
import { showError, tell } from "./message_line.js";
import { searchPlaces, taken } from "./place_steps.js";
import * as places from "./places_view.js";
import * as said from "./read_back_view.js";
import { secondBookings } from "./second_bookings.js";
import { contactMistakes, refusalInWords } from "./refusals.js";
import { ask, carryOut, Refusal, Unreachable } from "./requests.js";
import { whenInWords } from "./spoken.js";

const APPOINTMENTS = "/api/v1/appointments";

function held(offer) {
  return carryOut(APPOINTMENTS, {
    office: offer.office, services: wishes(call.chosen), start: offer.start, channel: "phone", hold: true, emergency: offer.emergency,
  });
}

/** Keep the place while the agent reads it out and asks for name and number. */
export async function take(offer) {
  try {
    call.hold = await held(offer);
  } catch (refusal) {
    if (refusal.code !== "slot_taken") throw refusal;
    await taken(offer, refusalInWords(refusal));
    return;
  }
  call.place = offer;
  call.lapsed = false;
  goTo("contact");
  said.showPlace(visitOf(offer, call.chosen));
  said.startCountdown(call.hold.expires_at, tell, lapse);
  contactForm.focus();
}

function lapse() {
  call.lapsed = true;
  showError(gettext("Die Reservierung ist abgelaufen. Beim Buchen wird derselbe Termin noch einmal versucht."));
}

/** Give the place back; a hold that can't be given back now ends by itself. */
export async function giveBack() {
  const { hold, lapsed } = call;
  said.stopCountdown();
  call.hold = null;
  if (!hold || lapsed) return;
  try {
    await carryOut(`${APPOINTMENTS}/${hold.reference}/cancel`);
  } catch (failure) {
    if (failure instanceof Unreachable) lost();
    else if (!(failure instanceof Refusal)) throw failure;
  }
}

export async function release() {
  await giveBack();
  await backToPlaces();
}

async function backToPlaces() {
  call.place = null;
  goTo("places");
  said.showServices(call.chosen);
  await searchPlaces();
  places.focusList();
}

/** Have the contact looked at; what is fine is read back, what isn't is said beside its field. */
export async function checkContact() {
  const { contact, mistakes } = contactForm.read(said.voice().language);
  try {
    call.contact = await ask("/phone/contact", contact);
  } catch (refusal) {
    if (refusal.code !== "invalid_fields") throw refusal;
    mistakes.unshift(...contactMistakes(refusal.body));
  }
  contactForm.showMistakes(mistakes);
  if (mistakes.length > 0) return;
  contactForm.setPhone(call.contact.phone_shown ?? "");
  call.helper = contactForm.helper();
  showContact(call.contact, call.helper);
  said.showPlace({ ...visitOf(call.place, call.chosen), comes: call.helper ? call.contact.name : "" });
  showSecondBookings(await seemBooked(), document.getElementById("last-look"));
  goTo("read-back");
  document.getElementById("book").focus();
}

function seemBooked() {
  const services = call.chosen.map(({ service }) => service.code);
  return secondBookings(call.contact, { services, start: call.place.start, reference: call.hold.reference });
}

export function backToContact() {
  goTo("contact");
  said.showPlace(visitOf(call.place, call.chosen));
  contactForm.focus();
}

/** Book for good. */
export async function book() {
  try {
    await confirmHeld();
  } catch (refusal) {
    if (refusal.code === "slot_taken") await lostPlace();
    else if (refusal.code === "invalid_fields") showFaults(refusal);
    else throw refusal;
    return;
  }
  const { reference } = call.hold;
  call.hold = null; // from here on there is nothing to give back
  const { time_zone: zone } = visitOf(call.place, call.chosen).office;
  call.result = gettext("Termin gebucht: %(reference)s, %(when)s", { reference, when: whenInWords(call.place.start, zone) });
  said.stopCountdown();
  showBooked({
    heading: gettext("Termin gebucht"),
    reference,
    names: spellingNames,
    visit: visitOf(call.place, call.chosen),
    contact: call.contact,
    voice: said.voice(),
  });
  places.showNote("");
  goTo("booked");
  document.getElementById("booked-reference").focus();
}

/** A hold that ran out is taken once more: the caller is still on the line. */
async function confirmHeld() {
  try {
    await confirm();
  } catch (refusal) {
    if (refusal.code !== "hold_expired") throw refusal;
    await holdAgain();
    await confirm();
  }
}

async function holdAgain() {
  call.hold = await held(call.place);
  call.lapsed = false;
  said.startCountdown(call.hold.expires_at, tell, lapse);
}

function confirm() {
  const { phone_shown: asPeopleReadIt, ...contact } = call.contact;
  return carryOut(`${APPOINTMENTS}/${call.hold.reference}/confirm`, { contact });
}

async function lostPlace() {
  said.stopCountdown();
  call.hold = null;
  await backToPlaces();
  showError(gettext("Die Reservierung war abgelaufen, und der Termin ist inzwischen vergeben. Bitte einen anderen wählen; die Angaben bleiben stehen."));
}

function showFaults(refusal) {
  goTo("contact");
  contactForm.showMistakes(contactMistakes(refusal.body));
}
