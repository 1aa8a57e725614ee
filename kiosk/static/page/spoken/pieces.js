// Pieces of speech: words with the language in which they are spoken.

import { language, languageOf, localized } from "../texts.js";

/** Words of the page itself, in the visitor's language. */
export function piece(text) {
  return { language: language(), text: text || "" };
}

/** What the office has written, in the language in which it is written. */
export function officePiece(byLanguage) {
  return { language: languageOf(byLanguage), text: localized(byLanguage) };
}

/** A code or a number, character by character. */
export function spelled(characters) {
  return [...characters].filter((character) => character.trim()).join(", ");
}
