"""What is measured against: Bremen's demo and enough made-up offices to make a city of fifty."""

from datetime import datetime

import msgspec

from queue_service.accounts import service as accounts
from queue_service.accounts.model import DeviceProfile, Role
from queue_service.accounts.passwords import make_password
from queue_service.booking import service as booking
from queue_service.demo import installation as demo
from queue_service.devices import tokens
from queue_service.offices import service as offices
from queue_service.offices.setup_model import Setup
from queue_service.platform.queries import Connection

OFFICES = 50
MODEL_OFFICE = "bsc-nord"
"""The made-up offices are copies of this one: of middle size, with walk-ins and appointments."""


class City(msgspec.Struct, frozen=True):
    """An installed city: secrets to act with."""

    credentials: demo.Credentials
    clerks: dict[str, tuple[str, str]]
    """By office: a clerk's name and password."""
    displays: dict[str, str]
    """By office: a display's token."""


async def install_city(conn: Connection, now: datetime) -> City:
    """Install the demo and copies of its model office, in the caller's transaction."""
    credentials = await demo.install(conn, now, None)
    model = (await offices.find_office(conn, MODEL_OFFICE)).setup
    here = [office for office in await offices.list_offices(conn) if office.setup.walk_ins != "never"]
    copies = [
        msgspec.structs.replace(model, slug=f"bench-{number}", name={"de": f"Amt {number}"})
        for number in range(1, OFFICES - len(here) + 1)
    ]
    for office in await offices.apply_setup(conn, Setup(offices=copies)):
        await booking.apply_pools(conn, now, office, office.setup.pools)
        await offices.finish_setup(conn, now, office)
    clerks, displays = {}, {}
    for office in await offices.list_offices(conn):
        if office.setup.walk_ins == "never":
            continue
        name, password = f"bench-{office.slug}", make_password()
        await accounts.create_user(conn, now, name, name, password)
        await accounts.grant(conn, name, Role.CLERK, office=office.slug, authority=None)
        clerks[office.slug] = (name, password)
        made = await tokens.make(conn, now, office.slug, DeviceProfile.DISPLAY, "bench")
        displays[office.slug] = made.token
    return City(credentials, clerks, displays)
