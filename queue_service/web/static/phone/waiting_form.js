// No place suits: whoever calls waits for one that becomes free, by the same wishes as the search.

import { gettext } from "../texts.js";
import { setText } from "../desk/elements.js";
import { call, wishes } from "./call.js";
import { everyOffice, horizonDays, officesFor, timeZone } from "./catalogue.js";
import * as contactForm from "./contact_form.js";
import * as dialogs from "./dialogs.js";
import { showError, showPrompt } from "./message_line.js";
import { NOON } from "./offers.js";
import * as filters from "./place_filters.js";
import * as said from "./read_back_view.js";
import { contactMistakes } from "./refusals.js";
import { carryOut, serviceNow } from "./requests.js";
import { dayInWords, isoDay, serviceInWords } from "./spoken.js";

const DAY_MS = 86_400_000;
const USUAL_PATIENCE_DAYS = 14;
const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const HALVES = { morning: { until: NOON }, afternoon: { from: NOON } };
const dialog = document.getElementById("waiting-dialog");
const form = document.getElementById("waiting-form");
const { name, phone, email, until, notice } = form.elements;

export function start(join) {
  form.addEventListener("change", showWhatIsNeeded);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    join();
  });
}

function way() {
  return form.elements.ways.value;
}

function showWhatIsNeeded() {
  document.getElementById("waiting-email-needed").hidden = way() !== "email";
}

export function open() {
  if (call.chosen.length === 0) {
    showError(gettext("Erst die Dienstleistung wählen, dann auf die Warteliste."));
    return;
  }
  const known = contactForm.saidSoFar();
  form.reset();
  name.value = known.name;
  phone.value = known.phone;
  const now = serviceNow();
  [until.min, until.max] = [isoDay(now, timeZone), isoDay(now + horizonDays * DAY_MS, timeZone)];
  until.value = isoDay(now + USUAL_PATIENCE_DAYS * DAY_MS, timeZone);
  setText(document.getElementById("waiting-wish"), wishInWords());
  showWhatIsNeeded();
  dialogs.open(dialog);
  (name.value ? phone.value ? until : phone : name).focus();
}

/** What is waited for: services, offices, time of day, as the list is narrowed now. */
function wishInWords() {
  const what = call.chosen.map(({ service, quantity }) => serviceInWords(service, quantity)).join("; ");
  return [what, ...filters.filtersInWords()].join(" · ");
}

function mistakes() {
  const needsPhone = way() !== "email";
  const sentences = [
    ["name", name.value.trim() === "", gettext("Bitte den Namen eintragen.")],
    ["phone", needsPhone && phone.value.trim() === "", gettext("Bitte die Telefonnummer eintragen.")],
    ["until", !until.validity.valid, gettext("Bitte einen Tag wählen, für den schon gebucht werden kann.")],
    ["email", way() === "email" && email.value.trim() === "", gettext("Für eine E-Mail bitte die Adresse eintragen.")],
  ];
  return sentences.filter(([, isWrong]) => isWrong).map(([field, , sentence]) => ({ field, sentence }));
}

function wish() {
  const possible = officesFor(call.chosen);
  const narrowed = filters.filtersNow(possible);
  return {
    services: wishes(call.chosen),
    from: narrowed.from || null,
    until: until.value,
    offices: narrowed.offices.length > 0 || everyOffice ? narrowed.offices : possible,
    weekdays: narrowed.weekday ? [WEEKDAYS.indexOf(narrowed.weekday) + 1] : [],
    hours: HALVES[narrowed.half] ?? {},
    notice_hours: Number(notice.value),
    ways: [way()],
    channel: "phone",
    contact: {
      name: name.value.trim(),
      phone: phone.value.trim() || null,
      email: way() === "email" ? email.value.trim() : null,
      language: said.voice().language,
      confirm_by: way() === "call" ? "none" : way(),
    },
  };
}

/** Put them on the list; the call goes on where it was. */
export async function join() {
  const wrong = mistakes();
  dialogs.showMistakes(form, wrong);
  if (wrong.length > 0) return;
  let made;
  try {
    made = await carryOut("/api/v1/waiting-list", wish());
  } catch (refusal) {
    if (refusal.code !== "invalid_fields") throw refusal;
    dialogs.showMistakes(form, contactMistakes(refusal.body));
    return;
  }
  dialog.close();
  const { reference, state } = made;
  call.result = gettext("Auf der Warteliste: %(reference)s", { reference });
  showPrompt(state === "offered"
    ? gettext("Auf der Warteliste, Nummer %(reference)s. Ein passender Termin ist frei und wird gerade angeboten.", { reference })
    : gettext("Auf der Warteliste bis %(until)s, Nummer %(reference)s.", { reference, until: dayInWords(until.value, timeZone) }));
}
