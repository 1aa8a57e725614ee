// German is written in the page and is the key of its translations.

const catalog = { source: "de", names: { de: "Deutsch" }, texts: {} };
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
  const translated = catalog.texts[current]?.[words] ?? words;
  return translated.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
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

/** Pick from texts by language: the visitor's, else German, else any. */
export function localized(byLanguage) {
  return byLanguage?.[current] ?? byLanguage?.[catalog.source] ?? Object.values(byLanguage ?? {})[0] ?? "";
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
