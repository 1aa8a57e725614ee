// Which services an agent means by a few letters. Pure: no page, no requests.

const LONG_ENOUGH_FOR_ONE_SLIP = 4; // letters; shorter words have too many neighbours
const LONG_ENOUGH_FOR_TWO_SLIPS = 9;
const LONG_ENOUGH_FOR_A_PART = 5; // "reisepass" in "kinderreisepass", but not "ehe" in "ehemals"
const NAME_BEGINS = 0;
const WORD_BEGINS = 1;
const NAME_HAS = 2;
const ELSEWHERE = 3; // everyday words, group, key, other languages
const NAME_MISSPELLED = 4;
const NAME_IS_PART = 5; // of a longer word that was typed
const ELSEWHERE_ALMOST = 6; // part of what was typed, or misspelled

/** Lower case without marks; "ä", "ae" and "a" are the same, so are "ß" and "ss". */
export function folded(text) {
  return text
    .toLowerCase()
    .replaceAll("ß", "ss")
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/([aou])e/g, "$1");
}

function words(text) {
  return folded(text).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
}

/** What was typed: "2 pass" wants two of it. A LeiKa key is a number, but longer. */
export function parsedQuery(typed) {
  const [, digits, rest] = /^\s*(?:(\d{1,2})\s+)?(.*)$/s.exec(typed);
  return { quantity: Math.max(1, Number(digits ?? 1)), words: words(rest) };
}

/** Prepare a service for being searched; everyday is a list of what callers call it. */
export function searchable(service, language, everyday = []) {
  const name = service.name[language] ?? service.name.de;
  return {
    service,
    name: folded(name),
    nameWords: words(name),
    elsewhere: [...Object.values(service.name), ...Object.values(service.group), ...everyday, service.leika_key ?? ""]
      .flatMap(words)
      .join(" "),
  };
}

/** How many letters have to change, be added, left out or swapped, at most `limit` + 1. */
export function slips(one, other, limit) {
  let before = [];
  let last = Array.from({ length: other.length + 1 }, (_, j) => j);
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= other.length; j += 1) {
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1));
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      if (swapped) row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    if (Math.min(...row) > limit) return limit + 1;
    [before, last] = [last, row];
  }
  return last[other.length];
}

function almost(typed, word) {
  const allowed = typed.length >= LONG_ENOUGH_FOR_TWO_SLIPS ? 2 : typed.length >= LONG_ENOUGH_FOR_ONE_SLIP ? 1 : 0;
  if (!allowed) return false;
  // A short word with another beginning is another word.
  if (typed.length === LONG_ENOUGH_FOR_ONE_SLIP && typed[0] !== word[0]) return false;
  // The end may not be typed yet: a beginning of the word counts as well.
  return [0, 1, -1].some((more) => slips(typed, word.slice(0, typed.length + more), allowed) <= allowed);
}

function rankOf(entry, typed) {
  if (entry.name.startsWith(typed)) return NAME_BEGINS;
  if (entry.nameWords.some((word) => word.startsWith(typed))) return WORD_BEGINS;
  if (entry.name.includes(typed)) return NAME_HAS;
  return entry.elsewhere.includes(typed) ? ELSEWHERE : Infinity;
}

/** Whether `word` stands at the beginning or the end of a longer word that was typed. */
function isPart(typed, word) {
  return word.length >= LONG_ENOUGH_FOR_A_PART && (typed.startsWith(word) || typed.endsWith(word));
}

function almostRank(entry, typed) {
  const known = rankOf(entry, typed);
  if (known < Infinity) return known;
  if (entry.nameWords.some((word) => almost(typed, word))) return NAME_MISSPELLED;
  if (entry.nameWords.some((word) => isPart(typed, word))) return NAME_IS_PART;
  const isAlmost = (word) => isPart(typed, word) || almost(typed, word);
  return entry.elsewhere.split(" ").some(isAlmost) ? ELSEWHERE_ALMOST : Infinity;
}

function rankedBy(rank, entries, typed) {
  return entries
    .map((entry, position) => ({ entry, position, rank: Math.max(...typed.map((word) => rank(entry, word))) }))
    .filter((hit) => hit.rank < Infinity)
    .sort((a, b) => a.rank - b.rank || a.position - b.position)
    .map((hit) => hit.entry.service);
}

/**
 * Services that all typed words fit, best first; with nothing typed all of them, in their order. When
 * none fits, words may be misspelled or longer than ours, then those that fit nothing don't count.
 */
export function foundServices(entries, typed) {
  if (typed.length === 0) return entries.map((entry) => entry.service);
  const found = rankedBy(rankOf, entries, typed);
  if (found.length > 0) return found;
  const similar = rankedBy(almostRank, entries, typed);
  if (similar.length > 0) return similar;
  const known = typed.filter((word) => entries.some((entry) => almostRank(entry, word) < Infinity));
  return known.length > 0 ? rankedBy(almostRank, entries, known) : [];
}
