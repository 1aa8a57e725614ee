// The right side: who waits, in calling order and with the reason.

import { gettext } from "../texts.js";
import { element, reconcile, setText } from "./elements.js";
import { showTags } from "./tags.js";
import { localized, needTags, whyTags } from "./words.js";

const byId = (id) => document.getElementById(id);
const FOR_THIS_COUNTER = "mine";

const IMPOSSIBLE = new Set(["service", "needs"]);
const OBSTACLES = {
  service: () => gettext("nicht an diesem Schalter"),
  needs: () => gettext("braucht einen anderen Schalter"),
  choice: () => gettext("nicht in Ihrer Auswahl"),
  team: () => gettext("wartet auf ein anderes Team"),
  counter: ({ awaited }) => gettext("wartet auf %(counter)s", { counter: awaited }),
  clerk: ({ awaited }) => gettext("wartet auf %(counter)s", { counter: awaited }),
};

export class QueueView {
  #services = new Map();
  #blocked = "";

  /** family: who is being chosen as belonging together; handlers: call(row), refused(sentence). */
  constructor(timeZone, family, handlers) {
    Object.assign(this, { timeZone, family, handlers });
    this.list = byId("queue-list");
    this.filter = byId("queue-filter");
    this.list.addEventListener("keydown", (event) => this.#walk(event));
  }

  /** Offer a filter for each service; codes stay as they are. */
  setServices(services) {
    this.#services = services;
    for (const { code, name } of services.values()) this.filter.append(element("option", { value: code }, localized(name)));
  }

  /** rows: {ticket, obstacle, awaited} in calling order; blocked: why nobody can be called now, or empty. */
  show(rows, blocked, now) {
    this.#blocked = blocked;
    const wanted = this.filter.value;
    const shown = rows.filter(
      ({ ticket, obstacle }) => wanted === "" || (wanted === FOR_THIS_COUNTER ? obstacle === null : ticket.service === wanted),
    );
    setText(byId("queue-count"), String(rows.length));
    byId("queue-empty").hidden = shown.length > 0;
    setText(byId("queue-empty"), rows.length ? gettext("Mit dieser Auswahl wartet niemand.") : gettext("Niemand wartet gerade."));
    const focused = this.list.contains(document.activeElement) ? document.activeElement : null;
    const place = focused ? [...this.list.children].indexOf(focused.closest("li")) : -1;
    reconcile(
      this.list,
      shown,
      ({ ticket }) => ticket.id,
      ({ ticket }) => this.#makeRow(ticket),
      (row, entry) => this.#updateRow(row, entry, now),
    );
    if (focused && (!focused.isConnected || focused.hidden)) this.#focusRow(Math.min(place, this.list.children.length - 1));
    else this.#oneTabStop();
  }

  /** Put the focus on the first row, for the keys that lead here. */
  focus() {
    this.#focusRow(0);
  }

  #makeRow(ticket) {
    const button = element("button", { class: "row-button", type: "button", onclick: () => this.#press(button) }, gettext("Aufrufen"));
    return element(
      "li",
      { class: "row" },
      this.family.box(ticket),
      element("span", { class: "row__number" }, ticket.number),
      element("div", { class: "row__about" }, element("span", { class: "row__service" }), element("ul", { class: "tags" })),
      button,
    );
  }

  #updateRow(row, entry, now) {
    const { ticket, obstacle } = entry;
    row.entry = entry;
    row.classList.toggle("row--elsewhere", obstacle !== null);
    setText(row.querySelector(".row__service"), this.#serviceWords(ticket));
    const tags = [...whyTags(ticket, now, this.timeZone), ...needTags(ticket)];
    if (obstacle) tags.push({ kind: "obstacle", text: OBSTACLES[obstacle](entry) });
    showTags(row.querySelector(".tags"), tags);
    const [box, button] = [row.querySelector("input"), row.querySelector("button")];
    box.hidden = !this.family.active;
    box.checked = this.family.has(ticket);
    button.hidden = this.family.active;
    button.setAttribute("aria-label", gettext("%(number)s aufrufen", { number: ticket.number }));
    button.setAttribute("aria-disabled", String(this.#blocked !== "" || IMPOSSIBLE.has(obstacle)));
  }

  #press(button) {
    const { entry } = button.closest("li");
    if (button.getAttribute("aria-disabled") === "false") this.handlers.call(entry);
    else if (!IMPOSSIBLE.has(entry.obstacle)) this.handlers.refused(this.#blocked);
    else this.handlers.refused(`${entry.ticket.number}: ${OBSTACLES[entry.obstacle](entry)}`);
  }

  #control(row) {
    return row?.querySelector(this.family.active ? "input" : "button");
  }

  // The list is one stop of the Tab key; arrows lead through it.
  #oneTabStop() {
    const rows = [...this.list.children];
    const current = rows.find((row) => this.#control(row) === document.activeElement) ?? rows[0];
    for (const row of rows) this.#control(row).tabIndex = row === current ? 0 : -1;
  }

  #walk(event) {
    const rows = [...this.list.children];
    const at = rows.indexOf(event.target.closest("li"));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (this.family.pressed(event.key)) return;
    if (event.key === "Escape") byId("primary").focus();
    if (to === undefined) return;
    event.preventDefault();
    this.#focusRow(Math.max(0, Math.min(to, rows.length - 1)));
  }

  #focusRow(index) {
    (this.#control(this.list.children[index]) ?? byId("primary")).focus();
    this.#oneTabStop();
  }

  #serviceWords(ticket) {
    const name = localized(this.#services.get(ticket.service)?.name) || ticket.service;
    const more = ticket.further_services.length;
    return more ? gettext("%(service)s und %(count)s weitere", { service: name, count: more }) : name;
  }
}
