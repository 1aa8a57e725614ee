// When somebody is to be called: proposals within the hotline's hours, and how due times are told.
// Pure: no page, no requests; "now" is milliseconds.

const OPENS = "08:00"; // 115 promises weekdays from 8 to 18
const CLOSES = "18:00";
const AFTERNOON = "14:00";
const MORNING = "09:00";
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const STEP_MS = 5 * MINUTE_MS; // nobody promises 10:07
const DAY_MS = 24 * HOUR_MS;
const SATURDAY = 6;

function wallClock(instant, zone) {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" }).format(instant);
}

/** By how many ms the wall clock of the zone is ahead of UTC at an instant. */
function ahead(instant, zone) {
  return Date.parse(`${wallClock(instant, zone).replace(" ", "T")}Z`) - Math.floor(instant / 1000) * 1000;
}

/** The instant at which the clock of the zone shows this day and time. */
export function instantAt(day, clock, zone) {
  const asIfUtc = Date.parse(`${day}T${clock}:00Z`);
  const near = asIfUtc - ahead(asIfUtc, zone);
  return asIfUtc - ahead(near, zone);
}

function isWeekday(day) {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== SATURDAY;
}

function nextWeekday(day) {
  let next = Date.parse(`${day}T00:00:00Z`);
  do next += DAY_MS;
  while (!isWeekday(new Date(next).toISOString().slice(0, 10)));
  return new Date(next).toISOString().slice(0, 10);
}

/** Instants to propose, soonest first: in an hour, this afternoon, on the next two weekdays. */
export function proposedTimes(now, zone) {
  const soon = Math.ceil((now + HOUR_MS) / STEP_MS) * STEP_MS;
  const [today] = wallClock(now, zone).split(" ");
  const [day, clock] = wallClock(soon, zone).split(" ");
  const isInHours = day === today && isWeekday(day) && clock >= OPENS && clock <= CLOSES;
  const afternoon = instantAt(today, AFTERNOON, zone);
  const next = nextWeekday(today);
  return [
    ...(isInHours ? [soon] : []),
    ...(isWeekday(today) && afternoon > soon ? [afternoon] : []),
    instantAt(next, MORNING, zone),
    instantAt(next, AFTERNOON, zone),
    instantAt(nextWeekday(next), MORNING, zone),
  ];
}

/** How long something is overdue: {unit: "minutes" | "hours" | "days", count}, or null when it isn't. */
export function overdueBy(dueAt, now) {
  const late = now - Date.parse(dueAt);
  if (late < MINUTE_MS) return null;
  if (late < HOUR_MS) return { unit: "minutes", count: Math.floor(late / MINUTE_MS) };
  if (late < DAY_MS) return { unit: "hours", count: Math.floor(late / HOUR_MS) };
  return { unit: "days", count: Math.floor(late / DAY_MS) };
}
