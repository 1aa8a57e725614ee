// Draws several areas or offices beside each other, a column each.

const place = document.querySelector("[data-columns]");
const model = document.querySelector("[data-column]").content.firstElementChild;
const rests = new Map();

export function drawColumns(columns) {
  place.hidden = columns.length === 0;
  while (place.childElementCount > columns.length) place.lastElementChild.remove();
  while (place.childElementCount < columns.length) place.append(model.cloneNode(true));
  columns.forEach((column, at) => drawColumn(place.children[at], column));
}

function drawColumn(element, { name, current, listed, empty }) {
  const find = (part) => element.querySelector(`.column-${part}`);
  put(find("name"), name.text);
  find("name").lang = name.lang;
  find("call").hidden = !current;
  find("empty").hidden = Boolean(current);
  put(find("empty"), empty);
  if (current) {
    put(find("number"), current.number);
    // What is written there in the end is a matter of room (fit.js).
    const place = find("place").lastElementChild;
    place.dataset.whole = keepTogether(current.place.text);
    place.dataset.sign = current.sign;
    find("place").lang = current.place.lang;
    find("place").firstElementChild.classList.toggle("is-away", !current.points);
    drawSecond(find("second"), current);
    if (find("call").dataset.id !== current.id) attract(find("call"), current.new_for_ms);
    find("call").dataset.id = current.id;
  }
  find("listed").replaceChildren(...listed.map(line));
}

// What is said to whoever is fetched, in the house's language, and the place in the visitor's: each in its own.
function drawSecond(element, { fetched, second }) {
  const lines = [fetched && { text: fetched, lang: document.documentElement.lang }, second].filter(Boolean);
  const shown = JSON.stringify(lines);
  if (element.dataset.shown === shown) return;
  element.dataset.shown = shown;
  const parts = lines.map(({ text, lang }) => {
    const part = document.createElement("bdi");
    part.lang = lang;
    part.textContent = text;
    return part;
  });
  element.replaceChildren(...parts.flatMap((part, at) => (at ? [" · ", part] : [part])));
}

function line({ number, counter }) {
  const element = document.createElement("li");
  const [shownNumber, sign] = [document.createElement("span"), document.createElement("span")];
  shownNumber.textContent = number;
  sign.className = "column-counter";
  sign.textContent = counter;
  element.append(shownNumber, sign);
  return element;
}

// "Schalter 12" is one thing: a line never breaks before the number at its end.
export function keepTogether(name) {
  return name.replace(/ (?=\S*\d\S*$)/, "\u00a0");
}

function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function attract(card, milliseconds) {
  clearTimeout(rests.get(card));
  card.classList.remove("is-new");
  if (milliseconds <= 0) return;
  void card.offsetWidth; // lets the frame's animation begin anew for the next call
  card.classList.add("is-new");
  rests.set(card, setTimeout(() => rest(card), milliseconds));
}

function rest(card) {
  card.classList.remove("is-new");
  card.dispatchEvent(new CustomEvent("rest", { bubbles: true }));
}
