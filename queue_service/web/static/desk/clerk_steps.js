// What the clerk does goes to the service, one step at a time; afterwards it is said what was done.

import { gettext } from "../texts.js";
import { act, describe } from "./api.js";
import { localized } from "./words.js";
import { canBeTakenBack, doneSentence } from "./verbs.js";

const BREAK = "break"; // why a counter is paused by its clerk

export class ClerkSteps {
  /** state: of the office; undo: the line that offers the way back; services: by code; officeName(slug). */
  constructor(counterId, state, undo, services, officeName) {
    Object.assign(this, { counterId, state, undo, services, officeName });
  }

  /** Take a ticket one step, and say so. */
  async move(name, ticket, body = {}) {
    const began = performance.now();
    const now = await act(`/tickets/${ticket.id}/${name}`, body);
    if (canBeTakenBack(name, body)) this.undo.offer(ticket, began);
    else this.undo.forget();
    if (body.office !== undefined) return this.#sentOn(ticket, now);
    this.state.putTicket(now);
    if (name === "finish" && now.state === "waiting") return this.#goesOn(now);
    return doneSentence(name, now.number);
  }

  /** End or park the visit, if there is one, and call whoever is next: all or nothing. */
  async callNext(visitor, current) {
    const began = performance.now();
    const answer = await act(`/counters/${this.counterId}/call-next`, visitor ? { current } : {});
    if (visitor) this.#hasLeft(visitor, current === "park" ? "parked" : "finished");
    if (answer !== null) return this.#called(answer);
    const nobody = this.state.inState("waiting").length ? gettext("Für diesen Schalter wartet gerade niemand.") : gettext("Niemand wartet gerade.");
    if (!visitor) return nobody;
    this.undo.offer(visitor, began);
    return `${doneSentence(current, visitor.number)} ${nobody}`;
  }

  /** Call one chosen visitor; body: {reason} where the office wants one. */
  async callChosen(ticket, body = {}) {
    return this.#called(await act(`/counters/${this.counterId}/call`, { ticket: ticket.id, ...body }));
  }

  async takeBack(ticket) {
    this.state.putTicket(await act(`/tickets/${ticket.id}/undo`));
    this.undo.forget();
    return doneSentence("undo", ticket.number);
  }

  async describe(ticket, profile) {
    this.state.putTicket(await describe(`/tickets/${ticket.id}`, profile));
    this.undo.forget(); // the way back would lead to before this, too
    return gettext("%(number)s: Angaben geändert.", { number: ticket.number });
  }

  /** Let one number go on for a whole family. */
  async merge(into, others) {
    this.state.putTicket(await act(`/tickets/${into.id}/merge`, { tickets: others.map(({ id }) => id) }));
    this.undo.forget();
    for (const other of others) this.state.putTicket({ ...other, state: "cancelled" });
    const numbers = others.map(({ number }) => number).join(", ");
    return gettext("Zusammengelegt: %(number)s geht auch für %(numbers)s weiter.", { number: into.number, numbers });
  }

  async pause() {
    const { ticket } = await this.#counter("pause", { reason: BREAK });
    return ticket ? gettext("Ihr Schalter macht nach diesem Besuch Pause.") : gettext("Ihr Schalter macht Pause.");
  }

  async endPause() {
    await this.#counter("resume");
    return gettext("Ihr Schalter ist wieder geöffnet.");
  }

  /** Close the counter as soon as its visitor has gone. */
  async closeAfterVisit() {
    await this.#counter("close", { after_visit: true });
    return gettext("Ihr Schalter schließt nach diesem Besuch.");
  }

  async stayOpen({ serving, team }) {
    await this.#counter("open", { services: serving, ...(team && { team }) });
    return gettext("Ihr Schalter bleibt geöffnet.");
  }

  async close() {
    await act(`/counters/${this.counterId}/close`);
  }

  // The way back stands beside what was said last, and would not lead back from this.
  async #counter(verb, body = {}) {
    const counter = await act(`/counters/${this.counterId}/${verb}`, body);
    this.undo.forget();
    this.state.putCounter(counter);
    return counter;
  }

  #called({ ticket, why }) {
    this.undo.forget();
    this.state.putTicket(ticket);
    return gettext("%(number)s ist aufgerufen: %(why)s", { number: ticket.number, why: localized(why.text) });
  }

  // The stream may have told already where the visitor is now.
  #hasLeft(visitor, to) {
    if (this.state.tickets.get(visitor.id)?.state !== visitor.state) return;
    const at = new Date(this.state.now()).toISOString();
    this.state.putTicket({ ...visitor, state: to, parked_at: to === "parked" ? at : null });
  }

  #goesOn(ticket) {
    const { number, counter } = ticket;
    if (counter) {
      return gettext("%(number)s wartet jetzt auf %(counter)s.", { number, counter: localized(this.state.counters.get(counter)?.name) });
    }
    return gettext("%(number)s wartet weiter: %(service)s.", { number, service: localized(this.services.get(ticket.service)?.name) });
  }

  #sentOn(ticket, there) {
    this.#hasLeft(ticket, "finished");
    return gettext("%(number)s hat jetzt die Nummer %(new)s: %(office)s. Bitte sagen Sie beides.", {
      number: ticket.number,
      new: there.number,
      office: this.officeName(there.office),
    });
  }
}
