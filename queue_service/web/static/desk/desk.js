// The desk: what the office's stream tells is shown, what the clerk presses goes to the service.

import { gettext } from "../texts.js";
import "./alarm.js";
import { read } from "./api.js";
import { AsideView } from "./aside_view.js";
import { ChoicePanel } from "./choice_panel.js";
import { ClerkSteps } from "./clerk_steps.js";
import { CounterView, PAUSE_KEY } from "./counter_view.js";
import { setText } from "./elements.js";
import { FAMILY_KEY, FamilyChoice } from "./family_choice.js";
import { FurtherPanel } from "./further_panel.js";
import { KeyHelp } from "./key_help.js";
import { listen } from "./keys.js";
import { complain, decline, say } from "./message_line.js";
import { OfficeState } from "./office_state.js";
import { Panel } from "./panel.js";
import { ParkPanel } from "./park_panel.js";
import { PerformedView } from "./performed_view.js";
import { planWords } from "./plan_words.js";
import { ProfilePanel } from "./profile_panel.js";
import { QueueView } from "./queue_view.js";
import { sentenceFor } from "./refusals.js";
import { Stream } from "./stream.js";
import { TimelinePanel } from "./timeline_panel.js";
import { TransferPanel } from "./transfer_panel.js";
import { UndoLine } from "./undo_line.js";
import { PRIMARY_KEY, UNDO_KEY, VERBS, primaryFor, reasonAgainst } from "./verbs.js";
import { VisitorView } from "./visitor_view.js";
import { localized } from "./words.js";

const ORDER_AFTER = 250; // ms after a change until the calling order is read again
const ORDER_EVERY = 30_000; // ms; a wait that reaches the office's cap changes the order without a change
const LEARN_AGAIN_AFTER = 3_000; // ms
const BEHIND_FOR = 5_000; // ms until a stream that lags behind the order is opened again

const byId = (id) => document.getElementById(id);
const { office, counter: counterId, timeZone, now: pageMadeAt } = byId("desk").dataset;
const visits = JSON.parse(byId("desk").dataset.visits);
const plan = JSON.parse(byId("desk").dataset.plan);
const callable = new Set(JSON.parse(byId("desk").dataset.services));
const { title } = document;

const state = new OfficeState();
state.heardAt(pageMadeAt);
const services = new Map();
const undo = new UndoLine(visits.undo_seconds, takeBack);
const steps = new ClerkSteps(counterId, state, undo, services, (slug) => panels.transfer.officeName(slug));
const view = new VisitorView(timeZone, visits, { primary, verb });
const performed = new PerformedView(callable);
const counterView = new CounterView({ pause, leave });
const family = new FamilyChoice({
  redraw: show,
  enter: () => (state.inState("waiting").length ? queue : aside).focus(),
  join: (into, others) => run(() => steps.merge(into, others)),
  refused: decline,
});
const queue = new QueueView(timeZone, family, { call: callChosen, refused: decline });
const aside = new AsideView(counterId, timeZone, visits.grace_minutes, family, {
  resume: (ticket) => run(() => steps.move("resume", ticket)),
  requeue: (ticket) => run(() => steps.move("requeue", ticket)),
  refused: decline,
});
const panels = {
  park: new ParkPanel(),
  transfer: new TransferPanel(),
  choice: new ChoicePanel(),
  further: new FurtherPanel(),
  profile: new ProfilePanel(),
  timeline: new TimelinePanel(timeZone),
};
const help = new KeyHelp();
const stream = new Stream(office, { snapshot, change, state: connection });

// What is shown -------------------------------------------------------------------------------

function mine() {
  return state.counters.get(counterId);
}

function visitor() {
  return state.visitorAt(counterId);
}

function waitingRows() {
  return state.waiting().map((ticket) => ({
    ticket,
    obstacle: state.obstacle(ticket, mine(), callable),
    awaited: localized(state.awaitedCounter(ticket)?.name),
  }));
}

/** Why nobody can come to this counter now; empty when somebody can. */
function blocked() {
  if (visitor()) return gettext("An Ihrem Schalter ist noch jemand. Beenden oder parken Sie zuerst diese Nummer.");
  if (mine().state === "paused") return gettext("Ihr Schalter macht Pause.");
  return mine().state === "closed" ? gettext("Ihr Schalter ist nicht mehr geöffnet. Bitte öffnen Sie ihn neu.") : "";
}

function show() {
  const counter = mine();
  if (!counter) return;
  const [current, rows, now] = [visitor(), waitingRows(), state.now()];
  const served = current?.state === "serving" ? current : null;
  document.title = current ? `${current.number} – ${title}` : title;
  performed.show(served, services, localized(state.counters.get(current?.return_counter)?.name));
  const done = served ? performed.done() : current ? [current.service] : [];
  const next = rows.find(({ obstacle }) => obstacle === null)?.ticket;
  view.show({ visitor: current, counter, services, done, next, now });
  counterView.show(counter, rows, Boolean(current), now);
  setText(byId("counter-plan"), planWords(plan, counter.state, now, timeZone));
  family.show(current, [...rows.map(({ ticket }) => ticket), ...state.inState("parked")]);
  queue.show(rows, blocked(), now);
  aside.show(state.inState("parked"), state.inState("no_show"), blocked(), now);
  Panel.tidy();
  leaveWhenClosed(counter);
}

