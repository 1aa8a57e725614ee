// German is written in the page and is the key of its translations.

import { h } from "./elements.js";

const catalog = { source: "de", second: "en", right_to_left: [], names: { de: "Deutsch" }, texts: {}, counted: {} };
let current = "de";

/** Fetch all languages once; without them the page goes on in German. */
export async function loadTexts() {
  const answer = await fetch("/api/texts");
  if (answer.ok) {
    Object.assign(catalog, await answer.json());
  }
}

/** Say words in the visitor's language, with `{placeholders}` filled in. */
export function t(words, values = {}) {
  return filled(catalog.texts[current]?.[words] ?? words, values);
}

/** Say words for a number of things, `{count}`, in the form that the language has for this number. */
export function tn(one, many, count, values = {}) {
  const forms = catalog.counted[current]?.[one] ?? { one, other: many };
  const form = forms[new Intl.PluralRules(current).select(count)] ?? forms.other;
  return filled(form, { count, ...values });
}

function filled(words, values) {
  return words.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Mark words for translation where they are written, without translating them. */
export function N_(words) {
  return words;
}

/** The same words in German and in every language that the page can speak: `{ tag, words }`. */
export function inEveryLanguage(words) {
  const others = Object.entries(catalog.texts).filter(([tag]) => tag !== catalog.source);
  return [{ tag: catalog.source, words }, ...others.map(([tag, texts]) => ({ tag, words: texts[words] ?? words }))];
}

/** Pick from what the office has written by language: the visitor's, else German for Germans, else English. */
export function localized(byLanguage) {
  return byLanguage?.[languageOf(byLanguage)] ?? "";
}

/** The same as a part of the page, marked where it is in another language than the page. */
export function officeWords(byLanguage) {
  const tag = languageOf(byLanguage);
  return tag === current ? localized(byLanguage) : h("bdi", { lang: tag }, localized(byLanguage));
}

/** Several in one line, in the order of their own language; `end` is what follows them. */
export function officeList(several, end) {
  const words = several.map(localized).join(", ") + end;
  const tag = languageOf(several[0]);
  return tag === current ? words : h("bdi", { lang: tag }, words);
}

export function languageOf(byLanguage) {
  const base = current.split("-")[0];
  const fallbacks = base === catalog.source ? [catalog.source, catalog.second] : [catalog.second, catalog.source];
  const given = byLanguage ?? {};
  return [current, base, ...fallbacks, ...Object.keys(given)].find((tag) => given[tag]) ?? current;
}

/** Which way the language is written. */
export function direction() {
  return catalog.right_to_left.includes(current) ? "rtl" : "ltr";
}

export function useLanguage(tag) {
  current = tag;
}

export function language() {
  return current;
}

/** The office's languages that this page can speak, each with its own name. */
export function languages(offered) {
  return offered
    .filter((tag) => tag === catalog.source || tag in catalog.texts)
    .map((tag) => ({ tag, name: catalog.names[tag] ?? tag }));
}
