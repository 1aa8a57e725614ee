// Using the page without seeing and without touching it: what it shows is read out, and a keypad with a
// 5 in its middle walks what can be pressed. The page's own steps and buttons stay what they are.

import { language, t } from "./texts.js";
import { Voice } from "./voice.js";

/** Start the mode wherever no characters are typed. */
const START_KEYS = new Set(["5", "0", "MediaPlayPause"]);

const MEANINGS = {
  8: "before",
  ArrowUp: "before",
  MediaTrackPrevious: "before",
  2: "after",
  ArrowDown: "after",
  MediaTrackNext: "after",
  6: "farther",
  ArrowRight: "farther",
  4: "back",
  ArrowLeft: "back",
  Backspace: "back",
  5: "choose",
  Enter: "choose",
  MediaPlayPause: "choose",
  0: "repeat",
  "+": "louder",
  "-": "softer",
  "*": "leave",
  Escape: "leave",
};

/** How many choices "farther" passes over: a row of keys, half a list. */
const FARTHER = 5;

/** As much as the device's voice takes at once, with room to spare. */
const LONGEST_TEXT = 900;

export class Spoken {
  #voice = new Voice();
  #root;
  #actions;
  #chosen = null;
  #status = "";
  on = false;

  /** actions: back(), changed() when the mode begins or ends, quiet() when everything was said. */
  constructor(root, actions) {
    this.#root = root;
    this.#actions = actions;
  }

  get silent() {
    return this.on && this.#voice.silent;
  }

  get speaking() {
    return this.on && this.#voice.waiting > 0;
  }

  /** Take a key press; false leaves it to the page. `typing`: characters mean themselves on this step. */
  take(event, typing) {
    if (event.ctrlKey || event.altKey || event.metaKey) {
      return false;
    }
    if (!this.on) {
      if (typing || !START_KEYS.has(event.key)) {
        return false;
      }
      event.preventDefault();
      this.begin();
      return true;
    }
    const meaning = MEANINGS[event.key];
    this.#voice.stop();
    if (!meaning) {
      return false;
    }
    event.preventDefault();
    this.#carryOut(meaning);
    return true;
  }

  begin() {
    this.on = true;
    this.#actions.changed();
    const how = t("Vorlesen ist an. Mit 8 und 2 gehen Sie durch die Auswahl. Mit 5 wählen Sie. Mit 4 gehen Sie zurück. 0: noch einmal hören. Plus und Minus: lauter und leiser. Stern: Vorlesen beenden.");
    this.#say([own(how), ...this.#step()]);
  }

  /** End it for this visitor: as it was for the first. */
  end() {
    const was = this.on;
    this.on = false;
    this.#chosen = null;
    this.#status = "";
    this.#voice.reset();
    if (was) {
      this.#actions.changed();
    }
  }

  /** Another step is shown. */
  stepChanged() {
    this.#chosen = null;
    this.#status = this.#statusNow();
    if (this.on) {
      this.#say(this.#step());
    }
  }

  /** What has changed on the same step and is told of its own accord: a character typed, paper, help. */
  drawn() {
    const status = this.#statusNow();
    if (status !== this.#status) {
      this.#status = status;
      if (this.on && status) {
        this.#say([own(status)], { after: true });
      }
    }
  }

  /** Say something that the page has to tell, such as that time runs out. */
  tell(words) {
    if (this.on) {
      this.#say([own(words)], { after: true });
    }
  }

