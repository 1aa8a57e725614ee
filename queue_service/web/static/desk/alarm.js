// Alarms among staff: the key that calls colleagues, the banner that they see, what stands over the hall.

import { gettext } from "../texts.js";
import { startSound, stopSound } from "./alarm_sound.js";
import { act } from "./api.js";
import { element, reconcile, setText } from "./elements.js";
import { sentenceFor } from "./refusals.js";
import { clock, localized } from "./words.js";

const ARMED_FOR = 4_000; // ms in which the second press of the button counts
const KEYS_WITHIN = 2_000; // ms between two Alt+Shift+A

const banner = document.getElementById("alarms");
const button = document.getElementById("alarm-button");
const { office, person, leads, contact, phone } = banner.dataset;
const timeZone = document.querySelector("[data-time-zone]").dataset.timeZone;
const label = button.textContent;
const NO_NAME = gettext("Notfallkontakt");

const counters = new Map();
const alarms = new Map();
const failures = new Map();
let hall = "open";
let disarmTimer = null;
let keyedAt = -Infinity;
let saidOfButton = "";

// What the stream tells -----------------------------------------------------------------------

document.addEventListener("office-message", ({ detail: message }) => {
  if (message.type === "snapshot") {
    counters.clear();
    alarms.clear();
    for (const counter of message.counters) counters.set(counter.id, counter);
    for (const alarm of message.alarms) alarms.set(alarm.id, alarm);
  }
  if (message.counter) counters.set(message.counter.id, message.counter);
  if (message.alarm?.ended_at) alarms.delete(message.alarm.id);
  else if (message.alarm) alarms.set(message.alarm.id, message.alarm);
  hall = message.hall ?? hall;
  show();
});

// What is shown -------------------------------------------------------------------------------

function show() {
  const help = [...alarms.values()].filter(({ kind }) => kind === "staff");
  const lines = [
    ...(saidOfButton ? [{ key: "button", kind: "own", text: saidOfButton, does: [] }] : []),
    ...help.map((alarm) => (alarm.raised_by === person ? ownLine(alarm) : helpLine(alarm))),
    ...(hall === "open" ? [] : [hallLine()]),
  ];
  reconcile(banner, lines, ({ key }) => key, makeLine, updateLine);
  const loud = help.some((alarm) => alarm.raised_by !== person && !alarm.acknowledged_at);
  if (loud) startSound();
  else stopSound();
}

function helpLine(alarm) {
  const where = alarm.counter ? localized(counters.get(alarm.counter)?.name) || alarm.counter : "";
  const time = clock(alarm.at, timeZone);
  const title = where
    ? gettext("Alarm: %(where)s braucht Hilfe", { where })
    : gettext("Alarm: Jemand ohne Schalter braucht Hilfe");
  const coming = comingWords(alarm);
  const ring = phone ? gettext("%(contact)s anrufen: %(phone)s", { contact: contact || NO_NAME, phone }) : "";
  const failed = failures.get(alarm.id);
  return {
    key: alarm.id,
    kind: coming ? "answered" : "loud",
    text: title,
    more: [gettext("seit %(time)s", { time }), coming, ring, failed].filter(Boolean).join(" · "),
    does: [
      ...(coming ? [] : [{ label: gettext("Ich komme"), path: `${alarm.id}/acknowledge`, alarm }]),
      ...(leads ? [{ label: gettext("Alarm beenden"), path: `${alarm.id}/end`, alarm }] : []),
    ],
  };
}

// Whoever stands opposite may read the screen: no more than a note.
function ownLine(alarm) {
  return {
    key: alarm.id,
    kind: "own",
    text: comingWords(alarm) || gettext("Ihre Kolleginnen und Kollegen wissen Bescheid."),
    more: failures.get(alarm.id),
    does: [{ label: gettext("Alarm beenden"), path: `${alarm.id}/end`, alarm }],
  };
}

function comingWords(alarm) {
  if (!alarm.acknowledged_at) return "";
  if (alarm.acknowledged_by === person) return gettext("Sie kommen.");
  const from = [...counters.values()].find(({ clerk }) => clerk === alarm.acknowledged_by);
  return from ? gettext("%(counter)s kommt.", { counter: localized(from.name) }) : gettext("Jemand kommt.");
}

function hallLine() {
  return hall === "leave"
    ? { key: "hall-leave", kind: "loud", text: gettext("Alle verlassen das Haus."), more: gettext("Es wird nicht aufgerufen, und es gibt keine Nummern."), does: [] }
    : { key: "hall-paused", kind: "hall", text: gettext("Der Aufruf ist unterbrochen."), more: gettext("Die Wartenden wissen, dass ihre Nummern gültig bleiben."), does: [] };
}

function makeLine() {
  return element(
    "div",
    { class: "alarm" },
    element("p", { class: "alarm__words" }, element("strong"), " ", element("span")),
    element("div", { class: "alarm__does" }),
  );
}

function updateLine(line, { kind, text, more = "", does }) {
  line.className = `alarm alarm--${kind}`;
  setText(line.querySelector("strong"), text);
  setText(line.querySelector("span"), more);
  reconcile(
    line.querySelector(".alarm__does"),
    does,
    ({ path }) => path,
    ({ label: words, path, alarm }) => element("button", { class: "alarm__button", type: "button", onclick: () => answer(path, alarm) }, words),
    () => {},
  );
}

// What is pressed -----------------------------------------------------------------------------

async function answer(path, alarm) {
  try {
    await act(`/offices/${office}/alarms/${path}`);
    failures.delete(alarm.id);
  } catch (refusal) {
    failures.set(alarm.id, sentenceFor(refusal));
    show();
  }
}

async function callForHelp() {
  disarm();
  try {
    await act(`/offices/${office}/alarms`);
    saidOfButton = "";
  } catch {
    saidOfButton = gettext("Ihr Alarm ist nicht angekommen. Bitte rufen Sie laut um Hilfe oder telefonieren Sie.");
  }
  show();
}

function arm() {
  setText(button, gettext("Noch einmal: Alarm"));
  button.classList.add("alarm-button--armed");
  disarmTimer = setTimeout(disarm, ARMED_FOR);
}

function disarm() {
  clearTimeout(disarmTimer);
  disarmTimer = null;
  setText(button, label);
  button.classList.remove("alarm-button--armed");
}

button.addEventListener("click", () => (disarmTimer === null ? arm() : callForHelp()));

// Works also while somebody types, and in dialogs: who needs help doesn't look where the cursor is.
document.addEventListener(
  "keydown",
  (event) => {
    if (!event.altKey || !event.shiftKey || event.ctrlKey || event.code !== "KeyA" || event.repeat) return;
    event.preventDefault();
    const second = event.timeStamp - keyedAt <= KEYS_WITHIN;
    keyedAt = second ? -Infinity : event.timeStamp;
    if (second) callForHelp();
  },
  { capture: true },
);
