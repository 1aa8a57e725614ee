// Holds the state of the page, draws it, and turns touches into the next state.

import { ask, follow, help, lookUp } from "./device.js";
import { draw } from "./elements.js";
import { newFocus } from "./focus.js";
import { frame } from "./frame.js";
import { fitRegions } from "./parts.js";
import { nextQuestion, toggled } from "./questions.js";
import { checkInStep } from "./steps/check_in.js";
import { helpStep, isCalled } from "./steps/help.js";
import { leaveStep } from "./steps/leave.js";
import { needsStep, quantityStep } from "./steps/needs.js";
import { numberStep, standingStep } from "./steps/number.js";
import { pairingStep } from "./steps/pairing.js";
import { closedStep, failedStep } from "./steps/no_number.js";
import { searchStep } from "./steps/search.js";
import { servicesStep } from "./steps/services.js";
import { startStep } from "./steps/start.js";
import { askingStep, ticketStep } from "./steps/ticket.js";
import { spokenMode } from "./spoken/mode.js";
import { newReader } from "./spoken/reader.js";
import { sceneOf } from "./spoken/scenes.js";
import { showCurrent, spokenStep } from "./spoken/step.js";
import { sorter } from "./spoken/keys.js";
import { direction, loadTexts, tn, useLanguage } from "./texts.js";
import { limit, standing } from "./time_out.js";
import {
  CODE_KEYS,
  CODE_LENGTH,
  NUMBER_KEYS,
  SEARCH_KEYS,
  checkInRequest,
  goBack,
  goTo,
  newVisit,
  replaceBy,
  scannedCode,
  walkInRequest,
  withCharacter,
  withoutLastCharacter,
} from "./visit.js";
import { isOpen } from "./walk_ins.js";
import { codeProblemWords, numberProblemWords } from "./words.js";

const STEPS = {
  start: startStep,
  services: servicesStep,
  search: searchStep,
  check_in: checkInStep,
  quantity: quantityStep,
  needs: needsStep,
  asking: askingStep,
  ticket: ticketStep,
  closed: closedStep,
  failed: failedStep,
  help: helpStep,
  leave: leaveStep,
  pairing: pairingStep,
  number: numberStep,
  standing: standingStep,
};

/** Factors of the text size, one after the other at each press. */
const TEXT_SIZES = [1, 1.4, 2];

/** How long the service may be away before visitors are sent to the reception: a restart takes a second or two. */
const AWAY_AFTER = 4_000;

const TICK = 1_000;

/** How often the page looks whether somebody is coming, while a visitor waits for that. */
const LOOK_FOR_HELP = 3_000;

/** A click follows a finger's going at once, a little later on slow devices. */
const CLICK_WITHIN = 300;

/** A finger whose going was missed does not stop the page for longer. */
const LONGEST_HOLD = 3_000;

/** Moments before the end of the time at which the remaining seconds are spoken. */
const SPOKEN_SECONDS = new Set([20, 10]);

const root = document.getElementById("kiosk");

let visit = newVisit();
let comfort = newComfort();
let device = { state: null, awaySince: Date.now(), awayLong: false };
let quietSince = Date.now();
let heldSince = null;
let announcement = "";
let drawn = [];

function newComfort() {
  return { text: 0, largestText: TEXT_SIZES.length - 1, contrast: false, low: false };
}

function comfortChanged() {
  return comfort.text > 0 || comfort.contrast || comfort.low;
}

const moveFocus = newFocus(root);
const reader = newReader(() => render());
const spoken = spokenMode({ view: currentView, show, type: typeLetter }, reader);
const sort = sorter(spoken.press, checkInScanned);

