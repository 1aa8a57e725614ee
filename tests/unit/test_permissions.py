"""The written table of who may do what, held against the code line by line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_service.accounts.model import (
    ANONYMOUS,
    DeviceProfile,
    Grant,
    Permission,
    Principal,
    Role,
)
from queue_service.platform.errors import NotAuthenticated, NotPermitted

WRITTEN_TABLE = """
                             anyone clerk reception agent supervisor admin kiosk display
session.own                  -      x     x         x     x          x     -     -
office.read_queue            -      x     x         -     x          x     -     -
office.read_counters         -      x     x         -     x          x     -     -
office.supervise             -      -     -         -     x          x     -     -
office.configure             -      -     -         -     -          x     -     -
ticket.issue                 -      -     x         -     x          x     x     -
ticket.check_in              -      -     x         -     x          x     x     -
ticket.handle                -      x     -         -     x          x     -     -
ticket.outage                -      -     -         -     -          -     x     -
counter.work                 -      x     -         -     x          x     -     -
alarm.raise                  -      x     x         -     x          x     -     -
appointment.search_online    x      x     x         x     x          x     -     -
appointment.book_online      x      x     x         x     x          x     -     -
appointment.search_phone     -      -     -         x     x          x     -     -
appointment.book_phone       -      -     -         x     x          x     -     -
appointment.search_counter   -      x     x         -     x          x     -     -
appointment.book_counter     -      x     x         -     x          x     -     -
appointment.read             -      x     x         x     x          x     -     -
appointment.change           -      x     x         x     x          x     -     -
callback.handle              -      -     -         x     x          x     -     -
contact.audit                -      -     -         -     -          x     -     -
help.ask                     -      -     -         -     -          -     x     -
message.manage               -      -     x         -     x          x     -     -
message.manage_phone         -      -     -         x     x          x     -     -
stream.staff                 -      x     x         -     x          x     -     -
stream.kiosk                 -      -     -         -     -          -     x     -
stream.display               -      -     -         -     -          -     -     x
report.read                  -      -     -         -     x          x     -     -
user.manage                  -      -     -         -     -          x     -     -
device.manage                -      -     -         -     x          x     -     -
device.own                   -      -     -         -     -          -     x     x
"""


def staff(*grants: Grant) -> Principal:
    return Principal(kind="staff", key="staff:1", user_id=1, grants=grants)


def device(profile: DeviceProfile, office_id: int) -> Principal:
    return Principal(kind="device", key="device:1", profile=profile, device_office_id=office_id)


ASKERS = {
    "anyone": ANONYMOUS,
    **{role.value: staff(Grant(role)) for role in Role},
    **{profile.value: device(profile, office_id=1) for profile in DeviceProfile},
}
HEADER, *LINES = (line.split() for line in WRITTEN_TABLE.strip().splitlines())


def test_the_written_table_has_a_line_for_every_permission_and_a_column_for_everybody() -> None:
    assert sorted(line[0] for line in LINES) == sorted(Permission)
    assert sorted(HEADER) == sorted(ASKERS)


@pytest.mark.parametrize("line", LINES, ids=lambda line: str(line[0]))
def test_everybody_may_exactly_what_the_written_table_says(line: list[str]) -> None:
    permission, *marks = line
    may = {asker: ASKERS[asker].may(Permission(permission)) for asker in HEADER}
    assert may == {asker: mark == "x" for asker, mark in zip(HEADER, marks, strict=True)}


offices = st.integers(min_value=1, max_value=4)
authorities = st.integers(min_value=1, max_value=2)
AUTHORITY_OF = {1: 1, 2: 1, 3: 2, 4: 2}


@given(role=st.sampled_from(Role), permission=st.sampled_from(Permission), granted=offices, asked=offices)
def test_a_role_at_one_office_ends_at_its_door(
    role: Role, permission: Permission, granted: int, asked: int
) -> None:
    here = staff(Grant(role, office_id=granted)).may(permission, asked, AUTHORITY_OF[asked])
    everywhere = staff(Grant(role)).may(permission, asked, AUTHORITY_OF[asked])
    assert here == (everywhere and (asked == granted or ANONYMOUS.may(permission)))


@given(role=st.sampled_from(Role), permission=st.sampled_from(Permission), granted=authorities, asked=offices)
def test_a_role_at_an_authority_reaches_all_of_its_offices_and_no_other(
    role: Role, permission: Permission, granted: int, asked: int
) -> None:
    here = staff(Grant(role, authority_id=granted)).may(permission, asked, AUTHORITY_OF[asked])
    everywhere = staff(Grant(role)).may(permission, asked, AUTHORITY_OF[asked])
    assert here == (everywhere and (AUTHORITY_OF[asked] == granted or ANONYMOUS.may(permission)))


@given(permission=st.sampled_from(Permission), grants=st.lists(st.sampled_from(Role)), asked=offices)
def test_roles_add_up_and_never_take_away(permission: Permission, grants: list[Role], asked: int) -> None:
    together = staff(*(Grant(role, office_id=1) for role in grants)).may(permission, asked, 1)
    singly = [staff(Grant(role, office_id=1)).may(permission, asked, 1) for role in grants]
    assert together == (any(singly) or ANONYMOUS.may(permission))


def test_a_role_at_one_office_gives_nothing_over_its_authority() -> None:
    supervisor = staff(Grant(Role.SUPERVISOR, office_id=1))
    assert not supervisor.may(Permission.REPORT_READ, authority_id=1)
    assert staff(Grant(Role.SUPERVISOR, authority_id=1)).may(Permission.REPORT_READ, authority_id=1)


def test_a_role_at_an_authority_does_not_count_at_an_office_of_unknown_authority() -> None:
    assert not staff(Grant(Role.CLERK, authority_id=1)).may(Permission.COUNTER_WORK, office_id=1)


def test_a_user_without_a_role_may_what_anybody_may() -> None:
    assert [p for p in Permission if staff().may(p)] == [p for p in Permission if ANONYMOUS.may(p)]


@given(
    profile=st.sampled_from(DeviceProfile), permission=st.sampled_from(Permission), own=offices, asked=offices
)
def test_a_device_can_do_nothing_at_another_office(
    profile: DeviceProfile, permission: Permission, own: int, asked: int
) -> None:
    may = device(profile, own).may(permission, asked, AUTHORITY_OF[asked])
    assert may == (own == asked and device(profile, own).may(permission))


def test_a_device_reaches_no_authority() -> None:
    assert not device(DeviceProfile.KIOSK, 1).may(Permission.TICKET_ISSUE, authority_id=1)


def test_who_is_unknown_is_asked_to_log_in() -> None:
    with pytest.raises(NotAuthenticated):
        ANONYMOUS.require(Permission.COUNTER_WORK)


def test_who_is_known_is_told_what_is_missing() -> None:
    with pytest.raises(NotPermitted) as refused:
        staff(Grant(Role.AGENT)).require(Permission.COUNTER_WORK, 1, 1)
    assert refused.value.extra == {"permission": "counter.work"}


def test_who_may_is_let_through() -> None:
    staff(Grant(Role.CLERK, office_id=1)).require(Permission.COUNTER_WORK, 1, 1)
