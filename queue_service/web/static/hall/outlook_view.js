// The rest of the day: in a sentence, as a picture, and in figures for those who want them or cannot see it.

import { gettext, ngettext } from "../texts.js";
import { read } from "../desk/api.js";
import { element, reconcile, setText } from "../desk/elements.js";
import { clock } from "../desk/words.js";
import { drawOutlook } from "./outlook_chart.js";

const READ_EVERY = 30_000; // ms; it is made anew once a minute
const FIGURES = 4; // columns beside the time

const byId = (id) => document.getElementById(id);

const NOTHING = {
  no_forecast: gettext("Zurzeit wird keine Aussicht berechnet."),
  no_counter_open: gettext("Kein Schalter ist offen. Sobald einer aufruft, steht hier, wie es weitergeht."),
  closed: gettext("Für heute ist geschlossen."),
};
const NO_WAIT = {
  closes_before: gettext("käme nicht mehr dran"),
  no_numbers: gettext("keine Nummern mehr"),
  nobody_serves_this: gettext("kein Schalter dafür"),
  no_counter_open: gettext("kein Schalter offen"),
};

export class OutlookView {
  #path;
  #outlook = null;

  /** path: the office's path in the API. */
  constructor(path, timeZone) {
    this.#path = path;
    this.timeZone = timeZone;
    this.picture = byId("outlook-picture");
    new ResizeObserver(() => this.#draw()).observe(byId("forecast"));
    setInterval(() => this.read(), READ_EVERY);
    this.read();
  }

  /** Read what was forecast last, and show it. */
  async read() {
    try {
      this.#outlook = await read(`${this.#path}/outlook`);
    } catch {
      return; // the stream says in words when the service is away; what was read last stays meanwhile
    }
    this.#show(this.#outlook);
  }

  #show(outlook) {
    byId("forecast").hidden = false;
    setText(byId("outlook-words"), this.#words(outlook));
    setText(byId("outlook-made"), outlook.made_at ? gettext("Stand %(time)s", { time: this.#clock(outlook.made_at) }) : "");
    byId("outlook-known").hidden = outlook.items.length === 0 || outlook.counts_walk_ins;
    byId("outlook-drawn").hidden = outlook.items.length === 0;
    reconcile(
      byId("outlook-figures"),
      outlook.items,
      ({ at }) => at,
      () => element("tr", {}, element("th", { scope: "row" }), ...Array.from({ length: FIGURES }, () => element("td"))),
      (row, point) => {
        const { middle, low, high } = point.waiting;
        setText(row.firstElementChild, this.#clock(point.at));
        [middle, low === high ? "–" : `${low}–${high}`, waitWords(point), point.counters].forEach((figure, place) =>
          setText(row.children[place + 1], String(figure)),
        );
      },
    );
    this.#draw();
  }

  #draw() {
    const width = byId("outlook-drawn").clientWidth;
    if (!this.#outlook?.items.length || width === 0) return;
    drawOutlook(this.picture, width, this.#outlook, (at) => this.#clock(at));
  }

  #clock(instant) {
    return clock(instant, this.timeZone);
  }

  #words(outlook) {
    if (outlook.reason) return NOTHING[outlook.reason];
    return [this.#endWords(outlook), this.#peakWords(outlook)].filter(Boolean).join(" ");
  }

  #endWords({ unserved, closes_at: closes }) {
    if (!unserved) return gettext("Ein Ende des Tages ist nicht bekannt; gerechnet sind die nächsten Stunden.");
    const time = this.#clock(closes);
    if (unserved.high === 0) return gettext("Bis %(time)s kommen voraussichtlich alle dran.", { time });
    if (unserved.middle === 0) {
      return ngettext(
        "Bis %(time)s kommen wahrscheinlich alle dran, schlimmstenfalls %(count)s Person nicht.",
        "Bis %(time)s kommen wahrscheinlich alle dran, schlimmstenfalls %(count)s Personen nicht.",
        unserved.high,
        { time },
      );
    }
    return ngettext(
      "Bis %(time)s kommt voraussichtlich %(count)s Person nicht mehr dran (%(low)s bis %(high)s).",
      "Bis %(time)s kommen voraussichtlich %(count)s Personen nicht mehr dran (%(low)s bis %(high)s).",
      unserved.middle,
      { time, low: unserved.low, high: unserved.high },
    );
  }

  #peakWords({ items }) {
    const [first, ...later] = items;
    const fullest = later.reduce((most, point) => (point.waiting.middle > most.waiting.middle ? point : most), first);
    if (fullest === first) return "";
    return gettext("Am vollsten wird es gegen %(time)s, mit etwa %(people)s Wartenden.", { time: this.#clock(fullest.at), people: fullest.waiting.middle });
  }
}

function waitWords({ wait, reason }) {
  if (!wait) return NO_WAIT[reason];
  return gettext("%(low)s–%(high)s Min.", { low: wait.low_minutes, high: wait.high_minutes });
}
