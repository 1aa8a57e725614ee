// What to say when the service refuses something. Each sentence says what happened and what to do.

import { gettext } from "../texts.js";

const BY_CODE = {
  slot_taken: () => gettext("Dieser Termin wurde gerade vergeben. Bitte einen anderen wählen."),
  hold_expired: () => gettext("Die Reservierung ist abgelaufen. Bitte den Termin noch einmal wählen."),
  illegal_transition: () => gettext("Der Termin hat inzwischen einen anderen Stand. Bitte noch einmal aufrufen."),
  appointment_cancelled: () => gettext("Dieser Termin ist abgesagt."),
  appointment_not_found: () => gettext("Unter dieser Terminnummer gibt es keinen Termin. Bitte Zeichen für Zeichen vergleichen."),
  callback_taken: () => gettext("Diesen Rückruf hat gerade jemand anderes übernommen."),
  waiting_entry_not_found: () => gettext("Dieser Eintrag steht nicht mehr auf der Warteliste."),
  callback_not_found: () => gettext("Dieser Rückruf steht nicht mehr auf der Liste."),
  entry_not_found: () => gettext("Diese Zeit steht nicht mehr im Plan. Bitte eine andere wählen."),
  service_not_offered: () => gettext("Dieser Standort bietet die Dienstleistung nicht mit Termin an."),
  service_not_found: () => gettext("Diese Dienstleistung gibt es nicht mehr. Bitte die Seite neu laden."),
  office_not_found: () => gettext("Diesen Standort gibt es nicht mehr. Bitte die Seite neu laden."),
  not_authenticated: () => gettext("Ihre Anmeldung ist abgelaufen. Bitte in einem zweiten Fenster anmelden, dann hier weiter; es bleibt alles stehen."),
  csrf_failed: () => gettext("Ihre Anmeldung ist abgelaufen. Bitte in einem zweiten Fenster anmelden, dann hier weiter; es bleibt alles stehen."),
  not_permitted: () => gettext("Das ist mit Ihrer Anmeldung nicht möglich."),
  in_progress: () => gettext("Der erste Versuch läuft noch. Bitte gleich noch einmal drücken."),
  too_many_attempts: () => gettext("Zu viele Versuche. Bitte einen Moment warten."),
  unavailable: () => gettext("Der Dienst ist überlastet. Bitte gleich noch einmal versuchen."),
};

export function refusalInWords({ code }) {
  return (BY_CODE[code] ?? (() => gettext("Das hat nicht geklappt. Bitte noch einmal versuchen.")))();
}

const CONTACT_FAULTS = {
  name_missing: () => gettext("Bitte den Namen eintragen."),
  phone_not_a_number: () => gettext("Keine Telefonnummer. Beispiel: 0421 361 12345."),
  phone_without_area_code: () => gettext("Die Vorwahl fehlt. Beispiel: 0421 361 12345."),
  phone_too_short: () => gettext("Die Nummer ist zu kurz. Beispiel: 0421 361 12345."),
  phone_too_long: () => gettext("Die Telefonnummer ist zu lang."),
  phone_unknown: () => gettext("Diese Nummer gibt es nicht. Bitte wiederholen lassen; aus dem Ausland mit + und Landesvorwahl."),
  phone_not_mobile: () => gettext("Eine SMS geht nur an eine Handynummer. Bitte eine andere Bestätigung wählen oder die Handynummer erfragen."),
  phone_missing: () => gettext("Für eine SMS bitte die Handynummer eintragen."),
  email_not_an_address: () => gettext("Das ist keine E-Mail-Adresse. Beispiel: name@beispiel.de."),
  email_missing: () => gettext("Für eine E-Mail bitte die Adresse eintragen."),
  none_and_others: () => gettext("Bitte nur eine Bestätigung wählen."),
  reminder_without_way: () => gettext("Erinnert wird per SMS oder E-Mail: bitte eine Handynummer eintragen oder E-Mail als Bestätigung wählen."),
  postal_address_missing: () => gettext("Für einen Brief bitte Straße, Postleitzahl und Ort eintragen."),
};

/** [{field, sentence}] for a refused contact; fields are named as the form names them. */
export function contactMistakes({ errors = [], faults = {} }) {
  return errors.map(({ field, message }) => ({
    field: field.replace(/^.*contact\./, ""),
    sentence: CONTACT_FAULTS[faults[field]]?.() ?? message,
  }));
}

/** Why there is no place, from the service's {code, message, next_release_at}. */
export function whyNoneInWords({ code, message }, until) {
  const reasons = {
    no_such_dates: () => gettext("Der gewünschte Tag liegt in der Vergangenheit."),
    not_offered: () => gettext("Kein Standort bietet alles zusammen mit Termin an. Einzeln gesucht, gibt es vielleicht Termine."),
    beyond_horizon: () => gettext("Kein Termin, weil so weit im Voraus noch nicht gebucht werden kann."),
    no_such_access: () => gettext("Von keinem dieser Standorte ist bekannt, dass er so zugänglich ist."),
    closed: () => gettext("Kein Termin bis %(until)s, weil dann geschlossen ist.", { until }),
    too_long: () => gettext("Kein Termin bis %(until)s, weil der Besuch für die freien Zeiten zu lange dauert. Weniger Dienstleistungen auf einmal passen vielleicht.", { until }),
    party_too_large: () => gettext("Kein Termin bis %(until)s, weil so viele nicht mit einer Buchung kommen können.", { until }),
    full: () => gettext("Kein Termin bis %(until)s, weil alles vergeben ist.", { until }),
    contingent_used_up: () => gettext("Kein Termin bis %(until)s, weil alles vergeben ist, was am Telefon gebucht werden kann. Vor Ort gibt es vielleicht noch etwas.", { until }),
    not_released: () => gettext("Zurzeit kein Termin bis %(until)s. Weitere werden noch freigegeben.", { until }),
  };
  return reasons[code]?.() ?? message;
}
