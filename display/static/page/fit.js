// Makes what must be read from afar as large as its box lets it be.

const STEPS = 8; // halvings between smallest and largest: within 0.1 rem of the best size

// Sizes in rem. The smallest number still has capitals of 122 mm on a 55-inch screen (see wall tests);
// "nearly as large" is what the place may reach of the number.
const FITTED = [
  { selector: "[data-number]", smallest: 17.6, largest: 24 },
  { selector: "[data-place-box]", smallest: 5, largest: 18 },
  { selector: ".listed-counter", smallest: 2, largest: 6 },
];

export function fitAll() {
  for (const { selector, smallest, largest } of FITTED) {
    for (const element of document.querySelectorAll(selector)) fit(element, smallest, largest);
  }
}

function fit(element, smallest, largest) {
  let [low, high] = [smallest, largest];
  if (fits(element, largest)) return;
  for (let step = 0; step < STEPS; step += 1) {
    const middle = (low + high) / 2;
    if (fits(element, middle)) low = middle;
    else high = middle;
  }
  element.style.fontSize = `${low}rem`;
}

function fits(element, size) {
  element.style.fontSize = `${size}rem`;
  return element.scrollWidth <= element.clientWidth && element.scrollHeight <= element.clientHeight;
}
