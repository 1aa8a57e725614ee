// The field that finds services: a combobox whose list stands open beneath it (ARIA APG, list
// autocomplete with automatic selection). The focus stays in the field.

import { gettext, ngettext } from "../texts.js";
import { element, setText } from "../desk/elements.js";
import { foundServices, parsedQuery, searchable } from "./service_search.js";
import { inLanguage, pageVoice } from "./spoken.js";

const field = document.getElementById("service");
const list = document.getElementById("service-list");
const count = document.getElementById("service-count");

const NONE = -1;
let entries = [];
let found = [];
let active = NONE;

/** At Enter `choose(service, quantity)` is called or, with an empty field, `proceed()`. */
export function start(services, { choose, proceed }) {
  entries = services.map((service) => searchable(service, pageVoice.language, service.everyday));
  field.addEventListener("input", update);
  field.addEventListener("keydown", (event) => keyPressed(event, choose, proceed));
  list.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the focus in the field
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(found[Number(option.dataset.index)], choose);
  });
  update();
}

export function focus() {
  field.focus();
  field.select();
}

export function clear() {
  field.value = "";
  update();
}

/** Whether the agent has begun to type something else. */
export function isEmpty() {
  return field.value.trim() === "";
}

function take(service, choose) {
  const { quantity } = parsedQuery(field.value);
  clear();
  choose(service, Math.min(quantity, service.max_quantity));
}

function keyPressed(event, choose, proceed) {
  const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 5, PageUp: -5 };
  if (event.key in steps && found.length > 0) {
    event.preventDefault();
    activate(Math.min(found.length - 1, Math.max(0, active + steps[event.key])));
  } else if (event.key === "Enter") {
    event.preventDefault();
    if (event.repeat) return;
    if (found[active]) take(found[active], choose);
    else if (isEmpty()) proceed();
  } else if (event.key === "Escape" && !isEmpty()) {
    event.preventDefault();
    clear();
  }
}

function update() {
  found = foundServices(entries, parsedQuery(field.value).words);
  list.replaceChildren(...found.map(option));
  field.setAttribute("aria-expanded", String(found.length > 0));
  activate(isEmpty() ? NONE : 0);
  list.scrollTop = 0;
  count.classList.toggle("kern-sr-only", found.length > 0);
  setText(count, found.length === 0
    ? gettext("Keine Dienstleistung gefunden. Anderes Wort versuchen, zum Beispiel „Ausweis“ oder „Umzug“.")
    : ngettext("%(count)s Dienstleistung", "%(count)s Dienstleistungen", found.length));
}

function option(service, index) {
  return element(
    "li",
    { class: "service-option", role: "option", id: `service-option-${index}`, "data-index": index, "aria-selected": "false" },
    inLanguage(service.name),
    " ",
    element("span", { class: "service-option__minutes" }, gettext("%(minutes)s Min.", { minutes: service.minutes })),
  );
}

function activate(index) {
  list.children[active]?.setAttribute("aria-selected", "false");
  active = index;
  const option = list.children[index];
  if (!option) {
    field.removeAttribute("aria-activedescendant");
    return;
  }
  option.setAttribute("aria-selected", "true");
  field.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}
