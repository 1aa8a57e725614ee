// The sound of the page: texts one after the other, each in its language, until a key ends them.

/** Steps of the volume; the speaker's own level is set so that the first is at most 65 dB(A) at the ear. */
const VOLUMES = [0.35, 0.5, 0.7, 1];
const FIRST_VOLUME = 0;

export class Voice {
  #context = null;
  #gain = null;
  #playing = null;
  #turn = 0;
  #queue = Promise.resolve();
  #volume = FIRST_VOLUME;
  /** Whether the last text could not be heard: no voice for it, or no answer. */
  silent = false;
  /** How many texts have still to be heard to their end. */
  waiting = 0;

  /** Say `parts`, each `{ lang, text }`; at once, or after what is being said. */
  say(parts, { after = false } = {}) {
    if (!after) {
      this.stop();
    }
    const turn = this.#turn;
    this.waiting += parts.length;
    for (const part of parts) {
      this.#queue = this.#queue.then(() => this.#sayOne(part, turn));
    }
    return this.#queue;
  }

  /** End what is being said, and forget what was still to be. */
  stop() {
    this.#turn += 1;
    this.waiting = 0;
    this.#playing?.stop();
    this.#playing = null;
    this.#queue = Promise.resolve();
  }

  /** Louder or softer by a step; false at the end of the steps. */
  change(step) {
    const wanted = this.#volume + step;
    if (wanted < 0 || wanted >= VOLUMES.length) {
      return false;
    }
    this.#volume = wanted;
    if (this.#gain) {
      this.#gain.gain.value = VOLUMES[wanted];
    }
    return true;
  }

  /** As for somebody who has just come. */
  reset() {
    this.stop();
    this.silent = false;
    this.#volume = FIRST_VOLUME;
    if (this.#gain) {
      this.#gain.gain.value = VOLUMES[FIRST_VOLUME];
    }
  }

  get volume() {
    return this.#volume + 1;
  }

  async #sayOne({ lang, text }, turn) {
    if (turn !== this.#turn) {
      return;
    }
    const sound = await rendered(text, lang);
    if (turn !== this.#turn) {
      return;
    }
    this.silent = sound === null;
    if (sound) {
      await this.#play(sound, turn);
    }
    if (turn === this.#turn) {
      this.waiting -= 1;
    }
  }

  async #play(sound, turn) {
    this.#context ??= new AudioContext();
    this.#gain ??= this.#makeGain();
    // Somebody has pressed a key, so the browser lets it play.
    await this.#context.resume();
    const buffer = await this.#context.decodeAudioData(sound);
    if (turn !== this.#turn) {
      return;
    }
    const source = new AudioBufferSourceNode(this.#context, { buffer });
    source.connect(this.#gain);
    this.#playing = source;
    await new Promise((resolve) => {
      source.onended = resolve;
      source.start();
    });
  }

  #makeGain() {
    const gain = new GainNode(this.#context, { gain: VOLUMES[this.#volume] });
    gain.connect(this.#context.destination);
    return gain;
  }
}

/** A text as sound; null where there is no voice. */
async function rendered(text, language) {
  try {
    const answer = await fetch("/api/speech", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text, language }),
    });
    return answer.status === 200 ? await answer.arrayBuffer() : null;
  } catch {
    return null;
  }
}
