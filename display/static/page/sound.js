// One audio element plays one announcement at a time; two can't overlap in one element.

let audio = null;
let report = null;
let current = null;
let next = null;

export function listenToAudio(element, reportTo) {
  audio = element;
  report = reportTo;
  audio.addEventListener("playing", () => {
    if (current && !current.began) {
      current.began = true;
      report("began", current.id);
    }
  });
  audio.addEventListener("ended", () => finish("ended"));
  audio.addEventListener("error", () => finish("failed", `media error ${audio.error?.code}`));
}

export function playOnce(playing) {
  if (playing.id === current?.id || playing.id === next?.id) return;
  next = { id: playing.id, audio: playing.audio, began: false };
  // Who must leave the building is told so at once: another source ends what is played.
  if (!current || current.done || playing.urgent) startNext();
}

// Whether something would be cut off if the page went now.
export function isPlaying() {
  return Boolean(current && !current.done);
}

function startNext() {
  current = next;
  next = null;
  const clip = current;
  audio.src = clip.audio;
  audio.play().catch((error) => {
    if (clip === current && !clip.done) finish("failed", error.name);
  });
}

function finish(event, reason) {
  if (!current || current.done) return;
  current.done = true;
  report(event, current.id, reason);
  if (next) startNext();
}
