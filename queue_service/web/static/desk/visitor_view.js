// The left side: who is at the counter, the wide button, the other verbs.

import { gettext, ngettext } from "../texts.js";
import { element, reconcile, setText } from "./elements.js";
import { read } from "./api.js";
import { showTags } from "./tags.js";
import { PRIMARY_KEY, VERBS, pauseLeft, primaryFor, reasonAgainst } from "./verbs.js";
import { clock, duration, localized, needTags, stopwatch, whyTags } from "./words.js";

const byId = (id) => document.getElementById(id);
const IDLE = "idle"; // why a counter is paused whose clerk called nobody

export class VisitorView {
  #verbButtons = new Map();
  #shown = { visitor: undefined };
  #named = { ticket: null, name: null }; // who is at the counter, once the service has said so
  #explained = null; // the reason on which mouse or focus rest

  /** visits: what the office lets its clerks do; handlers: primary(), verb(name). */
  constructor(timeZone, visits, handlers) {
    Object.assign(this, { timeZone, visits });
    this.primary = byId("primary");
    this.primary.addEventListener("click", handlers.primary);
    setText(byId("primary-key"), PRIMARY_KEY.toUpperCase());
    this.primary.setAttribute("aria-keyshortcuts", PRIMARY_KEY);
    for (const verb of VERBS) this.#addVerb(verb, handlers.verb);
  }

