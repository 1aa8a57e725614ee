// Tells in words how long the place is still kept; by the server's clock, whatever this device shows.

import { gettext, ngettext } from "../texts.js";

const MINUTE = 60_000; // ms
const SOON = 2; // minutes
const hold = document.getElementById("hold");
const left = document.getElementById("hold-left");
const over = document.getElementById("hold-over");
const ends = Date.now() + (Date.parse(hold.dataset.until) - Date.parse(hold.dataset.now));

function tell() {
  const minutes = Math.ceil((ends - Date.now()) / MINUTE);
  left.textContent = minutes > 0 ? ngettext("Noch %(count)s Minute.", "Noch %(count)s Minuten.", minutes) : "";
  // Only this line is read out by itself: twice in all, not every minute.
  if (minutes <= 0) over.textContent = gettext("Die Zeit ist um. Machen Sie ruhig weiter: Wir sehen dann nach, ob der Termin noch frei ist.");
  else if (minutes <= SOON) over.textContent = gettext("Der Termin ist nur noch kurz für Sie freigehalten.");
  if (minutes > 0) setTimeout(tell, ((ends - Date.now()) % MINUTE) + 1);
}

tell();
