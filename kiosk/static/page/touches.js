// Everything that a touch can mean, and a scanner's reading: which step comes next, and what is asked for then.

import { withNextText } from "./comfort.js";
import { nextQuestion, toggled } from "./questions.js";
import {
  CODE_LENGTH,
  arriving,
  checkInRequest,
  goBack,
  goTo,
  replaceBy,
  scannedCode,
  walkInRequest,
  withCharacter,
  withoutLastCharacter,
} from "./visit.js";
import { isOpen } from "./walk_ins.js";

/** `page` holds the visit, `requests` are sent for it, `reader` and `spoken` say it. */
export function touches(page, requests, reader, spoken) {
  const { show } = page;

  function go(step) {
    show(goTo(page.visit, step));
  }

  /** The next question about what was chosen, or the number. */
  function goOn(chosen, done) {
    const step = nextQuestion(chosen, page.device.state, done);
    if (step) {
      show(goTo(chosen, step));
    } else {
      page.visit = chosen;
      requests.send(chosen.service === null ? checkInRequest(chosen) : walkInRequest(chosen));
    }
  }

  /** Whoever corrects a slip in the code is not asked the same again. */
  function checkIn() {
    const { visit } = page;
    return visit.code.length === CODE_LENGTH && goOn({ ...visit, service: null }, visit.needsAsked ? "needs" : "code");
  }

  function walkInsAreClosed() {
    const walkIns = page.device.state?.walk_ins;
    return walkIns && !isOpen(walkIns, Date.now());
  }

  return {
    haveAppointment: () => show(arriving(page.visit)),
    haveNone: () => go(walkInsAreClosed() ? "closed" : "services"),
    services: () => show(replaceBy(page.visit, "services", { problem: null })),
    haveNumber: () => show({ ...goTo(page.visit, "number"), code: "", codeProblem: null }),
    lookUp: requests.showStanding,
    language: (tag) => show({ ...page.visit, language: tag }),
    group: (name) => show(goTo(page.visit, "services", { group: name })),
    search: () => go("search"),
    letters: () => show(goTo(page.visit, "search", { search: "" })),
    service: (code) => goOn({ ...page.visit, service: code, quantity: 1, needs: [] }, "service"),
    quantity: (count) => goOn({ ...page.visit, quantity: count }, "quantity"),
    need: (name) => show({ ...page.visit, needs: toggled(page.visit.needs, name) }),
    needsDone: () => goOn(page.visit, "needs"),
    // Without sight the way takes longer, also with somebody at one's side.
    pickUp: (wanted) => goOn({ ...page.visit, needs: wanted ? ["pick_up", "slow_walk"] : ["slow_walk"] }, "pick_up"),
    spokenLanguage: (tag) => show(goTo({ ...page.visit, language: tag }, "start")),
    hear: (sentences) => reader.say(sentences),
    hearStep: () => spoken.hearStep(),
    type: (character) => show(withCharacter(page.visit, character)),
    erase: () => show(withoutLastCharacter(page.visit)),
    showResults: () => show({ ...page.visit, keyboard: false }),
    showKeyboard: () => show({ ...page.visit, keyboard: true }),
    checkIn,
    /** A scanner has read a confirmation, wherever the visitor stands but before a number. */
    scanned(characters) {
      const code = scannedCode(characters);
      if (code !== null && page.visit.step !== "asking" && page.visit.step !== "ticket") {
        page.visit = { ...arriving(page.visit), code, codeProblem: null };
        checkIn();
      }
    },
    again: () => requests.send(page.visit.request),
    reprint: requests.reprint,
    help: () => page.visit.step !== "help" && page.visit.step !== "asking" && requests.openHelp(),
    callHelp: () => requests.askForHelp("POST"),
    withdrawHelp: () => requests.askForHelp("DELETE"),
    back: () => show(leaveGroup(page.visit, goBack(page.visit))),
    home: page.home,
    moreTime: () => show(page.visit),
    text: () => page.showComfort(withNextText(page.comfort)),
    contrast: () => page.showComfort({ ...page.comfort, contrast: !page.comfort.contrast }),
    low: () => page.showComfort({ ...page.comfort, low: !page.comfort.low }),
  };
}

/** "Back" from the services of a heading leads to the headings. */
function leaveGroup(visit, next) {
  return visit.step === "services" && next.group !== null ? { ...next, group: null } : next;
}
