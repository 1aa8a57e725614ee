// Look for an appointment by its number, a name or a telephone number; what was found is a list to
// choose from. That a name or a number fits proves nothing about who is on the line.

import { gettext, ngettext } from "../texts.js";
import { call, goTo } from "./call.js";
import * as existing from "./existing_steps.js";
import { waysToFind } from "./find_query.js";
import { KINDS } from "./found_kinds.js";
import { showHits } from "./hits_view.js";
import { showError, showPrompt } from "./message_line.js";
import { ask, read } from "./requests.js";

const SEARCHES = "/api/v1/appointment-searches";
const form = document.getElementById("find");
const field = document.getElementById("find-field");
const hint = document.getElementById("find-hint");
const hits = document.getElementById("hit-list");

export function start(find, openHit) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    find();
  });
  hits.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) openHit(Number(button.dataset.index));
  });
  hits.addEventListener("keydown", (event) => {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (!(event.key in steps)) return;
    event.preventDefault();
    const buttons = [...hits.querySelectorAll("button")];
    buttons[buttons.indexOf(document.activeElement) + steps[event.key]]?.focus();
  });
}

export function focusField() {
  field.focus();
  field.select();
}

export function rest(resting) {
  for (const control of form.elements) control.disabled = resting;
}

let offered = {};

/**
 * Empty, or with what the call is about: the appointment, or the number of the line; then its
 * appointments are one key away. Nobody is looked up unasked.
 */
export function reset({ phone = "", reference = "" } = offered) {
  offered = { phone, reference };
  hits.replaceChildren();
  field.value = reference || phone;
  hint.textContent = hintInWords();
}

function hintInWords() {
  if (offered.reference) return gettext("Mit Enter: der Termin, um den es geht");
  if (offered.phone) return gettext("Mit Enter: Termine dieses Anschlusses");
  return gettext("Terminnummer, Name oder Telefonnummer");
}

/** What of this kind has the number; null when nothing has. */
async function readAs({ path, unknown }, typed) {
  try {
    return await read(existing.addressOf(typed, "", path));
  } catch (refusal) {
    if (refusal.code !== unknown) throw refusal;
    return null;
  }
}

/** All kinds have numbers of the same shape, and most are appointments'; null when it is nobody's. */
async function readByReference(typed) {
  const [usual, ...others] = KINDS;
  const found = await readAs(usual, typed);
  if (found) return found;
  const rest = await Promise.all(others.map((kind) => readAs(kind, typed)));
  return rest.find(Boolean) ?? null;
}

async function foundBy(way, typed) {
  if (way === "reference") return [await readByReference(typed)].filter(Boolean);
  const { items, entries = [] } = await ask(SEARCHES, { [way]: typed });
  return [...items, ...entries].sort((one, other) => Date.parse(other.created_at) - Date.parse(one.created_at));
}

/** The appointments, none when there are none; what else is refused is thrown. */
async function found(way, typed) {
  try {
    return await foundBy(way, typed);
  } catch (refusal) {
    if (refusal.code !== "invalid_fields") throw refusal; // nobody has a number that there can't be
    return [];
  }
}

export async function find() {
  const typed = field.value.trim();
  if (typed === "") {
    focusField();
    return;
  }
  const ways = waysToFind(typed);
  for (const way of ways) {
    const items = await found(way, typed);
    if (items.length === 0) continue;
    if (way === "reference") existing.look(items[0]);
    else showList(items);
    return;
  }
  focusField();
  showError(nothingInWords(ways));
}

function nothingInWords(ways) {
  if (ways.length > 1) return gettext("Weder unter dieser Terminnummer noch unter diesem Namen gibt es einen Termin.");
  const [way] = ways;
  const words = {
    reference: gettext("Unter dieser Terminnummer gibt es keinen Termin. Bitte Zeichen für Zeichen vergleichen."),
    phone: gettext("Mit dieser Telefonnummer gibt es keinen Termin."),
    email: gettext("Mit dieser E-Mail-Adresse gibt es keinen Termin."),
    name: gettext("Unter diesem Namen gibt es keinen Termin. Vielleicht anders geschrieben?"),
  };
  return words[way];
}

function showList(items) {
  call.hits = items;
  showHits(items);
  goTo("hits");
  showPrompt(ngettext(
    "%(count)s Termin gefunden. Erst Namen und Anliegen nennen lassen, dann öffnen.",
    "%(count)s Termine gefunden. Erst Namen und Anliegen nennen lassen, dann öffnen.",
    items.length,
  ));
  hits.querySelector("button").focus();
}

export function openHit(index) {
  if (call.hits[index]) existing.look(call.hits[index]);
}

/** Away with what was found; a list that it came from stands again. */
export function close() {
  if (call.step !== "hits" && call.hits.length > 0) {
    call.found = null;
    const opened = call.hits;
    showList(opened);
    return;
  }
  call.hits = [];
  existing.close();
  reset();
  focusField();
}
