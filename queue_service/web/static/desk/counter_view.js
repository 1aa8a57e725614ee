// The line at the top: what the counter does, and how many wait behind it.

import { gettext } from "../texts.js";
import { setText } from "./elements.js";
import { duration, minutesSince, people } from "./words.js";

const byId = (id) => document.getElementById(id);

export const PAUSE_KEY = "u";

export class CounterView {
  /** handlers: pause(), leave(). */
  constructor({ pause, leave }) {
    this.pause = byId("pause");
    this.leave = byId("leave");
    this.pause.addEventListener("click", pause);
    this.leave.addEventListener("click", leave);
  }

  /** rows: {ticket, obstacle} of all who wait; occupied: somebody is at the counter. */
  show(counter, rows, occupied, now) {
    byId("counter-state").dataset.state = counter.state;
    setText(byId("counter-state"), stateWords(counter, occupied));
    setText(byId("pause-label"), counter.state === "paused" ? gettext("Pause beenden") : gettext("Pause"));
    this.pause.hidden = counter.state === "closed";
    setText(this.leave, leaveWords(counter, occupied));
    const mine = rows.filter(({ obstacle }) => obstacle === null);
    const longest = mine.reduce((most, { ticket }) => Math.max(most, minutesSince(ticket.waiting_since, now)), 0);
    setText(byId("waiting-count"), people(rows.length));
    setText(byId("waiting-here"), mine.length === rows.length ? "" : gettext("(%(count)s auf Sie)", { count: mine.length }));
    setText(byId("longest-wait"), mine.length ? gettext("längste Wartezeit %(time)s", { time: duration(longest) }) : "");
  }
}

function stateWords({ state, closing }, occupied) {
  if (closing) return gettext("schließt nach diesem Besuch");
  if (state === "paused") return occupied ? gettext("Pause nach diesem Besuch") : gettext("Pause");
  return state === "closed" ? gettext("geschlossen") : gettext("geöffnet");
}

function leaveWords({ closing }, occupied) {
  if (closing) return gettext("Doch geöffnet lassen");
  return occupied ? gettext("Danach schließen") : gettext("Schalter verlassen");
}
