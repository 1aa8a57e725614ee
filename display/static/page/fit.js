// Makes what must be read from afar as large as its box lets it be: the style sheet's size is the
// largest, and words that don't fit at it are made smaller.

const STEPS = 8; // halvings between smallest and largest: within half a percent of the best size

// Smallest sizes in rem. The smallest number still has capitals of 122 mm on a 55-inch screen (a test
// measures them).
const FITTED = [
  { selector: "[data-number]", smallest: 17.6, wraps: false },
  { selector: "[data-place-box]", smallest: 4, wraps: true },
  { selector: ".listed-counter", smallest: 1.5, wraps: false },
];

export function fitAll() {
  const pixelsPerRem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  for (const { selector, smallest, wraps } of FITTED) {
    for (const element of document.querySelectorAll(selector)) fit(element, smallest * pixelsPerRem, wraps);
  }
}

function fit(element, smallest, wraps) {
  element.style.removeProperty("font-size");
  if (fits(element, wraps)) return;
  let [low, high] = [smallest, parseFloat(getComputedStyle(element).fontSize)];
  for (let step = 0; step < STEPS; step += 1) {
    const middle = (low + high) / 2;
    element.style.fontSize = `${middle}px`;
    if (fits(element, wraps)) low = middle;
    else high = middle;
  }
  element.style.fontSize = `${low}px`;
}

function fits(element, wraps) {
  const wide = element.scrollWidth <= element.clientWidth;
  // The height of a single line is set by its row; only words that wrap can become too high.
  return wide && (!wraps || element.scrollHeight <= element.clientHeight);
}
