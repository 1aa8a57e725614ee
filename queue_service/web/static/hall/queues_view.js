// Who waits: by service and class, the longest waits, those whom nobody can call, those still to come.

import { gettext, ngettext } from "../texts.js";
import { element, reconcile, setText } from "../desk/elements.js";
import { showTags } from "../desk/tags.js";
import { clock, duration, localized, minutesSince, needTags, needWord, whyTags } from "../desk/words.js";

const byId = (id) => document.getElementById(id);
const PRIORITY = ["disabled", "pregnant", "small_children", "transferred"];
const NAMED = 3; // counters that could help; more are counted
const FIGURES = 6; // columns beside the service's name

export class QueuesView {
  #names = new Map();

  constructor(timeZone) {
    this.timeZone = timeZone;
  }

  /** counterNames: names by counter id. */
  show(overview, counterNames, now) {
    for (const { service, name } of overview.queues) this.#names.set(service, localized(name) || service);
    this.#showQueues(overview.queues, now);
    this.#showLongest(overview.longest, now);
    this.#showStuck(overview.unservable, counterNames, now);
    this.#showExpected(overview, now);
  }

  #serviceName(code) {
    return this.#names.get(code) ?? code;
  }

  #showQueues(queues, now) {
    byId("queues-empty").hidden = queues.length > 0;
    byId("queues-frame").hidden = queues.length === 0;
    reconcile(
      byId("queues"),
      queues,
      ({ service }) => service,
      () => element("tr", {}, element("th", { scope: "row" }), ...Array.from({ length: FIGURES }, () => element("td"))),
      (row, queue) => {
        const priority = PRIORITY.reduce((sum, name) => sum + (queue.by_class[name] ?? 0), 0);
        const booked = queue.by_class.appointment ?? 0;
        const figures = [
          queue.waiting,
          booked || "–",
          priority || "–",
          queue.waiting - booked - priority || "–",
          duration(minutesSince(queue.waiting_since, now)),
          queue.open_counters || gettext("keiner"),
        ];
        row.classList.toggle("figures__alone", queue.open_counters === 0);
        setText(row.firstElementChild, this.#serviceName(queue.service));
        figures.forEach((figure, place) => setText(row.children[place + 1], String(figure)));
      },
    );
  }

  #showLongest(tickets, now) {
    byId("longest-empty").hidden = tickets.length > 0;
    reconcile(byId("longest"), tickets, ({ id }) => id, makeLine, (line, ticket) => {
      setText(line.querySelector(".line__number"), ticket.number);
      setText(line.querySelector(".line__words"), this.#serviceName(ticket.service));
      showTags(line.querySelector(".tags"), [...whyTags(ticket, now, this.timeZone), ...needTags(ticket)]);
    });
  }

  #showStuck(entries, counterNames, now) {
    byId("stuck").classList.toggle("panel--grave", entries.length > 0);
    byId("stuck-empty").hidden = entries.length > 0;
    setText(byId("stuck-count"), entries.length ? String(entries.length) : "");
    reconcile(byId("stuck-list"), entries, ({ ticket }) => ticket.id, makeLine, (line, entry) => {
      setText(line.querySelector(".line__number"), entry.ticket.number);
      setText(line.querySelector(".line__words"), `${this.#serviceName(entry.ticket.service)}: ${stuckWords(entry, counterNames)}`);
      showTags(line.querySelector(".tags"), [...whyTags(entry.ticket, now, this.timeZone), ...needTags(entry.ticket)]);
    });
  }

  #showExpected({ expected, expected_count: count }, now) {
    byId("expected-empty").hidden = count > 0;
    setText(byId("expected-count"), count ? String(count) : "");
    reconcile(
      byId("expected"),
      expected.map((visit, place) => ({ ...visit, key: `${visit.starts_at} ${place}` })),
      ({ key }) => key,
      makeLine,
      (line, visit) => {
        setText(line.querySelector(".line__number"), clock(visit.starts_at, this.timeZone));
        const services = visit.services.map(({ service, quantity }) => `${quantity > 1 ? `${quantity} × ` : ""}${this.#serviceName(service)}`);
        setText(line.querySelector(".line__words"), services.join(", "));
        const late = minutesSince(visit.starts_at, now);
        const tags = late > 0 ? [{ kind: "priority", text: gettext("seit %(time)s erwartet", { time: duration(late) }) }] : [];
        if (visit.persons > 1) tags.push({ kind: "need", text: gettext("%(persons)s Personen", { persons: visit.persons }) });
        showTags(line.querySelector(".tags"), tags);
      },
    );
  }

  /** Names of services that nobody waits for are known from the office. */
  knowServices(services) {
    for (const { code, name } of services) if (!this.#names.has(code)) this.#names.set(code, localized(name));
  }
}

function makeLine() {
  return element(
    "li",
    { class: "line" },
    element("span", { class: "line__number" }),
    element("div", { class: "line__about" }, element("span", { class: "line__words" }), element("ul", { class: "tags" })),
  );
}

function stuckWords({ ticket, obstacle, counters }, counterNames) {
  const names = counters.slice(0, NAMED).map((id) => localized(counterNames.get(id)) || id).join(", ");
  const more = counters.length - NAMED;
  const why = {
    paused: gettext("Wer das bedient, macht Pause."),
    service: gettext("Kein offener Schalter bedient das."),
    needs: gettext("Kein offener Schalter hat: %(needs)s.", { needs: ticket.needs.map(needWord).join(", ") }),
    bound: gettext("Wartet auf einen Schalter, eine Person oder ein Team, die nicht da sind."),
    together: gettext("Kein offener Schalter bedient alles zusammen."),
  }[obstacle];
  if (more > 0) return [why, ngettext("%(names)s und %(count)s weiterer könnten es.", "%(names)s und %(count)s weitere könnten es.", more, { names })].join(" ");
  const what = names
    ? ngettext("%(names)s könnte es.", "Diese könnten es: %(names)s.", counters.length, { names })
    : gettext("Bitte weiterleiten.");
  return [why, what].join(" ");
}
