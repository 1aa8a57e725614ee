"""An installation has the ways to its visitors that its settings give it, or doesn't start."""

import os
import subprocess
import sys
from pathlib import Path

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
        (Settings(sms_url="https://name:secret@[sms"), "QUEUE_SMS_URL is not an address"),
        (Settings(smtp_host="mail.test", mail_from="a@b.test", public_url="http://["), "QUEUE_PUBLIC_URL"),
        (Settings(sms_url="https://sms.test", sms_body="{"), "QUEUE_SMS_BODY"),
        (Settings(sms_url="https://sms.test", sms_body_type="form", sms_body="to={to}"), "QUEUE_SMS_BODY"),
    ],
)
def test_settings_that_do_not_go_together_are_named(settings: Settings, variable: str) -> None:
    with pytest.raises(SettingsError, match=variable):
        ways(settings)


def test_a_service_with_such_settings_ends_at_its_start_with_one_line(tmp_path: Path) -> None:
    started = subprocess.run(
        [Path(sys.executable).with_name("queue-service"), "serve", "--data-dir", tmp_path / "data"],
        env={**os.environ, "QUEUE_SMTP_HOST": "mail.test"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode == 1
    assert started.stderr == "Error: QUEUE_MAIL_FROM must be the e-mail address that messages come from\n"
    assert not (tmp_path / "data").exists(), "no database was started for it"
