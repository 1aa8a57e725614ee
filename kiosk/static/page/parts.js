// Parts that several steps are made of.

import { h } from "./elements.js";
import { t } from "./texts.js";

/** A button as the design system draws it; `kind` is primary or secondary. */
export function button(kind, words, onclick, attributes = {}) {
  return h(
    "button",
    { ...attributes, type: "button", class: `kern-btn kern-btn--${kind} press ${attributes.class ?? ""}`, onclick },
    h("span", { class: "kern-label" }, words),
  );
}

/** A large choice: what it is, and below it a sentence about it. */
export function choice(words, about, onclick) {
  return h(
    "button",
    { type: "button", class: "choice press", onclick },
    h("span", { class: "choice-words" }, words),
    about && h("span", { class: "choice-about" }, about),
  );
}

/** A row of a list: a name, below it what belongs to it, and beside it a figure with its label; `kind` is a class. */
export function row(words, { below, label, figure, kind }, onclick) {
  return h(
    "button",
    { type: "button", class: `row press ${kind ?? ""}`, onclick },
    h("span", { class: "row-main" }, h("span", { class: "row-words" }, words), below && h("span", { class: "row-below" }, below)),
    label && h("span", { class: "row-beside" }, h("span", { class: "row-label" }, label), " ", h("strong", {}, figure)),
  );
}

/** Something to know, in a frame; `kind` is info, warning or danger. */
export function notice(kind, ...content) {
  return h("div", { class: `notice notice-${kind}` }, content);
}

/** Keys for letters and digits; `last` are keys for whole words at the end. */
export function keyboard(label, characters, onCharacter, last) {
  return h(
    "div",
    // Letters and digits stand in the same order for everybody.
    { class: "keys", role: "group", "aria-label": label, dir: "ltr" },
    characters.map((character) =>
      h("button", { type: "button", class: "key press", onclick: () => onCharacter(character) }, character)),
    last,
  );
}

export function wordKey(words, onclick, attributes = {}) {
  const names = `key key-word press ${attributes.class ?? ""}`;
  return h("button", { ...attributes, type: "button", class: names, onclick }, words);
}

/**
 * A part of the screen with its own contents; keys to page through it appear when it is taller than its place,
 * since nothing here may depend on a drag.
 */
export function region(name, content) {
  return h(
    "div",
    { class: `region ${name}` },
    h("div", { class: "scroller" }, h("div", { class: "content" }, content)),
    h(
      "div",
      { class: "pager" },
      button("secondary", t("↑ Nach oben"), (event) => turnPage(event, -1)),
      button("secondary", t("↓ Weiter unten"), (event) => turnPage(event, 1)),
    ),
  );
}

/** How much of the visible part a page turn moves; the rest stays as an anchor for the eye. */
const PAGE_SHARE = 0.8;

function turnPage(event, direction) {
  const scroller = event.currentTarget.closest(".region").querySelector(".scroller");
  scroller.scrollBy({ top: direction * scroller.clientHeight * PAGE_SHARE });
}

/** Rounding of fractional sizes must not make a page turn appear. */
const TOLERANCE = 4;

/** Show page keys exactly where contents do not fit. */
export function fitRegions() {
  for (const element of document.querySelectorAll(".region")) {
    const scroller = element.querySelector(".scroller");
    element.classList.remove("overflowing");
    const overflows = scroller.scrollHeight > scroller.clientHeight + TOLERANCE;
    element.classList.toggle("overflowing", overflows);
    scroller.onscroll = () => markEnds(element, scroller);
    markEnds(element, scroller);
  }
}

function markEnds(element, scroller) {
  const end = scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - TOLERANCE;
  const [up, down] = element.querySelectorAll(":scope > .pager > button");
  // Not disabled: who pages by keys would lose the key under the finger at the end.
  up.ariaDisabled = String(scroller.scrollTop <= TOLERANCE);
  down.ariaDisabled = String(end);
}
