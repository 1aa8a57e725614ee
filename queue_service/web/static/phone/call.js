// One call: how far it has come, what has been chosen and said. Steps stand in STEPS and nowhere else.

/**
 * What the agent may change at each step: the services, the place, or which existing appointment is
 * looked at. Parts of the page name the steps in which they stand open (data-steps).
 */
export const STEPS = {
  search: { services: true, places: true, find: true },
  places: { services: true, places: true, find: true },
  contact: {},
  "read-back": {},
  booked: { find: true },
  hits: { find: true },
  found: { find: true },
  cancel: {},
  final: { find: true },
  "new-place": { places: true },
  move: {},
};

function emptyCall() {
  return {
    step: "search",
    chosen: [], // [{service, quantity}]
    place: null, // the offer that was taken
    hold: null, // the service's answer to the hold: {reference, expires_at, …}
    lapsed: false, // the hold is over, the place free again
    contact: null, // as the service has checked it
    helper: null, // who calls for the one who comes: {name}
    result: "", // in a sentence, for whoever wanted to be called back
    callback: null, // the item of the call list for which this call is made
    offered: null, // the item of the waiting list for which this call is made
    hits: [], // appointments that a search by name or number found
    found: null, // an existing appointment that is looked at or moved: {appointment, office, chosen}
  };
}

export const call = emptyCall();

let stepChanged = () => {};

export function onStep(listener) {
  stepChanged = listener;
}

export function goTo(step) {
  if (!(step in STEPS)) throw new RangeError(step);
  call.step = step;
  stepChanged(step);
}

export function forgetCall() {
  Object.assign(call, emptyCall());
}

/** The list with another quantity of a service; 0 takes it away. */
export function withQuantity(chosen, service, quantity) {
  const others = chosen.filter((entry) => entry.service.code !== service.code);
  if (quantity === 0) return others;
  if (others.length === chosen.length) return [...chosen, { service, quantity }];
  return chosen.map((entry) => (entry.service.code === service.code ? { service, quantity } : entry));
}

export function quantityOf(chosen, service) {
  return chosen.find((entry) => entry.service.code === service.code)?.quantity ?? 0;
}

/** As requests name services: [{service: code, quantity}]. */
export function wishes(chosen) {
  return chosen.map(({ service, quantity }) => ({ service: service.code, quantity }));
}
