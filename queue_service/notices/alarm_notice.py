"""An alarm in words for whom the office has named: where and since when, and nothing of any person."""

from zoneinfo import ZoneInfo

from queue_service.notices.model import AlarmNotice, Message, in_language

WORDS = {
    "de": {
        "counter": "{counter} braucht Hilfe.",
        "staff": "Jemand ohne Schalter braucht Hilfe.",
        "leave": "Alle verlassen das Haus.",
        "subject": "Alarm: {office}",
        "text": "Alarm um {time} Uhr, {office}: {what}",
    },
    "en": {
        "counter": "{counter} needs help.",
        "staff": "Somebody without a counter needs help.",
        "leave": "Everybody is leaving the building.",
        "subject": "Alarm: {office}",
        "text": "Alarm at {time}, {office}: {what}",
    },
}
"""By language; what is short is read on a telephone while somebody runs."""


def alarm_message(notice: AlarmNotice) -> Message:
    """Put an alarm into words, the same for every way."""
    words = WORDS[notice.recipient.language]
    office = in_language(notice.office, notice.recipient.language)
    counter = in_language(notice.counter or {}, notice.recipient.language)
    what = words["counter" if counter else notice.alarm].format(counter=counter)
    time = f"{notice.at.astimezone(ZoneInfo(notice.time_zone)):%H:%M}"
    return Message(
        words["subject"].format(office=office), words["text"].format(time=time, office=office, what=what)
    )
