// What a step asks for, in the place of the other steps: nothing lies over the page, and all else goes on.

const verbs = document.getElementById("verbs");
const visitor = document.getElementById("visitor");
const primary = document.getElementById("primary");
let open = null;

export class Panel {
  #resolve = null;
  #cameFrom = null;
  #scrolled = 0;
  #concerns = null;

  /** section: a form, or a section that only shows something. */
  constructor(id) {
    this.section = document.getElementById(id);
    this.heading = this.section.querySelector("h2");
    this.section.addEventListener("keydown", (event) => this.#key(event));
    this.section.addEventListener("submit", (event) => {
      event.preventDefault();
      const answer = this.answer();
      if (answer) this.close(answer);
    });
    for (const button of this.section.querySelectorAll("[data-close]")) {
      button.addEventListener("click", () => this.close(null));
    }
  }

  /** What the form says; null while something is missing. */
  answer() {
    return null;
  }

  get isOpen() {
    return open === this;
  }

  /**
   * Show it with the focus on `first`; the form's answer, or null when the clerk thinks better of it.
   * concerns() tells whether what it was opened for is still so.
   */
  show(first, concerns) {
    open?.close(null);
    open = this;
    this.#cameFrom = document.activeElement;
    this.#scrolled = visitor.scrollTop;
    this.#concerns = concerns;
    verbs.hidden = true;
    this.section.hidden = false;
    first.focus();
    this.section.scrollIntoView({ block: "nearest" });
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  close(answer) {
    if (open !== this) return;
    open = null;
    const hadFocus = this.section.contains(document.activeElement);
    this.section.hidden = true;
    verbs.hidden = false;
    if (hadFocus) this.#focusAfter(answer).focus();
    visitor.scrollTop = this.#scrolled;
    this.#resolve(answer);
  }

  #focusAfter(answer) {
    const back = answer === null && this.#cameFrom.isConnected && this.#cameFrom !== document.body;
    return back ? this.#cameFrom : primary;
  }

  #key(event) {
    if (event.key === "Escape") this.close(null);
    // As in every other field; a list is opened with the space bar.
    if (event.key === "Enter" && event.target.matches("select")) {
      event.preventDefault();
      this.section.requestSubmit();
    }
  }

  /** Close whatever is open and no longer concerns anybody. */
  static tidy() {
    if (open && !open.#concerns()) open.close(null);
  }

  /** Close whatever is open: a step is taken. */
  static closeOpen() {
    open?.close(null);
  }
}
