"""What a text-message gateway is sent is whole, whatever the message says."""

from urllib.parse import parse_qsl

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_service.notices.by_sms import BodyTemplate, is_mobile

NUMBER = "+4915112345678"
ID = "7f3c5a60"
texts = st.text(st.characters(exclude_categories=["Cs"]))


@given(texts)
def test_json_holds_the_message_in_its_place_and_nothing_else_changes(text: str) -> None:
    template = (
        '{"messages": [{"to": ["{to}"], "body": "Bremen: {text}", "ref": "{id}"}], "test": false, "n": 1}'
    )
    body = BodyTemplate(template, "json").filled(to=NUMBER, text=text, message_id=ID)
    assert msgspec.json.decode(body) == {
        "messages": [{"to": [NUMBER], "body": f"Bremen: {text}", "ref": ID}],
        "test": False,
        "n": 1,
    }


@given(texts)
def test_a_form_holds_the_message_in_its_field_and_no_other_field_is_added(text: str) -> None:
    template = "to={to}&message={text}&from=Stadt%20Bremen&empty="
    body = BodyTemplate(template, "form").filled(to=NUMBER, text=text, message_id=ID)
    assert parse_qsl(body.decode(), keep_blank_values=True) == [
        ("to", NUMBER),
        ("message", text),
        ("from", "Stadt Bremen"),
        ("empty", ""),
    ]


@pytest.mark.parametrize(
    ("template", "kind"),
    [
        ('{"to": "{to}", "text": "{text}"', "json"),
        ('{"to": "{to}"}', "json"),
        ("to={to}", "form"),
        ("{to} {text}", "form"),
    ],
)
def test_a_template_that_could_send_nothing_useful_is_refused(template: str, kind: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        BodyTemplate(template, kind)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("number", "mobile"),
    [
        ("+4915112345678", True),
        ("+4917012345678", True),
        ("+48512345678", True),
        ("+12025550123", True),  # North America's mobile numbers can't be told from others
        ("+4942136112345", False),
        ("+498001234567", False),
        ("115", False),
        ("", False),
    ],
)
def test_only_numbers_of_mobile_telephones_get_text_messages(number: str, mobile: bool) -> None:
    assert is_mobile(number) == mobile
