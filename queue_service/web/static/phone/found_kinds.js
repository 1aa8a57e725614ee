// What a number can stand for: an appointment, a party's places, somebody on the waiting list. Where each
// is kept, how it ends, and what is said about it.

import { gettext } from "../texts.js";

const APPOINTMENT = {
  path: "appointments",
  unknown: "appointment_not_found",
  verb: "cancel",
  canMove: true,
  label: gettext("Vorhandener Termin"),
  cancel: gettext("Absagen"),
  prompt: gettext("Verschieben oder absagen?"),
  question: gettext("Diesen Termin wirklich absagen? Der Platz wird sofort wieder frei."),
  sure: gettext("Wirklich absagen?"),
  yes: gettext("Ja, absagen"),
  final: gettext("Dieser Termin kann nicht mehr verschoben oder abgesagt werden."),
  done: gettext("Der Termin ist abgesagt. Neuer Anruf: F9."),
};
const PARTY = {
  ...APPOINTMENT,
  path: "entry-bookings",
  unknown: "entry_booking_not_found",
};
const WAITING = {
  path: "waiting-list",
  unknown: "waiting_entry_not_found",
  verb: "withdraw",
  canMove: false,
  label: gettext("Warteliste"),
  cancel: gettext("Von der Warteliste streichen"),
  prompt: gettext("Steht auf der Warteliste. Streichen?"),
  question: gettext("Wirklich von der Warteliste streichen? Ein angebotener Termin geht an die nächste Person."),
  sure: gettext("Wirklich streichen?"),
  yes: gettext("Ja, streichen"),
  final: gettext("Dieser Eintrag ist erledigt."),
  done: gettext("Von der Warteliste gestrichen. Neuer Anruf: F9."),
};

/** In the order in which a number is looked up. */
export const KINDS = [APPOINTMENT, PARTY, WAITING];

export function isWaiting(found) {
  return "notice_hours" in found;
}

export function isParty(found) {
  return "party_size" in found;
}

export function kindOf(found) {
  if (isWaiting(found)) return WAITING;
  return isParty(found) ? PARTY : APPOINTMENT;
}
