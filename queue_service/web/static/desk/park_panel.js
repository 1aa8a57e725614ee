// Parking: why, and when to be reminded; both may stay empty.

import { gettext } from "../texts.js";
import { setText } from "./elements.js";
import { Panel } from "./panel.js";

export class ParkPanel extends Panel {
  constructor() {
    super("park");
  }

  /** {reason?, remind_minutes?}, or null. */
  ask(visitor, concerns) {
    setText(this.heading, gettext("%(number)s parken", { number: visitor.number }));
    this.section.reset();
    this.#complain(false);
    return this.show(this.section.reason, concerns);
  }

  answer() {
    const { reason, minutes } = this.section;
    this.#complain(!minutes.validity.valid);
    if (!minutes.validity.valid) {
      minutes.focus();
      return null;
    }
    return {
      ...(reason.value.trim() && { reason: reason.value.trim() }),
      ...(minutes.value && { remind_minutes: Number(minutes.value) }),
    };
  }

  #complain(wrong) {
    document.getElementById("park-error").hidden = !wrong;
    this.section.minutes.setAttribute("aria-invalid", String(wrong));
  }
}
