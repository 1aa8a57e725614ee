// Where the caller lives: a quarter or a postal code, so that the nearest offices come first.

import { gettext } from "../texts.js";
import { read } from "./requests.js";

const field = document.getElementById("filter-near");

let looked = ""; // what was typed when it was looked up
let found = null; // the service's {name, position, kilometres}

/** Whether something else is typed than what was looked up. */
export function hasChanged() {
  return field.value.trim() !== looked;
}

/** Find out where that is; false when nobody knows. */
export async function look() {
  looked = field.value.trim();
  found = looked ? await read(`/phone/near?where=${encodeURIComponent(looked)}`) : null;
  return Boolean(found) || looked === "";
}

export function reset() {
  field.value = "";
  looked = "";
  found = null;
}

export function focus() {
  field.focus();
  field.select();
}

/** As searches take it; "" for anywhere. */
export function position() {
  return found?.position ?? "";
}

/** The quarter as the service understood it; "" for anywhere. */
export function quarter() {
  return found?.name ?? "";
}

/** "1,4 km" to an office; "" when that isn't known. */
export function distanceInWords(slug) {
  const kilometres = found?.kilometres[slug];
  if (kilometres === undefined) return "";
  const number = new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: 1 }).format(kilometres);
  return gettext("%(number)s km", { number });
}
