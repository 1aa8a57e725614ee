// What the agent says: dates, the text that is read back, the spelled reference.
// In the caller's language, which need not be the page's.

import { gettext as pageText } from "../texts.js";

const LOCALES = { de: "de-DE", en: "en-GB" };
const FULL_DAY = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
const DAY_IN_LIST = { weekday: "long", day: "numeric", month: "long" };
const CLOCK = { hour: "2-digit", minute: "2-digit" };
const DAY_MS = 86_400_000;
const pageLanguage = document.documentElement.lang;

/** A language with its texts; in it, `gettext` works as in texts.js. */
async function voiceIn(language) {
  if (language === pageLanguage) return { language, gettext: pageText };
  const address = document.querySelector('meta[name="texts"]').content;
  const answer = await fetch(address.replace(/[^/]+\.json$/, `${language}.json`));
  const catalog = answer.ok ? await answer.json() : {};
  const gettext = (german, values = {}) =>
    (catalog[german] ?? german).replace(/%\((\w+)\)s/g, (_, name) => values[name]);
  return { language, gettext };
}

export const voices = Object.fromEntries(
  await Promise.all(Object.keys(LOCALES).map(async (language) => [language, await voiceIn(language)])),
);
export const pageVoice = voices[pageLanguage] ?? voices.de;

/** A text that offices keep by language. */
export function inLanguage(byLanguage, { language } = pageVoice) {
  return byLanguage?.[language] ?? byLanguage?.de ?? "";
}

const formats = new Map();

/** Making one takes a hundred times as long as using it, and a calendar has seven hundred days. */
function formatOf(locale, timeZone, style) {
  const key = [locale, timeZone, ...Object.entries(style).flat()].join(" ");
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locale, { ...style, timeZone }));
  return formats.get(key);
}

function formatted(instant, timeZone, { language }, style) {
  return formatOf(LOCALES[language], timeZone, style).format(new Date(instant));
}

/** 2026-11-23, as date fields have it. */
export function isoDay(instant, timeZone) {
  return formatOf("sv-SE", timeZone, {}).format(new Date(instant));
}

/** "Dienstag, 8. Dezember 2026" */
export function dayInWords(instant, timeZone, voice = pageVoice) {
  return formatted(instant, timeZone, voice, FULL_DAY);
}

/** "Mo., 23. November", for lists; `day` is an instant, or 2026-11-23 without a zone. */
export function shortDay(day, voice = pageVoice, zone = "UTC") {
  return formatted(day, zone, voice, { weekday: "short", day: "numeric", month: "long" });
}

/** {weekday: "Mo", date: "23.11."}, for tables; `day` is 2026-11-23. */
export function dayInShort(day, voice = pageVoice) {
  return {
    weekday: formatted(day, "UTC", voice, { weekday: "short" }),
    date: formatted(day, "UTC", voice, { day: "numeric", month: "numeric" }),
  };
}

/** "10:15" */
export function clockInWords(instant, timeZone, voice = pageVoice) {
  return formatted(instant, timeZone, voice, CLOCK);
}

/** "Dienstag, 8. Dezember 2026, um 10:15 Uhr" */
export function whenInWords(instant, timeZone, voice = pageVoice) {
  const { gettext } = voice;
  const day = dayInWords(instant, timeZone, voice);
  return gettext("%(day)s, um %(time)s Uhr", { day, time: clockInWords(instant, timeZone, voice) });
}

/** Heading of a day in the list: "Heute, Montag, 23. November". */
export function dayHeading(instant, timeZone, now) {
  const { gettext } = pageVoice;
  const day = formatted(instant, timeZone, pageVoice, DAY_IN_LIST);
  const iso = isoDay(instant, timeZone);
  if (iso === isoDay(now, timeZone)) return gettext("Heute, %(day)s", { day });
  if (iso === isoDay(now + DAY_MS, timeZone)) return gettext("Morgen, %(day)s", { day });
  return day;
}

/** "Personalausweis beantragen, 2-mal" */
export function serviceInWords(service, quantity, voice = pageVoice) {
  const name = inLanguage(service.name, voice);
  const { gettext } = voice;
  return quantity > 1 ? gettext("%(service)s, %(quantity)s-mal", { service: name, quantity }) : name;
}

