// Makes what must be read from afar as large as its box lets it be, and never smaller than the distance asks
// for: the style sheet's size is the largest, words that don't fit at it are made smaller, earlier calls that
// have no room at the least size go, then the list, then what is no call.

const STEPS = 8; // halvings between smallest and largest: within half a percent of the best size
// 0: everything; 1: without earlier calls; 2: without figures and panel as well (wall.css). Before a counter's
// whole name gives way to its sign, the rest does.
const STAGES = [[0, false], [1, false], [2, false], [0, true], [1, true], [2, true]];
const NEARLY = 0.99; // of the least size counts as reached: halvings end a little below

// Smallest sizes in rem where no distance is named. The smallest number still has capitals of 122 mm on a
// 55-inch screen (a test measures them).
const FITTED = [
  { selector: "[data-number]", smallest: 17.6, wraps: false, mustReach: true },
  { selector: "[data-place-box]", smallest: 4, wraps: true, mustReach: true },
  { selector: ".listed-counter", smallest: 1.5, wraps: true, mustReach: false },
  { selector: ".column-number", smallest: 5, wraps: false, mustReach: true },
  { selector: ".column-place", smallest: 2.5, wraps: false, mustReach: true },
  { selector: ".column-counter", smallest: 1.5, wraps: false, mustReach: false },
  { selector: ".door-number", smallest: 8, wraps: false, mustReach: true },
  { selector: ".door-counter", smallest: 4, wraps: false, mustReach: false },
  { selector: ".panel-words", smallest: 1.5, wraps: true, mustReach: false },
];
const CALLS = "[data-number], [data-place-box], [data-listed-rows] td, .column-number, .column-place, .column-listed li, .door-number";
const CARDS = ".column-call, .door-card";
const ROWS = "[data-listed-rows] tr, .column-listed li";

const root = document.documentElement;
const capitals = measuredCapitals();

// `letters`: the rule that the program sends, or null. Gives what there was room for.
export function fitAll(letters) {
  const least = letters ? leastPixels(letters) : 0;
  root.style.setProperty("--least", `${least}px`);
  for (const [tight, short] of STAGES) {
    document.body.dataset.tight = tight;
    fitOnce(least, short);
    if (reaches(least)) return measured(letters, least);
  }
  // What no stage can hold is whole all the same, as large as the layout makes it; the office is told.
  root.style.setProperty("--least", "0px");
  document.body.dataset.tight = 0;
  fitOnce(0, true);
  return measured(letters, least);
}

function fitOnce(least, short) {
  const pixelsPerRem = parseFloat(getComputedStyle(root).fontSize);
  for (const row of document.querySelectorAll(ROWS)) row.hidden = false;
  for (const place of document.querySelectorAll("[data-whole]")) writePlace(place, short);
  for (const { selector, smallest, wraps, mustReach } of FITTED) {
    const floor = Math.max(smallest * pixelsPerRem, mustReach ? least : 0);
    for (const element of shown(selector)) fit(element, floor, wraps);
  }
  for (const row of document.querySelectorAll(ROWS)) row.hidden = isShown(row) && !hasRoom(row);
}

// The counter's sign says as much as its whole name, in less room; the name then stands beneath.
function writePlace(place, short) {
  const { whole, sign } = place.dataset;
  const name = place.closest("[data-call], .column").querySelector("[data-place-name]");
  const asSign = short && sign !== "";
  const [words, beneath] = asSign ? [sign, whole] : [whole, ""];
  if (place.textContent !== words) place.textContent = words;
  if (name.textContent !== beneath) name.textContent = beneath;
}

function reaches(least) {
  const fitted = shown(CALLS).every((element) => size(element) >= least * NEARLY);
  const whole = shownBoxes(CARDS).every(holdsItsWords);
  return fitted && whole && !listStandsEmpty();
}

// Not by scrollHeight: the frame of a new call stands outside its card.
function holdsItsWords(card) {
  const { bottom } = card.getBoundingClientRect();
  return [...card.children].every((part) => part.getBoundingClientRect().bottom <= bottom + 1);
}

// A list that has calls and no room for any is worth less than its place.
function listStandsEmpty() {
  return shownBoxes("[data-listed], .column-listed").some((list) => {
    const rows = [...list.querySelectorAll("[data-listed-rows] tr, li")];
    return rows.length > 0 && rows.every((row) => row.hidden);
  });
}

function measured(letters, least) {
  const wanted = [...document.querySelectorAll(ROWS)];
  const sizes = shown(CALLS).map(size);
  const smallest = sizes.length ? Math.min(...sizes) * capitals : null;
  return {
    rows: shown(ROWS).length,
    rows_wanted: wanted.length,
    letters_mm: letters && smallest !== null ? smallest / pixelsAMillimetre(letters) : null,
    too_small: !sizes.every((one) => one >= least * NEARLY),
  };
}

// Words that don't fit at the smallest size are whole all the same.
function fit(element, smallest, wraps) {
  element.style.removeProperty("font-size");
  if (fits(element, wraps)) return;
  const largest = parseFloat(getComputedStyle(element).fontSize);
  let [low, high] = [Math.min(smallest, largest), largest];
  element.style.fontSize = `${low}px`;
  if (!fits(element, wraps)) [low, high] = [1, low];
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

function hasRoom(row) {
  const box = row.closest("[data-listed-box], .column-listed").getBoundingClientRect();
  const [own, wide] = [row.getBoundingClientRect(), row.scrollWidth <= row.clientWidth + 1];
  const cells = [...row.querySelectorAll("td")].every((cell) => cell.scrollWidth <= cell.clientWidth + 1);
  return own.bottom <= box.bottom + 1 && wide && cells;
}

function shownBoxes(selector) {
  return [...document.querySelectorAll(selector)].filter((element) => element.getClientRects().length > 0);
}

function shown(selector) {
  return [...document.querySelectorAll(selector)].filter(isShown);
}

function isShown(element) {
  return element.getClientRects().length > 0 && element.textContent.trim() !== "";
}

function size(element) {
  return parseFloat(getComputedStyle(element).fontSize);
}

function pixelsAMillimetre(letters) {
  return Math.hypot(innerWidth, innerHeight) / letters.diagonal_mm;
}

function leastPixels(letters) {
  return (letters.capitals_mm * pixelsAMillimetre(letters)) / capitals;
}

// Height of a capital for a font of size 1, by the font's own metrics.
function measuredCapitals() {
  const context = document.createElement("canvas").getContext("2d");
  context.font = `100px ${getComputedStyle(document.body).fontFamily}`;
  return context.measureText("H").actualBoundingBoxAscent / 100;
}
