// The steps of a visit as somebody hears them who walks through them by keys: what is said on coming to a step
// (`intro`, pieces), what can be chosen there, and what the key "back" does where it is not simply back.

import { openQuestions } from "../questions.js";
import { calledWords, isCalled } from "../steps/help.js";
import { N_, language, languageOf, languages, localized, t } from "../texts.js";
import { CODE_KEYS, CODE_LENGTH, NUMBER_KEYS, groupsOf, needsGroups } from "../visit.js";
import { closedWords, isOpen, laterWords, nextChanceWords, withoutAppointmentWords } from "../walk_ins.js";
import { noPaperWords, problemWords } from "../words.js";
import { beginningWith, isWorthSearching, nextLetters } from "./first_letters.js";
import { officePiece, piece, spelled } from "./pieces.js";
import { quantityChoices, serviceChoices } from "./service_choices.js";
import { leaveAloud, receptionAloud, standingAloud, ticketAloud } from "./ticket_aloud.js";

const BY_CHARACTERS = N_("Gehen Sie mit 2 und 8 durch die Zeichen und nehmen Sie eines mit 5.");

/** One thing to choose: what is said of it, what belongs to it, and what it does. */
function option(words, choose, about = "") {
  return { say: [piece(words)], about, choose };
}

/** How the keys work, said once at the beginning and on asking for help. */
function keysAloud() {
  return piece(
    t("Sie bedienen das Gerät mit Tasten. 2: weiter. 8: zurück in der Liste. 5: wählen. 4: einen Schritt zurück. 0: noch einmal hören. Plus: lauter. Minus: leiser. Stern: beenden."),
  );
}

/** Nothing can be had here now. */
export function isAway({ state, awayLong }) {
  return !state?.office || (!state.connected && awayLong && !state.goes_on);
}