  #addVerb(verb, act) {
    const reasonId = `reason-${verb.name}`;
    const button = element(
      "button",
      { class: "verb", type: "button", "aria-describedby": reasonId, "aria-keyshortcuts": verb.key },
      element("span", { class: "verb__label" }, verb.label, element("span", { class: "verb__count" })),
      element("kbd", { class: "key", "aria-hidden": "true" }, verb.key.toUpperCase()),
    );
    const reason = element("span", { id: reasonId, class: "kern-sr-only" });
    const explain = () => this.#explain(reason);
    const quiet = () => this.#explain(null);
    button.addEventListener("click", () => {
      // A disabled button stays in the tab order so that its reason can be read.
      if (button.getAttribute("aria-disabled") === "true") explain();
      else act(verb.name);
    });
    for (const event of ["focus", "mouseenter"]) button.addEventListener(event, explain);
    for (const event of ["blur", "mouseleave"]) button.addEventListener(event, quiet);
    byId("verbs").append(element("div", { class: "verbs__item" }, button, reason));
    this.#verbButtons.set(verb, { button, reason });
  }

  #explain(reason) {
    this.#explained = reason;
    setText(byId("verb-reason"), reason?.textContent ?? "");
  }

  /**
   * visitor: the ticket at the counter, or undefined; counter: the clerk's; services: what the office
   * says of them, by code; done: codes of what is done here; next: who would be called; all at `now`.
   */
  show({ visitor, counter, services, done, next, now }) {
    this.#shown = { visitor, counter, service: services.get(visitor?.service) };
    byId("visitor").dataset.state = visitor?.state ?? (counter.state === "paused" ? "paused" : "idle");
    setText(byId("visitor-state"), this.#stateWords(visitor, counter));
    setText(byId("visitor-number"), visitor?.number ?? emptyWords(counter));
    setText(byId("visitor-service"), visitor ? serviceWords(visitor, services) : this.#idleWords(counter, next, now));
    this.#showName(visitor);
    byId("visitor-service").hidden = visitor?.state === "serving"; // it stands in the list of what is done
    const tags = visitor ? [...whyTags(visitor, now, this.timeZone).filter(({ kind }) => kind !== "wait"), ...needTags(visitor)] : [];
    showTags(byId("visitor-tags"), tags);
    setText(byId("primary-label"), primaryFor(visitor, counter).label);
    this.#showDetails(visitor, done.flatMap((code) => localized(services.get(code)?.documents) || []));
    this.tick(now);
  }

  /** By which name the visitor booked; asked once for each call, and never for somebody who only waits. */
  async #showName(visitor) {
    const asked = visitor?.appointment ? visitor.id : null;
    if (asked !== this.#named.ticket) {
      this.#named = { ticket: asked, name: null };
      setText(byId("visitor-name"), "");
      byId("visitor-name").hidden = true;
      if (asked) await this.#askName(asked);
    }
  }

  async #askName(ticket) {
    let name;
    try {
      ({ name } = await read(`/tickets/${ticket}/visitor`));
    } catch {
      return; // the number is what counts; the name is a courtesy
    }
    if (this.#named.ticket !== ticket || !name) return;
    this.#named.name = name;
    setText(byId("visitor-name"), name);
    byId("visitor-name").hidden = false;
  }

  /** Move on what runs: the visit's time, the pause between two calls. */
  tick(now) {
    const { visitor, counter, service } = this.#shown;
    const since = visitor?.started_at ?? visitor?.called_at;
    byId("visitor-timer").hidden = !since;
    if (counter) this.#showVerbs(visitor, counter, now);
    if (!since) return;
    setText(byId("visitor-elapsed"), stopwatch(since, now));
    const planned = visitor.state === "serving" && service ? gettext("geplant %(time)s", { time: duration(service.minutes) }) : "";
    setText(byId("visitor-planned"), planned);
  }

  busy(yes) {
    this.primary.setAttribute("aria-busy", String(yes));
  }

  #stateWords(visitor, counter) {
    if (!visitor) return counter.state === "open" ? gettext("Schalter frei") : "";
    const time = clock(visitor.started_at ?? visitor.called_at, this.timeZone);
    if (visitor.state === "serving") return gettext("Im Gespräch seit %(time)s", { time });
    const called =
      visitor.calls > 1
        ? gettext("Aufgerufen um %(time)s, zum %(nth)s. Mal", { time, nth: visitor.calls })
        : gettext("Aufgerufen um %(time)s", { time });
    return visitor.pick_up ? gettext("%(called)s – bitte am Empfang abholen", { called }) : called;
  }

  #idleWords(counter, next, now) {
    if (counter.state === "paused" && counter.pause_reason === IDLE) {
      return ngettext(
        "Seit %(count)s Minute hat hier niemand aufgerufen, obwohl Leute warten. Deshalb macht der Schalter Pause.",
        "Seit %(count)s Minuten hat hier niemand aufgerufen, obwohl Leute warten. Deshalb macht der Schalter Pause.",
        this.visits.pause_after_idle_minutes,
      );
    }
    if (counter.state === "paused") return gettext("Niemand wird an Ihren Schalter gerufen.");
    if (counter.state === "closed") return gettext("Ihr Schalter wurde geschlossen. Bitte öffnen Sie ihn neu.");
    if (!next) return gettext("Für diesen Schalter wartet gerade niemand.");
    const why = whyTags(next, now, this.timeZone).map(({ text }) => text).join(", ");
    return gettext("Als Nächstes: %(number)s (%(why)s)", { number: next.number, why });
  }

  #showVerbs(visitor, counter, now) {
    for (const [verb, { button, reason }] of this.#verbButtons) {
      const against = reasonAgainst(verb, visitor, counter, this.visits, now);
      button.setAttribute("aria-disabled", String(against !== ""));
      setText(reason, against);
      if (verb.name === "recall") setText(button.querySelector(".verb__count"), this.#recallCount(visitor, now));
    }
    this.#explain(this.#explained);
  }

  #recallCount(visitor, now) {
    const left = this.visits.most_recalls + 1 - (visitor?.calls ?? 0);
    if (visitor?.state !== "called" || left <= 0) return "";
    const seconds = pauseLeft(visitor, this.visits, now);
    if (seconds > 0) return gettext("in %(seconds)s s", { seconds });
    return visitor.calls > 1 ? gettext("noch %(left)s-mal", { left }) : "";
  }

  #showDetails(visitor, documents) {
    byId("visitor-note").hidden = !visitor?.note;
    setText(byId("visitor-note-text"), visitor?.note ?? "");
    byId("visitor-documents").hidden = documents.length === 0;
    reconcile(
      byId("document-list"),
      [...new Set(documents)],
      (name) => name,
      () => element("li"),
      (item, name) => setText(item, name),
    );
  }
}

function emptyWords(counter) {
  if (counter.state === "paused") return gettext("Schalter macht Pause");
  return counter.state === "closed" ? gettext("Schalter geschlossen") : gettext("Niemand am Schalter");
}

function serviceWords(visitor, services) {
  return [visitor.service, ...visitor.further_services].map((code) => localized(services.get(code)?.name) || code).join(" + ");
}
