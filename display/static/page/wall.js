// Draws what the program says and plays what it hands out. Decides nothing about calls.

import { showClock } from "./clock.js";
import { attract, drawColumns, keepTogether } from "./columns.js";
import { drawDoor } from "./door.js";
import { fitAll } from "./fit.js";
import { drawPanel, hold, lower } from "./panel.js";
import { isPlaying, listenToAudio, playOnce } from "./sound.js";

const RECONNECT_MS = 1000;
const ALIVE_WITHIN_MS = 15000; // three of the program's signs of life (page_feed.ALIVE_EVERY_SECONDS)
const LOST_AFTER_MS = 2000; // a restart of the program takes less; no bar comes and goes for it

const find = (name) => document.querySelector(`[data-${name}]`);
const digest = document.querySelector("meta[name=page-digest]").content;

let socket = null;
let state = null;
let aliveTimer = 0;
let lostTimer = 0;
let lost = false;
let told = "";

function connect() {
  socket = new WebSocket(`ws://${location.host}/api/events`);
  socket.addEventListener("message", (event) => {
    hearProgram();
    const message = JSON.parse(event.data);
    if (message.type === "state") take(message.state);
  });
  socket.addEventListener("close", () => {
    clearTimeout(aliveTimer);
    loseProgram();
    setTimeout(connect, RECONNECT_MS);
  });
}

function hearProgram() {
  clearTimeout(aliveTimer);
  clearTimeout(lostTimer);
  lostTimer = 0;
  aliveTimer = setTimeout(() => socket.close(), ALIVE_WITHIN_MS);
  if (lost) {
    lost = false;
    drawBars();
  }
}

function loseProgram() {
  told = "";
  lostTimer ||= setTimeout(() => {
    lost = true;
    drawBars();
  }, LOST_AFTER_MS);
}

function report(event, id, reason = "") {
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ event, id, reason }));
}

// Sizes that are another now are told: whoever looks after the display sees whether it can be read.
function fitAndTell() {
  const found = fitAll(state?.letters ?? null);
  const words = JSON.stringify({ event: "fits", ...found });
  if (words === told || socket?.readyState !== WebSocket.OPEN) return;
  told = words;
  socket.send(words);
}

function take(next) {
  if (next.page !== digest && !isPlaying()) {
    location.reload();
    return;
  }
  const before = state?.current?.id;
  state = next;
  document.body.dataset.layout = next.layout;
  document.body.style.setProperty("--accent", next.accent);
  write(find("office"), next.office);
  showClock(next.time_zone);
  drawBars();
  drawCall(next.current, before);
  drawHall(next.hall);
  drawPairing(next.pairing);
  drawListed(next.listed);
  write(find("waiting"), { text: next.waiting });
  write(find("wait"), { text: next.wait });
  find("notice").hidden = !next.notice;
  if (next.notice) write(find("notice"), next.notice);
  drawColumns(next.columns);
  drawDoor(next.door);
  drawPanel(next.slides, report);
  lower(next.announcing);
  fitAndTell();
  hold(Boolean(document.querySelector(".is-new")));
  if (next.playing && !next.playing.begun) playOnce(next.playing);
}

function write(element, line) {
  // Unchanged words are not written again: a live region would be read out again.
  if (element.textContent !== line.text) element.textContent = line.text;
  if (line.lang) element.lang = line.lang;
}

function drawBars() {
  const bar = find("bar");
  const lostWords = find("lost").content.textContent;
  const sentences = [...(state?.bars ?? [])];
  if (lost && !sentences.includes(lostWords)) sentences.unshift(lostWords);
  bar.hidden = sentences.length === 0;
  if (bar.dataset.shown === sentences.join("\n")) return;
  bar.dataset.shown = sentences.join("\n");
  bar.replaceChildren(...sentences.map((sentence) => paragraph(sentence)));
  fitAndTell();
}

function paragraph(text) {
  const element = document.createElement("p");
  element.textContent = text;
  return element;
}

function drawCall(call, before) {
  find("call-filled").hidden = !call;
  find("call-empty").hidden = Boolean(call);
  if (!call) {
    find("call").classList.remove("is-new");
    return;
  }
  write(find("number"), { text: call.number });
  drawPlace(call);
  find("arrow").classList.toggle("is-away", !call.points);
  write(find("fetched"), { text: call.fetched });
  write(find("again"), { text: call.again });
  write(find("second"), call.second ?? { text: "" });
  if (call.id !== before) attract(find("call"), call.new_for_ms);
}

// What is written there in the end is a matter of room (fit.js).
function drawPlace({ place, sign }) {
  const element = find("place");
  element.dataset.whole = keepTogether(place.text);
  element.dataset.sign = sign;
  element.lang = place.lang;
}

// What concerns everybody stands in the large place, or over the whole wall.
function drawHall(sign) {
  const element = find("hall");
  find("call").hidden = Boolean(sign);
  element.hidden = !sign;
  element.dataset.kind = sign?.kind ?? "";
  const shown = JSON.stringify(sign);
  if (element.dataset.shown === shown) return;
  element.dataset.shown = shown;
  element.replaceChildren(...(sign?.lines ?? []).map(hallLine));
}

// For staff: the code, large, over everything that there is nothing of yet.
function drawPairing(sign) {
  const element = find("pairing");
  element.hidden = !sign;
  const shown = JSON.stringify(sign);
  if (element.dataset.shown === shown) return;
  element.dataset.shown = shown;
  if (!sign) {
    element.replaceChildren();
    return;
  }
  const code = paragraph(sign.code);
  code.className = "pairing-code";
  code.dir = "ltr";
  const [first, ...others] = sign.lines.map(hallLine);
  element.replaceChildren(first, code, ...others);
}

function hallLine({ lang, title, text }) {
  const block = document.createElement("div");
  block.lang = lang;
  block.dir = "auto";
  const [first, second] = [paragraph(title), paragraph(text)];
  first.className = "hall-sign-title";
  block.append(first, second);
  return block;
}

function drawListed(calls) {
  find("listed").hidden = calls.length === 0;
  find("listed-empty").hidden = calls.length > 0;
  find("listed-rows").replaceChildren(...calls.map((call) => row(call)));
}

function row(call) {
  const line = document.createElement("tr");
  const number = document.createElement("td");
  number.textContent = call.number;
  const counter = document.createElement("td");
  const sign = document.createElement("span");
  sign.className = "listed-counter";
  sign.textContent = call.counter;
  counter.append(sign);
  line.append(number, counter);
  return line;
}

listenToAudio(find("audio"), report);
addEventListener("resize", fitAndTell);
addEventListener("slide", fitAndTell);
addEventListener("rest", () => hold(false));
document.fonts.addEventListener("loadingdone", fitAndTell);
connect();