export function addressInWords({ street, postal_code: postalCode, city }) {
  // The house number stays with its street.
  return `${street.replace(/ (?=\d)/, "\u00a0")}, ${postalCode}\u00a0${city}`;
}

/** "BürgerServiceCenter-Mitte, Martinistraße 3, 28195 Bremen" */
export function whereInWords({ name, address }, voice = pageVoice) {
  return `${inLanguage(name, voice)}, ${addressInWords(address)}`;
}

/** Facts as single words for the list; what an office doesn't state is unknown, which is not "no". */
export function accessInShort({ access }, { gettext } = pageVoice) {
  const words = {
    level_entrance: [gettext("stufenlos"), gettext("nicht stufenlos")],
    lift: [gettext("Aufzug"), gettext("kein Aufzug")],
  };
  if (!access.level_entrance) return gettext("Zugang nicht angegeben");
  return Object.entries(words)
    .filter(([fact]) => access[fact])
    .map(([fact, [yes, no]]) => (access[fact].available ? yes : no))
    .join(", ");
}

/** Facts as the office words them, or as plain sentences. */
export function accessSentences({ access }, voice) {
  const { gettext } = voice;
  const plain = {
    level_entrance: [gettext("Der Eingang ist stufenlos"), gettext("Der Eingang hat Stufen")],
    lift: [gettext("Es gibt einen Aufzug"), gettext("Es gibt keinen Aufzug")],
    wc: [gettext("Es gibt ein barrierefreies WC"), gettext("Es gibt kein barrierefreies WC")],
    parking: [gettext("Es gibt Parkplätze"), gettext("Es gibt keine Parkplätze")],
  };
  const known = Object.entries(plain).filter(([fact]) => access[fact]);
  if (known.length === 0) return gettext("Ob der Zugang stufenlos ist, ist hier nicht angegeben.");
  return known
    .map(([fact, [yes, no]]) => inLanguage(access[fact].text, voice) || (access[fact].available ? yes : no))
    .map((sentence) => `${sentence.replace(/\.$/, "")}.`)
    .join(" ");
}

function feesInWords(chosen, voice) {
  const known = chosen.filter(({ service }) => inLanguage(service.fee, voice));
  if (known.length < 2) return known.map(({ service }) => inLanguage(service.fee, voice)).join("");
  const named = ({ service }) => `${inLanguage(service.name, voice)}: ${inLanguage(service.fee, voice)}`;
  return known.map(named).join("; ");
}

/** What to bring and pay: [{term, text}]; `chosen` is [{service, quantity}]. */
export function servicesInWords(chosen, voice) {
  const { gettext } = voice;
  const documentsOf = ({ service }) => service.documents[voice.language] ?? service.documents.de ?? [];
  const documents = new Set(chosen.flatMap(documentsOf));
  const minutes = chosen.reduce((sum, { service, quantity }) => sum + service.minutes * quantity, 0);
  return [
    { term: gettext("Bitte mitbringen"), text: [...documents].join("; ") || gettext("nichts Besonderes") },
    { term: gettext("Gebühr"), text: feesInWords(chosen, voice) || gettext("nicht angegeben") },
    { term: gettext("Dauer"), text: gettext("etwa %(minutes)s Minuten", { minutes }) },
  ];
}

/** The text to read back: when, where, who comes if it isn't the caller, and what belongs to it. */
export function readBack({ place, office, chosen, comes = "" }, voice) {
  const { gettext } = voice;
  return {
    language: voice.language,
    when: whenInWords(place.start, office.time_zone, voice),
    where: whereInWords(office, voice),
    what: chosen.map(({ service, quantity }) => serviceInWords(service, quantity, voice)).join("; "),
    details: [
      ...(comes ? [{ term: gettext("Der Termin ist für"), text: comes }] : []),
      ...servicesInWords(chosen, voice).slice(0, 2),
      { term: gettext("Zugang"), text: accessSentences(office, voice) },
    ],
  };
}

/** The reference for dictation, its groups as lines of {character, words}; `names` has a city for each letter. */
export function spelledLines(reference, names, { gettext } = pageVoice) {
  const words = (character) =>
    names[character] ? gettext("wie %(name)s", { name: names[character] }) : gettext("Ziffer");
  return reference.split("-").map((group) => [...group].map((character) => ({ character, words: words(character) })));
}
