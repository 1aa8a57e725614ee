// Questions about a place at any moment of a call, and places of its hours booked at once.

import { gettext } from "../texts.js";
import { element, setText } from "../desk/elements.js";
import { showBooked, showSecondBookings } from "./appointment_views.js";
import { call, goTo } from "./call.js";
import { showCard, showLeft } from "./card_view.js";
import { watch } from "./card_watch.js";
import { offices, spellingNames } from "./catalogue.js";
import { readConfirmation, showNeeded } from "./confirmation_fields.js";
import * as contactForm from "./contact_form.js";
import * as dialogs from "./dialogs.js";
import { showError } from "./message_line.js";
import * as filters from "./place_filters.js";
import * as places from "./places_view.js";
import * as said from "./read_back_view.js";
import { contactMistakes, refusalInWords } from "./refusals.js";
import { carryOut, read } from "./requests.js";
import { secondBookings } from "./second_bookings.js";
import { inLanguage, whenInWords } from "./spoken.js";

const KEYS = 9;
const NOTHING = [];
const HOLDING = ["contact", "read-back"];
const dialog = document.getElementById("card-dialog");
const choice = document.getElementById("card-office");
const card = document.getElementById("card");
const form = document.getElementById("entry-form");
const { party_size: party, name, phone } = form.elements;

let entries = [];
let wanted = null;
let warnedOf = ""; // whose second booking the agent has been told of

export function start({ show, choose, book }) {
  const byName = [...offices.values()].sort((a, b) => inLanguage(a.name).localeCompare(inLanguage(b.name)));
  choice.append(...byName.map((office) => element("option", { value: office.slug }, inLanguage(office.name))));
  choice.addEventListener("change", show);
  card.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) choose(Number(button.dataset.index));
  });
  form.addEventListener("change", () => {
    showNeeded(form);
    showWhole();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    book();
  });
  watch(() => (dialog.open ? entries : NOTHING), takenMeanwhile);
}

/** Others have booked or given back: what is left, where it stands, so that no key changes its meaning. */
function takenMeanwhile(left) {
  entries = left;
  showLeft(left, said.voice());
  const still = left.find(({ entry }) => entry === wanted?.entry);
  if (wanted && still.free === 0 && wanted.free > 0) showError(gettext("Diese Plätze wurden gerade vergeben."));
  wanted = wanted && still;
}

/** The office that the call is about, as far as it can be told. */
function officeInHand() {
  return call.place?.office ?? call.found?.appointment.office ?? places.officeLookedAt() ?? filters.officeChosen() ?? choice.value;
}

export async function open() {
  choice.value = officeInHand();
  await show();
  dialogs.open(dialog);
  card.focus();
}

/** The card of the office that is chosen. */
export async function show() {
  const slug = choice.value;
  const emergency = filters.emergencyChosen();
  const [its, found] = await Promise.all([
    read(`/api/v1/offices/${slug}/card?channel=phone`),
    read(`/api/v1/entries?office=${slug}&channel=phone&emergency=${emergency}&limit=${KEYS}`),
  ]);
  entries = found.items.map((entry) => ({ ...entry, emergency }));
  wanted = null;
  form.hidden = true;
  showCard(its, entries, call.chosen, said.voice());
}

export function choose(index) {
  if (!entries[index]) return;
  if (entries[index].free === 0) {
    showError(gettext("Diese Plätze wurden gerade vergeben."));
    return;
  }
  wanted = entries[index];
  if (HOLDING.includes(call.step)) {
    showError(gettext("Erst den reservierten Termin buchen oder freigeben."));
    return;
  }
  const known = contactForm.saidSoFar();
  form.reset();
  dialogs.showMistakes(form, []);
  showNeeded(form);
  showSecondBookings([], form);
  warnedOf = "";
  party.max = wanted.most_party;
  name.value = known.name;
  phone.value = known.phone;
  const { time_zone: zone } = offices.get(wanted.office);
  const words = [inLanguage(wanted.title), whenInWords(wanted.start, zone), inLanguage(wanted.price)];
  setText(document.getElementById("entry-words"), words.filter(Boolean).join(" · "));
  form.hidden = false;
  party.focus();
  party.select();
  showWhole();
}

/** The card above is long: all that is asked, and the button, are to be seen together. */
function showWhole() {
  form.scrollIntoView({ block: "nearest" });
}

function mistakes() {
  const sentences = [
    ["party_size", !party.validity.valid, gettext("Bitte 1 bis %(most)s Personen eintragen.", { most: party.max })],
    ["name", name.value.trim() === "", gettext("Bitte den Namen eintragen.")],
  ];
  return sentences.filter(([, isWrong]) => isWrong).map(([field, , sentence]) => ({ field, sentence }));
}

/** Book for good: there is nothing to read back that was not just said. */
export async function book() {
  const { confirmation, mistakes: unasked } = readConfirmation(form, said.voice().language);
  const wrong = [...mistakes(), ...unasked];
  dialogs.showMistakes(form, wrong);
  if (wrong.length > 0) return;
  const contact = { name: name.value.trim(), phone: phone.value.trim() || null, ...confirmation };
  if (await isSecond(contact)) return;
  const { office, entry, emergency } = wanted;
  let made;
  try {
    made = await carryOut("/api/v1/entry-bookings", {
      office, entry, party_size: party.valueAsNumber, channel: "phone", emergency, contact,
    });
  } catch (refusal) {
    await refused(refusal);
    return;
  }
  dialog.close();
  showMade(made, contact);
}

/** Tell of a second booking of the same kind of hour, once for each person; the next press books it. */
async function isSecond(contact) {
  const whom = JSON.stringify([contact.name, contact.phone, contact.email]);
  if (whom === warnedOf) return false;
  const booked = await secondBookings(contact, { hours: [wanted.code], start: wanted.start });
  const same = booked.filter(({ hour }) => hour?.code === wanted.code);
  showSecondBookings(same, form);
  showWhole();
  warnedOf = whom;
  return same.length > 0;
}

async function refused(refusal) {
  if (refusal.code === "invalid_fields") {
    dialogs.showMistakes(form, contactMistakes(refusal.body));
  } else if (refusal.code === "slot_taken") {
    await show();
    showError(refusalInWords(refusal));
    card.focus();
  } else throw refusal;
}

function showMade({ reference, title, start, office: slug, party_size: count }, contact) {
  const office = offices.get(slug);
  const what = { title: inLanguage(title), count };
  call.found = null;
  call.result = gettext("%(title)s gebucht für %(count)s: %(reference)s", { ...what, reference });
  showBooked({
    heading: gettext("%(title)s gebucht, Personen: %(count)s", what),
    reference,
    names: spellingNames,
    visit: { place: { start }, office },
    contact: { name: contact.name, phone_shown: contact.phone, confirm_by: [contact.confirm_by] },
    voice: said.voice(),
  });
  goTo("booked");
  document.getElementById("booked-reference").focus();
}
