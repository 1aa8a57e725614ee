"""``/staff``: the doors to the workplaces, and in a demonstration to its devices."""

import msgspec
from litestar import Response, get

from queue_service.accounts.guards import PUBLIC
from queue_service.accounts.model import Permission, Principal
from queue_service.web.languages import Texts, choose_language, texts
from queue_service.web.rendering import PageRequest, page


class Door(msgspec.Struct, frozen=True):
    """One way on."""

    href: str
    name: str
    about: str


@get("/staff", opt=PUBLIC, include_in_schema=False)
async def staff_page(request: PageRequest) -> Response[str]:
    """Answer the doors that are open to this person."""
    words = texts(choose_language(request))
    doors = doors_for(request.user, words, request.app.state.get("demo_devices", {}))
    return page(request, "staff.html", doors=doors)


def doors_for(user: Principal, words: Texts, demo_devices: dict[str, str]) -> list[Door]:
    """Give the ways on that make sense for this person; ``demo_devices`` are addresses by profile."""
    doors = []
    anonymous = user.kind == "anonymous"
    if anonymous or user.may(Permission.COUNTER_WORK):
        doors.append(
            Door(
                "/desk", words.gettext("Am Schalter arbeiten"), words.gettext("Nummern aufrufen und bedienen")
            )
        )
    if anonymous or user.may(Permission.APPOINTMENT_BOOK_PHONE):
        doors.append(
            Door(
                "/phone", words.gettext("Bürgertelefon 115"), words.gettext("Termine suchen und vereinbaren")
            )
        )
    if anonymous or user.may(Permission.MESSAGE_MANAGE):
        doors.append(
            Door(
                "/letters",
                words.gettext("Briefe und Nachrichten"),
                words.gettext("Briefe drucken und aufgeben, Nachrichten erneut senden"),
            )
        )
    if anonymous or user.may(Permission.OFFICE_SUPERVISE):
        doors.append(
            Door(
                "/hall",
                words.gettext("Die Halle im Blick"),
                words.gettext("Schalter, Warteschlangen und Reihenfolge, Unterbrechung und Räumung"),
            )
        )
        doors.append(
            Door(
                "/plan",
                words.gettext("Besetzung und Termine"),
                words.gettext("Tage anders besetzen, betroffene Termine verlegen"),
            )
        )
    if anonymous or user.may(Permission.ALARM_RAISE):
        doors.append(
            Door(
                "/reception",
                words.gettext("Alarme am Empfang"),
                words.gettext("Hilferufe groß sehen und hören, bestätigen"),
            )
        )
    if anonymous or user.may(Permission.DEVICE_MANAGE):
        doors.append(
            Door(
                "/admin/devices",
                words.gettext("Geräte"),
                words.gettext("Automaten und Anzeigen anmelden und nach ihnen sehen"),
            )
        )
    if anonymous or user.may(Permission.OFFICE_CONFIGURE):
        doors.append(
            Door(
                "/admin/panel",
                words.gettext("Bilder und Filme"),
                words.gettext("Dateien für die Informationen auf Anzeigen einstellen"),
            )
        )
    if "kiosk" in demo_devices:
        doors.append(
            Door(
                demo_devices["kiosk"],
                words.gettext("Automat im Eingang"),
                words.gettext("Wartenummer ziehen (Vorführung)"),
            )
        )
    if "display" in demo_devices:
        doors.append(
            Door(
                demo_devices["display"],
                words.gettext("Anzeige im Wartebereich"),
                words.gettext("Aufrufe sehen und hören (Vorführung)"),
            )
        )
    return doors
