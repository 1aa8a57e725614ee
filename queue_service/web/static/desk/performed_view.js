// What was done in the visit, with quantities, and what is still open when it ends here.

import { gettext } from "../texts.js";
import { element, reconcile, setText } from "./elements.js";
import { localized } from "./words.js";

const byId = (id) => document.getElementById(id);

export class PerformedView {
  #ticket = null;
  #rows = new Map(); // by code: {code, done, quantity, times, added}
  #services = new Map();
  #callable;
  #returnsTo = "";

  /** callable: codes of all services that can be served at this counter. */
  constructor(callable) {
    this.#callable = callable;
    this.list = byId("performed-list");
  }

  /** visitor: who is being served, or null; returnsTo: the name of the counter that awaits them back. */
  show(visitor, services, returnsTo) {
    for (const part of ["performed", "add-further"]) byId(part).hidden = !visitor;
    this.#services = services;
    this.#returnsTo = returnsTo;
    if (visitor?.id !== this.#ticket?.id || visitor?.service !== this.#ticket?.service) this.#rows.clear();
    this.#ticket = visitor;
    if (!visitor) return;
    for (const code of this.#wanted()) {
      const [row, times] = [this.#rows.get(code), this.#times(code)];
      if (!row) this.#rows.set(code, { code, done: this.#byDefault(code), quantity: times, times, added: false });
      // A family that was joined in the middle of the visit brings more of the same.
      else if (row.times !== times) Object.assign(row, { quantity: row.quantity + times - row.times, times });
    }
    this.#draw();
  }

  /** Something that the number was not for was done as well. */
  add(code) {
    const row = this.#rows.get(code);
    this.#rows.set(code, row ? { ...row, quantity: row.quantity + 1, done: true } : { code, done: true, quantity: 1, times: 1, added: true });
    this.#draw();
  }

  /** What the service is to be told; null when it is what the service takes for granted. */
  answer() {
    const rows = [...this.#rows.values()];
    const usual = rows.every(
      ({ code, done, quantity, added }) => !added && quantity === this.#times(code) && done === this.#byDefault(code),
    );
    return usual ? null : rows.filter(({ done }) => done).map(({ code, quantity }) => ({ service: code, quantity }));
  }

  /** Services of the visit that are done here. */
  done() {
    return [...this.#rows.values()].filter(({ done }) => done).map(({ code }) => code);
  }

  /** What becomes of the visitor after the visit; empty when it is over. */
  onward() {
    const number = this.#ticket?.number;
    const open = (this.#ticket?.together ? [] : (this.#ticket?.further_services ?? [])).filter((code) => !this.#rows.get(code).done);
    if (open.length) {
      return gettext("Noch offen: %(services)s. %(number)s wartet danach weiter.", {
        services: open.map((code) => this.#name(code)).join(", "),
        number,
      });
    }
    return this.#returnsTo ? gettext("%(number)s wartet danach auf %(counter)s.", { number, counter: this.#returnsTo }) : "";
  }

  #wanted() {
    return [this.#ticket.service, ...this.#ticket.further_services];
  }

  // A family may have come for the same thing several times.
  #times(code) {
    return Math.max(1, this.#wanted().filter((wanted) => wanted === code).length);
  }

  #most(code) {
    return Math.max(this.#services.get(code)?.max_quantity ?? 1, this.#times(code));
  }

  // What the service does when nothing is said: all that can be served here, or all where one counter does it all.
  #byDefault(code) {
    return code === this.#ticket.service || this.#ticket.together || this.#callable.has(code);
  }

  #name(code) {
    return localized(this.#services.get(code)?.name) || code;
  }

  #draw() {
    reconcile(
      this.list,
      [...this.#rows.values()],
      ({ code }) => code,
      ({ code }) => this.#makeRow(code),
      (item, row) => this.#updateRow(item, row),
    );
    setText(byId("performed-onward"), this.onward());
  }

  #makeRow(code) {
    const box = element("input", { class: "row__pick", type: "checkbox" });
    box.addEventListener("change", () => this.#change(code, { done: box.checked }));
    const step = (by, sign, words) =>
      element("button", { class: "step-button", type: "button", "aria-label": words, onclick: () => this.#count(code, by) }, sign);
    return element(
      "li",
      { class: "performed__row" },
      element("label", { class: "performed__service" }, box, element("span", { class: "performed__name" })),
      element(
        "div",
        { class: "performed__quantity", role: "group" },
        step(-1, "−", gettext("eine weniger")),
        element("output", { class: "performed__count" }),
        step(1, "+", gettext("eine mehr")),
      ),
    );
  }

  #updateRow(item, { code, done, quantity }) {
    const main = code === this.#ticket.service;
    const box = item.querySelector("input");
    const most = this.#most(code);
    const elsewhere = !main && !this.#callable.has(code);
    box.checked = done;
    box.hidden = main; // a visit that ends has had what its number was for
    setText(item.querySelector(".performed__name"), elsewhere ? gettext("%(service)s (nicht an diesem Schalter)", { service: this.#name(code) }) : this.#name(code));
    const counter = item.querySelector(".performed__quantity");
    counter.hidden = most === 1 || !done;
    counter.setAttribute("aria-label", gettext("Anzahl %(service)s", { service: this.#name(code) }));
    setText(item.querySelector("output"), String(quantity));
    const [less, more] = item.querySelectorAll("button");
    less.setAttribute("aria-disabled", String(quantity === 1));
    more.setAttribute("aria-disabled", String(quantity >= most));
  }

  #count(code, by) {
    this.#change(code, { quantity: Math.min(this.#most(code), Math.max(1, this.#rows.get(code).quantity + by)) });
  }

  #change(code, what) {
    Object.assign(this.#rows.get(code), what);
    this.#draw();
  }
}