/** Everything that a touch can mean. */
const press = {
  haveAppointment: () => go("check_in"),
  haveNone: () => go(device.state?.walk_ins && !isOpen(device.state.walk_ins, Date.now()) ? "closed" : "services"),
  services: () => show(replaceBy(visit, "services", { problem: null })),
  haveNumber: () => show({ ...goTo(visit, "number"), code: "", codeProblem: null }),
  lookUp: showStanding,
  language: (tag) => show({ ...visit, language: tag }),
  group: (name) => show(goTo(visit, "services", { group: name })),
  search: () => go("search"),
  service: (code) => goOn({ ...visit, service: code, quantity: 1, needs: [] }, "service"),
  quantity: (count) => goOn({ ...visit, quantity: count }, "quantity"),
  need: (name) => show({ ...visit, needs: toggled(visit.needs, name) }),
  needsDone: () => goOn(visit, "needs"),
  // Without sight the way takes longer, also with somebody at one's side.
  pickUp: (wanted) => goOn({ ...visit, needs: wanted ? ["pick_up", "slow_walk"] : ["slow_walk"] }, "pick_up"),
  spokenLanguage: (tag) => show(goTo({ ...visit, language: tag }, "start")),
  hear: (sentences) => reader.say(sentences),
  hearStep: () => spoken.hearStep(),
  type: (character) => show(withCharacter(visit, character)),
  erase: () => show(withoutLastCharacter(visit)),
  showResults: () => show({ ...visit, keyboard: false }),
  showKeyboard: () => show({ ...visit, keyboard: true }),
  checkIn: () => visit.code.length === CODE_LENGTH && send(checkInRequest(visit)),
  again: () => send(visit.request),
  reprint,
  help: () => visit.step !== "help" && visit.step !== "asking" && openHelp(),
  callHelp: () => askForHelp("POST"),
  withdrawHelp: () => askForHelp("DELETE"),
  back: () => show(leaveGroup(goBack(visit))),
  home,
  moreTime: () => show(visit),
  text: () => showComfort({ text: (comfort.text + 1) % TEXT_SIZES.length }),
  contrast: () => showComfort({ contrast: !comfort.contrast }),
  low: () => showComfort({ low: !comfort.low }),
};

/** Whoever has got what there is to get leaves the page as it was for everybody: also its sizes and colours. */
function home() {
  if (visit.step === "ticket" || visit.step === "standing") {
    comfort = newComfort();
  }
  show(newVisit());
}

/**
 * What is shown instead of everything else, whoever stands here: there is nothing to be had.
 * "leave" is as last known: without a connection nobody has said that it is over.
 */
function forcedStep() {
  if (device.state?.pairing) {
    return "pairing";
  }
  return device.state?.hall === "leave" ? "leave" : null;
}

function isForced(step) {
  return step === "leave" || step === "pairing";
}

function go(step) {
  show(goTo(visit, step));
}

/** The next question about what was chosen, or the number. */
function goOn(chosen, done) {
  const step = nextQuestion(chosen, device.state, done);
  if (step) {
    show(goTo(chosen, step));
  } else {
    visit = { ...chosen, pickedUp: chosen.needs.includes("pick_up") };
    send(walkInRequest(visit));
  }
}

/** "Back" from the services of a heading leads to the headings. */
function leaveGroup(next) {
  return visit.step === "services" && next.group !== null ? { ...next, group: null } : next;
}

function show(next) {
  const forced = forcedStep();
  visit = forced ? { ...newVisit(), step: forced, spoken: visit.spoken } : next;
  quietSince = Date.now();
  announcement = "";
  render();
}

function showComfort(change) {
  comfort = { ...comfort, ...change };
  show(visit);
}

/** Ask for a number; a second touch while it is under way can't ask for another. */
async function send(request) {
  if (visit.step === "asking") {
    return;
  }
  show(visit.step === "failed" ? replaceBy(visit, "asking", { problem: null }) : goTo(visit, "asking", { request }));
  const { ticket, problem } = await ask(request.path, request.body, visit.language);
  if (visit.request?.id !== request.id) {
    return;
  }
  if (ticket) {
    showTicket(ticket);
  } else {
    showProblem(request, problem);
  }
}

