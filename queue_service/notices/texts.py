"""What a notice says, by kind, way and language."""

from zoneinfo import ZoneInfo

from queue_service.notices.model import AppointmentNotice, Message, Way, in_language


def compose(notice: AppointmentNotice, way: Way) -> Message:
    """Put a notice into words for one way."""
    office = in_language(notice.office.name, notice.recipient.language)
    start = notice.start.astimezone(ZoneInfo(notice.office.time_zone))
    text = f"{office}: {notice.kind}, {start:%d.%m.%Y %H:%M}, {notice.reference}"
    return Message(subject=office, text=text if way == "sms" else f"{text}\n{notice.link}".rstrip())
