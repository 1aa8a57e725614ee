// The agent's steps one after another: while one is under way, pressing again does nothing.

import { gettext } from "../texts.js";
import { lost } from "./connection.js";
import { offerLogIn, showError, showWaiting } from "./message_line.js";
import { refusalInWords } from "./refusals.js";
import { Refusal, Unreachable } from "./requests.js";

const NOT_AUTHENTICATED = 401;
const SLOW_MS = 500; // then it is said that something is under way
const page = document.getElementById("phone");
let underWay = false;

export function isUnderWay() {
  return underWay;
}

/** Carry out a step; whatever refuses it is said in words. */
export async function step(action) {
  if (underWay) return;
  underWay = true;
  page.setAttribute("aria-busy", "true");
  let noLonger = () => {};
  const slow = setTimeout(() => {
    noLonger = showWaiting();
  }, SLOW_MS);
  try {
    await action();
  } catch (failure) {
    explain(failure);
  } finally {
    clearTimeout(slow);
    noLonger();
    underWay = false;
    page.removeAttribute("aria-busy");
  }
}

/** Say why something failed; what is no refusal and no outage is a fault of the page itself. */
export function explain(failure) {
  if (failure.name === "AbortError") return; // another search has taken its place
  if (failure instanceof Refusal) {
    showError(refusalInWords(failure));
    offerLogIn(failure.status === NOT_AUTHENTICATED);
  } else if (failure instanceof Unreachable) {
    lost();
  } else {
    showError(gettext("Hier ist etwas schiefgegangen. Bitte die Seite neu laden."));
    throw failure;
  }
}