/** From here on nothing that was typed is needed any more. */
function showTicket(ticket) {
  const { language, spoken: isSpoken, pickedUp, request } = visit;
  show({ ...newVisit(), step: "ticket", language, spoken: isSpoken, pickedUp, request: { id: request.id }, ticket });
}

function showProblem(request, problem) {
  const backTo = visit.before.at(-1);
  const wrongCode = request.path === "/api/check-ins" && codeProblemWords(problem);
  if (wrongCode) {
    show({ ...goBackFromAsking(backTo), codeProblem: wrongCode, request: null });
  } else if (problem.code === "walk_ins_closed") {
    show({ ...goBackFromAsking("start"), before: ["start"], step: "closed", problem: problem.reason ? problem : null });
  } else {
    show(replaceBy(visit, "failed", { problem }));
  }
}

function goBackFromAsking(step) {
  return { ...visit, step, before: visit.before.slice(0, -1) };
}

/** Somebody who stood here before may have called, and gone on; whoever looks now sees that, too. */
function openHelp() {
  show({ ...goTo(visit, "help"), help: "none" });
  lookForHelp();
}

async function askForHelp(method) {
  show({ ...visit, help: method === "POST" ? "calling" : visit.help });
  setHelp(await help(method));
}

async function lookForHelp() {
  const known = visit.help;
  const found = await help("GET");
  // Not reached while nobody was called is no news to a visitor.
  if (found !== "unreachable" || isCalled(known)) {
    setHelp(found);
  }
}

/** Not a touch: the time of the visitor runs on. */
function setHelp(state) {
  if (visit.step === "help" && visit.help !== state) {
    visit = { ...visit, help: state };
    render();
  }
}

/** How it stands with the number that was typed. */
async function showStanding() {
  const typed = visit.code;
  const { standing: found, problem } = await lookUp(typed);
  if (visit.step !== "number" || visit.code !== typed) {
    return;
  }
  if (found) {
    show({ ...newVisit(), step: "standing", language: visit.language, spoken: visit.spoken, standing: found });
  } else {
    show({ ...visit, codeProblem: numberProblemWords(problem) });
  }
}

async function reprint() {
  const { id } = visit.ticket;
  show({ ...visit, reprinting: true });
  const { ticket, problem } = await ask(`/api/tickets/${id}/reprint`, null, visit.language);
  if (visit.ticket?.id === id) {
    const failed = { ...visit.ticket, printed: false, print_reason: problem?.code };
    show({ ...visit, reprinting: false, ticket: ticket ?? failed });
  }
}

/** A touch anywhere means that somebody is there. */
function stay() {
  quietSince = Date.now();
}

/** Nothing may move between a finger's coming and its going, or it would press something else. */
function hold() {
  stay();
  heldSince = Date.now();
}

function release() {
  if (heldSince !== null) {
    heldSince = null;
    render();
  }
}

function tick() {
  if (heldSince !== null && Date.now() - heldSince > LONGEST_HOLD) {
    release();
  }
  if (reader.speaks && currentView().secondsLeft === null) {
    // Whoever listens can't have answered yet.
    stay();
  }
  const { expired, secondsLeft } = standing(quietSince, Date.now(), limit(visit, comfortChanged()));
  if (expired) {
    comfort = newComfort();
    show(newVisit());
    return;
  }
  if (SPOKEN_SECONDS.has(secondsLeft)) {
    announcement = tn("Noch {count} Sekunde.", "Noch {count} Sekunden.", secondsLeft);
    if (visit.spoken) {
      spoken.warn(secondsLeft);
    }
  }
  render();
}

