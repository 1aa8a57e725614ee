// What somebody who looks for an appointment has typed: its number, a telephone number, an e-mail
// address or a name.
// Pure: no page, no requests.

const REFERENCE = /^[2-9A-HJ-NPR-Z]{8}$/; // the alphabet that is safe to dictate: no 0, 1, I, O, Q
const BETWEEN = /[\s\u2010-\u2014-]/g; // spaces and hyphens, and what programs make of them
const PHONE = /^\+?[\d\s()/.\u2010-\u2014-]+$/;
const FEWEST_DIGITS = 5; // of a telephone number

/** How to look, in this order until something is found: "reference", "phone", "email", "name". */
export function waysToFind(typed) {
  if (typed.includes("@")) return ["email"];
  const bare = typed.toUpperCase().replace(BETWEEN, "");
  if (REFERENCE.test(bare)) return /\d/.test(bare) ? ["reference"] : ["reference", "name"]; // "Hartmann"
  const digits = bare.replace(/\D/g, "").length;
  if (PHONE.test(typed) && digits >= FEWEST_DIGITS) return ["phone"];
  return /\p{L}/u.test(typed) ? ["name"] : ["reference"];
}
