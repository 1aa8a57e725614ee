// Below the queue: who is parked, until when and why, and who was missed.

import { gettext, ngettext } from "../texts.js";
import { element, reconcile, setText } from "./elements.js";
import { showTags } from "./tags.js";
import { clock, duration, localized, minutesSince } from "./words.js";

const byId = (id) => document.getElementById(id);
const MINUTE = 60_000; // ms

function isDue(ticket, now) {
  return ticket.remind_at !== null && Date.parse(ticket.remind_at) <= now;
}

export class AsideView {
  #services = new Map();
  #blocked = "";

  /**
   * graceMinutes: how long a missed visitor keeps the place; family: who is being chosen as belonging
   * together; handlers: resume(ticket), requeue(ticket), refused(sentence).
   */
  constructor(counterId, timeZone, graceMinutes, family, handlers) {
    Object.assign(this, { counterId, timeZone, graceMinutes, family, handlers });
    byId("parked-list").addEventListener("keydown", ({ key }) => family.pressed(key));
    byId("reminders").addEventListener("click", () => this.focus());
  }

  setServices(services) {
    this.#services = services;
  }

  /** blocked: why nobody can come to the counter now; empty when somebody can. */
  show(parked, missed, blocked, now) {
    this.#blocked = blocked;
    const others = (ticket) => Number(ticket.counter !== this.counterId);
    const waiting = (ticket) => Number(!isDue(ticket, now));
    parked.sort((a, b) => waiting(a) - waiting(b) || others(a) - others(b) || Date.parse(a.parked_at) - Date.parse(b.parked_at));
    this.#showList("parked", parked, ["resume", "requeue"], (row, ticket) => this.#updateParked(row, ticket, now));
    this.#showList("missed", missed, ["requeue"], (row, ticket) => this.#updateMissed(row, ticket, now));
    const due = parked.filter((ticket) => isDue(ticket, now) && !others(ticket));
    byId("reminders").hidden = due.length === 0;
    setText(
      byId("reminders-label"),
      due.length === 0
        ? ""
        : ngettext("Erinnerung: %(numbers)s", "%(count)s Erinnerungen: %(numbers)s", due.length, {
            numbers: due.map(({ number }) => number).join(", "),
          }),
    );
  }

  /** Put the focus on the first parked visitor, for the key that leads here. */
  focus() {
    byId("parked-list").querySelector("input:not([hidden]), button:not([hidden])")?.focus();
  }

  #showList(name, tickets, verbs, update) {
    byId(name).hidden = tickets.length === 0;
    setText(byId(`${name}-count`), String(tickets.length));
    const list = byId(`${name}-list`);
    const focused = list.contains(document.activeElement);
    reconcile(list, tickets, (ticket) => ticket.id, (ticket) => this.#makeRow(ticket, verbs), update);
    if (focused && !list.contains(document.activeElement)) byId("primary").focus();
  }

  #makeRow(ticket, verbs) {
    const labels = { resume: gettext("Fortsetzen"), requeue: gettext("Einreihen") };
    const press = ({ currentTarget }) => {
      if (currentTarget.getAttribute("aria-disabled") === "true") this.handlers.refused(this.#blocked);
      else this.handlers[currentTarget.dataset.verb](currentTarget.closest("li").ticket);
    };
    const buttons = verbs.map((verb) =>
      element("button", { class: "row-button", type: "button", "data-verb": verb, "aria-label": `${ticket.number}: ${labels[verb]}`, onclick: press }, labels[verb]),
    );
    return element(
      "li",
      { class: "row row--aside" },
      element("span", { class: "row__number" }, ticket.number),
      element(
        "div",
        { class: "row__about" },
        element("span", { class: "row__service" }),
        element("ul", { class: "tags" }),
        element("span", { class: "row__since" }),
      ),
      element("div", { class: "row__buttons" }, ...(ticket.state === "parked" ? [this.family.box(ticket)] : []), ...buttons),
    );
  }

  #updateParked(row, ticket, now) {
    row.classList.toggle("row--due", isDue(ticket, now));
    row.querySelector('[data-verb="resume"]').setAttribute("aria-disabled", String(this.#blocked !== ""));
    for (const button of row.querySelectorAll("button")) button.hidden = this.family.active;
    const box = row.querySelector("input");
    box.hidden = !this.family.active;
    box.checked = this.family.has(ticket);
    const since = gettext("seit %(time)s (%(minutes)s)", {
      time: clock(ticket.parked_at, this.timeZone),
      minutes: duration(minutesSince(ticket.parked_at, now)),
    });
    const tags = [];
    if (isDue(ticket, now)) tags.push({ kind: "due", text: gettext("Erinnerung fällig") });
    else if (ticket.remind_at) tags.push({ kind: "wait", text: gettext("Erinnerung um %(time)s", { time: clock(ticket.remind_at, this.timeZone) }) });
    if (ticket.counter && ticket.counter !== this.counterId) {
      tags.push({ kind: "wait", text: gettext("Schalter %(counter)s", { counter: ticket.counter.split(".").pop() }) });
    }
    this.#update(row, ticket, tags, [since, ticket.park_reason, ticket.note]);
  }

  #updateMissed(row, ticket, now) {
    const until = ticket.missed_at ? Date.parse(ticket.missed_at) + this.graceMinutes * MINUTE : 0;
    const place = until > now ? gettext("Platz bleibt bis %(time)s", { time: clock(until, this.timeZone) }) : gettext("Platz verfallen, wartet dann neu");
    this.#update(row, ticket, [], [gettext("aufgerufen um %(time)s", { time: clock(ticket.called_at, this.timeZone) }), place, ticket.note]);
  }

  #update(row, ticket, tags, about) {
    row.ticket = ticket;
    setText(row.querySelector(".row__service"), localized(this.#services.get(ticket.service)?.name) || ticket.service);
    showTags(row.querySelector(".tags"), tags);
    setText(row.querySelector(".row__since"), about.filter(Boolean).join(" – "));
  }
}
