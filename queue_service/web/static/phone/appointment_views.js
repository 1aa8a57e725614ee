// The right-hand side at the end of a call, and an appointment that exists already.

import { gettext } from "../texts.js";
import { element, setText } from "../desk/elements.js";
import { offices, serviceOf } from "./catalogue.js";
import { fact } from "./read_back_view.js";
import { addressInWords, dayInWords, inLanguage, serviceInWords, spelledLines, whenInWords, whereInWords } from "./spoken.js";

const CONFIRMATIONS = {
  sms: gettext("per SMS"),
  email: gettext("per E-Mail"),
  letter: gettext("per Brief"),
  none: gettext("nur telefonisch"),
};
const STATES = {
  held: gettext("reserviert, noch nicht gebucht"),
  booked: gettext("gebucht"),
  arrived: gettext("Besucher ist angekommen"),
  fulfilled: gettext("erledigt"),
  missed: gettext("nicht erschienen"),
  cancelled: gettext("abgesagt"),
  expired: gettext("Reservierung abgelaufen"),
};
const WAITING_STATES = {
  waiting: gettext("wartet auf einen freien Termin"),
  offered: gettext("Termin angeboten, Antwort steht aus"),
  accepted: gettext("hat einen Termin bekommen"),
  withdrawn: gettext("wartet nicht mehr"),
  lapsed: gettext("Frist ist vorbei"),
};
const WARNED_OF = 2; // more are not read while somebody waits on the line
const CHANGEABLE = ["held", "booked", "waiting", "offered"];

export function stateInWords(status) {
  return STATES[status];
}

function confirmationInWords({ confirm_by: ways = [] }) {
  return CONFIRMATIONS[ways[0] ?? "none"];
}

/** "Erika Beispiel, 0421 361-0" */
export function contactInWords({ name, phone_shown: phone }) {
  return [name, phone].filter(Boolean).join(", ");
}

/** Names and numbers to read back before booking; `helper` is who calls for somebody else. */
export function showContact(contact, helper) {
  const lines = [
    [helper ? gettext("Es kommt") : gettext("Name"), contact.name],
    [gettext("Es ruft an"), helper?.name],
    [helper ? gettext("Rückfragen an") : gettext("Telefon"), contact.phone_shown],
    [gettext("E-Mail"), contact.email],
    [gettext("Anschrift"), contact.postal_address && addressInWords(contact.postal_address)],
    [gettext("Bestätigung"), confirmationInWords(contact)],
    [gettext("Brief"), contact.letter_form === "large_print" && gettext("in großer Schrift")],
    [gettext("Sprache"), contact.language === "de-simple" && gettext("Leichte Sprache")],
    [gettext("Erinnerung"), contact.remind && gettext("gewünscht")],
  ].filter(([, value]) => value);
  document.getElementById("contact-shown").replaceChildren(
    ...lines.map(([term, value]) => fact(term, value)),
  );
}

/**
 * What the same person has booked already, said in a part of the page that has a place for it: a hint for the
 * agent, who books all the same by the same key.
 */
export function showSecondBookings(duplicates, part) {
  const sameBy = {
    phone: gettext("gleiche Telefonnummer"),
    email: gettext("gleiche E-Mail-Adresse"),
    name: gettext("gleicher Name"),
  };
  const line = ({ reference, office: slug, start, services, hour, match }) => {
    const office = offices.get(slug);
    const settled = services.map(({ service, quantity }) => serviceInWords(serviceOf(service), quantity)).join("; ");
    const what = hour ? gettext("%(title)s für %(count)s", { title: inLanguage(hour.title), count: hour.party_size }) : settled;
    const where = office ? `${whenInWords(start, office.time_zone)}, ${inLanguage(office.name)}` : slug;
    return element("li", {}, `${what}: ${where} (${reference}, ${sameBy[match]})`);
  };
  const box = part.querySelector("[data-second]");
  box.hidden = duplicates.length === 0;
  box.querySelector("ul").replaceChildren(...duplicates.slice(0, WARNED_OF).map(line));
  const book = duplicates.length > 0 ? gettext("Trotzdem buchen") : gettext("Verbindlich buchen");
  setText(part.querySelector("[data-book-words]"), book);
}

