"""A notice to look at a text with before it is used: made-up people at a made-up appointment."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from queue_service.notices.model import (
    AppointmentNotice,
    Kind,
    NoticedAuthority,
    NoticedOffice,
    NoticedService,
    PostalAddress,
    Recipient,
)
from queue_service.notices.text_template import (
    KINDS_BY_OFFICE,
    KINDS_OF_WAITING,
    KINDS_THAT_MOVE,
    KINDS_TO_ANSWER,
)

START = datetime(2026, 12, 8, 9, 15, tzinfo=UTC)
"""A Tuesday, a quarter past ten in Germany."""


def sample_notice(kind: Kind, language: str, authority: NoticedAuthority) -> AppointmentNotice:
    """Give a notice in which every fact is known, so that no line of a text is left out."""
    return AppointmentNotice(
        kind=kind,
        appointment_id=UUID(int=0),
        authority=authority,
        office=NoticedOffice(
            slug="muster",
            name={"de": "Bürgeramt Musterstadt-Mitte", "en": "Citizens’ Office Musterstadt-Mitte"},
            address=PostalAddress("Marktplatz 1", "12345", "Musterstadt"),
            phone="115",
            access=[
                {"de": "Stufenloser Eingang vom Marktplatz", "en": "Step-free entrance from Marktplatz"},
            ],
        ),
        reference="K7RM-W3XR",
        reference_words=["Köln", "sieben", "Rostock", "München", "Wuppertal", "drei", "Xanten", "Aachen"],
        start=START,
        end=START + timedelta(minutes=30),
        services=[
            NoticedService(
                name={
                    "de": "Personalausweis beantragen",
                    "de-simple": "Neuer Personal-Ausweis",
                    "en": "Apply for an identity card",
                },
                quantity=2,
                documents={
                    "de": ["Bisheriger Ausweis oder Reisepass", "Digitales biometrisches Foto"],
                    "de-simple": ["Ihr alter Ausweis oder Ihr Reise-Pass", "Ein digitales Foto"],
                    "en": ["Present identity card or passport", "Digital biometric photograph"],
                },
                fee={
                    "de": "46,00 Euro je Ausweis",
                    "de-simple": "46 Euro für jeden Ausweis",
                    "en": "46.00 euros each",
                },
            )
        ],
        recipient=Recipient(
            name="Erika Mustermann",
            phone="+4915112345678",
            email="erika@example.org",
            postal_address=PostalAddress("Heidestraße 17", "51147", "Köln"),
            language=language,
        ),
        persons=2,
        previous_start=START - timedelta(days=6) if kind in KINDS_THAT_MOVE else None,
        link="https://termine.example.org/a/K7RM-W3XR?secret=KZ4TGW7PNX2MB9HVR6DYC3SJLE8FUA5K",
        respond_by=START - timedelta(days=2, hours=2) if kind in KINDS_TO_ANSWER else None,
        reason="fault" if kind in KINDS_BY_OFFICE else None,
        last_day=START.date() if kind in KINDS_OF_WAITING else None,
    )
