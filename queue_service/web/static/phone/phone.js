// The 115 console: puts its parts together. One page, one call at a time, the keyboard alone.

import { gettext } from "../texts.js";
import { setText } from "../desk/elements.js";
import { forget } from "./appointment_views.js";
import * as booking from "./booking_steps.js";
import * as callbackCount from "./callback_count.js";
import * as callbacks from "./callback_steps.js";
import { call, forgetCall, goTo, onStep, quantityOf, STEPS, withQuantity } from "./call.js";
import * as card from "./card_steps.js";
import { caller, serviceOf, services, timeZone } from "./catalogue.js";
import * as chosenServices from "./chosen_services.js";
import * as contactForm from "./contact_form.js";
import * as dialogs from "./dialogs.js";
import * as existing from "./existing_steps.js";
import * as finding from "./find_steps.js";
import * as keyHelp from "./key_help.js";
import * as keys from "./keys.js";
import * as map from "./map_steps.js";
import { showError, showPrompt } from "./message_line.js";
import { explain, isUnderWay, step } from "./one_at_a_time.js";
import * as nearness from "./nearness.js";
import * as placeSteps from "./place_steps.js";
import * as filters from "./place_filters.js";
import * as places from "./places_view.js";
import * as said from "./read_back_view.js";
import { serviceNow } from "./requests.js";
import * as serviceField from "./service_field.js";
import { clockInWords, dayInWords } from "./spoken.js";
import * as waiting from "./waiting_form.js";

const keyBar = document.getElementById("keys");
const field = document.getElementById("service");
const UNBOOKED = ["contact", "read-back"];
const PROMPTS = {
  search: gettext("Was wird gebraucht? Ein paar Buchstaben tippen, dann Enter."),
  places: gettext("Termin wählen: Tasten 1 bis 9."),
  contact: gettext("Termin vorlesen, Name und Telefon erfragen, dann Enter."),
  "read-back": gettext("Alles vorlesen und bestätigen lassen, dann Enter."),
  booked: gettext("Terminnummer diktieren. Danach F9: neuer Anruf."),
  hits: gettext("Termin wählen: Tasten 1 bis 9 oder Pfeile und Enter."),
  found: gettext("Verschieben oder absagen?"),
  cancel: gettext("Wirklich absagen?"),
  final: gettext("Dieser Termin ist, wie er ist. Neuer Anruf: F9."),
  "new-place": gettext("Neuen Termin wählen: Tasten 1 bis 9."),
  move: gettext("Neuen Termin vorlesen, dann Enter: verschieben."),
};

let askedToDrop = false;

function showStep(now) {
  for (const part of document.querySelectorAll("[data-steps]")) {
    part.hidden = !part.dataset.steps.split(" ").includes(now);
  }
  const may = STEPS[now];
  field.disabled = !may.services;
  field.closest(".panel").classList.toggle("panel--resting", !may.services);
  chosenServices.show(call.chosen, !may.services);
  places.rest(!may.places, call.place);
  filters.rest(!may.places);
  finding.rest(!may.find);
  const isCalledBack = now === "booked" && call.callback;
  showPrompt(isCalledBack ? gettext("Terminnummer diktieren. Danach F10: Rückruf abschließen.") : PROMPTS[now]);
  keys.show(keyBar, now);
}

function chosenChanged() {
  chosenServices.show(call.chosen, false);
  said.showServices(call.chosen);
  return placeSteps.searchPlaces();
}

async function addService(service, quantity) {
  const sum = Math.min(service.max_quantity, quantityOf(call.chosen, service) + quantity);
  call.chosen = withQuantity(call.chosen, service, sum);
  try {
    await chosenChanged();
  } catch (failure) {
    explain(failure);
    return;
  }
  // Whoever is typing the next service already is left alone.
  if (document.activeElement === field && serviceField.isEmpty()) places.focusList();
}

function changeQuantity(code, quantity) {
  call.chosen = withQuantity(call.chosen, serviceOf(code), quantity);
  chosenChanged().catch(explain);
  if (quantity === 0) serviceField.focus();
}

function toPlaces() {
  if (!places.focusList()) serviceField.focus();
}

function takeOffer(offer) {
  if (!offer || !STEPS[call.step].places) return;
  if (places.isStruckOut(offer)) showError(gettext("Dieser Termin ist schon vergeben. Bitte einen anderen wählen."));
  else if (call.found) existing.choosePlace(offer);
  else step(() => booking.take(offer));
}

function narrow() {
  placeSteps.searchPlaces().catch(explain);
}

function showNearest() {
  const quarter = nearness.quarter();
  if (quarter && call.step === "places") {
    showPrompt(gettext("Zuerst die Standorte nahe %(quarter)s. Termin wählen: Tasten 1 bis 9.", { quarter }));
  }
}

/** The nearest offices first, from where the caller lives. */
async function lookNear() {
  const isKnown = await nearness.look();
  await placeSteps.searchPlaces();
  if (isKnown) {
    toPlaces();
    showNearest();
  } else {
    nearness.focus();
    showError(gettext("Diesen Stadtteil oder diese Postleitzahl kennt das Verzeichnis nicht. Bitte ausschreiben oder die andere Angabe nehmen."));
  }
}

function nextHalf() {
  filters.nextHalf();
  placeSteps.searchPlaces().then(places.focusList).catch(explain);
}

function whatWouldBeLost() {
  if (UNBOOKED.includes(call.step)) {
    return gettext("Dieser Termin ist noch nicht gebucht. F9 noch einmal drücken, um ihn zu verwerfen.");
  }
  if (call.callback || call.offered) {
    return gettext("Der Rückruf ist noch nicht abgeschlossen: F10. Mit F9 bleibt er bei Ihnen auf der Liste.");
  }
  return "";
}

