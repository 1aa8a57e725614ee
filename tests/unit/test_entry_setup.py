"""What is wrong with hours, prices and events in a set-up file is named with its place."""

import pytest

from queue_service.offices.setup_file import SetupError, read_setup

POOL = """\
authorities:
  - {slug: town, name: {de: Stadt}, land: HB}
offices:
  - slug: pool
    authority: town
    name: {de: Bad}
    address: {street: Markt 1, postal_code: "01067", city: Ort}
    walk_ins: never
    prices:
      - {name: {de: Erwachsene}, text: {de: 4 Euro}}
    events:
      - {title: {de: Fest}, from: 2026-12-05, to: 2026-12-06}
    timed_entries:
      - code: lanes
        title: {de: Bahnen}
        price: {de: 4 Euro}
        minutes: 60
        places: 40
        times: ["06:30", "10:00"]
        weekdays: [monday]
        contingents: {online: 60}
"""


def test_an_office_needs_no_services_counters_or_pools() -> None:
    [pool] = read_setup({"pool.yaml": POOL}).offices
    [kind] = pool.timed_entries
    assert (kind.times, kind.contingents.online, kind.contingents.phone) == (["06:30", "10:00"], 60, 100)
    assert (pool.services, pool.counters, pool.pools) == ([], [], [])


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("        weekdays: [monday]\n", "", "takes place on no day: weekdays or dates are missing"),
        (
            "[monday]\n",
            "[monday]\n        from: 2027-01-02\n        to: 2027-01-01\n",
            "ends before it begins",
        ),
        ("to: 2026-12-06", "to: 2026-12-04", "events[0]: ends before it begins"),
        ('"10:00"', '"10:02"', "allowed is a time such as 07:00"),
        ('"10:00"', '"06:30"', "'06:30' is listed twice"),
        ("{online: 60}", "{online: 60, phone: 50}", "the web may not take more than the telephone"),
        (
            "{online: 60}\n",
            "{}\n        releases: [{percent: 60, days_before: 9}, {percent: 50, days_before: 1}]\n",
            "110 percent of a day are opened in all",
        ),
        ("places: 40", "places: 0", "allowed is a number from 1 to 10000 (places)"),
        ("price: {de: 4 Euro}", "price: {en: 4 euros}", "the German text is missing"),
    ],
)
def test_a_mistake_is_named(old: str, new: str, told: str) -> None:
    assert POOL.count(old) == 1, old
    with pytest.raises(SetupError, match=r"^pool\.yaml:\d+:\d+: offices\[0\]\.") as raised:
        read_setup({"pool.yaml": POOL.replace(old, new)})
    assert told in str(raised.value)
