// The right side: who waits, in calling order and with the reason; below it who is parked or was missed.

import { gettext } from "../texts.js";
import { element, reconcile, setText } from "./elements.js";
import { showTags } from "./tags.js";
import { clock, localized, needTags, whyTags } from "./words.js";

const byId = (id) => document.getElementById(id);
const FOR_THIS_COUNTER = "mine";

const CALLABLE = new Set([null, "choice"]);
const OCCUPIED = gettext("An Ihrem Schalter ist noch jemand. Beenden oder parken Sie zuerst diese Nummer.");

const OBSTACLES = {
  service: gettext("nicht an diesem Schalter"),
  needs: gettext("braucht einen anderen Schalter"),
  choice: gettext("nicht in Ihrer Auswahl"),
  counter: (ticket) => gettext("wartet auf Schalter %(counter)s", { counter: ticket.counter.split(".").pop() }),
};

function obstacleWords(ticket, obstacle) {
  const words = OBSTACLES[obstacle];
  return typeof words === "function" ? words(ticket) : words;
}

export class QueueView {
  #services = new Map();

  /** handlers: call(ticket), resume(ticket), requeue(ticket), refused(sentence). */
  constructor(timeZone, handlers) {
    this.timeZone = timeZone;
    this.handlers = handlers;
    this.list = byId("queue-list");
    this.filter = byId("queue-filter");
    this.list.addEventListener("keydown", (event) => this.#walk(event));
  }

  /** Offer a filter for each service; codes stay as they are. */
  setServices(services) {
    this.#services = new Map(services.map((service) => [service.code, service]));
    for (const { code, name } of services) this.filter.append(element("option", { value: code }, localized(name)));
  }

  /** rows: {ticket, obstacle} in calling order; free: nobody is at this counter. */
  show(rows, parked, missed, free, now) {
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
      (row, entry) => this.#updateRow(row, entry, free, now),
    );
    this.#oneTabStop();
    if (focused && !focused.isConnected) this.#focusRow(Math.min(place, this.list.children.length - 1));
    this.#showAside("parked", parked, ["resume", "requeue"], free);
    this.#showAside("missed", missed, ["requeue"], free);
  }

  /** Put the focus on the first row, for the key that leads here. */
  focus() {
    this.#focusRow(0);
  }

  #makeRow(ticket) {
    const button = element("button", { class: "row-button", type: "button", onclick: () => this.#press(button) }, gettext("Aufrufen"));
    return element(
      "li",
      { class: "row" },
      element("span", { class: "row__number" }, ticket.number),
      element("div", { class: "row__about" }, element("span", { class: "row__service" }), element("ul", { class: "tags" })),
      button,
    );
  }

  #updateRow(row, { ticket, obstacle }, free, now) {
    row.ticket = ticket;
    row.obstacle = obstacle;
    row.classList.toggle("row--elsewhere", obstacle !== null);
    setText(row.querySelector(".row__service"), this.#serviceName(ticket));
    const tags = [...whyTags(ticket, now, this.timeZone), ...needTags(ticket)];
    if (obstacle) tags.push({ kind: "obstacle", text: obstacleWords(ticket, obstacle) });
    showTags(row.querySelector(".tags"), tags);
    const button = row.querySelector("button");
    button.setAttribute("aria-label", gettext("%(number)s aufrufen", { number: ticket.number }));
    button.setAttribute("aria-disabled", String(!free || !CALLABLE.has(obstacle)));
  }

  #press(button) {
    const { ticket, obstacle } = button.closest("li");
    if (button.getAttribute("aria-disabled") === "false") this.handlers.call(ticket);
    else if (CALLABLE.has(obstacle)) this.handlers.refused(OCCUPIED);
    else this.handlers.refused(`${ticket.number}: ${obstacleWords(ticket, obstacle)}`);
  }

  // The list is one stop of the Tab key; arrows lead through it.
  #oneTabStop() {
    const buttons = [...this.list.querySelectorAll("button")];
    const current = buttons.find((button) => button === document.activeElement) ?? buttons[0];
    for (const button of buttons) button.tabIndex = button === current ? 0 : -1;
  }

  #walk(event) {
    const rows = [...this.list.children];
    const at = rows.indexOf(event.target.closest("li"));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (event.key === "Escape") byId("primary").focus();
    if (to === undefined) return;
    event.preventDefault();
    this.#focusRow(Math.max(0, Math.min(to, rows.length - 1)));
  }

  #focusRow(index) {
    const button = this.list.children[index]?.querySelector("button");
    (button ?? byId("primary")).focus();
    this.#oneTabStop();
  }

  #showAside(name, tickets, verbs, free) {
    byId(name).hidden = tickets.length === 0;
    setText(byId(`${name}-count`), String(tickets.length));
    const list = byId(`${name}-list`);
    const had = list.contains(document.activeElement);
    reconcile(
      list,
      tickets,
      (ticket) => ticket.id,
      (ticket) => this.#makeAsideRow(ticket, verbs),
      (row, ticket) => this.#updateAsideRow(row, ticket, name, free),
    );
    if (had && !list.contains(document.activeElement)) byId("primary").focus();
  }

  #makeAsideRow(ticket, verbs) {
    const labels = { resume: gettext("Fortsetzen"), requeue: gettext("Einreihen") };
    const buttons = verbs.map((verb) =>
      element(
        "button",
        {
          class: "row-button",
          type: "button",
          "data-verb": verb,
          "aria-label": `${ticket.number}: ${labels[verb]}`,
          onclick: ({ currentTarget }) => {
            if (currentTarget.getAttribute("aria-disabled") === "true") this.handlers.refused(OCCUPIED);
            else this.handlers[verb](currentTarget.closest("li").ticket);
          },
        },
        labels[verb],
      ),
    );
    return element(
      "li",
      { class: "row row--aside" },
      element("span", { class: "row__number" }, ticket.number),
      element("div", { class: "row__about" }, element("span", { class: "row__service" }), element("span", { class: "row__since" })),
      element("div", { class: "row__buttons" }, ...buttons),
    );
  }

  #updateAsideRow(row, ticket, name, free) {
    row.ticket = ticket;
    setText(row.querySelector(".row__service"), this.#serviceName(ticket));
    const since =
      name === "parked"
        ? gettext("geparkt um %(time)s", { time: clock(ticket.parked_at, this.timeZone) })
        : gettext("aufgerufen um %(time)s", { time: clock(ticket.called_at, this.timeZone) });
    setText(row.querySelector(".row__since"), ticket.note ? `${since} – ${ticket.note}` : since);
    row.querySelector('[data-verb="resume"]')?.setAttribute("aria-disabled", String(!free));
  }

  #serviceName(ticket) {
    return localized(this.#services.get(ticket.service)?.name) || ticket.service;
  }
}
