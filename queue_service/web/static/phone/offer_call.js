// A place became free and is kept for somebody on the waiting list: tell them, and note the answer.

import { gettext } from "../texts.js";
import { element } from "../desk/elements.js";
import { showBooked } from "./appointment_views.js";
import { showHandOver } from "./callback_call.js";
import { call, goTo } from "./call.js";
import { offices, serviceOf, spellingNames } from "./catalogue.js";
import * as dialogs from "./dialogs.js";
import { timeInWords } from "./due_field.js";
import { showPrompt } from "./message_line.js";
import * as said from "./read_back_view.js";
import { carryOut } from "./requests.js";

const dialog = document.getElementById("offer-end");
const form = document.getElementById("offer-end-form");

export function start(finish) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    finish();
  });
}

function visitOfOffer({ services, offer }) {
  const chosen = services.map(({ service, quantity }) => ({ service: serviceOf(service), quantity }));
  return { place: { office: offer.office, start: offer.start }, office: offices.get(offer.office), chosen };
}

/** Who waits, what is kept for them, and until when. */
export function showItem(item) {
  const { name, phone_shown: phone, offer } = item;
  showHandOver([
    element("p", { class: "hand-over__who" }, gettext("Freier Termin für %(name)s, %(phone)s", { name, phone })),
    element("p", {}, gettext("Rechts steht der Termin zum Vorlesen. Antwort bis: %(when)s.", { when: timeInWords(offer.respond_by) })),
  ], gettext("Antwort eintragen"));
  said.showPlace(visitOfOffer(item));
  showPrompt(gettext("Anrufen und den Termin anbieten. Danach F10: Antwort eintragen."));
}

export function open() {
  form.reset();
  dialogs.open(dialog);
  form.querySelector("input").focus();
}

/** Note the answer; `end()` when there is nothing more to say, otherwise the number is dictated. */
export async function finish(end) {
  const item = call.offered;
  const answer = form.elements.answer.value;
  const made = answer && (await carryOut(`/api/v1/waiting-list/${encodeURIComponent(item.reference)}/${answer}`));
  dialog.close();
  call.offered = null;
  if (answer === "accept") {
    showHandOver([]);
    showBooked({
      heading: gettext("Termin gebucht"),
      reference: made.reference,
      names: spellingNames,
      visit: visitOfOffer(item),
      contact: made.contact ?? {},
      voice: said.voice(),
    });
    goTo("booked");
    document.getElementById("booked-reference").focus();
    return;
  }
  end();
  showPrompt(endInWords(answer));
}

function endInWords(answer) {
  const sentences = {
    refuse: gettext("Eingetragen. Der Termin geht an die nächste Person, die Warteliste bleibt."),
    withdraw: gettext("Eingetragen. Der Termin geht an die nächste Person, von der Warteliste gestrichen."),
    "": gettext("Nicht erreicht. Bis zum Ende der Frist steht der Anruf auf der Liste."),
  };
  return sentences[answer];
}
