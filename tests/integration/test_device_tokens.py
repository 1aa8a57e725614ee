"""A device's token opens its own profile's doors at its own office until it is revoked."""

import pytest

from queue_service.accounts import service
from queue_service.accounts.model import DeviceProfile, Permission
from queue_service.accounts.tokens import token_hash
from queue_service.devices import care, tokens
from queue_service.platform.errors import InvalidFields, OfficeNotFound
from queue_service.platform.queries import Connection
from tests.integration.people import MORNING, places


async def test_a_token_stands_for_its_device(conn: Connection) -> None:
    mitte, bremen = (await places(conn))["bsc-mitte"]
    made = await tokens.make(conn, MORNING, "bsc-mitte", DeviceProfile.KIOSK, "Eingang links")
    kiosk = await tokens.resolve(conn, MORNING, made.token)
    assert kiosk
    assert (kiosk.kind, kiosk.key, kiosk.device_office_id) == ("device", f"device:{made.id}", mitte)
    assert kiosk.may(Permission.TICKET_ISSUE, mitte, bremen)


async def test_a_display_of_one_office_shows_no_other(conn: Connection) -> None:
    offices = await places(conn)
    made = await tokens.make(conn, MORNING, "bsc-mitte", DeviceProfile.DISPLAY, "Wartehalle")
    display = await tokens.resolve(conn, MORNING, made.token)
    assert display
    may = [slug for slug, place in offices.items() if display.may(Permission.STREAM_DISPLAY, *place)]
    assert may == ["bsc-mitte"]
    assert not display.may(Permission.TICKET_ISSUE)


async def test_a_revoked_token_opens_nothing_and_others_go_on(conn: Connection) -> None:
    left = await tokens.make(conn, MORNING, "bsc-mitte", DeviceProfile.KIOSK, "Eingang links")
    right = await tokens.make(conn, MORNING, "bsc-mitte", DeviceProfile.KIOSK, "Eingang rechts")
    await tokens.revoke(conn, MORNING, left.id)
    assert await tokens.resolve(conn, MORNING, left.token) is None
    assert await tokens.resolve(conn, MORNING, right.token)


async def test_revoking_again_keeps_the_first_instant(conn: Connection) -> None:
    made = await tokens.make(conn, MORNING, "bsc-mitte", DeviceProfile.KIOSK, "Eingang")
    await tokens.revoke(conn, MORNING, made.id)
    await tokens.revoke(conn, MORNING.replace(hour=12), made.id)
    [listed] = await care.list_devices(conn, MORNING)
    assert listed.device.revoked_at == MORNING


@pytest.mark.parametrize("device_id", [-1, 0, 4711, 2**31, 2**70])
async def test_a_device_that_isnt_there_cant_be_revoked(conn: Connection, device_id: int) -> None:
    with pytest.raises(tokens.DeviceNotFound):
        await tokens.revoke(conn, MORNING, device_id)


async def test_only_a_hash_of_the_token_is_stored_and_nothing_prints_it(conn: Connection) -> None:
    made = await tokens.make(conn, MORNING, "bsc-mitte", DeviceProfile.KIOSK, "Eingang")
    row = await conn.fetchrow("SELECT d::text AS line, token_hash FROM device d")
    assert row
    assert made.token not in row["line"]
    assert row["token_hash"] == token_hash(made.token)
    assert made.token not in repr(made)


async def test_a_devices_token_is_no_session_and_a_session_no_device(conn: Connection) -> None:
    made = await tokens.make(conn, MORNING, "bsc-mitte", DeviceProfile.KIOSK, "Eingang")
    assert await service.resolve_session(conn, MORNING, made.token) is None
    assert await tokens.resolve(conn, MORNING, made.token.replace("qd_", "qs_")) is None


async def test_a_device_needs_an_office_that_is_there(conn: Connection) -> None:
    with pytest.raises(OfficeNotFound):
        await tokens.make(conn, MORNING, "nowhere", DeviceProfile.KIOSK, "Eingang")


@pytest.mark.parametrize("name", ["", "  ", "a\0", "a\nb", "x" * 101])
async def test_a_device_needs_a_name_that_can_be_shown(conn: Connection, name: str) -> None:
    with pytest.raises(InvalidFields):
        await tokens.make(conn, MORNING, "bsc-mitte", DeviceProfile.KIOSK, name)


async def test_devices_are_listed_by_office(conn: Connection) -> None:
    for office, profile in (("bsc-nord", DeviceProfile.KIOSK), ("bsc-mitte", DeviceProfile.DISPLAY)):
        await tokens.make(conn, MORNING, office, profile, "Eingang")
    listed = [
        (found.device.office, found.device.profile, found.device.revoked_at)
        for found in await care.list_devices(conn, MORNING)
    ]
    assert listed == [("bsc-mitte", "display", None), ("bsc-nord", "kiosk", None)]
