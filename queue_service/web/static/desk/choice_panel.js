// Why somebody is called before others, or by somebody else than they wait for.

import { gettext } from "../texts.js";
import { setText } from "./elements.js";
import { Panel } from "./panel.js";

export class ChoicePanel extends Panel {
  constructor() {
    super("choice");
  }

  /** {reason}, or null; awaited: whose visitor it is, in words, or empty. */
  ask({ number }, awaited, concerns) {
    setText(
      this.heading,
      awaited
        ? gettext("%(number)s wartet auf %(counter)s. Warum rufen Sie auf?", { number, counter: awaited })
        : gettext("Warum %(number)s vor den anderen?", { number }),
    );
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
