"""Checks a visitor's contact data and brings it into the form in which it is kept."""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum

import phonenumbers
from msgspec.structs import replace
from phonenumbers import CountryCodeSource, PhoneNumberFormat, PhoneNumberType, ValidationResult

from queue_service.booking.model import Channel, Contact, ContactShown, KeptContact
from queue_service.platform.errors import InvalidFields
from queue_service.protocol.device_api import FieldError

HOME_REGION = "DE"
"""Numbers without a country code are dialled from here."""
EMAIL = re.compile(
    r"[^\s@<>()\[\],;:\\\"]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W_](?:[\w-]{0,61}[^\W_])"
)
"""Something, an at sign, a domain with a dot: what is commonly typed. Only a message that arrives
proves an address, so quoted local parts and addresses by IP number are not worth their rules."""


class Fault(StrEnum):
    """What can be wrong with a contact. Stable, so that pages can say it in their own words."""

    NAME_MISSING = "name_missing"
    PHONE_NOT_A_NUMBER = "phone_not_a_number"
    PHONE_WITHOUT_AREA_CODE = "phone_without_area_code"
    PHONE_TOO_SHORT = "phone_too_short"
    PHONE_TOO_LONG = "phone_too_long"
    PHONE_UNKNOWN = "phone_unknown"
    PHONE_NOT_MOBILE = "phone_not_mobile"
    PHONE_MISSING = "phone_missing"
    EMAIL_NOT_AN_ADDRESS = "email_not_an_address"
    EMAIL_MISSING = "email_missing"
    POSTAL_ADDRESS_MISSING = "postal_address_missing"
    NONE_AND_OTHERS = "none_and_others"
    REMINDER_WITHOUT_WAY = "reminder_without_way"


MESSAGES = {
    Fault.NAME_MISSING: "A name is needed for an appointment booked by telephone.",
    Fault.PHONE_NOT_A_NUMBER: "This is not a telephone number. Examples: 0421 361 12345, +48 22 123 45 67.",
    Fault.PHONE_WITHOUT_AREA_CODE: "The area code is missing. Example: 0421 361 12345.",
    Fault.PHONE_TOO_SHORT: "This telephone number is too short. Example: 0421 361 12345.",
    Fault.PHONE_TOO_LONG: "This telephone number is too long.",
    Fault.PHONE_UNKNOWN: "No telephone has this number. One from abroad begins with + and the country code.",
    Fault.PHONE_NOT_MOBILE: "A text message needs the number of a mobile telephone.",
    Fault.PHONE_MISSING: "A confirmation by text message needs a mobile telephone number.",
    Fault.EMAIL_NOT_AN_ADDRESS: "This is not an e-mail address. Example: name@example.org.",
    Fault.EMAIL_MISSING: "A confirmation by e-mail needs an e-mail address.",
    Fault.POSTAL_ADDRESS_MISSING: "A confirmation by letter needs a postal address.",
    Fault.NONE_AND_OTHERS: "Either no confirmation is wanted, or one that is named.",
    Fault.REMINDER_WITHOUT_WAY: "A reminder needs an e-mail address or a mobile telephone number.",
}
_MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
_LENGTH_FAULTS = {
    ValidationResult.TOO_SHORT: Fault.PHONE_TOO_SHORT,
    # Complete only when dialled within the same town.
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: Fault.PHONE_TOO_SHORT,
    ValidationResult.TOO_LONG: Fault.PHONE_TOO_LONG,
}


class _FaultyNumberError(ValueError):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


def checked(contact: Contact, channel: Channel, *, held: bool) -> KeptContact:
    """Give the contact as it is kept: trimmed, the telephone number in E.164.

    A hold may still lack the name, which its confirmation then brings. Raises InvalidFields that
    names every faulty field (``contact.phone``) and, in ``faults``, its ``Fault``.
    """
    asked = [contact.confirm_by] if isinstance(contact.confirm_by, str) else contact.confirm_by
    kept = KeptContact(
        name=" ".join(contact.name.split()),
        phone=(contact.phone or "").strip() or None,
        email=(contact.email or "").strip() or None,
        postal_address=contact.postal_address,
        language=contact.language,
        confirm_by=list(dict.fromkeys(asked)),
        remind=contact.remind,
        letter_form=contact.letter_form,
    )
    faults = dict(_faults(kept))
    if channel == "phone" and not held and not kept.name:
        faults["contact.name"] = Fault.NAME_MISSING
    if faults:
        raise faulty(faults)
    return replace(
        kept,
        phone=phonenumbers.format_number(_parsed(kept.phone), PhoneNumberFormat.E164) if kept.phone else None,
        confirm_by=[way for way in kept.confirm_by if way != "none"],
    )


