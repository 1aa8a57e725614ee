// The hours on the card while the agent reads them out: places that others take are gone here too.

import { isUnderWay, explain } from "./one_at_a_time.js";
import { read } from "./requests.js";

const LOOK_AGAIN_MS = 1_000; // how old the card may get
const AFTER_FAILURE_MS = 10_000;
const MOST_HOURS = 200; // the most that the service gives
const MINUTE_MS = 60_000;

/** The hours with what is left of each; an hour that isn't found any more has no place left. */
async function leftOf(hours) {
  const last = Math.max(...hours.map(({ start }) => Date.parse(start)));
  const query = new URLSearchParams({
    office: hours[0].office, channel: "phone", limit: MOST_HOURS, to: new Date(last + MINUTE_MS).toISOString(),
  });
  if (hours[0].emergency) query.set("emergency", "true");
  const { items } = await read(`/api/v1/entries?${query}`);
  const free = new Map(items.map((hour) => [hour.entry, hour.free]));
  return hours.map((hour) => ({ ...hour, free: free.get(hour.entry) ?? 0 }));
}

async function lookAgain(shown, changed) {
  const hours = shown();
  if (hours.length === 0 || isUnderWay() || document.hidden) return;
  const left = await leftOf(hours);
  // Another office may have been chosen meanwhile.
  if (hours === shown() && left.some(({ free }, index) => free !== hours[index].free)) changed(left);
}

/** Look again and again: `shown()` gives the hours on the screen, `changed(hours)` takes what is left of them. */
export function watch(shown, changed) {
  async function look(wasWell = true) {
    let well = wasWell;
    try {
      await lookAgain(shown, changed);
      well = true;
    } catch (failure) {
      well = false;
      if (wasWell) explain(failure); // said once and not at every look
    } finally {
      setTimeout(look, well ? LOOK_AGAIN_MS : AFTER_FAILURE_MS, well);
    }
  }
  setTimeout(look, LOOK_AGAIN_MS);
}
