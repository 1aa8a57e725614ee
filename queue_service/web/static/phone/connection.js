// When the service can't be reached: says so, tries again by itself, and says when it is back.

import { gettext } from "../texts.js";
import { showError } from "./message_line.js";
import { isReachable } from "./requests.js";

const AGAIN_MS = 3_000;

let waiting = false;
let back = () => {};

/** What to do once the service answers again. */
export function onReturn(action) {
  back = action;
}

/** Say that the connection is lost, and wait for it. */
export function lost() {
  showError(gettext("Keine Verbindung. Alles bleibt stehen; ist sie wieder da, bitte noch einmal drücken. Doppelt gebucht wird nichts."));
  if (waiting) return;
  waiting = true;
  setTimeout(tryAgain, AGAIN_MS);
}

async function tryAgain() {
  if (await isReachable()) {
    waiting = false;
    back();
  } else {
    setTimeout(tryAgain, AGAIN_MS);
  }
}
