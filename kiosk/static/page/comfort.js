// How a visitor likes the page to look: size of the text, contrast, and keys within reach of somebody who sits.

/** Factors of the text size, one after the other at each press. */
const TEXT_SIZES = [1, 1.4, 2];

export function newComfort() {
  return { text: 0, largestText: TEXT_SIZES.length - 1, contrast: false, low: false };
}

export function comfortChanged(comfort) {
  return comfort.text > 0 || comfort.contrast || comfort.low;
}

export function withNextText(comfort) {
  return { ...comfort, text: (comfort.text + 1) % TEXT_SIZES.length };
}

/** Mark the root of the document, which the style sheets go by. */
export function applyComfort({ dataset, style }, comfort) {
  dataset.kernTheme = comfort.contrast ? "dark" : "light";
  dataset.contrast = comfort.contrast ? "high" : "normal";
  dataset.position = comfort.low ? "low" : "normal";
  dataset.text = String(comfort.text);
  style.setProperty("--text", String(TEXT_SIZES[comfort.text]));
}
