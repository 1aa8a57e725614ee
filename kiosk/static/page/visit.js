// One visitor's way from the greeting to the number: plain data, and functions from one to the next.
// A new visit starts from nothing, so nothing of the visitor before can remain.

import { needsFacts, ticketFacts } from "./questions.js";

/** Digits and capitals without 0, 1, I, O and Q, which are taken for one another. */
export const CODE_KEYS = [..."23456789ABCDEFGHJKLMNPRSTUVWXYZ"];
export const CODE_LENGTH = 8;
export const CODE_GROUP = 4;

/** Letters and digits of numbers on paper. */
export const NUMBER_KEYS = [..."ABCDEFGHJKLMNPRSTUVWXYZ0123456789"];

export const SEARCH_KEYS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÜß"];
export const LONGEST_SEARCH = 20;

/** Services are listed under headings when there are more than this (a screenful). */
export const SERVICES_WITHOUT_GROUPS = 8;

export const LANGUAGE_AT_START = "de";

export function newVisit() {
  return {
    step: "start",
    before: [],
    language: LANGUAGE_AT_START,
    spoken: false,
    at: 0,
    group: null,
    service: null,
    quantity: 1,
    needs: [],
    needsAsked: false,
    search: "",
    keyboard: true,
    code: "",
    codeProblem: null,
    request: null,
    ticket: null,
    standing: null,
    help: "none",
    reprinting: false,
    problem: null,
  };
}

/** Go on to a step; "back" leads to where the visitor is now. */
export function goTo(visit, step, facts = {}) {
  return { ...visit, step, at: 0, before: [...visit.before, visit.step], ...facts };
}

/** Go to a step that replaces the present one, which "back" must not lead to. */
export function replaceBy(visit, step, facts = {}) {
  return { ...visit, step, at: 0, ...facts };
}

export function canGoBack(visit) {
  return visit.before.length > 0 && visit.step !== "asking" && visit.step !== "ticket";
}

export function goBack(visit) {
  if (!canGoBack(visit)) {
    return visit;
  }
  const step = visit.before.at(-1);
  return { ...visit, step, at: 0, before: visit.before.slice(0, -1), codeProblem: null, problem: null };
}

export function withCharacter(visit, character) {
  if (visit.step === "search") {
    return { ...visit, search: (visit.search + character).slice(0, LONGEST_SEARCH), keyboard: true, at: 0 };
  }
  const code = (visit.code + character).slice(0, CODE_LENGTH);
  // By keys, what is typed in full is next handed in.
  return { ...visit, code, codeProblem: null, at: code.length === CODE_LENGTH ? 0 : visit.at };
}

export function withoutLastCharacter(visit) {
  return visit.step === "search"
    ? { ...visit, search: visit.search.slice(0, -1), keyboard: true, at: 0 }
    : { ...visit, code: visit.code.slice(0, -1), codeProblem: null };
}

/** Characters in groups, as the code is shown in letters and messages. */
export function codeInGroups(code) {
  return [code.slice(0, CODE_GROUP), code.slice(CODE_GROUP)];
}

/** Ask for a number; the id stays the same however often the request is sent. */
export function walkInRequest(visit) {
  const id = crypto.randomUUID();
  const body = { service: visit.service, language: visit.language, id, ...ticketFacts(visit) };
  return { path: "/api/tickets", id, body };
}

export function checkInRequest(visit) {
  const id = crypto.randomUUID();
  const body = { reference: visit.code, language: visit.language, id, ...needsFacts(visit) };
  return { path: "/api/check-ins", id, body };
}

/** Ask for the code of an appointment; what the visitor said of another visit does not belong to it. */
export function arriving(visit) {
  return visit.step === "check_in" ? visit : { ...goTo(visit, "check_in"), code: "", needs: [], needsAsked: false };
}

/** The code that was handed in fits no appointment: it stays to be put right, and so does what was answered since. */
export function backToCode(visit, codeProblem) {
  const before = visit.before.slice(0, visit.before.lastIndexOf("check_in"));
  return { ...visit, step: "check_in", before, at: 0, codeProblem, needsAsked: true, request: null };
}

/** The code in what a scanner has read; null where there is none. */
export function scannedCode(characters) {
  const code = characters.toUpperCase().replace(/[^0-9A-Z]/g, "").slice(-CODE_LENGTH);
  return code.length === CODE_LENGTH && [...code].every((character) => CODE_KEYS.includes(character)) ? code : null;
}

/** Services by heading, in the order of the office. */
export function groupsOf(services, localized) {
  const groups = new Map();
  for (const service of services) {
    const name = localized(service.group);
    groups.set(name, [...(groups.get(name) ?? []), service]);
  }
  return groups;
}

export function needsGroups(services, localized) {
  return services.length > SERVICES_WITHOUT_GROUPS && groupsOf(services, localized).size > 1;
}

/** Services whose name, in any language, holds each of the words; after them those whose heading does. */
export function found(services, search) {
  const words = plain(search).split(" ").filter(Boolean);
  const byName = services.filter((service) => matches(words, Object.values(service.name)));
  const byGroup = services.filter((service) => matches(words, Object.values(service.group)));
  return [...byName, ...byGroup.filter((service) => !byName.includes(service))];
}

/** Shorter words must begin a word; "AUSWEIS" is also wanted inside "Personalausweis". */
const SHORTEST_INSIDE = 3;

function matches(words, texts) {
  const all = ` ${texts.map(plain).join(" ")}`;
  return words.every((word) => all.includes(` ${word}`) || (word.length >= SHORTEST_INSIDE && all.includes(word)));
}

/** Words as they are compared: small letters without marks above or below them, one space between two words. */
export function plain(text) {
  return text
    .toLowerCase()
    .replaceAll("ß", "ss")
    .normalize("NFD")
    .replace(/\p{Mark}/gu, "")
    .replace(/[^\p{Letter}\p{Number}]+/gu, " ");
}
