// Puts the page together: its state, what is drawn of it, and what touches, keys, time and the device do to it.

import { follow } from "./device.js";
import { watchFingers } from "./fingers.js";
import { newPage } from "./page_state.js";
import { fitRegions } from "./parts.js";
import { visitRequests } from "./requests.js";
import { newScreen } from "./screen.js";
import { isCalled } from "./steps/help.js";
import { sorter } from "./spoken/keys.js";
import { spokenMode } from "./spoken/mode.js";
import { newReader } from "./spoken/reader.js";
import { loadTexts, tn } from "./texts.js";
import { touches } from "./touches.js";
import { pressKey } from "./typing.js";
import { newVisit } from "./visit.js";

const TICK = 1_000;

/** How often the page looks whether somebody is coming, while a visitor waits for that. */
const LOOK_FOR_HELP = 3_000;

/** Moments before the end of the time at which the remaining seconds are spoken. */
const SPOKEN_SECONDS = new Set([20, 10]);

const screen = newScreen(document.getElementById("kiosk"));
const page = newPage(render);
const requests = visitRequests(page, render);
const reader = newReader(render);
const spoken = spokenMode({ view, show: page.show }, reader);
const press = touches(page, requests, reader, spoken);
const sort = sorter(spoken.press, press.scanned);
const fingers = watchFingers(page.stay, render);

/** What the page is drawn from. */
function view() {
  const { visit, device, comfort, announcement } = page;
  const now = Date.now();
  const { secondsLeft } = page.timeLeft(now);
  return { visit, device, comfort, press, now, secondsLeft, announcement, reader };
}

function render() {
  if (fingers.rests) {
    return;
  }
  page.measureAway(Date.now());
  screen.draw(view());
  spoken.follow();
}

function tick() {
  fingers.tire();
  if (reader.speaks && view().secondsLeft === null) {
    // Whoever listens can't have answered yet.
    page.stay();
  }
  const { expired, secondsLeft } = page.timeLeft(Date.now());
  if (expired) {
    page.forget();
    return;
  }
  if (SPOKEN_SECONDS.has(secondsLeft)) {
    page.announcement = tn("Noch {count} Sekunde.", "Noch {count} Sekunden.", secondsLeft);
    if (page.visit.spoken) {
      spoken.warn(secondsLeft);
    }
  }
  render();
}

function onDevice(message) {
  if (message.type === "state") {
    if (page.learn(message.state)) {
      fingers.forget();
      page.show(newVisit());
    } else {
      render();
    }
  } else if (message.ticket.id === page.visit.request?.id && page.visit.step === "asking") {
    requests.showTicket(message.ticket);
  }
}

function onDeviceLost() {
  page.lose();
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
  pressKey(event, onButton, page.visit, press);
}

document.addEventListener("keydown", page.stay, { capture: true });
document.addEventListener("keydown", onKey);
window.addEventListener("resize", fitRegions);

await loadTexts();
render();
follow(onDevice, onDeviceLost);
setInterval(tick, TICK);
setInterval(() => page.visit.step === "help" && isCalled(page.visit.help) && requests.lookForHelp(), LOOK_FOR_HELP);
document.fonts.ready.then(fitRegions);
