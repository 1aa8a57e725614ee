// All that changes on the page: the visit, how it is to look, and what is known of the device and the service.

import { comfortChanged, newComfort } from "./comfort.js";
import { limit, standing } from "./time_out.js";
import { newVisit } from "./visit.js";

/** How long the service may be away before visitors are sent to the reception: a restart takes a second or two. */
const AWAY_AFTER = 4_000;

/** `changed` is called after each step of the visit. */
export function newPage(changed) {
  const page = {
    visit: newVisit(),
    comfort: newComfort(),
    device: { state: null, awaySince: Date.now(), awayLong: false },
    quietSince: Date.now(),
    /** What is only said, by a screen reader. */
    announcement: "",

    /** Go on with the visit: somebody is there. */
    show(next) {
      const forced = forcedStep(page.device);
      page.visit = forced ? { ...newVisit(), step: forced, spoken: page.visit.spoken } : next;
      page.stay();
      page.announcement = "";
      changed();
    },

    showComfort(next) {
      page.comfort = next;
      page.show(page.visit);
    },

    /** Whoever has got what there is to get leaves the page as it was for everybody: also its sizes and colours. */
    home() {
      if (page.visit.step === "ticket" || page.visit.step === "standing") {
        page.comfort = newComfort();
      }
      page.show(newVisit());
    },

    /** Nobody is there any more. */
    forget() {
      page.comfort = newComfort();
      page.show(newVisit());
    },

    /** Somebody has touched something. */
    stay() {
      page.quietSince = Date.now();
    },

    /** How it stands with the time that nobody has touched anything. */
    timeLeft: (now) => standing(page.quietSince, now, limit(page.visit, comfortChanged(page.comfort))),

    /** Take what the device's program tells; whether everybody has to leave the present step for it. */
    learn(state) {
      page.device = { ...page.device, state, awaySince: state.connected ? null : page.device.awaySince ?? Date.now() };
      return forcedStep(page.device) !== (isForced(page.visit.step) ? page.visit.step : null);
    },

    /** The device's program itself is away. */
    lose() {
      const state = page.device.state && { ...page.device.state, connected: false, goes_on: false };
      page.device = { ...page.device, state, awaySince: page.device.awaySince ?? Date.now() };
    },

    measureAway(now) {
      page.device.awayLong = page.device.awaySince !== null && now - page.device.awaySince > AWAY_AFTER;
    },
  };
  return page;
}

/**
 * What is shown instead of everything else, whoever stands here: there is nothing to be had.
 * "leave" is as last known: without a connection nobody has said that it is over.
 */
function forcedStep({ state }) {
  if (state?.pairing) {
    return "pairing";
  }
  return state?.hall === "leave" ? "leave" : null;
}

function isForced(step) {
  return step === "leave" || step === "pairing";
}
