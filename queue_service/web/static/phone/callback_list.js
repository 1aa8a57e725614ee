// Who is to be called: first those for whom a place is kept, then what this agent has taken already,
// then the others, the most urgent first.

import { gettext, ngettext } from "../texts.js";
import { element, setText } from "../desk/elements.js";
import { offices, serviceOf } from "./catalogue.js";
import * as dialogs from "./dialogs.js";
import { dueInWords, timeInWords } from "./due_field.js";
import { overdueBy } from "./due_times.js";
import { carryOut, read, serviceNow } from "./requests.js";
import { inLanguage, serviceInWords, whenInWords } from "./spoken.js";

const CALLBACKS = "/api/v1/callbacks";
const NO_LONGER_OPEN = ["callback_taken", "callback_not_found", "illegal_transition"];
const KEYS = 9;
const dialog = document.getElementById("callbacks-dialog");
const list = document.getElementById("callback-list");
const count = document.getElementById("callbacks-count");

let shown = [];

export function start(take) {
  list.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) take(Number(button.dataset.index));
  });
  list.addEventListener("keydown", (event) => {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (!(event.key in steps)) return;
    event.preventDefault();
    const buttons = [...list.querySelectorAll("button")];
    buttons[buttons.indexOf(document.activeElement) + steps[event.key]]?.focus();
  });
}

/** What a row says: {due, isLate, who, what, tags}. */
function wordsOfOffer({ name, phone_shown: phone, services, offer }) {
  const office = offices.get(offer.office);
  const when = whenInWords(offer.start, office.time_zone);
  return {
    due: gettext("freier Termin, Antwort bis: %(when)s", { when: timeInWords(offer.respond_by) }),
    isLate: false,
    who: [name, phone],
    what: `${when}, ${inLanguage(office.name)}`,
    tags: services.map(({ service, quantity }) => serviceInWords(serviceOf(service), quantity)),
  };
}

function wordsOfCallback({ name, phone_shown: phone, subject, service, due_at: due, reason, mine }) {
  const tags = [
    mine ? gettext("von Ihnen übernommen") : "",
    reason === "call_list" ? gettext("Anruf für ein Amt") : "",
    service ? inLanguage(serviceOf(service).name) : "",
  ].filter((tag) => tag && tag !== subject);
  return { due: dueInWords(due), isLate: overdueBy(due, serviceNow()) !== null, who: [name, phone], what: subject, tags };
}

function row(item, index) {
  const { due, isLate, who, what, tags } = item.offer ? wordsOfOffer(item) : wordsOfCallback(item);
  return element(
    "li",
    {},
    element(
      "button",
      { class: "hit", type: "button", "data-index": index },
      index < KEYS ? element("kbd", { class: "key", "aria-hidden": "true" }, String(index + 1)) : element("span"),
      element(
        "span",
        { class: "hit__words" },
        element("span", { class: isLate ? "due due--late" : "due" }, due),
        element("strong", {}, who.filter(Boolean).join(", ")),
        element("span", {}, what),
        tags.length > 0 ? element("span", { class: "hit__tags" }, tags.join(" · ")) : null,
      ),
    ),
  );
}

/** Ask for the list and show it. */
export async function open() {
  await showList();
  dialogs.open(dialog);
  (list.querySelector("button") ?? dialog.querySelector("[data-close]")).focus();
}

async function showList() {
  const [offered, mine, others] = await Promise.all([
    read("/api/v1/waiting-list/calls"),
    read(`${CALLBACKS}?state=taken&mine=true`),
    read(`${CALLBACKS}?state=open`),
  ]);
  shown = [...offered.items, ...mine.items, ...others.items];
  list.replaceChildren(...shown.map(row));
  setText(count, shown.length === 0
    ? gettext("Niemand wartet auf einen Anruf.")
    : ngettext("%(count)s Anruf, der dringendste zuerst.", "%(count)s Anrufe, der dringendste zuerst.", shown.length));
}

/** Take the n-th; gives it as it is now. Of two agents who want a callback, one gets it. */
export async function take(index) {
  const item = shown[index];
  if (!item) return null;
  const taken = item.mine || item.offer ? item : await taking(item);
  dialog.close();
  list.replaceChildren();
  return taken;
}

async function taking({ id }) {
  try {
    return await carryOut(`${CALLBACKS}/${id}/take`);
  } catch (refusal) {
    if (NO_LONGER_OPEN.includes(refusal.code)) await showList();
    throw refusal;
  }
}
