// What the visitor comes for: headings first when there are many services, then the services.

import { h } from "../elements.js";
import { button, row } from "../parts.js";
import { localized, officeList, officeWords, t } from "../texts.js";
import { groupsOf, needsGroups } from "../visit.js";
import { besideClosed, placesLeftWords } from "../walk_ins.js";
import { noWaitWords, waitWords } from "../words.js";

/** How many services are named below a heading. */
const EXAMPLES = 3;

export function servicesStep(view) {
  const services = view.device.state?.services ?? [];
  if (services.length === 0) {
    return {
      title: t("Heute geht es nur mit Termin"),
      say: [h("p", { class: "large" }, t("Zurzeit gibt es hier keine Dienstleistung ohne Termin."))],
      act: [button("primary", t("Zum Anfang"), view.press.home)],
    };
  }
  const search = row(t("Dienstleistung suchen"), { kind: "row-search" }, view.press.search);
  if (needsGroups(services, localized) && view.visit.group === null) {
    return {
      title: t("Was möchten Sie erledigen?"),
      say: [],
      act: [list([search, ...groupRows(services, view.press)])],
    };
  }
  const chosen = view.visit.group === null ? services : groupsOf(services, localized).get(view.visit.group) ?? services;
  return {
    title: view.visit.group === null ? t("Was möchten Sie erledigen?") : officeWords(chosen[0].group),
    say: [],
    act: [list([...serviceRows(chosen, view), search])],
  };
}

export function list(rows) {
  return h("ul", { class: "rows" }, rows.map((one) => h("li", {}, one)));
}

/** Rows of services with the expected wait, which is left out while it may be out of date. */
export function serviceRows(services, { device, press, now }) {
  return services.map((service) => row(officeWords(service.name), beside(service, device.state, now), () => press.service(service.code)));
}

function beside(service, state, now) {
  if (!state.connected) {
    return {};
  }
  const closed = besideClosed(service.walk_ins, now, state.office?.time_zone);
  return closed ?? { below: ownPlaces(service, state), label: t("Wartezeit"), figure: waitWords(service.wait) || noWaitWords(service.wait_reason) };
}

/** Said once at the start where all services share the places. */
function ownPlaces(service, state) {
  const left = service.walk_ins?.places_left;
  return left === state.walk_ins?.places_left ? "" : placesLeftWords(left);
}

function groupRows(services, press) {
  return [...groupsOf(services, localized)].map(([name, members]) => row(officeWords(members[0].group), { below: examples(members) }, () => press.group(name)));
}

function examples(members) {
  return officeList(members.slice(0, EXAMPLES).map((service) => service.name), members.length > EXAMPLES ? "\u00a0…" : "");
}