function render() {
  if (heldSince !== null) {
    return;
  }
  device.awayLong = device.awaySince !== null && Date.now() - device.awaySince > AWAY_AFTER;
  useLanguage(visit.language);
  document.documentElement.lang = visit.language;
  document.documentElement.dir = direction();
  document.documentElement.dataset.kernTheme = comfort.contrast ? "dark" : "light";
  document.documentElement.dataset.contrast = comfort.contrast ? "high" : "normal";
  document.documentElement.dataset.position = comfort.low ? "low" : "normal";
  document.documentElement.dataset.text = String(comfort.text);
  document.documentElement.style.setProperty("--text", String(TEXT_SIZES[comfort.text]));
  setAccent(device.state?.office?.accent);
  const view = currentView();
  const wanted = frame(view, visit.spoken && sceneOf(view) ? spokenStep(view) : STEPS[visit.step](view));
  draw(root, wanted, drawn);
  drawn = wanted;
  document.title = root.querySelector("h1").textContent;
  fitRegions();
  moveFocus();
  showCurrent(root);
  spoken.follow();
}

function currentView() {
  const now = Date.now();
  const { secondsLeft } = standing(quietSince, now, limit(visit, comfortChanged()));
  return { visit, device, comfort, press, now, secondsLeft, announcement, reader };
}

function setAccent(accent) {
  if (/^#[0-9a-f]{6}$/i.test(accent ?? "")) {
    document.documentElement.style.setProperty("--accent", accent);
  }
}

function onDevice(message) {
  if (message.type === "state") {
    const state = message.state;
    device = { ...device, state, awaySince: state.connected ? null : device.awaySince ?? Date.now() };
    if (forcedStep() !== (isForced(visit.step) ? visit.step : null)) {
      heldSince = null;
      show(newVisit());
    } else {
      render();
    }
  } else if (message.ticket.id === visit.request?.id && visit.step === "asking") {
    showTicket(message.ticket);
  }
}

function onDeviceLost() {
  const state = device.state && { ...device.state, connected: false, goes_on: false };
  device = { ...device, state, awaySince: device.awaySince ?? Date.now() };
  render();
}

function onKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) {
    return;
  }
  const onButton = event.target.closest?.("button");
  if (spoken.wants(event, onButton)) {
    event.preventDefault();
    sort(event);
    return;
  }
  const keys = { check_in: CODE_KEYS, number: NUMBER_KEYS, search: [...SEARCH_KEYS, " "] }[visit.step] ?? [];
  const character = event.key.length === 1 && event.key !== "ß" ? event.key.toUpperCase() : event.key;
  if (event.key === "Backspace" && keys.length) {
    event.preventDefault();
    press.erase();
  } else if (keys.includes(character) && !(onButton && character === " ")) {
    event.preventDefault();
    press.type(character);
  } else if (event.key === "Enter" && visit.step === "check_in" && !onButton) {
    press.checkIn();
  } else if (event.key === "Enter" && visit.step === "number" && visit.code && !onButton) {
    press.lookUp();
  } else if (event.key === "Escape") {
    press.back();
  }
}

/** A letter of a keyboard, beside the walk through all of them. */
function typeLetter(letter) {
  const keys = { check_in: CODE_KEYS, number: NUMBER_KEYS }[visit.step] ?? [];
  if (keys.includes(letter)) {
    press.type(letter);
  }
}

/** A scanner has read a confirmation, wherever the visitor stands but before a number. */
function checkInScanned(characters) {
  const code = scannedCode(characters);
  if (code !== null && visit.step !== "asking" && visit.step !== "ticket") {
    visit = { ...goTo(visit, "check_in"), code, codeProblem: null };
    press.checkIn();
  }
}

document.addEventListener("pointerdown", hold, { capture: true });
document.addEventListener("pointerup", () => setTimeout(release, CLICK_WITHIN));
document.addEventListener("pointercancel", release);
document.addEventListener("click", release);
document.addEventListener("keydown", stay, { capture: true });
document.addEventListener("keydown", onKey);
// A finger that rests must not open the browser's own menu.
document.addEventListener("contextmenu", (event) => event.preventDefault());
window.addEventListener("resize", fitRegions);

await loadTexts();
render();
follow(onDevice, onDeviceLost);
setInterval(tick, TICK);
setInterval(() => visit.step === "help" && isCalled(visit.help) && lookForHelp(), LOOK_FOR_HELP);
document.fonts.ready.then(fitRegions);
