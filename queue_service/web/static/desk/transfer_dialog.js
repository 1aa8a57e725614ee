// Sending a visitor on: to another service, to one counter, with a note for the colleague.

import { gettext } from "../texts.js";
import { element, setText } from "./elements.js";
import { localized } from "./words.js";

const byId = (id) => document.getElementById(id);

export class TransferDialog {
  #resolve = null;

  constructor() {
    this.dialog = byId("transfer");
    this.form = byId("transfer-form");
    this.form.addEventListener("submit", (event) => this.#submit(event));
    for (const button of this.dialog.querySelectorAll("[data-close]")) {
      button.addEventListener("click", () => this.dialog.close());
    }
    this.dialog.addEventListener("close", () => this.#finish(null));
  }

  setServices(services) {
    for (const { code, name } of services) this.form.service.append(element("option", { value: code }, localized(name)));
  }

  /** Ask where to; {service?, counter?, note?}, or null when the clerk thinks better of it. */
  ask(ticket, counters) {
    setText(byId("transfer-title"), gettext("%(number)s weiterleiten", { number: ticket.number }));
    this.form.reset();
    this.#complain("");
    const open = counters.filter((counter) => counter.state === "open" && counter.id !== ticket.counter);
    this.form.counter.replaceChildren(
      element("option", { value: "" }, gettext("beliebiger Schalter")),
      ...open.map((counter) => element("option", { value: counter.id }, localized(counter.name))),
    );
    this.form.note.value = ticket.note;
    this.dialog.showModal();
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  #submit(event) {
    event.preventDefault();
    const { service, counter, note } = this.form;
    if (!service.value && !counter.value) {
      this.#complain(gettext("Bitte wählen Sie eine Dienstleistung oder einen Schalter."));
      service.focus();
      return;
    }
    const answer = { note: note.value.trim() };
    if (service.value) answer.service = service.value;
    if (counter.value) answer.counter = counter.value;
    this.#finish(answer);
    this.dialog.close();
  }

  #complain(sentence) {
    setText(byId("transfer-error"), sentence);
    byId("transfer-error").hidden = !sentence;
    this.form.service.setAttribute("aria-invalid", String(sentence !== ""));
  }

  #finish(answer) {
    this.#resolve?.(answer);
    this.#resolve = null;
  }
}
