// Services, offices and spelling names, as the page was delivered with them.

const page = document.getElementById("phone");
const data = JSON.parse(page.dataset.catalogue);

const language = document.documentElement.lang;
const nameOf = ({ name }) => name[language] ?? name.de;

export const services = data.services.sort((a, b) => nameOf(a).localeCompare(nameOf(b), language));
export const spellingNames = data.spelling_names;
export const everyOffice = data.every_office; // otherwise a search names the agent's own
export const emergencies = data.emergencies; // whether the agent may take places kept for them
export const horizonDays = data.horizon_days;
export const caller = page.dataset.caller;
export const timeZone = page.dataset.timeZone;
export const offices = new Map(data.offices.map((office) => [office.slug, office]));

const byCode = new Map(services.map((service) => [service.code, service]));

/** The service; for one that no office offers any more, as much of it as its code says. */
export function serviceOf(code) {
  return byCode.get(code) ?? { code, name: { de: code }, group: {}, documents: {}, fee: {}, minutes: 0, max_quantity: 1 };
}

/** Slugs of the offices that do all of these by appointment. */
export function officesFor(chosen) {
  return [...offices.values()]
    .filter((office) => chosen.every(({ service }) => office.services.includes(service.code)))
    .map((office) => office.slug);
}

/** What a part of the page needs to name a visit: {place, office, chosen}. */
export function visitOf(place, chosen) {
  return { place, office: offices.get(place.office), chosen };
}