let wasClosing = false;

function leaveWhenClosed({ state: now, closing }) {
  if (now === "closed" && wasClosing) chooseCounter();
  wasClosing = closing;
}

function chooseCounter() {
  location.assign(`/desk/${office}/counter`);
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
  queue.setServices(services);
  aside.setServices(services);
  panels.transfer.setServices(answer.items);
  panels.further.setServices(answer.items);
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

/** Do one thing at a time and say what was done. */
async function run(doIt) {
  if (underWay) return;
  underWay = true;
  view.busy(true);
  Panel.closeOpen();
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
  const [current, counter] = [visitor(), mine()];
  if (!counter) return undefined;
  switch (primaryFor(current, counter).name) {
    case "start":
      return run(() => steps.move("start", current));
    case "finish":
      return run(() => finish(current));
    case "finish-and-next":
      return run(() => finishAndNext(current));
    case "end-pause":
      return run(() => steps.endPause());
    case "take-counter":
      return chooseCounter();
    default:
      return run(() => steps.callNext());
  }
}

function finish(current) {
  const done = performed.answer();
  return steps.move("finish", current, done ? { services: done } : {});
}

async function finishAndNext(current) {
  const onward = performed.onward();
  if (performed.answer() === null && !onward) return steps.callNext(current, "finish");
  const said = await finish(current);
  const next = await steps.callNext();
  return onward ? `${said} ${next}` : next;
}

async function verb(name) {
  const [current, counter] = [visitor(), mine()];
  if (!counter) return;
  const against = reasonAgainst(VERBS.find((candidate) => candidate.name === name), current, counter, visits, state.now());
  if (against) {
    decline(against);
    return;
  }
  const same = () => visitor()?.id === current.id;
  const counters = [...state.counters.values()];
  switch (name) {
    case "finish":
      return run(() => finish(current));
    case "park-and-next":
      return run(() => steps.callNext(current, "park"));
    case "park":
      return answered(await panels.park.ask(current, same), (body) => steps.move("park", current, body));
    case "transfer":
      return answered(await panels.transfer.ask(current, counters, counterId, same), (body) => steps.move("transfer", current, body));
    case "profile":
      return answered(await panels.profile.ask(current, same), (body) => steps.describe(current, body));
    case "timeline":
      return tellTimeline(current, same);
    default:
      return run(() => steps.move(name, current));
  }
}

function answered(answer, step) {
  if (answer) run(() => step(answer));
}

async function tellTimeline(current, same) {
  if (panels.timeline.isOpen) {
    panels.timeline.close(null);
    return;
  }
  try {
    await panels.timeline.tell(current, same);
  } catch (refusal) {
    if (refusal.code === undefined) throw refusal;
    complain(sentenceFor(refusal));
  }
}

async function addFurther() {
  const current = visitor();
  if (current?.state !== "serving") {
    decline(current ? gettext("Erst beginnen, dann beenden.") : gettext("An Ihrem Schalter ist gerade niemand."));
    return;
  }
  const answer = await panels.further.ask(() => visitor()?.id === current.id);
  if (!answer) return;
  performed.add(answer.service);
  show();
}

const WAITS_FOR = {
  counter: ({ awaited }) => awaited,
  clerk: ({ awaited }) => awaited,
  team: () => gettext("ein anderes Team"),
};

/** Whoever is next anyway needs no reason; who waits for somebody else always does. */
async function callChosen(row) {
  const { ticket, obstacle } = row;
  const next = waitingRows().find((entry) => entry.obstacle === null)?.ticket;
  const awaited = WAITS_FOR[obstacle]?.(row) ?? "";
  if (!awaited && (!visits.reason_for_choice || ticket.id === next?.id)) {
    run(() => steps.callChosen(ticket));
    return;
  }
  const stillWaits = () => state.tickets.get(ticket.id)?.state === "waiting";
  answered(await panels.choice.ask(ticket, awaited, stillWaits), (body) => steps.callChosen(ticket, body));
}

function takeBack(ticket) {
  if (ticket) run(() => steps.takeBack(ticket));
  else decline(gettext("Es gibt nichts mehr zurückzunehmen."));
}

function pause() {
  const counter = mine();
  if (counter) run(() => (counter.state === "paused" ? steps.endPause() : steps.pause()));
}

function leave() {
  const counter = mine();
  if (!counter || counter.state === "closed") return chooseCounter();
  if (counter.closing) return run(() => steps.stayOpen(counter));
  if (visitor()) return run(() => steps.closeAfterVisit());
  return run(async () => {
    await steps.close();
    chooseCounter();
  });
}

// Beginning -----------------------------------------------------------------------------------

byId("add-further").addEventListener("click", addFurther);
queue.filter.addEventListener("change", show);
listen({
  [PRIMARY_KEY]: primary,
  [UNDO_KEY]: () => takeBack(undo.ticket),
  [PAUSE_KEY]: pause,
  [FAMILY_KEY]: () => family.toggle(),
  ...Object.fromEntries(VERBS.map(({ name, key }) => [key, () => verb(name)])),
  d: addFurther,
  w: () => queue.focus(),
  g: () => aside.focus(),
  "?": () => help.open(),
});
stream.restart();
learnServices();
setInterval(() => {
  view.tick(state.now());
  undo.tick();
}, 1000);
setInterval(readOrder, ORDER_EVERY);
byId("primary").focus();
