// All that a caller asks about an office, a pool, a museum: on one card, in sentences to read aloud, in the
// caller's language.

import { element, setText } from "../desk/elements.js";
import { fact } from "./read_back_view.js";
import { accessSentences, addressInWords, clockInWords, dayInWords, inLanguage, shortDay } from "./spoken.js";

const card = document.getElementById("card");

function part(heading, ...lines) {
  const known = lines.filter(Boolean);
  if (known.length === 0) return null;
  return element("section", { class: "card__part" }, element("h3", { class: "panel__subheading" }, heading), ...known);
}

function facts(lines) {
  return lines.length > 0 ? element("dl", { class: "details" }, ...lines.map(([term, words]) => fact(term, words))) : null;
}

function hoursInWords({ hours, day_off: off }, voice) {
  if (hours.length > 0) return hours.map(({ opens, closes }) => `${opens}–${closes}`).join(", ");
  const closed = voice.gettext("geschlossen");
  return off ? `${closed} (${inLanguage(off.name, voice)})` : closed;
}

function eventInWords({ title, from, to, text }, voice) {
  const days = from === to ? dayInWords(from, "UTC", voice) : `${dayInWords(from, "UTC", voice)} – ${dayInWords(to, "UTC", voice)}`;
  return [inLanguage(title, voice), [days, inLanguage(text, voice)].filter(Boolean).join(". ")];
}

function bringLines({ services, entry_kinds: kinds }, chosen, voice) {
  const codes = chosen.map(({ service }) => service.code);
  const documentsOf = ({ documents }) => documents[voice.language] ?? documents.de ?? [];
  return [
    ...services.filter(({ code }) => codes.includes(code)).map((service) => [inLanguage(service.name, voice), documentsOf(service).join("; ")]),
    ...kinds.map(({ title, text, bring }) => [
      inLanguage(title, voice), [inLanguage(text, voice), (bring[voice.language] ?? bring.de ?? []).join(", ")].filter(Boolean).join(". ")]),
  ].filter(([, words]) => words);
}

function leftInWords({ free }, { gettext }) {
  return free === 0 ? gettext("gerade vergeben") : gettext("noch %(count)s Plätze", { count: free });
}

/** What is left of the hours on the card; one that is full stays where it stands, struck out. */
export function showLeft(entries, voice) {
  for (const [index, entry] of entries.entries()) {
    const button = card.querySelector(`button[data-index="${index}"]`);
    const isGone = entry.free === 0;
    setText(button.querySelector(".hit__tags"), leftInWords(entry, voice));
    button.classList.toggle("hit--gone", isGone);
    // aria-disabled and not disabled: the focus must not fall off the list.
    button.setAttribute("aria-disabled", String(isGone));
  }
}

function entryButton(entry, index, zone, voice) {
  const { gettext } = voice;
  return element(
    "li",
    {},
    element(
      "button",
      { class: "hit", type: "button", "data-index": index },
      element("kbd", { class: "key", "aria-hidden": "true" }, String(index + 1)),
      element(
        "span",
        { class: "hit__words" },
        element("strong", {}, inLanguage(entry.title, voice)),
        element("span", {}, gettext("%(day)s, %(time)s Uhr", {
          day: shortDay(entry.start, voice, zone), time: clockInWords(entry.start, zone, voice),
        })),
        element("span", { class: "hit__tags" }, leftInWords(entry, voice)),
      ),
    ),
  );
}

function entryList(entries, zone, voice) {
  if (entries.length === 0) return null;
  return element("ol", { class: "hit-list hit-list--grid" }, ...entries.map((entry, index) => entryButton(entry, index, zone, voice)));
}

/** The card of an office, with `entries` that can be booked and what belongs to the `chosen` services. */
export function showCard(its, entries, chosen, voice) {
  const { gettext } = voice;
  const walkIn = its.walk_ins.reason === "by_appointment_only"
    ? gettext("Nur mit Termin.")
    : gettext("Auch ohne Termin, mit Wartenummer.");
  const notice = inLanguage(its.notice, voice);
  card.lang = voice.language;
  card.replaceChildren(
    element(
      "div",
      { class: "card__now" },
      element("p", { class: "read-back__when" }, inLanguage(its.today.sentence, voice)),
      element("p", { class: "read-back__where" }, `${inLanguage(its.name, voice)}, ${addressInWords(its.address)}`),
      element("p", {}, walkIn),
      notice ? element("p", {}, notice) : null,
    ),
    ...[part(gettext("Zu buchen"), entryList(entries, its.time_zone, voice))].filter(Boolean),
    element(
      "div",
      { class: "card__parts" },
      ...[
        part(gettext("Öffnungszeiten"), facts(its.days.map((day) => [shortDay(day.day, voice), hoursInWords(day, voice)]))),
        part(gettext("Preise"), facts(its.prices.map(({ name, text }) => [inLanguage(name, voice), inLanguage(text, voice)]))),
        part(gettext("Bitte mitbringen"), facts(bringLines(its, chosen, voice))),
        part(gettext("Veranstaltungen"), facts(its.events.map((event) => eventInWords(event, voice)))),
        part(gettext("Zugang"), element("p", {}, accessSentences({ access: its.accessibility }, voice))),
      ].filter(Boolean),
    ),
  );
}
