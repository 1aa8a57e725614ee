// The services of this visit with their quantities.

import { gettext } from "../texts.js";
import { element, reconcile, setText } from "../desk/elements.js";
import { inLanguage } from "./spoken.js";

const list = document.getElementById("chosen-list");
const sum = document.getElementById("chosen-minutes");
const empty = document.getElementById("chosen-empty");

/** `changed(code, quantity)` is called with 0 for a service that is taken away. */
export function start(changed) {
  list.addEventListener("change", (event) => {
    const { min, max, valueAsNumber } = event.target;
    const quantity = Math.min(Number(max), Math.max(Number(min), Math.round(valueAsNumber) || 1));
    event.target.value = quantity;
    changed(event.target.dataset.code, quantity);
  });
  list.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) changed(button.dataset.code, 0);
  });
}

export function codeAt(node) {
  return node.closest("[data-key]").dataset.key;
}

export function show(chosen, frozen) {
  reconcile(list, chosen, ({ service }) => service.code, row, (child, { quantity }) => {
    const field = child.querySelector("input");
    if (field && Number(field.value) !== quantity) field.value = quantity;
    for (const control of child.querySelectorAll("input, button")) control.disabled = frozen;
  });
  empty.hidden = chosen.length > 0;
  const minutes = chosen.reduce((total, { service, quantity }) => total + service.minutes * quantity, 0);
  setText(sum, chosen.length === 0 ? "" : gettext("etwa %(minutes)s Min.", { minutes }));
}

function row({ service, quantity }) {
  const name = inLanguage(service.name);
  const number = element("input", {
    class: "kern-form-input__input chosen__quantity",
    type: "number", min: 1, max: service.max_quantity, value: quantity, "data-code": service.code,
    "aria-label": gettext("Anzahl: %(service)s", { service: name }),
  });
  const label = element("label", { class: "chosen__number" }, element("span", { "aria-hidden": "true" }, gettext("Anzahl")), number);
  return element(
    "li",
    { class: "chosen" },
    element("span", { class: "chosen__name" }, name),
    service.max_quantity > 1 ? label : null,
    element("button", {
      class: "text-button", type: "button", "data-code": service.code,
      "aria-label": gettext("%(service)s entfernen", { service: name }),
    }, gettext("entfernen")),
  );
}
