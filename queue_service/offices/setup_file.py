"""Reading an office's set-up: YAML in, checked and completed Structs or all mistakes out.

One file may hold any part (authorities, services, offices); several files are read as one, and
what is installed already may be referred to. Nothing here touches a disk or a database: the caller
hands in texts and what is installed.
"""

from collections.abc import Mapping

import msgspec

from queue_service.offices.setup_checks import (
    Catalogue,
    Part,
    check_groups,
    check_names,
    check_office,
    check_use,
)
from queue_service.offices.setup_mistakes import Findings, Mistake, SetupError
from queue_service.offices.setup_model import (
    NOTHING_KNOWN,
    CounterSetup,
    Known,
    OfferedService,
    OfficeSetup,
    Setup,
)
from queue_service.offices.setup_yaml import read_yaml

__all__ = ["Mistake", "SetupError", "read_setup"]

COUNTER_NAMES = {"de": "Schalter", "en": "Counter"}


def read_setup(files: Mapping[str, str], known: Known = NOTHING_KNOWN) -> Setup:
    """Read the texts of ``files`` (by file name) as one set-up.

    Raises SetupError with every mistake of every file; nothing else, whatever the texts are.
    """
    parts = []
    for file, text in files.items():
        findings = Findings(file)
        parts.append((findings, read_yaml(text, Setup, findings)))
    catalogue = dict(known.services)
    for _, setup in reversed(parts):
        # Of two definitions the first counts: the second is the mistake.
        catalogue |= {service.code: service for service in reversed(setup.services)}
    authorities = {authority.slug for _, setup in parts for authority in setup.authorities}
    check_names(parts)
    check_groups(parts, catalogue)
    for findings, path, office in _offices(parts):
        check_office(findings, path, office, authorities | known.authorities, catalogue)
    _raise_mistakes(parts)

    complete = []
    for findings, path, office in _offices(parts):
        complete.append(_completed(office, catalogue))
        check_use(findings, path, complete[-1])
    _raise_mistakes(parts)
    return Setup(
        authorities=[authority for _, setup in parts for authority in setup.authorities],
        services=[service for _, setup in parts for service in setup.services],
        offices=complete,
    )


def _offices(parts: list[Part]) -> list[tuple[Findings, tuple[str, int], OfficeSetup]]:
    return [
        (findings, ("offices", at), office)
        for findings, setup in parts
        for at, office in enumerate(setup.offices)
    ]


def _raise_mistakes(parts: list[Part]) -> None:
    mistakes = [mistake for findings, _ in parts for mistake in findings.mistakes()]
    if mistakes:
        raise SetupError(mistakes)


def _completed(office: OfficeSetup, catalogue: Catalogue) -> OfficeSetup:
    services = [_completed_service(offered, office, catalogue) for offered in office.services]
    everything = [offered.service for offered in services]
    without_appointment = [offered.service for offered in services if "walk_in" in offered.modes]
    return msgspec.structs.replace(
        office,
        services=services,
        counters=[_completed_counter(counter, everything) for counter in office.counters],
        open_consultation=[
            msgspec.structs.replace(entry, services=entry.services or without_appointment)
            for entry in office.open_consultation
        ],
    )


def _completed_service(offered: OfferedService, office: OfficeSetup, catalogue: Catalogue) -> OfferedService:
    service = catalogue[offered.service]
    of_group = office.numbers.letters_by_group.get(service.group["de"], office.numbers.letter)
    minutes = offered.minutes or service.minutes
    return OfferedService(
        service=offered.service,
        minutes=minutes,
        further_minutes=offered.further_minutes or service.further_minutes or minutes,
        family_minutes=offered.family_minutes or max(service.family_minutes or minutes, minutes),
        modes=offered.modes or service.modes,
        letter=offered.letter or of_group,
    )


def _completed_counter(counter: CounterSetup, everything: list[str]) -> CounterSetup:
    name = {language: f"{word} {counter.number}" for language, word in COUNTER_NAMES.items()}
    return msgspec.structs.replace(
        counter, name={**name, **counter.name}, services=counter.services or everything
    )
