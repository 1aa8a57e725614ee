// The reception: alarms as large as the screen, a sound until somebody comes, and a word when nothing gets through.

import { gettext } from "../texts.js";
import "../desk/alarm.js";
import { muteSound, testSound } from "../desk/alarm_sound.js";
import { read } from "../desk/api.js";
import { setText } from "../desk/elements.js";
import { Stream } from "../desk/stream.js";
import { PastAlarms } from "../hall/past_alarms.js";
import { HelpRequests } from "./help_requests.js";

const SILENT = "reception-silent"; // kept on this device: a second screen in the same room may be silent

const byId = (id) => document.getElementById(id);
const { office, timeZone } = byId("reception").dataset;
const { title } = document;
const past = new PastAlarms(timeZone);
const help = new HelpRequests(office, timeZone);
let openAlarms = 0;
const stream = new Stream(office, { snapshot: heard, change: heard, state: connection });

// What the stream tells -----------------------------------------------------------------------

function heard(message) {
  if (message.alarm || message.type === "snapshot") readAlarms();
  if (message.type.startsWith("help.") || message.type === "snapshot") help.readAgain().then(showTitle);
}

async function readAlarms() {
  let alarms;
  try {
    alarms = await read(`/offices/${office}/alarms`);
  } catch {
    return; // open alarms come with the stream; the list is read again with the next one
  }
  past.show(alarms);
  openAlarms = alarms.items.filter(({ kind, ended_at: ended }) => kind === "staff" && !ended).length;
  showTitle();
}

function showTitle() {
  const open = openAlarms + help.open;
  document.title = open ? `(${open}) ${title}` : title;
}

const CONNECTION_WORDS = {
  connected: gettext("verbunden"),
  lost: gettext("Verbindung unterbrochen: Alarme kommen hier gerade nicht an."),
  logged_out: gettext("Ihre Anmeldung ist abgelaufen. Bitte melden Sie sich neu an."),
  refused: gettext("Diese Anmeldung darf hier nicht mitlesen."),
};

function connection(now) {
  byId("connection").dataset.state = now;
  // "No alarm" is only true as long as one would be heard of.
  byId("calm").hidden = now !== "connected";
  setText(byId("connection"), CONNECTION_WORDS[now]);
  if (now === "logged_out") location.assign(`/login?next=${encodeURIComponent(location.pathname)}`);
}

// The sound -----------------------------------------------------------------------------------

function kept() {
  try {
    return localStorage.getItem(SILENT) === "yes";
  } catch {
    return false; // a browser that keeps nothing is loud
  }
}

function keep(silent) {
  try {
    localStorage.setItem(SILENT, silent ? "yes" : "no");
  } catch {
    return; // then it holds for as long as the page is open
  }
}

function showSound(silent) {
  muteSound(silent);
  byId("sound").setAttribute("aria-checked", String(!silent));
  setText(byId("sound-state"), silent ? gettext("aus") : gettext("an"));
}

byId("sound").addEventListener("click", () => {
  const silent = byId("sound").getAttribute("aria-checked") === "true";
  keep(silent);
  showSound(silent);
  // Also lets the browser play at all, which it does only after somebody has pressed something.
  if (!silent) testSound();
});

showSound(kept());
stream.restart();
