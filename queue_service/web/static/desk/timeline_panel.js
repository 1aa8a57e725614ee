// Everything that happened to the visit at the counter, on demand.

import { gettext } from "../texts.js";
import { read } from "./api.js";
import { element, setText } from "./elements.js";
import { Panel } from "./panel.js";
import { stepWords } from "./timeline_words.js";
import { clock } from "./words.js";

const list = document.getElementById("timeline-list");

export class TimelinePanel extends Panel {
  /** names: what stepWords asks for. */
  constructor(timeZone, names) {
    super("timeline");
    this.timeZone = timeZone;
    this.names = names;
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
          element("span", {}, stepWords(step, this.names)),
        ),
      ),
    );
    this.show(this.section.querySelector("[data-close]"), concerns);
  }
}
