"""An installation has the ways to its visitors that its settings give it, or doesn't start."""

import pytest

from queue_service.notices.by_email import ByEmail
from queue_service.notices.by_sms import BySms
from queue_service.notices.carrier import Nobody
from queue_service.notices.to_files import EmailsToFiles, SmsToFiles
from queue_service.notices.ways import ways
from queue_service.settings import Settings, SettingsError


@pytest.mark.parametrize(
    ("settings", "kinds"),
    [
        (Settings(), (Nobody, Nobody)),
        (Settings(smtp_host="mail.test", mail_from="a@b.test"), (ByEmail, Nobody)),
        (Settings(sms_url="https://sms.test/send"), (Nobody, BySms)),
        (Settings(notices_to_files=True, smtp_host="mail.test"), (EmailsToFiles, SmsToFiles)),
    ],
)
def test_settings_decide_how_messages_leave(settings: Settings, kinds: tuple[type, type]) -> None:
    made = ways(settings)
    assert (type(made["email"]), type(made["sms"])) == kinds


@pytest.mark.parametrize(
    ("settings", "variable"),
    [
        (Settings(smtp_host="mail.test"), "QUEUE_MAIL_FROM"),
        (Settings(sms_url="sms.test/send"), "QUEUE_SMS_URL"),
        (Settings(sms_url="https://sms.test", sms_body="{"), "QUEUE_SMS_BODY"),
        (Settings(sms_url="https://sms.test", sms_body_type="form", sms_body="to={to}"), "QUEUE_SMS_BODY"),
    ],
)
def test_settings_that_do_not_go_together_are_named(settings: Settings, variable: str) -> None:
    with pytest.raises(SettingsError, match=variable):
        ways(settings)
