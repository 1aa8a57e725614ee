// The visit without sight: which keys lead where, and when what is said. The steps and what they do are those
// of the visible page; here they are heard.

import { N_, inEveryLanguage, languages, t, tn } from "../texts.js";
import { newVisit } from "../visit.js";
import { begins, isOfKeypad, meaning } from "./keys.js";
import { piece } from "./pieces.js";
import { LOUDEST } from "./reader.js";
import { isAway, sceneOf } from "./scenes.js";
import { choiceAloud, moved } from "./walk.js";

/** Where a digit or a headset begins the mode: nothing is typed there, and nobody waits for a number. */
const BEGINS_AT = new Set(["start", "services", "closed", "failed", "help", "standing"]);

const GOODBYE = N_("Auf Wiedersehen.");

/** `page` gives the `view` and takes a visit to `show`; `reader` says what is to be heard. */
export function spokenMode(page, reader) {
  let heard = null;

  /** The languages first, beginning with the one that somebody has chosen already. */
  function begin() {
    const { visit, device } = page.view();
    const at = languages(device.state?.office?.languages ?? []).findIndex(({ tag }) => tag === visit.language);
    page.show({ ...newVisit(), spoken: true, language: visit.language, step: "language", at: Math.max(0, at) });
  }

  function move(steps) {
    const { visit } = page.view();
    const { choices } = sceneOf(page.view());
    page.show({ ...visit, at: moved(visit.at, steps, choices.length) });
  }

  const does = {
    up: () => move(-1),
    down: () => move(1),
    choose: () => sceneOf(page.view()).choices[page.view().visit.at]?.choose(),
    back: () => (sceneOf(page.view()).back ?? page.view().press.back)(),
    repeat: () => reader.repeat(),
    louder: () => changeLevel(1),
    softer: () => changeLevel(-1),
    leave: () => page.view().press.home(),
  };

  function changeLevel(steps) {
    const level = reader.change(steps);
    page.show(page.view().visit);
    reader.say([piece(t("Lautstärke {level} von {loudest}", { level, loudest: LOUDEST }))], reader.said);
  }

  return {
    /** Whether a key is for this mode, or for the scanner that works beside it. */
    wants(event, onButton) {
      const { visit } = page.view();
      const presses = onButton && (event.key === "Enter" || event.key === " ");
      if (visit.spoken) {
        // Who has gone down to the bar by Tab means its button; a finger's touch leaves it to the choices.
        const isOfBar = presses && onButton.matches(".bar :focus-visible");
        return !isOfBar && (meaning(event) !== null || event.key.length === 1);
      }
      if (presses) {
        return false;
      }
      return BEGINS_AT.has(visit.step) && (event.key.length === 1 || (visit.step === "start" && begins(event)));
    },

    /** Do what a key means. */
    press(event) {
      const { visit } = page.view();
      if (!visit.spoken) {
        if (visit.step === "start" ? begins(event) : isOfKeypad(event)) {
          begin();
        }
        return;
      }
      const means = meaning(event);
      const scene = sceneOf(page.view());
      if (means !== null && scene) {
        reader.interrupt();
        does[means]();
      } else if (means === null && scene) {
        // A letter of a keyboard, beside the walk through all of them.
        const key = event.key.toUpperCase();
        scene.choices.find(({ isCharacter, say }) => isCharacter && say[0].text === key)?.choose();
      }
    },

    /** Say what has become another since: a step with its first choice, another choice, or the end. */
    follow() {
      const view = page.view();
      const { visit } = view;
      const scene = visit.spoken ? sceneOf(view) : null;
      if (!scene) {
        if (heard !== null) {
          const goodbye = inEveryLanguage(GOODBYE).find(({ tag }) => tag === heard.language);
          heard = null;
          reader.reset();
          reader.say([{ language: goodbye.tag, text: goodbye.words }], []);
        }
        return;
      }
      const known = heard;
      heard = { place: placeOf(view), at: visit.at, needs: visit.needs, language: visit.language };
      if (known?.place !== heard.place || known.language !== heard.language) {
        reader.say([...scene.intro, ...choiceAloud(scene.choices, visit.at)]);
      } else if (known.at !== heard.at || known.needs !== heard.needs) {
        reader.say(choiceAloud(scene.choices, visit.at));
      }
    },

    /** The whole step once more. */
    hearStep() {
      const scene = sceneOf(page.view());
      reader.say([...scene.intro, ...choiceAloud(scene.choices, page.view().visit.at)]);
    },

    /** Ask whether somebody is there, while there is time to press a key. */
    warn(secondsLeft) {
      const left = tn("Noch {count} Sekunde.", "Noch {count} Sekunden.", secondsLeft);
      const words = [t("Sind Sie noch da?"), left, t("Wenn Sie mehr Zeit brauchen, drücken Sie eine Taste.")];
      reader.say(words.map(piece), reader.said);
    },
  };
}

/** What makes a step another one to the ear, so that it is said as a whole. */
function placeOf({ visit, device }) {
  const { step, group, search, code, codeProblem, ticket, reprinting, help, problem } = visit;
  return JSON.stringify([step, group, search, code, codeProblem, ticket?.printed, reprinting, help, problem?.code, isAway(device)]);
}
