// Shows the slides of the information panel in turn. A slide stands still while a call is new, so that one
// thing at a time asks for attention; a film does not run for those who asked for less motion.

const FIRST_CHECK_MS = 500;
const LOWERED = 0.1; // −20 dB: a film under an announcement is noticed and not understood
const LOWER_WITHIN_MS = 60; // a gong is heard no sooner after the page learns of it
const COME_BACK_WITHIN_MS = 2000; // not startling after the last word
const STEP_MS = 20;

const place = document.querySelector("[data-panel]");
const stillness = matchMedia("(prefers-reduced-motion: reduce)");

let slides = [];
let shown = "";
let at = -1;
let turn = 0;
let film = null;
let held = false;
let volume = 1;
let wantedVolume = 1;
let fading = 0;
let report = null;

export function drawPanel(next, reportTo) {
  report = reportTo;
  const now = JSON.stringify(next);
  if (now === shown) return;
  shown = now;
  slides = next;
  at = -1;
  begin();
}

// While a call is new, nothing else moves; the film has its whole time all the same.
export function hold(still) {
  if (!film || film.ended || still === held) return;
  held = still;
  clearTimeout(turn);
  if (still) film.pause();
  else {
    play(film);
    turn = setTimeout(showNext, Math.max(0, slides[at].seconds - film.currentTime) * 1000);
  }
}

// While anything is announced, here or by the sound card, films are softer.
export function lower(isLow) {
  const wanted = isLow ? LOWERED : 1;
  if (wanted === wantedVolume) return;
  wantedVolume = wanted;
  clearInterval(fading);
  const step = ((wanted - volume) * STEP_MS) / (isLow ? LOWER_WITHIN_MS : COME_BACK_WITHIN_MS);
  fading = setInterval(() => {
    volume = isLow ? Math.max(wanted, volume + step) : Math.min(wanted, volume + step);
    if (film) film.volume = volume;
    if (volume === wanted) clearInterval(fading);
  }, STEP_MS);
}

function begin() {
  clearTimeout(turn);
  film = null;
  place.hidden = slides.length === 0;
  if (slides.length) showNext();
  else place.replaceChildren();
}

function showNext() {
  clearTimeout(turn);
  if (document.querySelector(".is-new")) {
    turn = setTimeout(showNext, FIRST_CHECK_MS);
    return;
  }
  at = (at + 1) % slides.length;
  const slide = slides[at];
  film = null;
  held = false;
  place.replaceChildren(...[picture(slide), words(slide.text)].filter(Boolean));
  if (slides.length > 1 || slide.kind === "film") turn = setTimeout(showNext, slide.seconds * 1000);
  place.dispatchEvent(new CustomEvent("slide", { bubbles: true }));
}

function picture(slide) {
  if (!slide.source) return null;
  const element = document.createElement(slide.kind === "film" ? "video" : "img");
  element.className = "panel-picture";
  element.addEventListener("error", () => leaveOut(slide, element));
  element.src = slide.source;
  if (slide.kind === "film") {
    element.muted = !slide.sound;
    element.volume = volume;
    element.playsInline = true;
    element.ariaHidden = "true";
    // A single film waits for its time before it begins again.
    element.addEventListener("ended", () => element === film && slides.length > 1 && showNext());
    film = element;
    play(element);
  } else {
    element.alt = ""; // what it has to say stands beside it in words
  }
  return element;
}

// A file that the browser can't read leaves its words; without any, the turn is the next slide's.
function leaveOut(slide, element) {
  report("slide_failed", slide.source.split("/").at(-1), `media error ${element.error?.code ?? ""}`);
  const wasShown = place.contains(element);
  element.remove();
  if (element === film) film = null;
  const index = slides.indexOf(slide);
  if (index < 0) return;
  const wordsAlone = slide.text ? [{ ...slide, kind: "text", source: "" }] : [];
  slides = slides.toSpliced(index, 1, ...wordsAlone);
  if (slide.text) return;
  if (index <= at) at -= 1;
  if (wasShown) begin();
}

function play(element) {
  if (stillness.matches) return;
  element.play().catch((error) => {
    // A browser that wants a click first lets it run without its sound, or shows its first picture.
    if (error.name !== "NotAllowedError" || element.muted) return;
    element.muted = true;
    element.play().catch(() => {});
  });
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