function newCall() {
  const lost = whatWouldBeLost();
  if (lost && !askedToDrop) {
    askedToDrop = true;
    showError(lost);
    return;
  }
  booking.giveBack().catch(explain);
  begin();
}

/** Begin with nothing of the call before, but with what is known of whoever is on the line. */
function begin({ name = "", phone = "", reference = "" } = {}) {
  askedToDrop = false;
  forgetCall();
  forget();
  callbacks.clear();
  contactForm.reset({ name, phone });
  filters.reset();
  finding.reset({ phone, reference });
  said.resetLanguage();
  said.stopCountdown();
  said.clear();
  serviceField.clear();
  document.getElementById("caller").hidden = phone === "" || phone !== caller;
  placeSteps.empty();
  placeSteps.limitDays();
  callbackCount.count();
  serviceField.focus();
}

/** Call somebody back, with all that is known: nobody has to tell it twice. */
async function callBack(item) {
  const reference = item.offer ? "" : item.reference ?? "";
  begin({ name: item.name, phone: item.phone_shown ?? "", reference });
  call[item.offer ? "offered" : "callback"] = item;
  document.getElementById("caller").hidden = true; // nobody calls in
  said.setLanguage(item.language);
  callbacks.showItem(item);
  const wanted = services.find(({ code }) => code === item.service);
  if (wanted) await addService(wanted, 1);
}

function showClock() {
  const now = serviceNow();
  setText(document.getElementById("clock"), clockInWords(now, timeZone));
  setText(document.getElementById("today"), dayInWords(now, timeZone));
}

function chooseAuthority(select) {
  for (const greeting of document.querySelectorAll("[data-authority]")) {
    greeting.hidden = greeting.dataset.authority !== select.value;
  }
}

const ACTIONS = {
  removeService: ({ target }) => changeQuantity(chosenServices.codeAt(target), 0),
  chooseOffer: ({ key }) => takeOffer(places.offerAt(Number(key))),
  nextOffers: () => step(placeSteps.nextOffers),
  nextHalf,
  release: () => step(booking.release),
  backToContact: booking.backToContact,
  backToPlaces: () => step(existing.backToNewPlace),
  openHit: ({ key }) => finding.openHit(Number(key) - 1),
  closeFound: finding.close,
  keepFound: existing.keep,
  toService: serviceField.focus,
  toPlaces,
  toFilters: filters.focus,
  toFind: finding.focusField,
  newCall,
  toCallback: callbacks.agree,
  toCallbacks: callbacks.toCallbacks,
  takeCallback: ({ key }) => callbacks.take(Number(key) - 1, callBack),
  toCard: () => step(card.open),
  chooseEntry: ({ key }) => card.choose(Number(key) - 1),
  toMap: () => step(map.open),
  toWaiting: waiting.open,
  toHelp: keyHelp.open,
};

/** While the service is asked, the answer decides how the call goes on, and no other key. */
function whenFree(action) {
  return (event) => {
    if (!isUnderWay()) action(event);
  };
}

function onClick(id, action) {
  document.getElementById(id).addEventListener("click", whenFree(action));
}

function start() {
  onStep(showStep);
  serviceField.start(services, { choose: addService, proceed: toPlaces });
  chosenServices.start(changeQuantity);
  places.start(takeOffer);
  filters.start({ narrow, toList: toPlaces, lookNear: () => step(lookNear), outside: showError });
  callbacks.start({ begin: callBack, end: begin });
  contactForm.start(() => step(booking.checkContact));
  finding.start(() => step(finding.find), (index) => whenFree(() => finding.openHit(index))());
  said.start();
  onClick("new-call", newCall);
  onClick("callbacks", callbacks.toCallbacks);
  onClick("finish-callback", callbacks.toCallbacks);
  onClick("show-keys", keyHelp.open);
  onClick("to-waiting", waiting.open);
  onClick("to-callback", callbacks.agree);
  card.start({
    show: () => step(card.show), choose: (index) => whenFree(() => card.choose(index))(), book: () => step(card.book),
  });
  map.start((wanted) => step(() => map.choose(wanted)));
  onClick("to-map", () => step(map.open));
  waiting.start(() => step(waiting.join));
  dialogs.start();
  onClick("book", () => step(booking.book));
  onClick("back-to-contact", booking.backToContact);
  onClick("release", () => step(booking.release));
  onClick("move-found", () => step(existing.startMove));
  onClick("cancel-found", existing.askToCancel);
  onClick("cancel-for-good", () => step(existing.cancel));
  onClick("keep-found", existing.keep);
  onClick("confirm-move", () => step(existing.move));
  const authority = document.getElementById("authority");
  authority.addEventListener("change", () => chooseAuthority(authority));
  chooseAuthority(authority);
  document.addEventListener("keydown", ({ key }) => {
    if (key !== "F9") askedToDrop = false;
  });
  keys.listen(keyBar, () => call.step, (name, event) => whenFree(ACTIONS[name])(event));
  placeSteps.start();
  callbackCount.start();
  window.addEventListener("beforeunload", (event) => {
    if (call.hold) event.preventDefault(); // the browser asks before a call is lost by a slip
  });
  // The number goes into the form and nowhere else: not into the history, not into a bookmark.
  if (location.search) history.replaceState(null, "", location.pathname);
  begin({ phone: caller });
  showClock();
  setInterval(showClock, 1000);
}

start();
