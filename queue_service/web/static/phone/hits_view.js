// The appointments and places that a search found, to choose one by its key.

import { gettext } from "../texts.js";
import { element, setText } from "../desk/elements.js";
import { contactInWords, stateInWords } from "./appointment_views.js";
import { offices, serviceOf } from "./catalogue.js";
import { inLanguage, serviceInWords, whenInWords } from "./spoken.js";

const KEYS = 9;
const list = document.getElementById("hit-list");
const note = document.getElementById("hits-note");

/** What somebody comes for: services, or an hour with so many others. */
function whatInWords({ services, title, party_size: count }) {
  if (!services) return `${inLanguage(title)}, ${gettext("Personen")}: ${count}`;
  return services.map(({ service, quantity }) => serviceInWords(serviceOf(service), quantity)).join("; ");
}

function hit(appointment, index) {
  const { start, office: slug, status, contact } = appointment;
  const office = offices.get(slug);
  return element(
    "li",
    {},
    element(
      "button",
      { class: "hit", type: "button", "data-index": index },
      index < KEYS ? element("kbd", { class: "key", "aria-hidden": "true" }, String(index + 1)) : element("span"),
      element(
        "span",
        { class: "hit__words" },
        element("strong", {}, contact ? contactInWords(contact) : ""),
        element("span", {}, whenInWords(start, office.time_zone)),
        element("span", {}, `${inLanguage(office.name)} · ${whatInWords(appointment)}`),
        status === "booked" ? null : element("span", { class: "hit__state" }, stateInWords(status)),
      ),
    ),
  );
}

/** Appointments of offices that this agent books for; others are not the agent's business. */
export function showHits(appointments) {
  list.replaceChildren(...appointments.map(hit));
  setText(note, appointments.length > KEYS ? gettext("Viele Treffer. Mit Vor- und Nachnamen oder der Telefonnummer sind es weniger.") : "");
}
