// Makes what must be read from afar as large as its box lets it be, and never smaller than the distance asks
// for: the style sheet's size is the largest, words that don't fit at it are made smaller, earlier calls that
// have no room at the least size go, then the list, then what is no call.

const STEPS = 8; // halvings between smallest and largest: within half a percent of the best size
const TIGHTEST = 2; // 1: without earlier calls; 2: without figures and panel as well (wall.css)
const NEARLY = 0.99; // of the least size counts as reached: halvings end a little below

// Smallest sizes in rem where no distance is named. The smallest number still has capitals of 122 mm on a
// 55-inch screen (a test measures them).
const FITTED = [
  { selector: "[data-number]", smallest: 17.6, wraps: false, mustReach: true },
  { selector: "[data-place-box]", smallest: 4, wraps: true, mustReach: true },
  { selector: ".listed-counter", smallest: 1.5, wraps: false, mustReach: false },
  { selector: ".column-number", smallest: 5, wraps: false, mustReach: true },
  { selector: ".column-place", smallest: 2.5, wraps: false, mustReach: true },
  { selector: ".column-counter", smallest: 1.5, wraps: false, mustReach: false },
  { selector: ".door-number", smallest: 8, wraps: false, mustReach: true },
  { selector: ".door-counter", smallest: 4, wraps: false, mustReach: false },
  { selector: ".panel-words", smallest: 1.5, wraps: true, mustReach: false },
];
const CALLS = "[data-number], [data-place-box], [data-listed-rows] td, .column-number, .column-place, .column-listed li, .door-number";
const ROWS = "[data-listed-rows] tr, .column-listed li";

const root = document.documentElement;
const capitals = measuredCapitals();

// `letters`: the rule that the program sends, or null. Gives what there was room for.
export function fitAll(letters) {
  const least = letters ? leastPixels(letters) : 0;
  root.style.setProperty("--least", `${least}px`);
  for (let tight = 0; tight <= TIGHTEST; tight += 1) {
    document.body.dataset.tight = tight;
    fitOnce(least);
    if (reaches(least)) break;
  }
  return measured(letters, least);
}

function fitOnce(least) {
  const pixelsPerRem = parseFloat(getComputedStyle(root).fontSize);
  for (const row of document.querySelectorAll(ROWS)) row.hidden = false;
  shorten(false);
  for (const { selector, smallest, wraps, mustReach } of FITTED) {
    const floor = Math.max(smallest * pixelsPerRem, mustReach ? least : 0);
    for (const element of shown(selector)) fit(element, floor, wraps);
  }
  // The counter's sign says as much as its whole name, in less room.
  const place = document.querySelector("[data-place-box]");
  if (least && isShown(place) && !fits(place, true) && shorten(true)) fit(place, least, true);
  for (const row of document.querySelectorAll(ROWS)) row.hidden = isShown(row) && !hasRoom(row);
}

function shorten(short) {
  const [place, name] = ["[data-place]", "[data-place-name]"].map((part) => document.querySelector(part));
  const { sign, whole } = place.dataset;
  name.hidden = !short || !sign;
  name.textContent = name.hidden ? "" : whole;
  const words = name.hidden ? whole : sign;
  if (words !== undefined && place.textContent !== words) place.textContent = words;
  return short && Boolean(sign);
}

function reaches(least) {
  if (!least) return true;
  const fitted = shown(CALLS).every((element) => size(element) >= least * NEARLY);
  const whole = FITTED.filter(({ mustReach }) => mustReach)
    .flatMap(({ selector, wraps }) => shown(selector).map((element) => fits(element, wraps)));
  return fitted && whole.every(Boolean) && !listStandsEmpty();
}

// A list that has calls and no room for any is worth less than its place.
function listStandsEmpty() {
  const rows = shown("[data-listed]").flatMap((list) => [...list.querySelectorAll("[data-listed-rows] tr")]);
  return rows.length > 0 && rows.every((row) => row.hidden);
}

function measured(letters, least) {
  const wanted = [...document.querySelectorAll(ROWS)];
  const sizes = shown(CALLS).map(size);
  const smallest = sizes.length ? Math.min(...sizes) * capitals : null;
  return {
    rows: shown(ROWS).length,
    rows_wanted: wanted.length,
    letters_mm: letters && smallest !== null ? smallest / pixelsAMillimetre(letters) : null,
    too_small: Boolean(least) && !reaches(least),
  };
}

// A size that even the smallest screen can't hold: the words are whole all the same, and the office is told.
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
