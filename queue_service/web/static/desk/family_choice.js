// Choosing who belongs together: the queue's rows get boxes, arrows and space bar choose, Enter joins.

import { gettext } from "../texts.js";
import { setText } from "./elements.js";

const byId = (id) => document.getElementById(id);

export const FAMILY_KEY = "f";
const MOST = 10; // numbers that one request may join to another

export class FamilyChoice {
  #chosen = new Set();
  #visitor = null;
  active = false;

  /** handlers: redraw(), enter(), join(into, others), refused(sentence). */
  constructor(handlers) {
    this.handlers = handlers;
    byId("family").addEventListener("click", () => this.toggle());
    byId("family-join").addEventListener("click", () => this.join());
    byId("family-cancel").addEventListener("click", () => this.leave());
  }

  toggle() {
    if (this.active) this.leave();
    else this.#begin();
  }

  /** visitor: who is at the counter, if anybody; waiting: tickets in calling order. */
  show(visitor, waiting) {
    this.#visitor = visitor;
    this.waiting = waiting;
    for (const id of this.#chosen) if (!waiting.some((ticket) => ticket.id === id)) this.#chosen.delete(id);
    if (this.active && waiting.length === 0) this.leave();
    byId("family-bar").hidden = !this.active;
    byId("family").setAttribute("aria-pressed", String(this.active));
    byId("family").hidden = waiting.length === 0;
    const question = visitor
      ? gettext("Wer gehört zu %(number)s?", { number: visitor.number })
      : gettext("Welche Nummern gehören zusammen? Die erste geht für alle weiter.");
    setText(byId("family-question"), question);
    setText(byId("family-count"), gettext("%(count)s gewählt", { count: this.#chosen.size }));
  }

  has(ticket) {
    return this.#chosen.has(ticket.id);
  }

  choose(ticket, yes) {
    if (yes) this.#chosen.add(ticket.id);
    else this.#chosen.delete(ticket.id);
    this.handlers.redraw();
  }

  /** Let one number go on for all that are chosen. */
  join() {
    const chosen = this.waiting.filter((ticket) => this.#chosen.has(ticket.id));
    const [into, others] = this.#visitor ? [this.#visitor, chosen] : [chosen[0], chosen.slice(1)];
    if (others.length === 0 || others.length > MOST) {
      this.handlers.refused(this.#against(others.length));
      return;
    }
    this.leave();
    this.handlers.join(into, others);
  }

  leave() {
    if (!this.active) return;
    this.active = false;
    this.#chosen.clear();
    this.handlers.redraw();
    byId("primary").focus();
  }

  #begin() {
    this.active = true;
    this.handlers.redraw();
    this.handlers.enter();
  }

  #against(count) {
    if (count > MOST) return gettext("Höchstens %(most)s Nummern auf einmal.", { most: MOST });
    return this.#visitor
      ? gettext("Bitte kreuzen Sie an, wer dazugehört.")
      : gettext("Bitte kreuzen Sie mindestens zwei Nummern an.");
  }
}
