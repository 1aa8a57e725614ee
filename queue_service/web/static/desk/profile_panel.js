// What is to be known of a visitor to call and serve them rightly; no name, nothing about the matter.

import { gettext } from "../texts.js";
import { element, setText } from "./elements.js";
import { Panel } from "./panel.js";
import { NEEDS, languageName, needWord } from "./words.js";

const byId = (id) => document.getElementById(id);
/** Offered at once, ours; a ticket's own language is offered whatever it is. */
const LANGUAGES = ["de", "de-simple", "en", "ar", "bg", "fa", "fr", "pl", "ro", "ru", "tr", "uk"];

export class ProfilePanel extends Panel {
  constructor() {
    super("profile");
    byId("profile-needs").append(
      ...NEEDS.map((need) =>
        element(
          "div",
          { class: "kern-form-check" },
          element("input", { class: "kern-form-check__checkbox", type: "checkbox", id: `need-${need}`, name: "need", value: need }),
          element("label", { class: "kern-label", for: `need-${need}` }, needWord(need)),
        ),
      ),
    );
  }

  /** The profile as it is to be, or null. */
  ask(visitor, concerns) {
    const { language, pick_up, slow_walk, note } = this.section;
    setText(this.heading, gettext("Angaben zu %(number)s", { number: visitor.number }));
    const offered = LANGUAGES.includes(visitor.language) ? LANGUAGES : [...LANGUAGES, visitor.language];
    language.replaceChildren(...offered.map((tag) => element("option", { value: tag }, languageName(tag))));
    language.value = visitor.language;
    for (const box of this.#needs()) box.checked = visitor.needs.includes(box.value);
    pick_up.checked = visitor.pick_up;
    slow_walk.checked = visitor.slow_walk;
    note.value = visitor.note;
    return this.show(pick_up, concerns);
  }

  answer() {
    const { language, pick_up, slow_walk, note } = this.section;
    return {
      needs: this.#needs().filter((box) => box.checked).map((box) => box.value),
      language: language.value,
      pick_up: pick_up.checked,
      slow_walk: slow_walk.checked,
      note: note.value.trim(),
    };
  }

  #needs() {
    return [...this.section.querySelectorAll('[name="need"]')];
  }
}
