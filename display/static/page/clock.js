// Date and time of the office, by the device's clock.

const TICK_MS = 1000;
// Arabic with the digits of the signs; English as the kiosk writes it, the day before the month.
const DATE_LOCALES = { ar: "ar-u-nu-latn", en: "en-GB" };

const date = document.querySelector("[data-date]");
const clock = document.querySelector("[data-clock]");
let zone = null;
let formats = null;

export function showClock(timeZone) {
  if (!timeZone || timeZone === zone) return;
  zone = timeZone;
  const { lang } = document.documentElement;
  const language = DATE_LOCALES[lang] ?? lang;
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
