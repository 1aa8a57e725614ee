// Draws the sign at one counter's door.

const place = document.querySelector("[data-door]");
const find = (name) => document.querySelector(`[data-door-${name}]`);

export function drawDoor(sign) {
  place.hidden = !sign;
  if (!sign) return;
  place.dataset.state = sign.state;
  put(find("counter"), sign.counter.text);
  find("counter").lang = sign.counter.lang;
  put(find("number"), sign.number);
  put(find("words"), sign.words);
}

function put(element, text) {
  // Unchanged words are not written again: a live region would be read out again.
  if (element.textContent !== text) element.textContent = text;
}
