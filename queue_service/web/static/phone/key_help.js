// The overview of all keys, made from the table that the listener reads.

import { element } from "../desk/elements.js";
import * as dialogs from "./dialogs.js";
import { allKeys } from "./keys.js";

const dialog = document.getElementById("key-help");
const groups = document.getElementById("key-groups");

function group({ heading, entries }) {
  return element(
    "section",
    { class: "key-group" },
    element("h3", { class: "panel__subheading" }, heading),
    element("dl", { class: "key-list" }, ...entries.map(line)),
  );
}

function line({ shown, text }) {
  return element("div", {}, element("dt", {}, element("kbd", { class: "key" }, shown)), element("dd", {}, text));
}

export function open() {
  if (groups.childElementCount === 0) groups.append(...allKeys().map(group));
  dialogs.open(dialog);
}
