// When the page goes back to its start by itself. Times are milliseconds.

/** How long each step waits without a touch; people read, fetch glasses, look for a letter, wait for help. */
const QUIET = {
  start: 60_000,
  ticket: 45_000,
  unprinted: 120_000,
  other: 90_000,
  helped: 300_000,
};

/** EN 301 549 and WCAG 2.2.1: at least 20 seconds to ask for more time, by any touch. */
export const WARNING = 20_000;

/** Which limit holds; null where there is nothing to go back from. */
export function limit(visit, comfortChanged) {
  switch (visit.step) {
    case "asking":
    case "leave":
      return null;
    case "start":
      return comfortChanged || visit.language !== "de" ? QUIET.start : null;
    case "help":
      return visit.help === "none" ? QUIET.other : QUIET.helped;
    case "standing":
      return QUIET.ticket;
    case "ticket":
      return visit.ticket?.printed === false || visit.spoken ? QUIET.unprinted : QUIET.ticket;
    default:
      return QUIET.other;
  }
}

/** How it stands: `{ expired, secondsLeft }`, secondsLeft null while there is nothing to announce. */
export function standing(quietSince, now, limitOfStep) {
  if (limitOfStep === null) {
    return { expired: false, secondsLeft: null };
  }
  const left = quietSince + limitOfStep - now;
  return { expired: left <= 0, secondsLeft: left <= WARNING ? Math.max(0, Math.ceil(left / 1000)) : null };
}