/** Nothing of one caller is left in the page for the next one. */
export function forget() {
  for (const id of ["contact-shown", "booked-summary", "booked-contact", "booked-reference", "booked-spelled", "found-facts",
    "found-reference"]) {
    document.getElementById(id).replaceChildren();
  }
  for (const list of document.querySelectorAll("[data-second] ul")) list.replaceChildren();
}

/** The reference large and spelled; `visit` is {place, office}. */
export function showBooked({ heading, reference, names, visit, contact, voice }) {
  setText(document.getElementById("booked-heading"), heading);
  setText(document.getElementById("booked-reference"), reference);
  const spelled = document.getElementById("booked-spelled");
  spelled.lang = voice.language;
  spelled.replaceChildren(
    ...spelledLines(reference, names, voice).map((line) =>
      element("ul", { class: "spelled__line" }, ...line.map(spelledCharacter))),
  );
  const summary = document.getElementById("booked-summary");
  summary.lang = voice.language;
  summary.replaceChildren(
    element("p", { class: "read-back__when" }, whenInWords(visit.place.start, visit.office.time_zone, voice)),
    element("p", { class: "read-back__where" }, whereInWords(visit.office, voice)),
  );
  const way = gettext("Bestätigung: %(way)s", { way: confirmationInWords(contact) });
  setText(document.getElementById("booked-contact"), [contactInWords(contact), way].filter(Boolean).join(". "));
}

function spelledCharacter({ character, words }) {
  const large = element("strong", {}, character);
  return element("li", { class: "spelled__character" }, large, " ", element("span", {}, words));
}

function showFacts(reference, lines) {
  setText(document.getElementById("found-reference"), reference);
  const known = lines.filter(([, value]) => value);
  document.getElementById("found-facts").replaceChildren(...known.map(([term, value]) => fact(term, value)));
}

/** An appointment found by its reference, {appointment, office, chosen}. */
export function showFound({ appointment, office, chosen }) {
  showFacts(appointment.reference, [
    [gettext("Stand"), stateInWords(appointment.status)],
    [gettext("Zeit"), whenInWords(appointment.start, office.time_zone)],
    [gettext("Standort"), whereInWords(office)],
    [gettext("Dienstleistung"), chosen.map(({ service, quantity }) => serviceInWords(service, quantity)).join("; ")],
    [gettext("Personen"), appointment.party_size && String(appointment.party_size)],
    [gettext("Kontakt"), appointment.contact && contactInWords(appointment.contact)],
  ]);
}

/** Somebody on the waiting list, with what is kept for them now. */
export function showWaiting({ appointment: entry, chosen }) {
  const { offer } = entry;
  const places = entry.offices.map((slug) => inLanguage(offices.get(slug)?.name) || slug);
  const kept = offer && offices.get(offer.office);
  showFacts(entry.reference, [
    [gettext("Stand"), WAITING_STATES[entry.state]],
    [gettext("Angeboten"), kept && `${whenInWords(offer.start, kept.time_zone)}, ${inLanguage(kept.name)}`],
    [gettext("Dienstleistung"), chosen.map(({ service, quantity }) => serviceInWords(service, quantity)).join("; ")],
    [gettext("Standort"), places.join(", ") || gettext("alle Standorte")],
    [gettext("Der Termin hilft noch bis zum"), dayInWords(entry.until, "UTC")],
    [gettext("Davor an der Reihe"), entry.ahead !== null && String(entry.ahead)],
    [gettext("Kontakt"), entry.contact && contactInWords(entry.contact)],
  ]);
}

/** Whether it can still be moved or cancelled, as it stands now. */
export function canChange({ status, state }) {
  return CHANGEABLE.includes(status ?? state);
}