def require_name(contact: KeptContact | None, channel: Channel) -> None:
    """Raise InvalidFields when a hold is confirmed that lacks the name its channel needs."""
    if channel == "phone" and not (contact and contact.name):
        raise faulty({"contact.name": Fault.NAME_MISSING})


def faulty(faults: Mapping[str, Fault]) -> InvalidFields:
    """Give the error that names these fields."""
    return InvalidFields(
        errors=[FieldError(field, MESSAGES[fault]) for field, fault in faults.items()],
        faults={field: fault.value for field, fault in faults.items()},
    )


def shown(contact: KeptContact) -> ContactShown:
    """Give the contact as people read it."""
    return ContactShown(
        name=contact.name,
        phone=contact.phone,
        phone_shown=phone_shown(contact.phone) if contact.phone else None,
        email=contact.email,
        postal_address=contact.postal_address,
        language=contact.language,
        confirm_by=contact.confirm_by or ["none"],
        remind=contact.remind,
        letter_form=contact.letter_form,
    )


def phone_shown(e164: str) -> str:
    """Give a kept number as it is dialled in Germany: national, or international when from abroad."""
    number = phonenumbers.parse(e164)
    home = phonenumbers.country_code_for_region(HOME_REGION)
    style = PhoneNumberFormat.NATIONAL if number.country_code == home else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style)


def _faults(contact: KeptContact) -> Iterator[tuple[str, Fault]]:
    if contact.email and not EMAIL.fullmatch(contact.email):
        yield "contact.email", Fault.EMAIL_NOT_AN_ADDRESS
    if "none" in contact.confirm_by and len(contact.confirm_by) > 1:
        yield "contact.confirm_by", Fault.NONE_AND_OTHERS
    if "email" in contact.confirm_by and not contact.email:
        yield "contact.email", Fault.EMAIL_MISSING
    if "letter" in contact.confirm_by and not contact.postal_address:
        yield "contact.postal_address", Fault.POSTAL_ADDRESS_MISSING
    if contact.remind and not contact.email and _phone_fault(contact.phone, mobile_needed=True):
        yield "contact.remind", Fault.REMINDER_WITHOUT_WAY
    fault = _phone_fault(contact.phone, mobile_needed="sms" in contact.confirm_by)
    if fault:
        yield "contact.phone", fault


def _phone_fault(phone: str | None, *, mobile_needed: bool) -> Fault | None:
    if not phone:
        return Fault.PHONE_MISSING if mobile_needed else None
    try:
        number = _parsed(phone)
    except _FaultyNumberError as faulty:
        return faulty.fault
    if mobile_needed and phonenumbers.number_type(number) not in _MOBILE:
        return Fault.PHONE_NOT_MOBILE
    return None


def _parsed(phone: str) -> phonenumbers.PhoneNumber:
    """Give the number that was meant; raises _FaultyNumberError."""
    # phonenumbers reads letters as the keys they stand on, which makes a number out of any word.
    if any(character.isalpha() for character in phone.removeprefix("tel:")):
        raise _FaultyNumberError(Fault.PHONE_NOT_A_NUMBER)
    try:
        number = phonenumbers.parse(phone, HOME_REGION, keep_raw_input=True)
    except phonenumbers.NumberParseException as wrong:
        raise _FaultyNumberError(Fault.PHONE_NOT_A_NUMBER) from wrong
    # Without its 0 a number of the same town would be taken for one in another: 361 88 88 for Erfurt's.
    dialled = phonenumbers.normalize_digits_only(phone)
    if number.country_code_source == CountryCodeSource.FROM_DEFAULT_COUNTRY and dialled[:1] != "0":
        raise _FaultyNumberError(Fault.PHONE_WITHOUT_AREA_CODE)
    possible = phonenumbers.is_possible_number_with_reason(number)
    if possible in _LENGTH_FAULTS:
        raise _FaultyNumberError(_LENGTH_FAULTS[possible])
    if not phonenumbers.is_valid_number(number):
        raise _FaultyNumberError(Fault.PHONE_UNKNOWN)
    return number
