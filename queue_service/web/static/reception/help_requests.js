// Visitors before a kiosk who want a person: where, since when, and who comes.

import { gettext } from "../texts.js";
import { testSound } from "../desk/alarm_sound.js";
import { act, read } from "../desk/api.js";
import { element, reconcile, setText } from "../desk/elements.js";
import { sentenceFor } from "../desk/refusals.js";
import { clock } from "../desk/words.js";

const READ_EVERY = 20_000; // ms; a call grows old without a change

const KINDS = new Set(["help.asked", "help.coming", "help.done"]);

export class HelpRequests {
  #path;
  #timeZone;
  #person;
  #list;
  #heard = new Set();
  #failures = new Map();
  #items = [];

  constructor(office, timeZone, person, list) {
    this.#path = `/offices/${office}/help-requests`;
    this.#timeZone = timeZone;
    this.#person = person;
    this.#list = list;
    setInterval(() => this.read(), READ_EVERY);
  }

  heard(message) {
    if (message.type === "snapshot" || KINDS.has(message.type)) this.read();
  }

  async read() {
    try {
      this.#items = (await read(this.#path)).items;
    } catch {
      return; // the page says in words when the service is away; the list is read again with the next snapshot
    }
    // Heard once, not until somebody comes: nobody is in danger.
    if (this.#items.some(({ id, state }) => state === "waiting" && !this.#heard.has(id))) testSound();
    this.#heard = new Set(this.#items.map(({ id }) => id));
    this.#show();
  }

  #show() {
    this.#list.hidden = this.#items.length === 0;
    reconcile(
      this.#list,
      this.#items,
      ({ id }) => id,
      () =>
        element(
          "div",
          { class: "alarm" },
          element("p", { class: "alarm__words" }, element("strong"), " ", element("span")),
          element("div", { class: "alarm__does" }),
        ),
      (line, request) => this.#update(line, request),
    );
  }

  #update(line, { id, state, place, at, unanswered, acknowledged_by: by }) {
    const coming = by === this.#person ? gettext("Sie kommen.") : gettext("Jemand kommt.");
    const said = [
      gettext("seit %(time)s", { time: clock(at, this.#timeZone) }),
      state === "coming" && coming,
      unanswered && gettext("wartet schon lange"),
      this.#failures.get(id),
    ];
    line.className = `alarm alarm--${unanswered ? "loud" : state === "waiting" ? "call" : "answered"}`;
    setText(line.querySelector("strong"), gettext("%(place)s: Jemand braucht Hilfe", { place }));
    setText(line.querySelector("span"), said.filter(Boolean).join(" · "));
    const does = [
      ...(state === "waiting" ? [{ verb: "acknowledge", label: gettext("Ich komme") }] : []),
      { verb: "finish", label: gettext("Erledigt") },
    ];
    reconcile(
      line.querySelector(".alarm__does"),
      does,
      ({ verb }) => verb,
      ({ verb, label }) =>
        element("button", { class: "alarm__button", type: "button", onclick: () => this.#answer(id, verb) }, label),
      () => {},
    );
  }

  async #answer(id, verb) {
    try {
      await act(`${this.#path}/${id}/${verb}`);
      this.#failures.delete(id);
    } catch (refusal) {
      this.#failures.set(id, sentenceFor(refusal));
    }
    await this.read();
  }
}
