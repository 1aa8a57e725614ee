// The left side: who is at the counter, the wide button, the other verbs.

import { gettext } from "../texts.js";
import { element, reconcile, setText } from "./elements.js";
import { showTags } from "./tags.js";
import { PRIMARY_KEY, VERBS, primaryFor, reasonAgainst } from "./verbs.js";
import { clock, duration, localized, needTags, stopwatch, whyTags } from "./words.js";

const byId = (id) => document.getElementById(id);

export class VisitorView {
  #verbButtons = new Map();
  #visitor = undefined;

  /** handlers: primary(), verb(name). */
  constructor(timeZone, handlers) {
    this.timeZone = timeZone;
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
      element("span", { class: "verb__label" }, verb.label),
      element("kbd", { class: "key", "aria-hidden": "true" }, verb.key.toUpperCase()),
    );
    const reason = element("span", { id: reasonId, class: "kern-sr-only" });
    const explain = () => setText(byId("verb-reason"), reason.textContent);
    const quiet = () => setText(byId("verb-reason"), "");
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

  /** visitor: the ticket at the counter, or undefined; service: what the office says of its service. */
  show(visitor, service, next, now) {
    this.#visitor = visitor;
    byId("visitor").dataset.state = visitor?.state ?? "idle";
    setText(byId("visitor-state"), this.#stateWord(visitor));
    setText(byId("visitor-number"), visitor ? visitor.number : gettext("Niemand am Schalter"));
    setText(byId("visitor-service"), visitor ? localized(service?.name) || visitor.service : nextSentence(next, now, this.timeZone));
    showTags(byId("visitor-tags"), visitor ? [...whyTags(visitor, now, this.timeZone).filter(({ kind }) => kind !== "wait"), ...needTags(visitor)] : []);
    setText(byId("primary-label"), primaryFor(visitor).label);
    this.#showVerbs(visitor);
    this.#showDetails(visitor, service);
    this.tick(now, service);
  }

  /** Move the running time on. */
  tick(now, service) {
    const since = this.#visitor?.started_at ?? this.#visitor?.called_at;
    byId("visitor-timer").hidden = !since;
    if (!since) return;
    setText(byId("visitor-elapsed"), stopwatch(since, now));
    const planned = this.#visitor.state === "serving" && service ? gettext("geplant %(time)s", { time: duration(service.minutes) }) : "";
    setText(byId("visitor-planned"), planned);
  }

  busy(yes) {
    this.primary.setAttribute("aria-busy", String(yes));
  }

  #stateWord(visitor) {
    if (!visitor) return gettext("Schalter frei");
    const time = clock(visitor.started_at ?? visitor.called_at, this.timeZone);
    if (visitor.state === "serving") return gettext("Im Gespräch seit %(time)s", { time });
    if (visitor.calls > 1) return gettext("Aufgerufen um %(time)s, zum %(nth)s. Mal", { time, nth: visitor.calls });
    return gettext("Aufgerufen um %(time)s", { time });
  }

  #showVerbs(visitor) {
    for (const [verb, { button, reason }] of this.#verbButtons) {
      const against = reasonAgainst(verb, visitor);
      button.setAttribute("aria-disabled", String(against !== ""));
      setText(reason, against);
    }
  }

  #showDetails(visitor, service) {
    byId("visitor-note").hidden = !visitor?.note;
    setText(byId("visitor-note-text"), visitor?.note ?? "");
    const documents = visitor ? (localized(service?.documents) || []) : [];
    byId("visitor-documents").hidden = documents.length === 0;
    reconcile(
      byId("document-list"),
      documents,
      (name) => name,
      () => element("li"),
      (item, name) => setText(item, name),
    );
  }
}

function nextSentence(next, now, timeZone) {
  if (!next) return gettext("Für diesen Schalter wartet gerade niemand.");
  const why = whyTags(next, now, timeZone).map(({ text }) => text).join(", ");
  return gettext("Als Nächstes: %(number)s (%(why)s)", { number: next.number, why });
}
