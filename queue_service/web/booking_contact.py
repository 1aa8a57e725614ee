"""Who comes and how they hear of it, as the booking page asks: only what the chosen way needs.

What stands in the fields of another way is not kept, however it got there.
"""

from collections.abc import Mapping
from typing import Any, get_args

import msgspec

from queue_service.booking import contact as contacts
from queue_service.booking.model import ConfirmBy, Contact, KeptContact, PostalAddress
from queue_service.notices.model import SIMPLE_LANGUAGE
from queue_service.platform.errors import InvalidFields
from queue_service.web.booking_refusals import contact_mistakes
from queue_service.web.languages import Texts

LONGEST = {"name": 200, "email": 254, "phone": 60, "street": 200, "postal_code": 5, "city": 100}
"""Characters by field; ``booking.model.Contact`` takes no more, and German postal codes have five."""
FIELDS_OF_WAY: Mapping[str, tuple[str, ...]] = {
    "email": ("email", "remind_email"),
    "sms": ("phone", "remind_sms"),
    "letter": ("street", "postal_code", "city", "large_print", "simple"),
    "none": (),
}
WAYS: tuple[ConfirmBy, ...] = get_args(ConfirmBy)


class ContactForm(msgspec.Struct, frozen=True):
    """The form as it was sent, trimmed; every field may be empty."""

    name: str = ""
    confirm_by: str = ""
    email: str = ""
    phone: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    remind_email: str = ""
    remind_sms: str = ""
    large_print: str = ""
    simple: str = ""
    """In Leichte Sprache."""

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What has to travel on to the next page: the chosen way's fields."""
        needed = ("name", "confirm_by", *FIELDS_OF_WAY.get(self.confirm_by, ()))
        return [(field, value) for field in needed if (value := getattr(self, field))]

    @property
    def reminds(self) -> bool:
        """Whether a reminder was asked for, beside the way that was chosen."""
        return bool({"email": self.remind_email, "sms": self.remind_sms}.get(self.confirm_by))


def read_contact(fields: Mapping[str, Any]) -> ContactForm:
    """Give the form; what is no text (an upload) counts as empty, what nobody can type as not sent."""
    sent = {
        field: typed_line(value)
        for field in ContactForm.__struct_fields__
        if isinstance(value := fields.get(field), str)
    }
    return ContactForm(**sent)


def typed_line(value: str) -> str:
    """Give one line as it was meant: trimmed, single spaces, without what nobody can type."""
    spaced = " ".join(value.split())
    return "".join(character for character in spaced if character.isprintable())


def checked_contact(form: ContactForm, language: str, words: Texts) -> tuple[Contact, dict[str, str]]:
    """Give the contact as booking takes it, and a sentence for each field that can't stay as it is."""
    mistakes = dict(_missing(form, words))
    contact = _contact(form, language)
    if not mistakes:
        try:
            _kept(contact)
        except InvalidFields as refused:
            mistakes = contact_mistakes(refused, words)
    too_long = [field for field in LONGEST if len(getattr(form, field)) > LONGEST[field]]
    mistakes |= {field: words.gettext("Das ist zu lang.") for field in too_long if field not in mistakes}
    return contact, mistakes


def _kept(contact: Contact) -> KeptContact:
    return contacts.checked(contact, "online", held=False)


def _contact(form: ContactForm, language: str) -> Contact:
    way = form.confirm_by
    return Contact(
        name=form.name,
        email=form.email or None if way == "email" else None,
        phone=form.phone or None if way == "sms" else None,
        postal_address=(PostalAddress(form.street, form.postal_code, form.city) if way == "letter" else None),
        language=SIMPLE_LANGUAGE if way == "letter" and form.simple else language,
        confirm_by=next((known for known in WAYS if known == way), "none"),
        remind=form.reminds,
        letter_form="large_print" if way == "letter" and form.large_print else "standard",
    )


def _missing(form: ContactForm, words: Texts) -> list[tuple[str, str]]:
    if form.confirm_by not in WAYS:
        return [("confirm_by", words.gettext("Bitte wählen Sie, wie wir den Termin bestätigen sollen."))]
    if form.confirm_by != "letter":
        return []
    needed = {
        "name": words.gettext("Für einen Brief brauchen wir Ihren Namen."),
        "street": words.gettext("Bitte geben Sie Straße und Hausnummer an."),
        "postal_code": words.gettext("Bitte geben Sie die Postleitzahl mit fünf Ziffern an."),
        "city": words.gettext("Bitte geben Sie den Ort an."),
    }
    faulty = [field for field in needed if not getattr(form, field)]
    digits = form.postal_code
    if len(digits) != LONGEST["postal_code"] or not (digits.isascii() and digits.isdecimal()):
        faulty.append("postal_code")
    return [(field, needed[field]) for field in needed if field in faulty]
