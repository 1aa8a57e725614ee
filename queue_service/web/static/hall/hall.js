// The hall for team leads: after each change of the stream everything is read anew, at most once in a while.

import { gettext } from "../texts.js";
import "../desk/alarm.js";
import { act, read } from "../desk/api.js";
import { setText } from "../desk/elements.js";
import { sentenceFor } from "../desk/refusals.js";
import { Stream } from "../desk/stream.js";
import { duration, minutesSince, people } from "../desk/words.js";
import { ClosedHall } from "./closed_hall.js";
import { confirmed } from "./confirm.js";
import { CountersView } from "./counters_view.js";
import { DevicesView } from "./devices_view.js";
import { OrderDialog } from "./order_dialog.js";
import { OutlookView } from "./outlook_view.js";
import { PastAlarms } from "./past_alarms.js";
import { PoolsView } from "./pools_view.js";
import { QueuesView } from "./queues_view.js";

const READ_AFTER = 250; // ms after a change; changes that follow within it are read together
const LEARN_AGAIN_AFTER = 3_000; // ms
const SHOW_EVERY = 10_000; // ms; minutes move on
const DEVICES_EVERY = 60_000; // ms; they report as often
const READ_EVERY = 30_000; // ms; waits grow and places in the order change by themselves

const byId = (id) => document.getElementById(id);
const { office, timeZone, now: pageMadeAt } = byId("hall").dataset;
const path = `/offices/${office}`;

let skew = Date.parse(pageMadeAt) - Date.now();
let readTimer = null;
let overview = null;

const counters = new CountersView(byId("counters"), timeZone, { act: actOnCounter });
const queues = new QueuesView(timeZone);
const order = new OrderDialog(path);
const outlook = new OutlookView(path, timeZone);
new PoolsView(path, timeZone, () => Date.now() + skew);
const past = new PastAlarms(timeZone);
const devices = new DevicesView(office);
const closed = new ClosedHall({ act: actOnHall });
const stream = new Stream(office, { snapshot: heard, change: heard, state: connection });

// What is shown -------------------------------------------------------------------------------

function show() {
  if (!overview) return;
  const now = Date.now() + skew;
  const names = new Map(overview.counters.map(({ counter }) => [counter.id, counter.name]));
  counters.show(overview.counters, now);
  queues.show(overview, names, now);
  const open = overview.counters.filter(({ counter }) => counter.state === "open").length;
  const [first] = overview.longest;
  setText(byId("waiting-count"), people(overview.waiting));
  setText(byId("longest-wait"), first ? gettext("längste Wartezeit %(time)s", { time: duration(minutesSince(first.waiting_since, now)) }) : "");
  setText(byId("counters-open"), gettext("%(open)s von %(all)s Schaltern offen", { open, all: overview.counters.length }));
}

function complain(sentence) {
  setText(byId("error"), sentence);
}

const CONNECTION_WORDS = {
  connected: gettext("verbunden"),
  lost: gettext("Verbindung unterbrochen …"),
  logged_out: gettext("Ihre Anmeldung ist abgelaufen. Bitte melden Sie sich neu an."),
  refused: gettext("Diese Anmeldung darf hier nicht mitlesen."),
};

function connection(now) {
  byId("connection").dataset.state = now;
  setText(byId("connection"), CONNECTION_WORDS[now]);
  if (now === "connected") outlook.read();
  if (now === "logged_out") location.assign(`/login?next=${encodeURIComponent(location.pathname)}`);
}

// What the stream tells -----------------------------------------------------------------------

function heard(message) {
  if (message.at) skew = Date.parse(message.at) - Date.now();
  closed.show(message.hall);
  if (message.alarm || message.type === "snapshot") readAlarms();
  if (message.type === "forecast.updated") outlook.read();
  readTimer ??= setTimeout(readHall, READ_AFTER);
}

async function readHall() {
  clearTimeout(readTimer);
  readTimer = null;
  try {
    overview = await read(`${path}/hall`);
  } catch {
    return; // the stream says in words when the service is away; everything is read again later
  }
  show();
}

async function learnServices() {
  try {
    queues.knowServices((await read(`${path}/services`)).items);
  } catch {
    setTimeout(learnServices, LEARN_AGAIN_AFTER); // until then codes stand for names
    return;
  }
  show();
}

async function readAlarms() {
  try {
    past.show(await read(`${path}/alarms`));
  } catch {
    return; // open alarms come with the stream; the list is read again with the next one
  }
}

// What is pressed -----------------------------------------------------------------------------

async function carryOut(question, work) {
  if (!(await confirmed(question))) return;
  complain("");
  try {
    await work();
  } catch (refusal) {
    complain(sentenceFor(refusal));
  }
  readHall();
}

function actOnCounter(counter, verb, body, question) {
  return carryOut(question, () => act(`/counters/${counter.id}/${verb}`, body));
}

function actOnHall(verb, body, question) {
  return carryOut(question, () => act(`${path}/hall/${verb}`, body));
}

byId("change-order").addEventListener("click", () => order.open());
order.read();
learnServices();
stream.restart();
setInterval(show, SHOW_EVERY);
setInterval(readHall, READ_EVERY);
devices.read();
setInterval(() => devices.read(), DEVICES_EVERY);
