// The two buttons that concern everybody: pause the calling, and let everybody leave.

import { gettext } from "../texts.js";
import { setText } from "../desk/elements.js";

const byId = (id) => document.getElementById(id);

const PAUSE = {
  title: gettext("Aufruf unterbrechen?"),
  text: gettext("Alle Anzeigen sagen: „Der Aufruf ist kurz unterbrochen. Ihre Nummer bleibt gültig.“ Bis Sie fortsetzen, kann kein Schalter aufrufen. Nummern gibt es weiter."),
  yes: gettext("Aufruf unterbrechen"),
};
const RESUME = {
  title: gettext("Aufruf fortsetzen?"),
  text: gettext("Alle Anzeigen sagen, dass es weitergeht. Die Schalter können wieder aufrufen."),
  yes: gettext("Aufruf fortsetzen"),
};
const LEAVE = {
  title: gettext("Sollen alle das Haus verlassen?"),
  text: gettext("Alle Anzeigen und Automaten zeigen und sagen auf Deutsch und Englisch: „Bitte verlassen Sie jetzt das Gebäude.“ Es wird nicht aufgerufen, und es gibt keine Nummern, bis Sie die Räumung beenden."),
  yes: gettext("Ja, alle verlassen das Haus"),
  grave: true,
};
const RETURN = {
  title: gettext("Räumung beenden?"),
  text: gettext("Anzeigen und Automaten arbeiten wieder. Wer eine Nummer hat, behält sie."),
  yes: gettext("Räumung beenden"),
};

export class ClosedHall {
  #hall = "open";

  /** handlers: act(verb, body, question). */
  constructor(handlers) {
    byId("pause-hall").addEventListener("click", () =>
      this.#hall === "paused" ? handlers.act("resume", { ends: "pause" }, RESUME) : handlers.act("pause", {}, PAUSE),
    );
    byId("leave-hall").addEventListener("click", () =>
      this.#hall === "leave" ? handlers.act("resume", { ends: "leave" }, RETURN) : handlers.act("leave", {}, LEAVE),
    );
    this.show("open");
  }

  show(hall) {
    this.#hall = hall;
    byId("pause-hall").hidden = hall === "leave";
    setText(byId("pause-hall"), hall === "paused" ? gettext("Aufruf fortsetzen …") : gettext("Aufruf unterbrechen …"));
    setText(byId("leave-hall"), hall === "leave" ? gettext("Räumung beenden …") : gettext("Alle verlassen das Haus …"));
    byId("hall").dataset.hall = hall;
  }
}
