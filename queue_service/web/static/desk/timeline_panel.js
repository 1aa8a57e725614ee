// Everything that happened to the visit at the counter, on demand.

import { gettext } from "../texts.js";
import { read } from "./api.js";
import { element, setText } from "./elements.js";
import { Panel } from "./panel.js";
import { clock, localized } from "./words.js";

const list = document.getElementById("timeline-list");

export class TimelinePanel extends Panel {
  constructor(timeZone) {
    super("timeline");
    this.timeZone = timeZone;
  }

  /** Show the visit's steps; throws the Refusal when they can't be read. */
  async tell(visitor, concerns) {
    const { items } = await read(`/tickets/${visitor.id}/timeline`);
    if (!concerns()) return;
    setText(this.heading, gettext("Verlauf von %(number)s", { number: visitor.number }));
    list.replaceChildren(
      ...items.map((step) =>
        element(
          "li",
          { class: "timeline__step" },
          element("time", { class: "timeline__time", datetime: step.at }, clock(step.at, this.timeZone)),
          element("span", {}, localized(step.text)),
        ),
      ),
    );
    this.show(this.section.querySelector("[data-close]"), concerns);
  }
}
