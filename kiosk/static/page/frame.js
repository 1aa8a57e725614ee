// What stays in place around every step: office and clock above, the bar below, and between them
// what concerns everybody.

import { h } from "./elements.js";
import { button, notice, region } from "./parts.js";
import { localized, officeWords, t, tn } from "./texts.js";
import { canGoBack } from "./visit.js";
import { clockTime } from "./words.js";

/** The whole page: `step` is `{ title, say, act }`. */
export function frame(view, step) {
  return [
    header(view),
    h(
      "main",
      { key: `${view.visit.step} ${view.visit.group ?? ""}`, class: `step step-${view.visit.step}${view.visit.spoken ? " spoken" : ""}` },
      region("say", [h("h1", { tabindex: "-1" }, step.title), officeNotice(view), step.say]),
      region("act", step.act),
    ),
    timeOutNotice(view),
    bar(view),
    h("div", { class: "kern-sr-only", role: "status" }, view.announcement),
  ];
}

function header({ device, now }) {
  const office = device.state?.office;
  return h(
    "header",
    { class: "top" },
    h("span", { class: "office" }, officeWords(office?.name)),
    h("span", { class: "clock" }, clockTime(now, office?.time_zone)),
  );
}

/** The office's line of information; only at the start, where it does not stand in the way. */
function officeNotice({ device, visit }) {
  const words = localized(device.state?.office?.notice);
  return visit.step === "start" && words ? notice("info", h("p", {}, officeWords(device.state.office.notice))) : null;
}

function timeOutNotice({ secondsLeft, visit, press }) {
  if (secondsLeft === null) {
    return h("aside", { class: "time-out", hidden: true, "aria-label": t("Zeit") });
  }
  const words = visit.step === "ticket" ? t("Diese Anzeige schließt gleich.") : t("Sind Sie noch da?");
  return h(
    "aside",
    { class: "time-out", "aria-label": t("Zeit") },
    h(
      "p",
      {},
      h("strong", {}, words),
      " ",
      h("span", { class: "seconds" }, tn("Noch {count} Sekunde.", "Noch {count} Sekunden.", secondsLeft)),
    ),
    button("primary", t("Ich brauche mehr Zeit"), press.moreTime),
  );
}

function bar({ visit, comfort, press }) {
  return h(
    "nav",
    { class: "bar", "aria-label": t("Bedienung") },
    barButton(t("← Zurück"), press.back, { class: canGoBack(visit) ? "" : "absent" }),
    barButton(t("Hilfe"), press.help, { "aria-current": visit.step === "help" ? "page" : false }),
    barButton(
      comfort.text < comfort.largestText ? t("Größere Schrift") : t("Normale Schrift"),
      press.text,
      {},
    ),
    barButton(t("Mehr Kontrast"), press.contrast, { "aria-pressed": String(comfort.contrast) }),
    barButton(t("Tasten nach unten"), press.low, { "aria-pressed": String(comfort.low) }),
  );
}

function barButton(words, onclick, attributes) {
  return h("button", { ...attributes, type: "button", class: `bar-button press ${attributes.class ?? ""}`, onclick }, words);
}
