// Date and time of the office, by the device's clock.

const TICK_MS = 1000;

const date = document.querySelector("[data-date]");
const clock = document.querySelector("[data-clock]");
let zone = null;
let formats = null;

export function showClock(timeZone) {
  if (!timeZone || timeZone === zone) return;
  zone = timeZone;
  // Arabic with the digits of the signs.
  const language = document.documentElement.lang.replace(/^ar$/, "ar-u-nu-latn");
  formats = {
    date: new Intl.DateTimeFormat(language, { timeZone, weekday: "long", day: "numeric", month: "long", year: "numeric" }),
    time: new Intl.DateTimeFormat(language, { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
  };
  tick();
}

function tick() {
  if (!formats) return;
  const now = new Date();
  put(date, formats.date.format(now));
  put(clock, formats.time.format(now));
}

function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

setInterval(tick, TICK_MS);
