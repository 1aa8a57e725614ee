// Makes what must be read from afar as large as its box lets it be.

const STEPS = 8; // halvings between smallest and largest: within half a percent of the best size

// The smallest number still has capitals of 122 mm on a 55-inch screen (a test measures them), and what
// the place may reach of it is "nearly as large". Signs in the list only shrink, from their row's size.
const FITTED = [
  { selector: "[data-number]", smallest: 17.6, largest: 24, unit: "rem", wraps: false },
  { selector: "[data-place-box]", smallest: 5, largest: 18, unit: "rem", wraps: true },
  { selector: ".listed-counter", smallest: 0.25, largest: 1, unit: "em", wraps: false },
];

export function fitAll() {
  for (const rule of FITTED) {
    for (const element of document.querySelectorAll(rule.selector)) fit(element, rule);
  }
}

function fit(element, rule) {
  let [low, high] = [rule.smallest, rule.largest];
  if (fits(element, rule.largest, rule)) return;
  for (let step = 0; step < STEPS; step += 1) {
    const middle = (low + high) / 2;
    if (fits(element, middle, rule)) low = middle;
    else high = middle;
  }
  element.style.fontSize = `${low}${rule.unit}`;
}

function fits(element, size, { unit, wraps }) {
  element.style.fontSize = `${size}${unit}`;
  const wide = element.scrollWidth <= element.clientWidth;
  // The height of a single line is set by its row; only words that wrap can become too high.
  return wide && (!wraps || element.scrollHeight <= element.clientHeight);
}
