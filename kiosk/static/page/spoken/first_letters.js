// Finding one of many services by ear: by the first letters of the words in its name. Only letters that lead on
// are offered, one after the other, until the list is quickly heard; so a keypad's few keys do for every script.

import { language, localized } from "../texts.js";
import { SERVICES_WITHOUT_GROUPS, plain } from "../visit.js";

/** Shorter words are mostly articles and prepositions; the first one of a name counts all the same. */
const SHORTEST_WORD = 4;

/** Whether walking through all of them takes longer than this. */
export function isWorthSearching(services) {
  return services.length > SERVICES_WITHOUT_GROUPS;
}

/** Services with a word that begins so. */
export function beginningWith(services, typed) {
  return services.filter((service) => wordsOf(service).some((word) => word.startsWith(typed)));
}

/** Which letters may follow, in the order of the alphabet; none where what was typed is enough. */
export function nextLetters(services, typed) {
  const begun = beginningWith(services, typed);
  const words = begun.flatMap(wordsOf).filter((word) => word.startsWith(typed));
  if ((typed && !isWorthSearching(begun)) || words.includes(typed)) {
    return [];
  }
  const letters = new Set(words.map((word) => word.slice(typed.length)).map(([letter]) => letter));
  return letters.size > 1 ? [...letters].sort(new Intl.Collator(language()).compare) : [];
}

/** The words in a service's name as it is heard, in capitals without marks above or below them. */
function wordsOf(service) {
  const words = plain(localized(service.name)).split(" ").filter(Boolean);
  return words.filter((word, place) => place === 0 || word.length >= SHORTEST_WORD).map((word) => word.toUpperCase());
}
