// An appointment that exists already: look at it, move it, cancel it.

import { gettext } from "../texts.js";
import { setText } from "../desk/elements.js";
import { canChange, showBooked, showFound, showWaiting } from "./appointment_views.js";
import { call, goTo } from "./call.js";
import { offices, serviceOf, spellingNames, visitOf } from "./catalogue.js";
import { isParty, isWaiting, kindOf } from "./found_kinds.js";
import { showPrompt } from "./message_line.js";
import { empty, searchPlaces, taken } from "./place_steps.js";
import * as places from "./places_view.js";
import * as said from "./read_back_view.js";
import { refusalInWords } from "./refusals.js";
import { carryOut } from "./requests.js";
import { whenInWords } from "./spoken.js";

/** Where an appointment is asked for, or a party's places of an hour. */
export function addressOf(reference, verb = "", kind = "appointments") {
  return `/api/v1/${kind}/${encodeURIComponent(reference)}${verb}`;
}

function chosenIn(appointment) {
  if (isParty(appointment)) {
    const { code, title: name, price: fee } = appointment;
    return [{ service: { ...serviceOf(code), name, fee }, quantity: 1 }];
  }
  return appointment.services.map(({ service, quantity }) => ({ service: serviceOf(service), quantity }));
}

function shown(appointment) {
  const chosen = chosenIn(appointment);
  call.found = { appointment, office: offices.get(appointment.office), chosen };
  if (isWaiting(appointment)) showWaiting(call.found);
  else showFound(call.found);
}

const GONE = ["slot_taken", "entry_not_found"]; // given to others, or no longer planned
const WORDS_AT = { label: "found-label", cancel: "cancel-found-words", question: "cancel-words", yes: "cancel-for-good-words", final: "found-final" };

/** Show it with what can be done about it. */
export function look(appointment) {
  shown(appointment);
  const kind = kindOf(appointment);
  for (const [name, id] of Object.entries(WORDS_AT)) setText(document.getElementById(id), kind[name]);
  document.getElementById("move-found").hidden = !kind.canMove;
  if (canChange(appointment)) {
    goTo("found");
    showPrompt(kind.prompt);
  } else goTo("final");
  document.getElementById("found-reference").focus();
}

export function close() {
  call.found = null;
  call.chosen = [];
  empty();
  said.clear();
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
  const { appointment } = call.found;
  const { reference } = appointment;
  const { office, start, entry } = call.place;
  const there = isParty(appointment) ? { entry } : { office, start };
  try {
    shown(await carryOut(addressOf(reference, "/move", kindOf(appointment).path), there));
  } catch (refusal) {
    if (!GONE.includes(refusal.code)) throw refusal;
    goTo("new-place");
    places.focusList();
    await taken(call.place, refusalInWords(refusal));
    return;
  }
  const { time_zone: zone } = call.found.office;
  call.result = gettext("Termin verschoben: %(reference)s, %(when)s", { reference, when: whenInWords(start, zone) });
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
  showPrompt(kindOf(call.found.appointment).sure);
  document.getElementById("cancel-for-good").focus();
}

export function keep() {
  goTo("found");
  showPrompt(kindOf(call.found.appointment).prompt);
  document.getElementById("cancel-found").focus();
}

export async function cancel() {
  const { appointment } = call.found;
  const { path, verb, done } = kindOf(appointment);
  look(await carryOut(addressOf(appointment.reference, `/${verb}`, path)));
  showPrompt(done);
}
