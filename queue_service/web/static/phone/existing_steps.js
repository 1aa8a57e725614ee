// An appointment that exists already: find it by its number, move it, cancel it.

import { gettext } from "../texts.js";
import { canChange, showBooked, showFound } from "./appointment_views.js";
import { call, goTo } from "./call.js";
import { offices, serviceOf, spellingNames, visitOf } from "./catalogue.js";
import { showPrompt } from "./message_line.js";
import { empty, searchPlaces, taken } from "./place_steps.js";
import * as places from "./places_view.js";
import * as said from "./read_back_view.js";
import { refusalInWords } from "./refusals.js";
import { carryOut, read } from "./requests.js";
import { whenInWords } from "./spoken.js";

const form = document.getElementById("find");
const field = document.getElementById("find-reference");

export function start(find) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    find();
  });
}

export function focusField() {
  field.focus();
  field.select();
}

export function rest(resting) {
  for (const control of form.elements) control.disabled = resting;
}

export function clearField() {
  field.value = "";
}

function addressOf(reference, verb = "") {
  return `/api/v1/appointments/${encodeURIComponent(reference)}${verb}`;
}

function shown(appointment) {
  const chosen = appointment.services.map(({ service, quantity }) => ({ service: serviceOf(service), quantity }));
  call.found = { appointment, office: offices.get(appointment.office), chosen };
  showFound(call.found);
}

export async function find() {
  if (field.value.trim() === "") {
    focusField();
    return;
  }
  shown(await read(addressOf(field.value.trim())));
  look();
}

function look() {
  goTo(canChange(call.found.appointment) ? "found" : "final");
  document.getElementById("found-reference").focus();
}

export function close() {
  call.found = null;
  call.chosen = [];
  clearField();
  empty();
  said.clear();
  focusField();
}

/** Look for another place with the services of the appointment. */
export async function startMove() {
  call.chosen = call.found.chosen;
  goTo("new-place");
  said.showServices(call.chosen);
  await choosePlaceAgain();
}

async function choosePlaceAgain() {
  await searchPlaces();
  const { appointment, office } = call.found;
  const when = whenInWords(appointment.start, office.time_zone);
  showPrompt(gettext("Neuen Termin wählen: Tasten 1 bis 9. Bisher: %(when)s.", { when }));
  places.focusList();
}

export function choosePlace(offer) {
  call.place = offer;
  goTo("move");
  said.showPlace(visitOf(offer, call.chosen));
  document.getElementById("confirm-move").focus();
}

export async function backToNewPlace() {
  call.place = null;
  goTo("new-place");
  said.showServices(call.chosen);
  await choosePlaceAgain();
}

export async function move() {
  const { reference } = call.found.appointment;
  const { office, start } = call.place;
  try {
    shown(await carryOut(addressOf(reference, "/move"), { office, start }));
  } catch (refusal) {
    if (refusal.code !== "slot_taken") throw refusal;
    goTo("new-place");
    places.focusList();
    await taken(call.place, refusalInWords(refusal));
    return;
  }
  showBooked({
    heading: gettext("Termin verschoben"),
    reference,
    names: spellingNames,
    visit: visitOf(call.place, call.chosen),
    contact: call.found.appointment.contact ?? {},
    voice: said.voice(),
  });
  places.showNote("");
  goTo("booked");
  document.getElementById("booked-reference").focus();
}

/** The first press asks, the second cancels. */
export function askToCancel() {
  goTo("cancel");
  document.getElementById("cancel-for-good").focus();
}

export function keep() {
  goTo("found");
  document.getElementById("cancel-found").focus();
}

export async function cancel() {
  shown(await carryOut(addressOf(call.found.appointment.reference, "/cancel")));
  look();
  showPrompt(gettext("Der Termin ist abgesagt. Neuer Anruf: F9."));
}
