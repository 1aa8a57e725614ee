// What visitors are asked beside the service, and what each answer means for the ticket. Which are asked says
// the office; the names are those of the service's protocol.

import { N_ } from "./texts.js";

/** The visitor's words, and what the office does then. */
const QUESTIONS = {
  pick_up: [N_("Bitte holen Sie mich ab"), N_("Sie warten am Empfang. Jemand holt Sie dort ab.")],
  slow_walk: [N_("Ich brauche länger für den Weg"), N_("Nach dem Aufruf haben Sie mehr Zeit.")],
  level_access: [N_("Ich brauche einen Weg ohne Stufen"), N_("Der Schalter ist ohne Stufen zu erreichen.")],
  induction_loop: [N_("Ich nutze ein Hörgerät"), N_("Der Schalter hat eine Höranlage.")],
  guide_strip: [N_("Ich brauche einen Leitstreifen"), N_("Ein Streifen am Boden führt zum Schalter.")],
  interpreter: [N_("Jemand soll für mich übersetzen"), N_("Am Schalter hilft jemand beim Übersetzen.")],
  parent_child_room: [N_("Ich brauche Platz für mein Kind"), N_("Es gibt einen Raum für Eltern und Kinder.")],
  closed_room: [N_("Ich möchte ungestört sprechen"), N_("Sie sprechen in einem eigenen Raum.")],
  disabled: [N_("Ich habe eine Behinderung"), N_("Sie kommen meist früher an die Reihe.")],
  pregnant: [N_("Ich bin schwanger"), N_("Sie kommen meist früher an die Reihe.")],
  small_children: [N_("Ich habe kleine Kinder dabei"), N_("Sie kommen meist früher an die Reihe.")],
};

const CLASSES = ["disabled", "pregnant", "small_children"];
const FIELDS = ["pick_up", "slow_walk"];

/** A ticket names so many services beside the first (protocol: MOST_SERVICES). */
const MOST_FURTHER = 9;

/** What this page knows how to ask, of what the office wants asked: `{ name, words, about }` in German. */
export function asked(names) {
  return (names ?? [])
    .filter((name) => name in QUESTIONS)
    .map((name) => ({ name, words: QUESTIONS[name][0], about: QUESTIONS[name][1] }));
}

export function toggled(needs, name) {
  return needs.includes(name) ? needs.filter((one) => one !== name) : [...needs, name];
}

/** How many of a service may be wanted at once. */
export function mostOf(service) {
  return Math.min(service?.max_quantity ?? 1, MOST_FURTHER + 1);
}

/**
 * The step that comes after `done`, one of "service" or "code" (of an appointment), "quantity", "pick_up" and
 * "needs"; null: ask for the number.
 */
export function nextQuestion(visit, state, done) {
  const service = state?.services.find(({ code }) => code === visit.service);
  const steps = [
    ["quantity", mostOf(service) > 1],
    ["pick_up", visit.spoken],
    ["needs", openQuestions(visit, state).length > 0],
  ];
  const after = steps.slice(steps.findIndex(([step]) => step === done) + 1);
  return after.find(([, wanted]) => wanted)?.[0] ?? null;
}

/**
 * What is left to ask: whoever does not see the screen has been asked about being picked up, and with an
 * appointment nobody comes earlier by a class.
 */
export function openQuestions(visit, state) {
  const isAnswered = (name) => (visit.spoken && FIELDS.includes(name)) || (visit.service === null && CLASSES.includes(name));
  return asked(state?.asks).filter(({ name }) => !isAnswered(name));
}

/** What goes to the service beside service, language and id; nothing for whoever needs nothing. */
export function ticketFacts({ service, quantity, needs }) {
  const ofClass = CLASSES.find((name) => needs.includes(name));
  return {
    ...needsFacts({ needs }),
    ...(ofClass && { class: ofClass }),
    // One visit, one counter: the same once more is what else the visitor has come for.
    ...(quantity > 1 && { further_services: Array(quantity - 1).fill(service), together: true }),
  };
}

/** What of it binds counter and call; all there is to say of a visitor with an appointment. */
export function needsFacts({ needs }) {
  const counter = needs.filter((name) => !FIELDS.includes(name) && !CLASSES.includes(name));
  return {
    ...(counter.length && { needs: counter }),
    ...Object.fromEntries(FIELDS.filter((name) => needs.includes(name)).map((name) => [name, true])),
  };
}
