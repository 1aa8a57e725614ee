"""What callers say where offices say something else: "Perso", "umgezogen", "Auto".

Words of the language, not of a city: they belong to whatever service of the catalogue has the
office's word in its German name, and only widen the 115 console's search.
"""

from collections.abc import Mapping

EVERYDAY_WORDS: Mapping[str, tuple[str, ...]] = {
    "abholen": ("fertig", "mitnehmen"),
    "abmelden": ("stilllegen", "Wegzug", "auswandern"),
    "adresse": ("Anschrift",),
    "aufenthaltstitel": ("Visum", "Aufenthaltserlaubnis", "Niederlassungserlaubnis", "Ausländerbehörde"),
    "auskunftssperre": ("Adresse sperren", "Bedrohung", "Stalking"),
    "ausweis": ("Perso", "ID", "Kinderausweis"),
    "beglaubigen": ("Beglaubigung", "Stempel", "Zeugnis", "Abschrift"),
    "bewohnerpark": ("Anwohner", "parken", "Parkschein", "Parkkarte"),
    "ehe": ("Hochzeit", "heiraten", "Trauung"),
    "fahrzeug": ("Auto", "Kfz", "Pkw", "Wagen", "Motorrad", "Anhänger", "Zulassung", "Kennzeichen"),
    "führerschein": ("Fahrerlaubnis", "Lappen"),
    "führungszeugnis": ("polizeilich", "Vorstrafen", "Ehrenamt"),
    "gewerbe": ("Firma", "selbstständig", "Gründung", "Kleinunternehmer"),
    "infektionsschutz": ("Gesundheitspass", "Lebensmittel", "rote Karte", "Küche"),
    "internationaler": ("Ausland", "Mietwagen"),
    "meldebescheinigung": ("Wohnbescheinigung", "Anmeldebestätigung", "Aufenthaltsbescheinigung"),
    "melderegister": ("jemanden suchen", "Einwohnermeldeamt"),
    "online-ausweis": ("eID", "PIN", "AusweisApp", "freischalten"),
    "pass": ("Kinderpass", "Reise", "Ausland"),
    "steuer": ("Finanzamt", "Elster", "Steuernummer"),
    "ummelden": ("Umzug", "umgezogen", "Anmeldung", "Ummeldung", "Zuzug", "neue Adresse"),
    "umschreiben": ("ummelden", "Zulassung", "Umschreibung"),
    "urkunde": ("Standesamt", "Geburt", "Heirat", "Todesfall", "Stammbuch"),
    "verlust": ("verloren", "gestohlen", "geklaut", "Diebstahl"),
    "verpflichtungserklärung": ("Einladung", "Besuch", "Visum"),
    "wohnsitz": ("Wohnung", "Einwohnermeldeamt"),
}
"""Office's word in lower case → callers' words."""


def everyday_words(german_name: str) -> list[str]:
    """Give what callers say for a service of this name."""
    name = german_name.lower()
    found = [words for official, words in EVERYDAY_WORDS.items() if official in name]
    return list(dict.fromkeys(word for words in found for word in words))
