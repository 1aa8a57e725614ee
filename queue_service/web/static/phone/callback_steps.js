// Calls to be made: the list, a call that was promised or a place that is on offer, and its end.

import { gettext } from "../texts.js";
import * as callbackCall from "./callback_call.js";
import * as callbackForm from "./callback_form.js";
import * as callbackList from "./callback_list.js";
import { call } from "./call.js";
import { showError } from "./message_line.js";
import * as offerCall from "./offer_call.js";
import { step } from "./one_at_a_time.js";

const UNBOOKED = ["contact", "read-back"];

/** `begin(item)` begins a call for an item of the list, `end()` the next one after it. */
export function start({ begin, end }) {
  callbackForm.start(() => step(callbackForm.send));
  callbackList.start((index) => take(index, begin));
  callbackCall.start(() => step(async () => {
    if (!(await callbackCall.finish())) return;
    end();
    callbackCall.tellEnd();
  }));
  offerCall.start(() => step(() => offerCall.finish(end)));
}

/** The list or, while somebody is being called back, how that ended. */
export function toCallbacks() {
  if (call.offered) offerCall.open();
  else if (call.callback) callbackCall.open(call.result);
  else if (UNBOOKED.includes(call.step)) {
    showError(gettext("Dieser Termin ist noch nicht gebucht. Erst buchen oder freigeben, dann zu den Rückrufen."));
  } else step(callbackList.open);
}

export function take(index, begin) {
  return step(async () => {
    const item = await callbackList.take(index);
    if (item) await begin(item);
  });
}

export const agree = callbackForm.open;

/** Show who is called and why. */
export function showItem(item) {
  if (item.offer) offerCall.showItem(item);
  else callbackCall.showItem(item);
}

/** The greeting stands again. */
export function clear() {
  callbackCall.showHandOver([]);
}
