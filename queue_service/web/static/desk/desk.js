// The desk: what the office's stream tells is shown, what the clerk presses goes to the service.

import { gettext } from "../texts.js";
import { act, read } from "./api.js";
import { setText } from "./elements.js";
import { KeyHelp } from "./key_help.js";
import { listen } from "./keys.js";
import { OfficeState } from "./office_state.js";
import { QueueView } from "./queue_view.js";
import { sentenceFor } from "./refusals.js";
import { Stream } from "./stream.js";
import { TransferDialog } from "./transfer_dialog.js";
import { PRIMARY_KEY, VERBS, doneSentence, primaryFor, reasonAgainst } from "./verbs.js";
import { VisitorView } from "./visitor_view.js";
import { duration, minutesSince, people, whySentence } from "./words.js";

const ORDER_AFTER = 250; // ms after a change until the calling order is read again
const ORDER_EVERY = 30_000; // ms; a wait that reaches the office's cap changes the order without a change
const LEARN_AGAIN_AFTER = 3_000; // ms
const BEHIND_FOR = 5_000; // ms until a stream that lags behind the order is opened again

const byId = (id) => document.getElementById(id);
const { office, counter: counterId, timeZone, now: pageMadeAt } = byId("desk").dataset;
const { title } = document;
const callable = new Set(JSON.parse(byId("desk").dataset.services));

const state = new OfficeState();
state.heardAt(pageMadeAt);
const services = new Map();
const view = new VisitorView(timeZone, { primary, verb: (name) => verb(name) });
const queue = new QueueView(timeZone, {
  call: (ticket) => run("call", () => callChosen(ticket)),
  resume: (ticket) => run("resume", () => moved("resume", ticket)),
  requeue: (ticket) => run("requeue", () => moved("requeue", ticket)),
  refused: complain,
});
const transfer = new TransferDialog();
const help = new KeyHelp();
const stream = new Stream(office, { snapshot, change, state: connection });

// What is shown -------------------------------------------------------------------------------

function visitor() {
  return state.visitorAt(counterId);
}

function show() {
  if (state.version === null) return;
  const mine = state.counters.get(counterId);
  const now = state.now();
  const current = visitor();
  const waiting = state.waiting();
  const rows = waiting.map((ticket) => ({ ticket, obstacle: mine ? state.obstacle(ticket, mine, callable) : "service" }));
  const next = rows.find(({ obstacle }) => obstacle === null)?.ticket;
  document.title = current ? `${current.number} – ${title}` : title;
  view.show(current, services.get(current?.service), next, now);
  queue.show(rows, state.inState("parked"), state.inState("no_show"), !current, now);
  const longest = waiting.reduce((most, ticket) => Math.max(most, minutesSince(ticket.waiting_since, now)), 0);
  setText(byId("waiting-count"), people(waiting.length));
  setText(byId("longest-wait"), waiting.length ? gettext("längste Wartezeit %(time)s", { time: duration(longest) }) : "");
  if (mine?.state === "closed") closedElsewhere();
}

function closedElsewhere() {
  complain(gettext("Ihr Schalter wurde geschlossen. Bitte öffnen Sie ihn neu."));
}

function say(sentence) {
  setText(byId("error"), "");
  setText(byId("message"), sentence);
}

function complain(sentence) {
  setText(byId("message"), "");
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
  if (now === "logged_out") logInAgain();
}

function logInAgain() {
  location.assign(`/login?next=${encodeURIComponent(location.pathname)}`);
}

// What the stream tells -----------------------------------------------------------------------

let orderTimer = null;

async function learnServices() {
  let answer;
  try {
    answer = await read(`/offices/${office}/services`);
  } catch {
    setTimeout(learnServices, LEARN_AGAIN_AFTER); // until then codes stand for names
    return;
  }
  for (const service of answer.items) services.set(service.code, service);
  queue.setServices(answer.items);
  transfer.setServices(answer.items);
  show();
}

function snapshot(message) {
  state.replace(message);
  show();
  readOrder();
}

function change(message) {
  if (!state.apply(message)) {
    stream.restart();
    return;
  }
  show();
  orderTimer ??= setTimeout(readOrder, ORDER_AFTER);
}

async function readOrder() {
  clearTimeout(orderTimer);
  orderTimer = null;
  let answer;
  try {
    answer = await read(`/offices/${office}/queue?counter=${encodeURIComponent(counterId)}`);
  } catch {
    return; // the stream says in words when the service is away; the order is read again later
  }
  state.setOrder(answer.items);
  for (const ticket of answer.others ?? []) state.know(ticket);
  show();
  if (answer.version > state.version) setTimeout(() => answer.version > state.version && stream.restart(), BEHIND_FOR);
}

// What the clerk does -------------------------------------------------------------------------

let underWay = false;

async function run(name, doIt) {
  if (underWay) return;
  underWay = true;
  view.busy(true);
  try {
    say((await doIt()) ?? "");
  } catch (refusal) {
    if (refusal.code === undefined) throw refusal;
    if (refusal.code === "not_authenticated") logInAgain();
    if (refusal.code === "still_serving" && refusal.body.ticket) state.putTicket(refusal.body.ticket);
    complain(sentenceFor(refusal));
    stream.restart();
  } finally {
    underWay = false;
    view.busy(false);
    show();
  }
}

function primary() {
  const current = visitor();
  const { name } = primaryFor(current);
  return run(name, async () => {
    if (name === "start") return moved("start", current);
    if (name === "finish-and-next") await moved("finish", current);
    return callNext();
  });
}

async function verb(name) {
  const current = visitor();
  const against = reasonAgainst(VERBS.find((candidate) => candidate.name === name), current);
  if (against) {
    complain(against);
    return;
  }
  if (name !== "transfer") {
    await run(name, () => moved(name, current));
    return;
  }
  const target = await transfer.ask(current, [...state.counters.values()]);
  if (target) await run(name, () => moved(name, current, target));
}

async function moved(name, ticket, body = {}) {
  const now = await act(`/tickets/${ticket.id}/${name}`, body);
  state.putTicket(now);
  return doneSentence(name, now.number);
}

async function callNext() {
  const answer = await act(`/counters/${counterId}/call-next`);
  if (answer === null) return gettext("Niemand wartet gerade.");
  called(answer);
  return whySentence(answer.ticket.number, answer.why);
}

async function callChosen(ticket) {
  return called(await act(`/counters/${counterId}/call`, { ticket: ticket.id }));
}

function called({ ticket }) {
  state.putTicket(ticket);
  return doneSentence("call", ticket.number);
}

function leave() {
  return run("close", async () => {
    await act(`/counters/${counterId}/close`);
    location.assign(`/desk/${office}/counter`);
  });
}

// Beginning -----------------------------------------------------------------------------------

byId("leave").addEventListener("click", leave);
queue.filter.addEventListener("change", show);
listen({
  [PRIMARY_KEY]: primary,
  ...Object.fromEntries(VERBS.map(({ name, key }) => [key, () => verb(name)])),
  w: () => queue.focus(),
  "?": () => help.open(),
});
stream.restart();
learnServices();
setInterval(() => view.tick(state.now(), services.get(visitor()?.service)), 1000);
setInterval(readOrder, ORDER_EVERY);
byId("primary").focus();
