"""Contact data: what people dictate is kept in one form, and nonsense is refused by field and reason."""

import pytest

from queue_service.booking.contact import MESSAGES, Fault, checked, phone_shown, require_name
from queue_service.booking.model import Channel, ConfirmBy, Contact, KeptContact, PostalAddress
from queue_service.platform.errors import InvalidFields

HOME = PostalAddress("Am Markt 1", "28195", "Bremen")


def faults(contact: Contact, channel: Channel = "online", *, held: bool = False) -> dict[str, str]:
    with pytest.raises(InvalidFields) as refused:
        checked(contact, channel, held=held)
    error = refused.value
    assert [entry.field for entry in error.errors] == list(error.extra["faults"])
    assert [entry.message for entry in error.errors] == [
        MESSAGES[Fault(fault)] for fault in error.extra["faults"].values()
    ]
    return dict(error.extra["faults"])


def kept(contact: Contact, channel: Channel = "online") -> KeptContact:
    return checked(contact, channel, held=False)


@pytest.mark.parametrize(
    ("dictated", "e164", "dialled"),
    [
        ("0421 361-8888", "+494213618888", "0421 3618888"),
        ("(0421) 361 88 88", "+494213618888", "0421 3618888"),
        ("0421/3618888", "+494213618888", "0421 3618888"),
        ("+49 (0)421 361-8888", "+494213618888", "0421 3618888"),
        ("0049 421 3618888", "+494213618888", "0421 3618888"),
        ("tel:+494213618888", "+494213618888", "0421 3618888"),
        ("0176 12345678", "+4917612345678", "0176 12345678"),
        ("+48 22 123 45 67", "+48221234567", "+48 22 123 45 67"),
        ("+1 202 555 0123", "+12025550123", "+1 202-555-0123"),
    ],
)
def test_a_number_is_kept_in_e164_and_shown_as_it_is_dialled(dictated: str, e164: str, dialled: str) -> None:
    assert kept(Contact(phone=dictated)).phone == e164
    assert phone_shown(e164) == dialled


@pytest.mark.parametrize(
    ("nonsense", "fault"),
    [
        ("abc", Fault.PHONE_NOT_A_NUMBER),
        ("0421-FLOWERS", Fault.PHONE_NOT_A_NUMBER),
        ("+", Fault.PHONE_NOT_A_NUMBER),
        ("1", Fault.PHONE_NOT_A_NUMBER),
        ("0" * 60, Fault.PHONE_NOT_A_NUMBER),
        ("115", Fault.PHONE_WITHOUT_AREA_CODE),
        ("012", Fault.PHONE_TOO_SHORT),
        ("0421 361 8888 99999 12", Fault.PHONE_TOO_LONG),
        ("361 88 88", Fault.PHONE_WITHOUT_AREA_CODE),
        ("0999 361 88 88", Fault.PHONE_UNKNOWN),
        ("+999 123 456", Fault.PHONE_NOT_A_NUMBER),
    ],
)
def test_a_number_that_nobody_can_have_is_refused_with_the_reason(nonsense: str, fault: Fault) -> None:
    assert faults(Contact(phone=nonsense)) == {"contact.phone": fault}


def test_fields_left_blank_count_as_not_given() -> None:
    blank = kept(Contact(name="  ", phone=" ", email=""))
    assert (blank.name, blank.phone, blank.email, blank.confirm_by) == ("", None, None, [])


@pytest.mark.parametrize("email", ["a@b.de", "first.last+tag@sub.example.org", "ü@müller.de"])
def test_an_email_address_is_kept_as_it_is(email: str) -> None:
    assert kept(Contact(email=f" {email} ")).email == email


@pytest.mark.parametrize(
    "email", ["a@b", "a b@c.de", "a@@b.de", "a@-b.de", "a@b.de.", "@b.de", "a@b.c", "a", "<a@b.de>"]
)
def test_what_can_not_be_an_email_address_is_refused(email: str) -> None:
    assert faults(Contact(email=email)) == {"contact.email": Fault.EMAIL_NOT_AN_ADDRESS}


@pytest.mark.parametrize(
    ("way", "field", "fault"),
    [
        ("sms", "contact.phone", Fault.PHONE_MISSING),
        ("email", "contact.email", Fault.EMAIL_MISSING),
        ("letter", "contact.postal_address", Fault.POSTAL_ADDRESS_MISSING),
    ],
)
def test_a_confirmation_needs_somewhere_to_go(way: ConfirmBy, field: str, fault: Fault) -> None:
    assert faults(Contact(confirm_by=way)) == {field: fault}


def test_a_text_message_goes_to_a_mobile_telephone() -> None:
    assert faults(Contact(phone="0421 3618888", confirm_by="sms")) == {
        "contact.phone": Fault.PHONE_NOT_MOBILE
    }
    assert kept(Contact(phone="0176 12345678", confirm_by="sms")).confirm_by == ["sms"]


def test_several_confirmations_may_be_wanted_each_once() -> None:
    everything = Contact(
        phone="0176 12345678",
        email="a@b.de",
        postal_address=HOME,
        confirm_by=["email", "letter", "sms", "email"],
    )
    assert kept(everything).confirm_by == ["email", "letter", "sms"]


def test_none_is_a_wish_of_its_own() -> None:
    assert kept(Contact(confirm_by="none")).confirm_by == []
    assert kept(Contact(confirm_by=[])).confirm_by == []
    assert faults(Contact(email="a@b.de", confirm_by=["none", "email"])) == {
        "contact.confirm_by": Fault.NONE_AND_OTHERS
    }


def test_every_faulty_field_is_named_at_once() -> None:
    wrong = Contact(phone="abc", email="abc")
    assert set(faults(wrong, "phone")) == {"contact.name", "contact.phone", "contact.email"}


def test_only_the_telephone_asks_for_a_name_and_only_when_it_is_for_good() -> None:
    assert faults(Contact(), "phone") == {"contact.name": Fault.NAME_MISSING}
    assert checked(Contact(), "phone", held=True).name == ""
    assert kept(Contact(), "counter").name == ""
    with pytest.raises(InvalidFields):
        require_name(None, "phone")
    require_name(None, "online")


def test_names_keep_their_characters_and_lose_stray_spaces() -> None:
    assert kept(Contact(name=" Zoë\tvan  der\u00a0Łuk ")).name == "Zoë van der Łuk"
