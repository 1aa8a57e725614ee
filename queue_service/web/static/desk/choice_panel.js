// Why somebody is called before others, where the office wants it said.

import { gettext } from "../texts.js";
import { setText } from "./elements.js";
import { Panel } from "./panel.js";

export class ChoicePanel extends Panel {
  constructor() {
    super("choice");
  }

  /** {reason}, or null. */
  ask(ticket, concerns) {
    setText(this.heading, gettext("Warum %(number)s vor den anderen?", { number: ticket.number }));
    this.section.reset();
    return this.show(this.section.reason, concerns);
  }

  answer() {
    const field = this.section.reason;
    const reason = field.value.trim();
    field.setAttribute("aria-invalid", String(reason === ""));
    document.getElementById("choice-error").hidden = reason !== "";
    if (reason) return { reason };
    field.focus();
    return null;
  }
}
