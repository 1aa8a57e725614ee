// Shows the slides of the information panel in turn. A slide stands still while a call is new, so that one
// thing at a time asks for attention; a film has no sound, and does not run for those who asked for less motion.

const FIRST_CHECK_MS = 500;

const place = document.querySelector("[data-panel]");
const stillness = matchMedia("(prefers-reduced-motion: reduce)");

let slides = [];
let shown = "";
let at = -1;
let turn = 0;
let film = null;

export function drawPanel(next) {
  place.hidden = next.length === 0;
  const now = JSON.stringify(next);
  if (now === shown) return;
  shown = now;
  slides = next;
  at = -1;
  clearTimeout(turn);
  if (slides.length) showNext();
  else place.replaceChildren();
}

// While a call is new, nothing else moves.
export function hold(still) {
  if (!film) return;
  if (still) film.pause();
  else play();
}

function showNext() {
  if (document.querySelector(".is-new")) {
    turn = setTimeout(showNext, FIRST_CHECK_MS);
    return;
  }
  at = (at + 1) % slides.length;
  const slide = slides[at];
  film = null;
  place.replaceChildren(...[picture(slide), words(slide.text)].filter(Boolean));
  if (slides.length > 1 || slide.kind === "film") turn = setTimeout(showNext, slide.seconds * 1000);
  place.dispatchEvent(new CustomEvent("slide", { bubbles: true }));
}

function picture({ kind, source }) {
  if (!source) return null;
  const element = document.createElement(kind === "film" ? "video" : "img");
  element.className = "panel-picture";
  element.src = source;
  if (kind === "film") {
    element.muted = true;
    element.playsInline = true;
    element.ariaHidden = "true";
    film = element;
    play();
  } else {
    element.alt = ""; // what it has to say stands beside it in words
  }
  // A file that the browser can't read leaves its words.
  element.addEventListener("error", () => element.remove());
  return element;
}

function play() {
  // A browser that does not let it run shows its first picture.
  if (!stillness.matches) film.play().catch(() => {});
}

function words(text) {
  if (!text) return null;
  const element = document.createElement("p");
  element.className = "panel-words";
  element.lang = text.lang;
  element.dir = "auto";
  const [first, ...others] = text.text.split("\n");
  const title = document.createElement("strong");
  title.textContent = first;
  element.append(title, others.join("\n"));
  return element;
}
