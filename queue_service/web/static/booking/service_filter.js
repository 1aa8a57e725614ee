// Shows the services that are meant while one types; sending the form finds the same without scripts.

import { ngettext } from "../texts.js";

const SHORT = 3; // letters that have to begin a word, as on the server
const field = document.getElementById("q");
const groups = [...document.querySelectorAll(".group")];
const count = document.getElementById("search-count");
const nothing = document.getElementById("nothing-found");

// The same as booking_search.folded.
const fold = (text) => text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").replace(/ß/g, "ss").replace(/([aou])e/g, "$1");

function means(words, text) {
  return words.every((word) => (word.length > SHORT ? text.includes(word) : new RegExp(`(^|[^\\p{L}\\p{N}_])${word}`, "u").test(text)));
}

function filter() {
  const words = fold(field.value).match(/[\p{L}\p{N}_]+/gu) ?? [];
  let found = 0;
  for (const group of groups) {
    const lines = [...group.querySelectorAll(".service")];
    for (const line of lines) line.hidden = !means(words, line.dataset.search);
    const shown = lines.filter((line) => !line.hidden).length;
    group.hidden = shown === 0;
    group.open = words.length > 0;
    found += shown;
  }
  nothing.hidden = found > 0;
  count.textContent = words.length ? ngettext("%(num)s Anliegen gefunden", "%(num)s Anliegen gefunden", found, { num: found }) : "";
}

// What the server has found is a part of all: only from the whole list can it be widened again.
if (field && !field.defaultValue) {
  field.addEventListener("input", filter);
  // Typed while this script was still on its way.
  if (field.value) filter();
}
