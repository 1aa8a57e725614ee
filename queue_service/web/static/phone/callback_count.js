// How many calls there are to make, beside the button that shows them. The service counts them without
// showing anybody's name.

import { Refusal, read, Unreachable } from "./requests.js";
import { setText } from "../desk/elements.js";

const COUNT_AGAIN_MS = 60_000; // a callback is due by the minute
const badge = document.getElementById("callbacks-waiting");

/** Count them; what can't be counted now is counted the next time. */
export async function count() {
  try {
    const { open, mine, offered } = await read("/api/v1/callbacks/count");
    const calls = open + mine + offered;
    badge.hidden = calls === 0;
    setText(badge, `(${calls})`);
  } catch (failure) {
    if (!(failure instanceof Refusal || failure instanceof Unreachable)) throw failure;
  }
}

export function start() {
  setInterval(() => {
    if (!document.hidden) count();
  }, COUNT_AGAIN_MS);
}
