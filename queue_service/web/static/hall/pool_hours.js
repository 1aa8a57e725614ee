// A day's hours of a pool, changed from one minute to another: more counters, fewer, or none.

const STEP = 5; // minutes; hours begin and end on full five minutes
const CELLS = (24 * 60) / STEP;

/** How many counters there are in each five minutes of the day; breaks have none. */
function countersByCell(staffing) {
  const cells = new Array(CELLS).fill(0);
  for (const { hours, counters, breaks } of staffing) {
    for (let cell = hours.opens / STEP; cell < hours.closes / STEP; cell++) {
      const rests = breaks.some(({ opens, closes }) => opens <= cell * STEP && cell * STEP < closes);
      if (!rests) cells[cell] += counters;
    }
  }
  return cells;
}

/** The hours with so many counters more (fewer: below zero; none: -Infinity) between two minutes of the day. */
export function changed(staffing, from, to, difference) {
  const cells = countersByCell(staffing);
  for (let cell = from / STEP; cell < to / STEP; cell++) cells[cell] = Math.max(0, cells[cell] + difference);
  const hours = [];
  for (let cell = 0; cell < CELLS; cell++) {
    if (cells[cell] === 0) continue;
    const last = hours.at(-1);
    if (last?.counters === cells[cell] && last.hours.closes === cell * STEP) last.hours.closes += STEP;
    else hours.push({ hours: { opens: cell * STEP, closes: (cell + 1) * STEP }, counters: cells[cell], breaks: [] });
  }
  return hours;
}

/** The minute at which the last hours end; null on a day without any. */
export function lastMinute(staffing) {
  return staffing.length ? Math.max(...staffing.map(({ hours }) => hours.closes)) : null;
}

/** "08:30" as a minute of the day; 24:00 is its end. */
export function minuteOf(time) {
  const [hours, minutes] = time.split(":").map(Number);
  return hours * 60 + minutes;
}

/** A minute of the day as "08:30". */
export function timeOf(minute) {
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, "0")).join(":");
}
