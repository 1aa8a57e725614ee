// Every counter: who is there since when, and below the chosen one whom its closing would strand.

import { gettext, ngettext } from "../texts.js";
import { element, reconcile, setText } from "../desk/elements.js";
import { isBeyond, planWords } from "../desk/plan_words.js";
import { duration, localized, minutesSince } from "../desk/words.js";

const NAMED = 12; // numbers of those who would be stranded; more are counted

export class CountersView {
  #list;
  #handlers;
  #chosen = null;
  #last = [];
  #now = 0;

  /** handlers: act(counter, verb, body, question). */
  constructor(list, timeZone, handlers) {
    this.#list = list;
    this.timeZone = timeZone;
    this.#handlers = handlers;
  }

  show(entries, now) {
    this.#last = entries;
    this.#now = now;
    reconcile(this.#list, entries, ({ counter }) => counter.id, (entry) => this.#make(entry), (row, entry) => this.#update(row, entry));
  }

  #make({ counter }) {
    const details = `details-${counter.number}`;
    return element(
      "li",
      { class: "counter" },
      element(
        "button",
        { class: "counter__choose", type: "button", "aria-expanded": "false", "aria-controls": details, onclick: () => this.#choose(counter.id) },
        element("span", { class: "counter__name" }),
        element("span", { class: "counter__state" }),
        element("span", { class: "counter__visitor" }),
        element("span", { class: "counter__since" }),
        element("span", { class: "counter__plan" }),
      ),
      element(
        "div",
        { class: "counter__details", id: details, hidden: true },
        element("p", { class: "counter__stranded" }),
        element("p", { class: "counter__serves" }),
        element("div", { class: "counter__verbs" }),
      ),
    );
  }

  #choose(id) {
    this.#chosen = this.#chosen === id ? null : id;
    this.show(this.#last, this.#now);
  }

  #update(row, entry) {
    const { counter, visitor } = entry;
    const chosen = this.#chosen === counter.id;
    row.dataset.state = stateOf(entry);
    row.querySelector(".counter__choose").setAttribute("aria-expanded", String(chosen));
    setText(row.querySelector(".counter__name"), localized(counter.name));
    setText(row.querySelector(".counter__state"), stateWords(entry));
    setText(row.querySelector(".counter__visitor"), visitor?.number ?? "");
    setText(row.querySelector(".counter__since"), sinceWords(entry, this.#now));
    setText(row.querySelector(".counter__plan"), planWords(entry.plan, counter.state, this.#now, this.timeZone));
    row.classList.toggle("counter--beyond", counter.state !== "closed" && isBeyond(entry.plan, this.#now));
    row.querySelector(".counter__details").hidden = !chosen;
    if (!chosen) return;
    setText(row.querySelector(".counter__stranded"), strandedWords(entry));
    row.querySelector(".counter__stranded").classList.toggle("counter__stranded--some", entry.only_here.length > 0);
    setText(row.querySelector(".counter__serves"), servesWords(entry));
    const verbs = verbsFor(entry);
    reconcile(
      row.querySelector(".counter__verbs"),
      verbs,
      ({ name }) => name,
      (verb) => this.#makeVerb(verb, counter.id),
      () => {},
    );
  }

  #makeVerb({ name, label, href }, id) {
    if (href) return element("a", { href }, label);
    return element("button", { class: "hall-button", type: "button", onclick: () => this.#press(name, id) }, label);
  }

  #press(name, id) {
    const entry = this.#last.find(({ counter }) => counter.id === id);
    const verb = verbsFor(entry).find((one) => one.name === name);
    if (verb) this.#handlers.act(entry.counter, verb.verb, verb.body, verb.question);
  }
}

function stateOf({ counter, visitor }) {
  if (counter.state !== "open") return counter.state;
  return visitor ? visitor.state : "free";
}

function stateWords({ counter, visitor }) {
  if (counter.state === "closed") return gettext("geschlossen");
  if (counter.state === "paused" && !visitor) return pauseWords(counter);
  const words = {
    called: gettext("aufgerufen"),
    serving: gettext("im Gespräch"),
  }[visitor?.state] ?? gettext("frei");
  if (counter.state === "paused") return gettext("%(words)s, dann Pause", { words });
  return counter.closing ? gettext("%(words)s, schließt danach", { words }) : words;
}

function pauseWords({ pause_reason: reason }) {
  if (reason === "idle") return gettext("Pause: lange nichts aufgerufen");
  return reason && reason !== "break" ? gettext("Pause: %(reason)s", { reason }) : gettext("Pause");
}

function sinceWords({ counter, visitor }, now) {
  const since = visitor ? (visitor.started_at ?? visitor.called_at) : counter.state === "open" && counter.idle_since;
  return since ? duration(minutesSince(since, now)) : "";
}

function strandedWords({ counter, only_here: numbers }) {
  if (counter.state !== "open") return "";
  if (!numbers.length) return gettext("Wenn er schließt, kann ein anderer Schalter jede wartende Nummer aufrufen.");
  const named = numbers.slice(0, NAMED).join(", ") + (numbers.length > NAMED ? " …" : "");
  return ngettext(
    "Wenn er schließt, kann niemand diese Nummer aufrufen: %(named)s",
    "Wenn er schließt, kann niemand diese %(count)s Nummern aufrufen: %(named)s",
    numbers.length,
    { named },
  );
}

function servesWords({ counter, services }) {
  if (counter.state === "closed") return ngettext("Könnte %(count)s Dienstleistung bedienen.", "Könnte %(count)s Dienstleistungen bedienen.", services.length);
  return counter.serving.length === services.length
    ? gettext("Bedient alles, was der Schalter kann.")
    : gettext("Bedient %(some)s von %(all)s Dienstleistungen.", { some: counter.serving.length, all: services.length });
}

/** What a team lead can do with a counter: {name, label, verb, body, question} or {name, label, href}. */
function verbsFor(entry) {
  const { counter, visitor } = entry;
  const office = counter.id.slice(0, counter.id.lastIndexOf("."));
  const name = localized(counter.name);
  if (counter.state === "closed") return [{ name: "open", label: gettext("Selbst öffnen"), href: `/desk/${office}/counter` }];
  const pause = {
    name: "pause",
    label: gettext("Pause"),
    verb: "pause",
    body: {},
    question: { title: gettext("%(name)s: Pause?", { name }), text: gettext("Der Schalter ruft niemanden mehr auf. Wer dort ist, wird zu Ende bedient."), yes: gettext("Pause") },
  };
  const resume = {
    name: "resume",
    label: gettext("Fortsetzen"),
    verb: "resume",
    body: {},
    question: { title: gettext("%(name)s: Pause beenden?", { name }), text: gettext("Der Schalter kann wieder aufrufen."), yes: gettext("Fortsetzen") },
  };
  const close = {
    name: "close",
    label: visitor ? gettext("Nach diesem Besuch schließen") : gettext("Schließen"),
    verb: "close",
    body: { after_visit: true },
    question: { title: gettext("%(name)s schließen?", { name }), text: strandedWords(entry) || gettext("Der Schalter ist dann frei."), yes: gettext("Schließen") },
  };
  return [counter.state === "paused" ? resume : pause, ...(counter.closing ? [] : [{ ...close, name: visitor ? "close-after" : "close" }])];
}
