// The sound of an alarm at colleagues' desks: two tones, again and again until somebody comes.

const TONES = [880, 660]; // Hz; two tones carry through talking better than one
const TONE_SECONDS = 0.18;
const AGAIN_AFTER = 1_500; // ms
const LOUDNESS = 0.25; // of full scale: heard in an office, not in the hall

let context = null;
let timer = null;
let muted = false;

export function startSound() {
  if (timer !== null) return;
  play();
  timer = setInterval(play, AGAIN_AFTER);
}

export function stopSound() {
  clearInterval(timer);
  timer = null;
}

/** Keep silent although there is an alarm, or no longer. */
export function muteSound(silent) {
  muted = silent;
}

/** Play it once, so that somebody hears how loud it is. */
export function testSound() {
  play();
}

function play() {
  if (muted) return;
  context ??= new AudioContext();
  // A browser that has not been touched yet keeps silent; the banner is there all the same.
  if (context.state === "suspended") context.resume();
  TONES.forEach((frequency, place) => tone(frequency, context.currentTime + place * TONE_SECONDS));
}

function tone(frequency, from) {
  const source = new OscillatorNode(context, { frequency });
  const volume = new GainNode(context, { gain: 0 });
  volume.gain.setTargetAtTime(LOUDNESS, from, 0.01);
  volume.gain.setTargetAtTime(0, from + TONE_SECONDS - 0.04, 0.01);
  source.connect(volume).connect(context.destination);
  source.start(from);
  source.stop(from + TONE_SECONDS);
}