const SCENES = {
  language({ device, press }) {
    const choices = languages(device.state?.office?.languages ?? []).map(({ tag, name }) => ({
      say: [{ language: tag, text: name }],
      choose: () => press.spokenLanguage(tag),
    }));
    return { intro: [officePiece(device.state?.office?.name), keysAloud(), piece(t("Sprache"))], choices };
  },

  start({ device, press, now }) {
    if (isAway(device)) {
      return { intro: [piece(t("Dieses Gerät hat keine Verbindung und kann gerade keine Nummern ausgeben.")), receptionAloud(device.state?.office)], choices: [] };
    }
    const { office, walk_ins: walkIns } = device.state;
    return {
      intro: [piece(t("Haben Sie einen Termin?")), piece(noPaperWords(device.state.printer))],
      choices: [
        option(t("Ich habe keinen Termin"), press.haveNone, withoutAppointmentWords(walkIns, now, office.time_zone)),
        option(t("Ich habe einen Termin"), press.haveAppointment, t("Sie melden sich mit Ihrem Code an.")),
        option(t("Ich habe schon eine Nummer: Wie lange noch?"), press.haveNumber),
        option(t("Hilfe"), press.help),
      ],
    };
  },

  services({ visit, device, press, now }) {
    const services = device.state?.services ?? [];
    const title = piece(t("Was möchten Sie erledigen?"));
    if (services.length === 0) {
      return { intro: [piece(t("Zurzeit gibt es hier keine Dienstleistung ohne Termin."))], choices: [option(t("Zum Anfang"), press.home)] };
    }
    if (visit.group !== null) {
      const chosen = groupsOf(services, localized).get(visit.group) ?? services;
      return { intro: [officePiece(chosen[0].group)], choices: serviceChoices(chosen, device.state, press, now) };
    }
    const choices = needsGroups(services, localized)
      ? [...groupsOf(services, localized)].map(([name, members]) => ({ say: [officePiece(members[0].group)], choose: () => press.group(name) }))
      : serviceChoices(services, device.state, press, now);
    // Last, and so one key before the first.
    return { intro: [title], choices: isWorthSearching(services) ? [...choices, option(t("Nach Anfangsbuchstaben suchen"), press.letters)] : choices };
  },

  search({ visit, device, press, now }) {
    const services = device.state?.services ?? [];
    const typed = visit.search;
    const begun = beginningWith(services, typed);
    const letters = nextLetters(services, typed);
    return {
      intro: typed
        ? [piece(t("Eingabe: {code}", { code: spelled(typed) })), piece(t("Treffer: {count}", { count: begun.length }))]
        : [piece(t("Mit welchem Buchstaben fängt ein Wort im Namen an?")), piece(t(BY_CHARACTERS))],
      choices: letters.length
        ? letters.map((letter) => character(letter, press, languageOf(services[0].name)))
        : serviceChoices(begun, device.state, press, now),
      back: typed ? press.erase : null,
    };
  },

  quantity({ visit, device, press }) {
    return { intro: [piece(t("Wie viele brauchen Sie?"))], choices: quantityChoices(visit, device.state, press) };
  },

  pick_up({ device, press }) {
    return {
      intro: [piece(t("Sollen wir Sie abholen?"))],
      choices: [
        option(t("Ja, bitte holen Sie mich ab"), () => press.pickUp(true), t("Sie warten am Empfang. Jemand holt Sie dort ab.")),
        option(t("Nein, ich gehe allein zum Schalter"), () => press.pickUp(false), t("Nach dem Aufruf haben Sie mehr Zeit.")),
        option(t("Wo ist der Empfang?"), () => press.hear([receptionAloud(device.state?.office)])),
      ],
    };
  },

  needs({ visit, device, press }) {
    const questions = openQuestions(visit, device.state);
    const isAsking = questions.some(({ name }) => visit.needs.includes(name));
    const choices = questions.map(({ name, words, about }) => {
      const chosen = visit.needs.includes(name) ? t("Gewählt.") : "";
      return option(t(words), () => press.need(name), [chosen, t(about)].filter(Boolean).join(" "));
    });
    return {
      intro: [piece(t("Brauchen Sie etwas Besonderes?"))],
      choices: [option(isAsking ? t("Weiter") : t("Nein, weiter"), press.needsDone), ...choices],
    };
  },

  check_in({ visit, press }) {
    const intro = t("Bitte geben Sie Ihren Code ein");
    return characters(visit, press, { keys: CODE_KEYS, intro, done: press.checkIn, word: t("Anmelden"), full: CODE_LENGTH, help: t("Ich habe keinen Code") });
  },

  number({ visit, press }) {
    const intro = t("Bitte geben Sie Ihre Wartenummer ein");
    return characters(visit, press, { keys: NUMBER_KEYS, intro, done: press.lookUp, word: t("Anzeigen"), full: CODE_LENGTH });
  },

  asking: () => ({ intro: [piece(t("Ihre Nummer wird geholt."))], choices: [] }),

  ticket(view) {
    const { ticket } = view.visit;
    return {
      intro: ticketAloud(ticket, view.visit, view.device.state, view.now),
      choices: ticket.printed === null || view.visit.reprinting
        ? []
        : [
            option(t("Noch einmal hören"), view.press.hearStep),
            option(t("Noch einmal drucken"), view.press.reprint),
            option(t("Fertig"), view.press.home),
          ],
    };
  },

  standing({ visit, press }) {
    return { intro: standingAloud(visit.standing), choices: [option(t("Noch einmal hören"), press.hearStep), option(t("Fertig"), press.home)] };
  },

  closed({ visit, device, press, now }) {
    const walkIns = visit.problem ?? device.state?.walk_ins ?? {};
    const timeZone = device.state?.office?.time_zone;
    const choices = [option(t("Zum Anfang"), press.home), option(t("Ich habe einen Termin"), press.haveAppointment)];
    if (isOpen(walkIns, now)) {
      return { intro: [piece(t("Jetzt gibt es wieder Wartenummern.")), piece(laterWords(walkIns, now, timeZone))], choices: [option(t("Ich habe keinen Termin"), press.services), choices[0]] };
    }
    return { intro: [piece(closedWords(walkIns, now, timeZone)), piece(nextChanceWords(walkIns, now, timeZone))], choices };
  },

  failed({ visit, device, press }) {
    return {
      intro: [piece(t("Das hat leider nicht geklappt")), piece(problemWords(visit.problem)), receptionAloud(device.state?.office)],
      choices: [option(t("Noch einmal versuchen"), press.again), option(t("Zum Anfang"), press.home)],
    };
  },

  help({ visit, device, press }) {
    const called = calledWords(visit.help);
    const where = [receptionAloud(device.state?.office), piece(t("Dort bekommen Sie auch ohne dieses Gerät eine Nummer und können sich für Ihren Termin anmelden."))];
    return {
      intro: called ? [piece(called)] : where,
      choices: [
        isCalled(visit.help) ? option(t("Ich brauche keine Hilfe mehr"), press.withdrawHelp) : option(t("Jemanden rufen"), press.callHelp),
        option(t("Zurück"), press.back),
        option(t("Wie die Tasten funktionieren"), () => press.hear([keysAloud()])),
      ],
    };
  },

  leave: () => ({ intro: leaveAloud(), choices: [] }),
};

/** A code or a number, one character after the other; back takes the last one away. */
function characters(visit, press, { keys, intro, done, word, full, help }) {
  const typed = visit.code;
  const finish = { ...option(word, done, spelled(typed)), short: true };
  const letters = keys.map((key) => character(key, press, language()));
  const rest = [...(typed ? [{ ...option(t("Löschen"), press.erase), short: true }] : []), ...(help ? [{ ...option(help, press.help), short: true }] : [])];
  const isFull = typed.length === full;
  const first = isFull || done === press.lookUp ? [finish] : [];
  return {
    intro: [
      piece(visit.codeProblem),
      typed ? piece(t("Eingabe: {code}", { code: spelled(typed) })) : piece(intro),
      piece(typed ? "" : t(BY_CHARACTERS)),
    ],
    choices: [...first, ...(isFull ? [] : letters), ...rest],
    back: typed ? press.erase : null,
  };
}

/** One of the characters that something is put together from. */
function character(key, press, spokenIn) {
  return { say: [{ language: spokenIn, text: key }], short: true, isCharacter: true, choose: () => press.type(key) };
}

/** What a step is to somebody who hears it; null for steps that only show something. */
export function sceneOf(view) {
  return SCENES[view.visit.step]?.(view) ?? null;
}