  #carryOut(meaning) {
    switch (meaning) {
      case "before":
        return this.#walk(-1);
      case "after":
        return this.#walk(1);
      case "farther":
        return this.#walk(FARTHER);
      case "choose":
        return this.#choose();
      case "back":
        return this.#actions.back() || this.#stay();
      case "louder":
        return this.#loudness(1);
      case "softer":
        return this.#loudness(-1);
      case "leave":
        return this.end();
      default:
        return this.#say(this.#chosen?.isConnected ? this.#choice() : this.#step());
    }
  }

  #stay() {
    const words = t("Weiter zurück geht es nicht.");
    this.#say([own(words), ...this.#step()]);
  }

  /** Everything that can be pressed, in the order of the page; help is always the last. */
  #choices() {
    const buttons = [...this.#root.querySelectorAll("main button, .bar [data-spoken]")];
    return buttons.filter((button) => !button.disabled && button.ariaDisabled !== "true" && !button.closest(".pager") && button.checkVisibility({ checkVisibilityCSS: true }));
  }

  #walk(steps) {
    const choices = this.#choices();
    if (choices.length === 0) {
      this.#say(this.#step());
      return;
    }
    const present = choices.indexOf(this.#chosen);
    const wanted = present < 0 ? (steps > 0 ? 0 : choices.length - 1) : (present + steps + choices.length) % choices.length;
    this.#chosen = choices[wanted];
    this.#chosen.focus();
    this.#chosen.scrollIntoView({ block: "nearest" });
    this.#say(this.#choice());
  }

  #choose() {
    if (!this.#chosen?.isConnected || !this.#choices().includes(this.#chosen)) {
      this.#walk(1);
      return;
    }
    this.#chosen.click();
  }

  #loudness(step) {
    const changed = this.#voice.change(step);
    const words = changed ? t("Lautstärke {step}", { step: this.#voice.volume }) : step > 0 ? t("Lauter geht es nicht.") : t("Leiser geht es nicht.");
    this.#say([own(words)]);
  }

  #choice() {
    const choices = this.#choices();
    const place = t("{place} von {count}", { place: choices.indexOf(this.#chosen) + 1, count: choices.length });
    const pressed = this.#chosen.getAttribute("aria-pressed") === "true" ? [own(t("ausgewählt"))] : [];
    return [...textParts(this.#chosen), ...pressed, own(place)];
  }

  #step() {
    const main = this.#root.querySelector("main");
    const parts = [...main.querySelectorAll("h1, .say > .scroller > .content > :not(h1)")].flatMap(textParts);
    const count = this.#choices().length;
    return [...parts, own(t("Auswahl: {count}", { count }))];
  }

  #statusNow() {
    const told = [...this.#root.querySelectorAll("main [role=status], main [role=alert]")];
    return told.map((element) => textParts(element).map(({ text }) => text).join(" ")).filter(Boolean).join(" ");
  }

  async #say(parts, how) {
    await this.#voice.say(parts, how);
    this.#actions.quiet();
  }
}

function own(text) {
  return { lang: language(), text };
}

const BLOCKS = new Set(["P", "LI", "DIV", "H1", "H2", "UL", "SPAN", "STRONG"]);

/** What is read of an element, by language: numbers character by character, nothing that is hidden from readers. */
function textParts(element) {
  const parts = [];
  collect(element, element.closest("[lang]")?.lang || language(), parts);
  return merged(parts);
}

function collect(node, lang, parts) {
  if (node.nodeType === Node.TEXT_NODE) {
    if (node.data.trim()) {
      parts.push({ lang, text: node.data.trim() });
    }
    return;
  }
  if (node.getAttribute?.("aria-hidden") === "true" || node.hidden || node.matches(".pager")) {
    return;
  }
  const own = node.lang || lang;
  if (node.classList.contains("number")) {
    parts.push({ lang: own, text: `${[...node.textContent].join(", ")}.` });
    return;
  }
  for (const child of node.childNodes) {
    collect(child, own, parts);
  }
  if (BLOCKS.has(node.tagName) && parts.length && !/[.:?!,–]$/.test(parts.at(-1).text)) {
    parts.at(-1).text += node.tagName === "SPAN" || node.tagName === "STRONG" ? "," : ".";
  }
}

/** Neighbours in one language are one text, as long as the voice takes it. */
function merged(parts) {
  const whole = [];
  for (const { lang, text } of parts) {
    const last = whole.at(-1);
    if (last?.lang === lang && last.text.length + text.length < LONGEST_TEXT) {
      last.text += ` ${text}`;
    } else {
      whole.push({ lang, text: text.slice(0, LONGEST_TEXT) });
    }
  }
  return whole;
}
