// When the service can't be reached: says so, tries again by itself, and says when it is back.

import { isReachable } from "./requests.js";

const AGAIN_MS = 3_000;
const bar = document.getElementById("connection-lost");
let waiting = false;

/** Show that the connection is lost; `back()` is called once the service answers again. */
export function lost(back) {
  if (waiting) return;
  waiting = true;
  bar.hidden = false;
  const tryAgain = async () => {
    if (!(await isReachable())) {
      setTimeout(tryAgain, AGAIN_MS);
      return;
    }
    waiting = false;
    bar.hidden = true;
    back();
  };
  setTimeout(tryAgain, AGAIN_MS);
}
