"""What a display is told of its office to say its calls."""

from queue_service.offices.setup_model import OfficeSetup
from queue_service.protocol.announcing import OfficeAnnouncements


def office_announcements(setup: OfficeSetup) -> OfficeAnnouncements:
    """Give the office's own words, and what its numbers and counters are made of."""
    return OfficeAnnouncements(
        texts={str(language): texts for language, texts in setup.announcements.texts.items()},
        counters={counter.number: counter.name for counter in setup.counters},
        letters=sorted({service.letter or setup.numbers.letter for service in setup.services}),
        digits=setup.numbers.digits,
    )
