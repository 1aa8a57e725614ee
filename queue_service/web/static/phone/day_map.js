// Office by day, for two weeks: about how many such visits still fit. A table that is walked by arrow
// keys; the words of a cell say everything, its shade only helps the eye.

import { gettext, ngettext } from "../texts.js";
import { element } from "../desk/elements.js";
import { offices } from "./catalogue.js";
import { distanceInWords } from "./nearness.js";
import { dayInShort, dayInWords, inLanguage } from "./spoken.js";

export const DAYS = 14;
const SHADES = [1, 5, 20]; // visits from which on a cell is one shade darker
const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const ROWS_AT_ONCE = 20; // more than a window shows; the others come after the first picture
const table = document.getElementById("day-map");

let cells = []; // rows of [td]
let openDays = new Map(); // td → {office, day}

export function start(choose) {
  table.addEventListener("keydown", (event) => {
    const cell = event.target.closest("td");
    if (!cell || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (!event.repeat) choose(openDays.get(cell));
    } else if (event.key in ARROWS || event.key === "Home" || event.key === "End") {
      event.preventDefault();
      walk(cell, event.key);
    }
  });
  table.addEventListener("click", (event) => {
    const cell = event.target.closest("td");
    if (cell) choose(openDays.get(cell));
  });
}

function walk(cell, key) {
  const line = cells.findIndex((row) => row.includes(cell));
  const column = cells[line].indexOf(cell);
  const [down, right] = ARROWS[key] ?? [0, key === "Home" ? -column : cells[line].length - 1 - column];
  const next = cells[line + down]?.[column + right];
  if (next) focusOn(next);
}

function focusOn(cell) {
  for (const other of table.querySelectorAll('td[tabindex="0"]')) other.tabIndex = -1;
  cell.tabIndex = 0;
  cell.focus();
}

function visitsInWords({ staffed, visits }) {
  if (!staffed) return gettext("geschlossen");
  if (visits === 0) return gettext("0 Termine, ausgebucht");
  return ngettext("noch etwa %(count)s Termin", "noch etwa %(count)s Termine", visits);
}

function shadeOf({ staffed, visits }) {
  return staffed ? SHADES.filter((from) => visits >= from).length : "closed";
}

function dayCell(office, name, entry) {
  const words = [name, dayInWords(entry.day, "UTC"), visitsInWords(entry)].join(", ");
  const cell = element(
    "td",
    { class: "day-map__cell", role: "gridcell", tabindex: -1, "aria-label": words, "data-shade": shadeOf(entry) },
    entry.staffed ? String(entry.visits) : "–",
  );
  if (entry.visits > 0) openDays.set(cell, { office, day: entry.day });
  return cell;
}

function earliestCell({ office, earliest_day: day }) {
  const name = inLanguage(offices.get(office).name);
  const shown = day ? Object.values(dayInShort(day)).join(" ") : gettext("nichts frei");
  const words = gettext("%(office)s, frühester Tag: %(day)s", { office: name, day: shown });
  const cell = element("td", { class: "day-map__earliest", role: "gridcell", tabindex: -1, "aria-label": words }, shown);
  if (day) openDays.set(cell, { office, day });
  return cell;
}

function officeRow(item, days) {
  const name = inLanguage(offices.get(item.office).name);
  const byDay = new Map(item.days.map((entry) => [entry.day, entry]));
  const its = days.map((day) => byDay.get(day) ?? { day, staffed: false, visits: 0 });
  const row = [earliestCell(item), ...its.map((entry) => dayCell(item.office, name, entry))];
  cells.push(row);
  const distance = distanceInWords(item.office);
  return element(
    "tr",
    { role: "row" },
    element("th", { scope: "row", role: "rowheader" }, name,
      distance ? element("span", { class: "day-map__distance" }, ` ${distance}`) : null),
    ...row,
  );
}

function dayHead(day) {
  const { weekday, date } = dayInShort(day);
  return element("th", { scope: "col", role: "columnheader" }, weekday, element("br"), date);
}

/** Show the service's overview for these days; `days` as 2026-11-23. */
export function show(items, days) {
  cells = [];
  openDays = new Map();
  const known = items.filter(({ office }) => offices.has(office));
  const rows = (some) => some.map((item) => officeRow(item, days));
  const body = element("tbody", { role: "rowgroup" }, ...rows(known.slice(0, ROWS_AT_ONCE)));
  table.replaceChildren(
    element("thead", { role: "rowgroup" }, element("tr", { role: "row" },
      element("th", { scope: "col", role: "columnheader" }, gettext("Standort")),
      element("th", { scope: "col", role: "columnheader" }, gettext("Frühester Tag")),
      ...days.map(dayHead))),
    body,
  );
  if (cells.length > 0) cells[0][0].tabIndex = 0;
  const others = known.slice(ROWS_AT_ONCE);
  if (others.length > 0) afterPaint(() => body.isConnected && body.append(...rows(others)));
}

function afterPaint(action) {
  requestAnimationFrame(() => setTimeout(action));
}

export function focus() {
  table.querySelector('td[tabindex="0"]')?.focus();
}
