// Sending a visitor on: to another service, counter, person or team, or to another office.

import { gettext } from "../texts.js";
import { read } from "./api.js";
import { element, setText } from "./elements.js";
import { Panel } from "./panel.js";
import { localized } from "./words.js";

const byId = (id) => document.getElementById(id);

function options(services) {
  return services.map(({ code, name }) => element("option", { value: code }, localized(name)));
}

export class TransferPanel extends Panel {
  #services = [];

  constructor() {
    super("transfer");
    this.section.target.addEventListener("change", () => this.#showTarget());
  }

  setServices(services) {
    this.#services = services;
  }

  officeName(slug) {
    return [...this.section.target.options].find(({ value }) => value === `office:${slug}`)?.label ?? slug;
  }

  /** What the service is to be told, or null. counters: all of this office; own: the clerk's id. */
  ask(ticket, counters, own, concerns) {
    setText(this.heading, gettext("%(number)s weiterleiten", { number: ticket.number }));
    this.section.reset();
    this.#complain("");
    const others = counters.filter((counter) => counter.state !== "closed" && counter.id !== own);
    this.#group("transfer-counters", others, (counter) => [`counter:${counter.id}`, localized(counter.name)]);
    this.#group(
      "transfer-clerks",
      others.filter((counter) => counter.clerk),
      (counter) => [`clerk:${counter.clerk}`, gettext("wer jetzt an %(counter)s sitzt", { counter: localized(counter.name) })],
    );
    this.#offer(this.#services);
    this.section.note.value = ticket.note;
    this.#showTarget();
    return this.show(this.section.service, concerns);
  }

  answer() {
    const { service, target, returns, note } = this.section;
    if (!service.value && !target.value) {
      this.#complain(gettext("Bitte wählen Sie eine Dienstleistung oder ein Ziel."));
      service.focus();
      return null;
    }
    const [kind, ...rest] = target.value.split(":");
    return {
      note: note.value.trim(),
      ...(service.value && { service: service.value }),
      ...(kind && { [kind]: rest.join(":") }),
      ...(returns.checked && kind !== "office" && { returns: true }),
    };
  }

  #group(id, counters, entry) {
    const group = byId(id);
    group.replaceChildren(
      ...counters.map((counter) => {
        const [value, label] = entry(counter);
        return element("option", { value }, label);
      }),
    );
    group.hidden = counters.length === 0;
  }

  #offer(services) {
    const { service } = this.section;
    const wanted = service.value;
    service.replaceChildren(service.options[0], ...options(services));
    service.value = services.some(({ code }) => code === wanted) ? wanted : "";
  }

  /** What another office offers is its own; from there nobody comes back to a counter here. */
  async #showTarget() {
    const chosen = this.section.target.value;
    const [kind, slug] = chosen.split(":");
    byId("transfer-returns-field").hidden = kind === "office";
    byId("transfer-away").hidden = kind !== "office";
    if (kind !== "office") {
      this.#offer(this.#services);
      return;
    }
    let there;
    try {
      there = await read(`/offices/${slug}/services`);
    } catch {
      return; // what is chosen is checked there anyway
    }
    if (this.section.target.value === chosen) this.#offer(there.items.filter(({ modes }) => modes.includes("walk_in")));
  }

  #complain(sentence) {
    setText(byId("transfer-error"), sentence);
    byId("transfer-error").hidden = !sentence;
    this.section.service.setAttribute("aria-invalid", String(sentence !== ""));
  }
}
