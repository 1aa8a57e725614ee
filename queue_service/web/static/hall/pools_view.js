// Counters for appointments today, by pool: what is booked and free, and more or fewer of them at once.

import { gettext, ngettext } from "../texts.js";
import { read, replace } from "../desk/api.js";
import { setText } from "../desk/elements.js";
import { sentenceFor } from "../desk/refusals.js";
import { clock, duration } from "../desk/words.js";
import { changed, lastMinute, minuteOf, timeOf } from "./pool_hours.js";

const READ_EVERY = 60_000; // ms; bookings move on
const STEP = 5; // minutes
const LAST_TIME = "23:55"; // the latest that a time field can say

const byId = (id) => document.getElementById(id);

export class PoolsView {
  #path;
  #now;
  #pools = new Map();
  #chosen = null;

  /** path: the office's path in the API; now(): the service's time, in milliseconds. */
  constructor(path, timeZone, now) {
    this.#path = path;
    this.timeZone = timeZone;
    this.#now = now;
    this.rows = new Map([...document.querySelectorAll("#pools [data-pool]")].map((row) => [row.dataset.pool, row]));
    if (!this.rows.size) return;
    this.form = byId("pool-form");
    this.dialog = byId("pool");
    for (const [code, row] of this.rows) row.querySelector("button").addEventListener("click", () => this.#open(code));
    byId("pool-cancel").addEventListener("click", () => this.dialog.close());
    byId("pool-preview").addEventListener("click", () => this.#preview());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#change();
    });
    this.form.addEventListener("input", () => this.#forgetEffect());
    setInterval(() => this.#readQuietly(), READ_EVERY);
    this.#readQuietly();
  }

  #today() {
    return new Intl.DateTimeFormat("sv-SE", { timeZone: this.timeZone }).format(new Date(this.#now()));
  }

  async #readQuietly() {
    try {
      await this.#read();
    } catch {
      return; // the stream says in words when the service is away
    }
  }

  async #read() {
    const day = this.#today();
    const { items } = await read(`${this.#path}/staffing?from=${day}&to=${day}`);
    this.#pools = new Map(items.map((item) => [item.pool, item]));
    for (const [code, row] of this.rows) this.#show(row, this.#pools.get(code));
    const affected = items.reduce((sum, item) => sum + item.affected, 0);
    byId("pools-affected").hidden = affected === 0;
    setText(byId("pools-affected-words"), ngettext("%(count)s Termin von heute hat keinen Schalter.", "%(count)s Termine von heute haben keinen Schalter.", affected));
  }

  #show(row, plan) {
    row.querySelector("button").disabled = !plan;
    const hours = plan ? hoursWords(staffing(plan)) : gettext("Heute ist geschlossen.");
    setText(row.querySelector(".pool__hours"), hours);
    setText(row.querySelector(".pool__booked"), plan ? bookedWords(plan) : "");
    setText(row.querySelector(".pool__why"), plan?.decided ? gettext("Heute geändert: %(reason)s", { reason: plan.reason }) : "");
  }

  #open(code) {
    this.#chosen = code;
    const now = minuteOf(clock(this.#now(), this.timeZone));
    const ends = lastMinute(staffing(this.#pools.get(code)));
    const from = Math.ceil(now / STEP) * STEP;
    setText(byId("pool-title"), this.rows.get(code).querySelector(".pool__name").textContent);
    this.form.reset();
    this.form.elements.from.value = atMost(timeOf(from));
    this.form.elements.to.value = atMost(timeOf(Math.max(ends ?? 0, from + STEP)));
    this.#forgetEffect();
    this.#complain("");
    this.dialog.showModal();
  }

  /** What is to be sent; null, with a complaint, when the fields don't fit together. */
  async #wanted() {
    if (!this.form.reportValidity()) return null;
    const { what, counters, from, to, reason } = this.form.elements;
    const [begin, end] = [minuteOf(from.value), to.value === LAST_TIME ? 24 * 60 : minuteOf(to.value)];
    if (begin >= end) {
      this.#complain(gettext("„Bis“ muss nach „von“ liegen."));
      to.focus();
      return null;
    }
    await this.#read(); // somebody else may have changed the day
    const difference = { none: -Infinity, fewer: -counters.valueAsNumber, more: counters.valueAsNumber }[what.value];
    return { reason: reason.value, pools: [this.#chosen], staffing: changed(staffing(this.#pools.get(this.#chosen)), begin, end, difference) };
  }

  async #send(query) {
    this.#complain("");
    try {
      const wanted = await this.#wanted();
      return wanted && (await replace(`${this.#path}/staffing/${this.#today()}${query}`, wanted));
    } catch (refusal) {
      this.#complain(sentenceFor(refusal));
      return null;
    }
  }

  async #preview() {
    const answer = await this.#send("?preview=true");
    if (answer) setText(byId("pool-effect"), effectWords(answer.affected.length));
  }

  async #change() {
    const answer = await this.#send("");
    if (!answer) return;
    this.dialog.close();
    this.#readQuietly();
  }

  #forgetEffect() {
    const none = this.form.elements.what.value === "none";
    byId("pool-counters").hidden = none;
    this.form.elements.counters.disabled = none; // a field that nobody sees must not stand in the way
    setText(byId("pool-effect"), gettext("Noch nicht berechnet."));
  }

  #complain(sentence) {
    byId("pool-error").hidden = !sentence;
    setText(byId("pool-error"), sentence);
  }
}

function staffing({ planned, decided }) {
  return decided ?? planned;
}

function atMost(time) {
  return time > LAST_TIME ? LAST_TIME : time;
}

function hoursWords(entries) {
  if (!entries.length) return gettext("Heute keine Termine.");
  return entries
    .map(({ hours, counters }) =>
      ngettext("%(from)s–%(to)s %(count)s Schalter", "%(from)s–%(to)s %(count)s Schalter", counters, { from: timeOf(hours.opens), to: timeOf(hours.closes) }),
    )
    .join(", ");
}

function bookedWords({ booked, free_minutes: free }) {
  const taken = ngettext("%(count)s Termin gebucht", "%(count)s Termine gebucht", booked);
  return gettext("%(taken)s, noch %(free)s frei", { taken, free: duration(free) });
}

function effectWords(count) {
  if (count === 0) return gettext("Kein Termin verliert seinen Schalter.");
  return ngettext(
    "%(count)s Termin verliert den Schalter. Danach können Sie ihn verlegen; vorher erfährt niemand davon.",
    "%(count)s Termine verlieren den Schalter. Danach können Sie sie verlegen; vorher erfährt niemand davon.",
    count,
  );
}
