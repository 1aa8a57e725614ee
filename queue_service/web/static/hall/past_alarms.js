// What alarms there were in the last day, newest first.

import { gettext } from "../texts.js";
import { element, reconcile, setText } from "../desk/elements.js";
import { clock } from "../desk/words.js";

const byId = (id) => document.getElementById(id);

const KINDS = {
  staff: gettext("Hilferuf"),
  leave: gettext("Räumung"),
  pause: gettext("Unterbrechung"),
};

export class PastAlarms {
  constructor(timeZone) {
    this.timeZone = timeZone;
  }

  show({ items }) {
    const over = items.filter(({ ended_at: ended }) => ended);
    byId("past-alarms").hidden = over.length === 0;
    reconcile(
      byId("past-alarms-list"),
      over,
      ({ id }) => id,
      () => element("li", { class: "line" }, element("span", { class: "line__number line__number--time" }), element("span", { class: "line__words" })),
      (line, alarm) => {
        const [from, to] = [clock(alarm.at, this.timeZone), clock(alarm.ended_at, this.timeZone)];
        setText(line.firstElementChild, from === to ? from : `${from}–${to}`);
        const where = alarm.counter ? gettext("Schalter %(counter)s", { counter: alarm.counter.split(".").pop() }) : "";
        const came = alarm.acknowledged_at ? gettext("bestätigt um %(time)s", { time: clock(alarm.acknowledged_at, this.timeZone) }) : "";
        setText(line.lastElementChild, [KINDS[alarm.kind], where, came].filter(Boolean).join(", "));
      },
    );
  }
}
