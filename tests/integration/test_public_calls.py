"""An office's calls as text: where it has opened them, and no more than its wall shows."""

from queue_service.accounts.model import DeviceProfile, Role
from tests.integration.running_service import RunningService

OPEN, CLOSED = "bsc-mitte", "bsc-nord"


async def test_who_can_not_hear_reads_the_calls_of_an_office_that_allows_it(
    running_service: RunningService,
) -> None:
    kiosk = await running_service.device_token(DeviceProfile.KIOSK, OPEN)
    own = await running_service.staff_token(Role.CLERK, office=OPEN)
    display = await running_service.device_token(DeviceProfile.DISPLAY, OPEN)
    async with running_service.client(kiosk) as arrival, running_service.client(own) as clerk:
        wish = {"service": "personalausweis"}
        number = (await arrival.post(f"/api/v1/offices/{OPEN}/tickets", json=wish)).json()["number"]
        await clerk.post(f"/api/v1/counters/{OPEN}.1/open")
        await clerk.post(f"/api/v1/counters/{OPEN}.1/call-next")
    async with running_service.client() as anybody:
        lines = await anybody.get(f"/api/v1/offices/{OPEN}/calls.txt")
        listed = (await anybody.get(f"/api/v1/offices/{OPEN}/calls.json")).json()
        closed = await anybody.get(f"/api/v1/offices/{CLOSED}/calls.txt")
        unknown = await anybody.get("/api/v1/offices/nowhere/calls.json")
    assert lines.headers["content-type"].startswith("text/plain")
    assert lines.text == f"{number} 1\n"
    (call,) = listed["items"]
    assert (call["number"], call["counter"], "service" in call) == (number, "1", False)
    assert (closed.status_code, closed.json()["code"]) == (404, "calls_not_public")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "office_not_found")
    async with running_service.client(display) as device:
        card = (await device.get("/api/v1/device")).json()
    assert "1" in card["announcements"]["counters"]
