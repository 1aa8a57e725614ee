// The sound of an alarm at colleagues' desks: two tones, again and again until somebody comes.

const TONES = [880, 660]; // Hz; two tones carry through talking better than one
const TONE_SECONDS = 0.18;
const CHIME = 523; // Hz; lower than the alarm
const CHIME_SECONDS = 0.6;
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

/** One soft tone, once: somebody asks for something, and nobody is in danger. */
export function chime() {
  if (muted) return;
  awaken();
  tone(CHIME, context.currentTime, CHIME_SECONDS);
}

function play() {
  if (muted) return;
  awaken();
  TONES.forEach((frequency, place) => tone(frequency, context.currentTime + place * TONE_SECONDS, TONE_SECONDS));
}

function awaken() {
  context ??= new AudioContext();
  // A browser that has not been touched yet keeps silent; the banner is there all the same.
  if (context.state === "suspended") context.resume();
}

function tone(frequency, from, seconds) {
  const source = new OscillatorNode(context, { frequency });
  const volume = new GainNode(context, { gain: 0 });
  volume.gain.setTargetAtTime(LOUDNESS, from, 0.01);
  volume.gain.setTargetAtTime(0, from + seconds - 0.04, 0.01);
  source.connect(volume).connect(context.destination);
  source.start(from);
  source.stop(from + seconds);
}
