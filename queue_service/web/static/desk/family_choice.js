// Choosing who belongs together: the rows of those who wait and who are parked get boxes, arrows and
// space bar choose, Enter joins.

import { gettext } from "../texts.js";
import { element, setText } from "./elements.js";

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

  /** visitor: who is at the counter, if anybody; here: who waits, in calling order, then who is parked. */
  show(visitor, here) {
    this.#visitor = visitor;
    this.here = here;
    for (const id of this.#chosen) if (!here.some((ticket) => ticket.id === id)) this.#chosen.delete(id);
    if (this.active && here.length === 0) this.leave();
    byId("family-bar").hidden = !this.active;
    byId("family").setAttribute("aria-pressed", String(this.active));
    byId("family").hidden = here.length === 0;
    const question = visitor
      ? gettext("Wer gehört zu %(number)s?", { number: visitor.number })
      : gettext("Welche Nummern gehören zusammen? Die erste geht für alle weiter.");
    setText(byId("family-question"), question);
    setText(byId("family-count"), gettext("%(count)s gewählt", { count: this.#chosen.size }));
  }

  has(ticket) {
    return this.#chosen.has(ticket.id);
  }

  /** The box with which somebody is chosen; whoever shows it says when, and whether it is checked. */
  box(ticket) {
    const box = element("input", { class: "row__pick", type: "checkbox", "aria-label": gettext("%(number)s gehört dazu", { number: ticket.number }) });
    box.addEventListener("change", () => this.#choose(ticket, box.checked));
    return box;
  }

  /** Join with Enter and leave with Escape, from any of the boxes. */
  pressed(key) {
    if (!this.active) return false;
    if (key === "Enter") this.join();
    else if (key === "Escape") this.leave();
    else return false;
    return true;
  }

  /** Let one number go on for all that are chosen. */
  join() {
    const chosen = this.here.filter((ticket) => this.#chosen.has(ticket.id));
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

  #choose(ticket, yes) {
    if (yes) this.#chosen.add(ticket.id);
    else this.#chosen.delete(ticket.id);
    this.handlers.redraw();
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
