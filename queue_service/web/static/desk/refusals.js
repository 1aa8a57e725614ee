// What the service refused, in words that say what to do.

import { gettext } from "../texts.js";

const SENTENCES = {
  illegal_transition: gettext("Das ging nicht mehr: Der Stand hat sich inzwischen geändert. Sie sehen jetzt den neuen."),
  still_serving: gettext("An Ihrem Schalter ist noch jemand. Beenden oder parken Sie zuerst diese Nummer."),
  not_your_ticket: gettext("Diese Nummer hat inzwischen ein anderer Schalter aufgerufen."),
  counter_not_open: gettext("Ihr Schalter ist nicht mehr geöffnet. Bitte öffnen Sie ihn neu."),
  hall_closed: gettext("Der Aufruf ist unterbrochen. Es geht weiter, sobald die Leitung ihn fortsetzt."),
  counter_taken: gettext("An diesem Schalter sitzt schon jemand."),
  clerk_elsewhere: gettext("Sie haben noch einen anderen Schalter geöffnet."),
  cannot_serve: gettext("Dieser Schalter kann diese Nummer nicht bedienen."),
  reason_required: gettext("Die Reihenfolge hat sich geändert. Bitte rufen Sie noch einmal auf und nennen Sie einen Grund."),
  ticket_not_found: gettext("Diese Nummer gibt es nicht mehr."),
  service_not_offered: gettext("Diese Dienstleistung gibt es dort nicht."),
  service_not_found: gettext("Diese Dienstleistung gibt es dort nicht."),
  unknown_choice: gettext("Dieses Ziel gibt es nicht mehr. Bitte wählen Sie ein anderes."),
  csrf_failed: gettext("Diese Seite ist veraltet. Bitte laden Sie sie neu."),
  not_permitted: gettext("Das ist mit Ihrer Anmeldung nicht möglich."),
  not_authenticated: gettext("Ihre Anmeldung ist abgelaufen. Bitte melden Sie sich neu an."),
  unavailable: gettext("Der Dienst ist gerade nicht erreichbar. Bitte gleich noch einmal versuchen."),
  unreachable: gettext("Keine Antwort vom Dienst. Bitte prüfen Sie die Verbindung und versuchen Sie es noch einmal."),
  in_progress: gettext("Die vorige Eingabe wird noch bearbeitet."),
};

const BY_REASON = {
  recalls_used_up: gettext("Diese Nummer wurde oft genug aufgerufen."),
  recall_pause: gettext("Bitte warten Sie einen Augenblick, bevor Sie noch einmal aufrufen."),
  too_few_calls: gettext("Bitte rufen Sie diese Nummer erst noch einmal auf."),
  nothing_to_undo: gettext("Es gibt nichts mehr zurückzunehmen."),
  place_given_back: gettext("Das lässt sich nicht zurücknehmen: Der Termin ist vielleicht schon vergeben."),
  too_late: gettext("Dafür ist es zu spät."),
  counter_taken: gettext("Das geht nicht mehr: An Ihrem Schalter ist inzwischen jemand anderes."),
};

/** One sentence for a clerk; refusals that nobody foresaw keep their code for the support. */
export function sentenceFor({ code, body }) {
  return BY_REASON[body.reason] ?? SENTENCES[code] ?? gettext("Das hat nicht geklappt (%(code)s).", { code });
}
