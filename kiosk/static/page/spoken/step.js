// The screen of the visit without sight: the same choices in the same words, large, for whoever sees a little
// or helps; the chosen one is marked by a frame and an arrow. Every line can be touched as well.

import { h } from "../elements.js";
import { standingStep } from "../steps/number.js";
import { ticketStep } from "../steps/ticket.js";
import { language, t } from "../texts.js";
import { LOUDEST } from "./reader.js";
import { sceneOf } from "./scenes.js";

export function spokenStep(view) {
  const { visit, reader } = view;
  const { intro, choices } = sceneOf(view);
  const ofCharacters = choices.some(({ isCharacter }) => isCharacter);
  const { title, say } = SHOWN_AS_IT_IS[visit.step]?.(view) ?? inWords(intro);
  return {
    title,
    say: [
      say,
      reader.silent && h("p", { class: "spoken-silent" }, t("Das Gerät kann das gerade nicht vorlesen. Der Text steht hier.")),
    ],
    act: [
      choices.length > 0 && h(
        "ol",
        ofCharacters ? { class: "spoken-choices spoken-characters", dir: "ltr" } : { class: "spoken-choices" },
        choices.map((choice, at) => h("li", { class: choice.isCharacter ? "character" : "" }, line(choice, at === visit.at))),
      ),
      legend(reader.level),
    ],
  };
}

/** A number is to be large, and not spelled, for whoever sees a little. */
const SHOWN_AS_IT_IS = { ticket: ticketStep, standing: standingStep };

function inWords(intro) {
  const [first, ...others] = intro.filter(({ text }) => text);
  return { title: words(first), say: others.map((sentence) => h("p", {}, words(sentence))) };
}

function line({ say, about, choose }, current) {
  return h(
    "button",
    { type: "button", class: `row press ${current ? "current" : ""}`, "aria-current": current ? "true" : false, onclick: choose },
    h("span", { class: "row-main" }, h("span", { class: "row-words" }, say.map(words)), about && h("span", { class: "row-below" }, about)),
  );
}

function words(sentence) {
  return sentence && sentence.language !== language() ? h("bdi", { lang: sentence.language }, sentence.text) : sentence?.text ?? "";
}

/** The keys, for whoever stands beside it. */
function legend(level) {
  const keys = [
    ["2 8", t("weiter und zurück")],
    ["5", t("wählen")],
    ["4", t("Schritt zurück")],
    ["0", t("noch einmal hören")],
    ["+ −", t("Lautstärke {level} von {loudest}", { level, loudest: LOUDEST })],
    ["*", t("beenden")],
  ];
  return h("dl", { class: "spoken-keys" }, keys.map(([key, does]) => h("div", {}, h("dt", {}, h("kbd", { dir: "ltr" }, key)), h("dd", {}, does))));
}

/** The chosen line is in sight, however long the list. */
export function showCurrent(root) {
  root.querySelector(".spoken-choices .current")?.scrollIntoView({ block: "nearest" });
}
