"""What a kiosk asks its visitors, and what becomes of the answers of those who come for an appointment."""

from uuid import uuid4

from queue_service.accounts.model import DeviceProfile, Role
from tests.integration.open_screen import open_kiosk
from tests.integration.running_service import RunningService

OFFICE = "bsc-mitte"
CHECK_INS = f"/api/v1/offices/{OFFICE}/check-ins"
BOOKING = {
    "office": OFFICE, "services": [{"service": "personalausweis"}], "channel": "counter",
    "start": "2026-11-23T10:30:00+01:00", "contact": {"name": "Erika Mustermann", "confirm_by": "none"},
}  # fmt: skip


async def test_needs_named_on_arrival_bind_the_counter_and_a_repeat_neither_doubles_nor_loses_them(
    running_service: RunningService,
) -> None:
    lead = await running_service.staff_token(Role.SUPERVISOR, office=OFFICE)
    device = await running_service.device_token(DeviceProfile.KIOSK, OFFICE)
    async with running_service.client(lead) as staff, running_service.client(device) as kiosk:
        booked = (await staff.post("/api/v1/appointments", json=BOOKING)).json()
        plain = {"reference": booked["reference"], "id": str(uuid4())}
        wanted = {**plain, "needs": ["guide_strip"], "pick_up": True, "slow_walk": True}
        first = await kiosk.post(CHECK_INS, json=wanted)
        assert (first.status_code, first.json()["pick_up"]) == (201, True)
        # The id alone makes it the same check-in, whatever was lost of it on the second way.
        for repeat in (wanted, plain):
            assert (await kiosk.post(CHECK_INS, json=repeat)).json() == first.json()
        [ticket] = (await staff.get(f"/api/v1/offices/{OFFICE}/queue")).json()["items"]
        assert (ticket["number"], ticket["class"]) == (first.json()["number"], "appointment")
        assert (ticket["needs"], ticket["pick_up"], ticket["slow_walk"]) == (["guide_strip"], True, True)
        counters = (await staff.get(f"/api/v1/offices/{OFFICE}/counters")).json()["items"]
        served = {counter["number"] for counter in counters if "guide_strip" in counter["features"]}
        without = next(counter["id"] for counter in counters if counter["number"] not in served)
        guided = next(counter["id"] for counter in counters if counter["number"] in served)
        await staff.post(f"/api/v1/counters/{without}/open")
        assert (await staff.post(f"/api/v1/counters/{without}/call-next")).status_code == 204
        await staff.post(f"/api/v1/counters/{without}/close")
        await staff.post(f"/api/v1/counters/{guided}/open")
        called = await staff.post(f"/api/v1/counters/{guided}/call-next")
        assert called.json()["ticket"]["id"] == ticket["id"]


async def test_the_service_tells_a_kiosk_what_the_office_asks_and_how_many_may_be_wanted(
    running_service: RunningService,
) -> None:
    device = await running_service.device_token(DeviceProfile.KIOSK, OFFICE)
    async with open_kiosk(running_service, device) as kiosk:
        told = kiosk.state
    assert told.asks == ["pick_up", "slow_walk", "guide_strip", "induction_loop"]
    most = {service.code: service.max_quantity for service in told.services}
    assert (most["reisepass"], most["wohnsitz-anmelden"]) == (5, 1)
