// The rules of the calling order: changed only after what they would do to the queue could be seen.

import { gettext, ngettext } from "../texts.js";
import { act, read, replace } from "../desk/api.js";
import { element, setText } from "../desk/elements.js";
import { sentenceFor } from "../desk/refusals.js";

const byId = (id) => document.getElementById(id);

const POLICY_WORDS = {
  "head-start": gettext("Wer am längsten wartet, mit Vorsprung"),
  "appointments-first": gettext("Termine zuerst"),
  "strict-order": gettext("Strenge Folge"),
  ratio: gettext("Im Wechsel"),
  reserve: gettext("Freigehaltene Schalter"),
};

export class OrderDialog {
  #path;
  #rules = null;

  /** path: the office's path in the API. */
  constructor(path) {
    this.#path = path;
    this.form = byId("order-form");
    this.dialog = byId("order");
    byId("order-cancel").addEventListener("click", () => this.dialog.close());
    byId("order-preview").addEventListener("click", () => this.#preview());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#change();
    });
    this.form.addEventListener("input", () => {
      this.#showFigures();
      this.#forgetEffect();
    });
  }

  /** Read the rules in force. */
  async read() {
    try {
      this.#rules = await read(`${this.#path}/order`);
    } catch (refusal) {
      setText(byId("order-now"), sentenceFor(refusal));
      return;
    }
    setText(byId("order-now"), POLICY_WORDS[this.#rules.policy]);
  }

  async open() {
    await this.read();
    if (!this.#rules) return;
    for (const field of this.form.querySelectorAll("input[type=number]")) field.value = this.#valueOf(field.name);
    this.form.elements.policy.value = this.#rules.policy;
    this.#showFigures();
    this.#forgetEffect();
    this.#complain("");
    this.dialog.showModal();
  }

  #valueOf(name) {
    const [outer, inner] = name.split(".");
    return inner ? (this.#rules[outer][inner] ?? 0) : this.#rules[outer];
  }

  #showFigures() {
    const policy = this.form.elements.policy.value;
    for (const figure of this.form.querySelectorAll("[data-policies]")) {
      figure.hidden = !figure.dataset.policies.split(" ").includes(policy);
      // A field that nobody sees must not stand in the way of sending.
      figure.querySelector("input").disabled = figure.hidden;
    }
  }

  #wanted() {
    const rules = structuredClone(this.#rules);
    rules.policy = this.form.elements.policy.value;
    for (const field of this.form.querySelectorAll("input[type=number]:enabled")) {
      const [outer, inner] = field.name.split(".");
      if (inner) rules[outer][inner] = field.valueAsNumber;
      else rules[outer] = field.valueAsNumber;
    }
    return rules;
  }

  async #preview() {
    if (!this.form.reportValidity()) return;
    this.#complain("");
    let answer;
    try {
      answer = await act(`${this.#path}/order/preview`, this.#wanted());
    } catch (refusal) {
      this.#complain(sentenceFor(refusal));
      return;
    }
    this.#showEffect(answer.items);
  }

  #showEffect(items) {
    const moved = items.filter(({ now, then }) => now !== then);
    setText(byId("effect-words"), effectWords(items.length, moved.length));
    byId("effect-frame").hidden = moved.length === 0;
    byId("effect").replaceChildren(
      ...moved.map(({ number, now, then }) =>
        element(
          "tr",
          {},
          element("th", { scope: "row" }, number),
          element("td", {}, String(now)),
          element("td", {}, String(then)),
          element("td", {}, moveWords(now - then)),
        ),
      ),
    );
  }

  #forgetEffect() {
    setText(byId("effect-words"), gettext("Noch nicht berechnet."));
    byId("effect-frame").hidden = true;
  }

  async #change() {
    if (!this.form.reportValidity()) return;
    try {
      this.#rules = await replace(`${this.#path}/order`, this.#wanted());
    } catch (refusal) {
      this.#complain(sentenceFor(refusal));
      return;
    }
    setText(byId("order-now"), POLICY_WORDS[this.#rules.policy]);
    this.dialog.close();
  }

  #complain(sentence) {
    byId("order-error").hidden = !sentence;
    setText(byId("order-error"), sentence);
  }
}

function effectWords(waiting, moved) {
  if (waiting === 0) return gettext("Gerade wartet niemand; es ändert sich nichts.");
  if (moved === 0) return gettext("Die Reihenfolge der Wartenden bleibt, wie sie ist.");
  return ngettext("%(count)s von %(waiting)s Wartenden hat dann einen anderen Platz.", "%(count)s von %(waiting)s Wartenden haben dann einen anderen Platz.", moved, { waiting });
}

function moveWords(places) {
  return places > 0
    ? ngettext("%(count)s Platz früher", "%(count)s Plätze früher", places)
    : ngettext("%(count)s Platz später", "%(count)s Plätze später", -places);
}
