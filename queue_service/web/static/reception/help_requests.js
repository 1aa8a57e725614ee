// Visitors who wait for somebody at a kiosk: where, since when, and who comes. Quieter than an alarm.

import { gettext } from "../texts.js";
import { chime } from "../desk/alarm_sound.js";
import { act, read } from "../desk/api.js";
import { element, reconcile, setText } from "../desk/elements.js";
import { sentenceFor } from "../desk/refusals.js";
import { clock } from "../desk/words.js";

const list = document.getElementById("help-requests-list");
const section = document.getElementById("help-requests");

export class HelpRequests {
  constructor(office, timeZone) {
    this.path = `/offices/${office}/help-requests`;
    this.timeZone = timeZone;
    this.open = 0;
    this.known = new Set();
    this.failures = new Map();
  }

  /** Read what is open; whoever is new is heard once. */
  async readAgain() {
    let items;
    try {
      ({ items } = await read(this.path));
    } catch {
      return; // the line about the connection tells; the next message reads it again
    }
    if (items.some(({ id }) => !this.known.has(id))) chime();
    this.known = new Set(items.map(({ id }) => id));
    this.open = items.length;
    section.hidden = items.length === 0;
    reconcile(list, items, ({ id }) => id, () => this.made(), (line, asked) => this.shown(line, asked));
  }

  made() {
    const line = element(
      "li",
      { class: "request" },
      element("p", { class: "request__words" }, element("strong"), element("span", { role: "status" })),
      element("button", { type: "button", class: "request__come", onclick: () => this.does(line, "come") }, gettext("Ich komme")),
      element("button", { type: "button", class: "request__done", onclick: () => this.does(line, "finish") }, gettext("Erledigt")),
    );
    return line;
  }

  shown(line, asked) {
    const [place, how] = line.firstElementChild.children;
    const since = gettext("seit %(time)s", { time: clock(asked.asked_at, this.timeZone) });
    const coming = asked.state === "coming" ? gettext("Es kommt schon jemand.") : "";
    line.classList.toggle("request--coming", asked.state === "coming");
    setText(place, gettext("%(place)s: Bitte um Hilfe", { place: asked.place }));
    setText(how, [since, coming, this.failures.get(asked.id)].filter(Boolean).join(" · "));
    line.querySelector(".request__come").hidden = asked.state === "coming";
  }

  async does(line, verb) {
    const { key } = line.dataset;
    this.failures.delete(key);
    try {
      await act(`${this.path}/${key}/${verb}`);
    } catch (refused) {
      this.failures.set(key, sentenceFor(refused));
    }
    await this.readAgain();
  }
}
