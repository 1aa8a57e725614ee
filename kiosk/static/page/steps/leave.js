// Everybody leaves the building: nothing else is shown, in every language at once, and nothing can be pressed.

import { h } from "../elements.js";
import { N_, inEveryLanguage } from "../texts.js";

const LEAVE = N_("Bitte verlassen Sie jetzt das Gebäude.");
const HOW = N_("Folgen Sie dem Personal. Benutzen Sie nicht den Aufzug.");
const NO_NUMBERS = N_("Hier gibt es jetzt keine Nummern.");
/** Languages in which all is said; the others have the one sentence, so that everything is seen at once. */
const IN_FULL = ["de", "en"];

export function leaveStep() {
  const [first, ...others] = inEveryLanguage(LEAVE);
  return {
    title: h("span", { lang: first.tag }, first.words),
    say: [
      ...about(first.tag),
      ...others.filter(inFull).flatMap(({ tag, words }) => [h("p", { class: "leave-title", lang: tag }, words), ...about(tag)]),
      h("ul", { class: "leave-others" }, others.filter((one) => !inFull(one)).map(({ tag, words }) => h("li", { lang: tag, dir: "auto" }, words))),
    ],
    act: [],
  };
}

function inFull({ tag }) {
  return IN_FULL.includes(tag);
}

function about(language) {
  return [HOW, NO_NUMBERS].map((sentence) => {
    const { tag, words } = inEveryLanguage(sentence).find((one) => one.tag === language);
    return h("p", { class: "large", lang: tag }, words);
  });
}
