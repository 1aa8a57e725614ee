// A list that is walked by keys: one choice at a time, with its place in the list.

import { t } from "../texts.js";
import { piece } from "./pieces.js";

/** The next place, round at the ends: whoever goes on always comes to every choice. */
export function moved(at, steps, length) {
  return length ? (at + steps + length) % length : 0;
}

/** What is said of a choice: its words, what belongs to it, and where it stands. */
export function choiceAloud(choices, at) {
  const choice = choices[at];
  if (!choice) {
    return [];
  }
  const place = choices.length > 1 && !choice.short ? t("{place} von {count}", { place: at + 1, count: choices.length }) : "";
  return [...choice.say, piece(choice.about), piece(place)].filter(({ text }) => text);
}
