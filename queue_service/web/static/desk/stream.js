// The office's stream: a snapshot, then changes. Comes back by itself after every loss.

const FIRST_DELAY = 500; // ms
const LONGEST_DELAY = 15_000; // ms
const LOGGED_OUT = 4401;
const REFUSED = 4403;

export class Stream {
  #address;
  #handlers;
  #socket = null;
  #delay = FIRST_DELAY;
  #timer = null;

  /** handlers: snapshot(message), change(message), state("connected" | "lost" | "logged_out" | "refused"). */
  constructor(office, handlers) {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.#address = `${scheme}//${location.host}/api/v1/stream?office=${encodeURIComponent(office)}`;
    this.#handlers = handlers;
    window.addEventListener("online", () => this.restart());
  }

  /** Open the stream, or open it again for a new snapshot. */
  restart() {
    clearTimeout(this.#timer);
    const old = this.#socket;
    this.#socket = null;
    old?.close();
    this.#open();
  }

  #open() {
    const socket = new WebSocket(this.#address);
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      if (socket === this.#socket) this.#take(JSON.parse(data));
    });
    socket.addEventListener("close", ({ code }) => {
      if (socket === this.#socket) this.#lost(code);
    });
  }

  #take(message) {
    // For parts of the page that follow the same stream without asking for one of their own.
    document.dispatchEvent(new CustomEvent("office-message", { detail: message }));
    if (message.type === "snapshot") {
      this.#delay = FIRST_DELAY;
      this.#handlers.snapshot(message);
      this.#handlers.state("connected");
    } else if (message.version !== undefined) {
      this.#handlers.change(message);
    }
  }

  #lost(code) {
    this.#socket = null;
    if (code === LOGGED_OUT || code === REFUSED) {
      this.#handlers.state(code === LOGGED_OUT ? "logged_out" : "refused");
      return;
    }
    this.#handlers.state("lost");
    // Spread over time, so that a restarted service isn't met by all desks at once.
    const delay = this.#delay * (0.5 + Math.random());
    this.#delay = Math.min(this.#delay * 2, LONGEST_DELAY);
    this.#timer = setTimeout(() => this.#open(), delay);
  }
}
