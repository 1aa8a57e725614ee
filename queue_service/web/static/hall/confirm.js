// The second step before anything that the whole hall or a colleague feels.

import { setText } from "../desk/elements.js";

const byId = (id) => document.getElementById(id);
const dialog = byId("confirm");

byId("confirm-no").addEventListener("click", () => dialog.close("no"));
byId("confirm-yes").addEventListener("click", () => dialog.close("yes"));

/** Ask; question: {title, text, yes, grave}. Escape and "cancel" mean no. */
export function confirmed({ title, text, yes, grave = false }) {
  setText(byId("confirm-title"), title);
  setText(byId("confirm-text"), text);
  setText(byId("confirm-label"), yes);
  dialog.classList.toggle("confirm--grave", grave);
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
