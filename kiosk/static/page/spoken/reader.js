// Says sentences one after the other: interrupted by the next, repeated on demand, as loud as wanted.

/** Decibels below the voice's own level; the default is in the middle. Reset after each visitor (EN 301 549, 5.1.3.13). */
const LEVELS = [-24, -18, -12, -6, 0];
const DEFAULT_LEVEL = 2;
export const LOUDEST = LEVELS.length;

/** A pause between two sentences, in seconds. */
const PAUSE = 0.25;

/** Says one thing at a time; `onChange` is called when speech becomes impossible, or possible again. */
export function newReader(onChange) {
  let context = null;
  let gain = null;
  let level = DEFAULT_LEVEL;
  let said = [];
  let turn = null;
  let silent = false;

  function output() {
    if (context === null) {
      context = new AudioContext();
      gain = context.createGain();
      gain.connect(context.destination);
    }
    gain.gain.value = 10 ** (LEVELS[level] / 20);
    return context.resume();
  }

  function interrupt() {
    turn?.abort();
    turn = null;
  }

  /** Say these sentences now: `[{ language, text }]`; "repeat" says `toRepeat`. */
  async function say(sentences, toRepeat = sentences) {
    interrupt();
    said = toRepeat;
    const mine = new AbortController();
    turn = mine;
    const wasSilent = silent;
    try {
      await output();
      // All are asked for at once, so that no pause is longer than it is meant to be.
      const sounds = sentences.filter(({ text }) => text).map((sentence) => fetched(sentence, mine.signal));
      sounds.forEach((sound) => sound.catch(() => {}));
      for (const sound of sounds) {
        const content = await sound;
        silent = content === null;
        if (content !== null) {
          await played(await context.decodeAudioData(content), mine.signal);
        }
      }
    } catch {
      // Interrupted, or nothing can be played: the words stand on the screen.
      silent = silent || !mine.signal.aborted;
    }
    if (turn === mine) {
      turn = null;
    }
    if (silent !== wasSilent) {
      onChange();
    }
  }

  function played(sound, signal) {
    return new Promise((resolve, reject) => {
      const source = context.createBufferSource();
      source.buffer = sound;
      source.connect(gain);
      source.onended = () => setTimeout(resolve, PAUSE * 1000);
      signal.addEventListener("abort", () => {
        source.onended = null;
        source.stop();
        reject(signal.reason);
      });
      signal.throwIfAborted();
      source.start();
    });
  }

  return {
    say,
    interrupt,
    repeat: () => say(said),
    /** One step louder or softer; gives the step. */
    change(steps) {
      level = Math.min(Math.max(level + steps, 0), LEVELS.length - 1);
      if (gain !== null) {
        gain.gain.value = 10 ** (LEVELS[level] / 20);
      }
      return level + 1;
    },
    /** Nothing of a visitor stays: neither words nor loudness. */
    reset() {
      interrupt();
      said = [];
      silent = false;
      level = DEFAULT_LEVEL;
    },
    get speaks() {
      return turn !== null;
    },
    get said() {
      return said;
    },
    get level() {
      return level + 1;
    },
    /** Whether the last sentence could not be heard. */
    get silent() {
      return silent;
    },
  };
}

/** The sound of a sentence; null where this device can't speak the language. */
async function fetched({ language, text }, signal) {
  const answer = await fetch("/api/speech", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ language, text }),
    signal,
  });
  return answer.ok ? answer.arrayBuffer() : null;
}
