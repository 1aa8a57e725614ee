// The call that was promised: what the one before wrote down, and how it ended.

import { gettext } from "../texts.js";
import { element, setText } from "../desk/elements.js";
import { call } from "./call.js";
import * as dialogs from "./dialogs.js";
import { proposeTimes, readDue, startDueField, timeInWords } from "./due_field.js";
import { showPrompt } from "./message_line.js";
import { carryOut } from "./requests.js";

const dialog = document.getElementById("callback-end");
const form = document.getElementById("callback-end-form");
const handOver = document.getElementById("hand-over");
const handOverWords = document.getElementById("hand-over-words");
const { note } = form.elements;

export function start(finish) {
  startDueField(form);
  form.addEventListener("change", showWhatIsNeeded);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    finish();
  });
}

function ending() {
  return form.elements.ending.value;
}

function showWhatIsNeeded() {
  document.getElementById("callback-again").hidden = ending() !== "postpone";
}

/** What the agent has to know, [nodes], and what the button says; without words the greeting stands. */
export function showHandOver(nodes, button = "") {
  handOver.hidden = nodes.length === 0;
  document.getElementById("greetings").hidden = nodes.length > 0;
  handOverWords.replaceChildren(...nodes);
  setText(document.getElementById("finish-callback-words"), button);
}

/** Who is called and why, with all that was said before. */
export function showItem(item) {
  const { name, phone_shown: phone, subject, note: said, timeline } = item;
  const told = timeline.filter((event) => event.note).map(({ at, by, note: words }) =>
    element("p", {}, element("span", { class: "hand-over__when" }, `${timeInWords(at)}${by ? `, ${by}` : ""}: `), words));
  showHandOver([
    element("p", { class: "hand-over__who" }, gettext("Rückruf an %(name)s, %(phone)s", { name, phone })),
    element("p", { class: "hand-over__subject" }, subject),
    ...(said ? [element("p", {}, said)] : []),
    ...told,
  ], gettext("Rückruf abschließen"));
}

/** Ask how the call ended; a booking is its result already. */
export function open(result) {
  form.reset();
  note.value = result;
  proposeTimes(form);
  showWhatIsNeeded();
  dialogs.open(dialog);
  note.focus();
}

function wish() {
  const words = note.value.trim();
  if (ending() === "release") return { body: { note: words } };
  if (ending() === "postpone") {
    const { dueAt, mistake } = readDue(form);
    return { body: { due_at: dueAt, note: words }, mistake };
  }
  const mistake = { field: "note", sentence: gettext("Bitte in einem Satz eintragen, was herausgekommen ist.") };
  return { body: { result: words }, mistake: words ? null : mistake };
}

/** Tell the service how it ended; true when that is done. */
export async function finish() {
  const { body, mistake } = wish();
  dialogs.showMistakes(form, mistake ? [mistake] : []);
  if (mistake) return false;
  await carryOut(`/api/v1/callbacks/${call.callback.id}/${ending()}`, body);
  dialog.close();
  return true;
}

export function tellEnd() {
  const sentences = {
    done: gettext("Der Rückruf ist erledigt."),
    postpone: gettext("Der Rückruf ist verschoben und steht wieder auf der Liste."),
    release: gettext("Der Rückruf steht wieder auf der Liste."),
  };
  showPrompt(sentences[ending()]);
}
