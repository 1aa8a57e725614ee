"""Who may do what: one written table of permissions, and the principal that it is asked about.

Pure rules. A permission says what somebody does, a grant says where; ``Principal.may`` puts both
together and is the only place that decides.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

import msgspec

from queue_service.platform.errors import NotAuthenticated, NotPermitted

SESSION_LIFETIME = timedelta(hours=10)
"""From log-in on, whether used or not: a working day, so that nobody is logged in overnight."""


class Role(StrEnum):
    """What a member of staff is at an office, an authority, or everywhere."""

    CLERK = "clerk"
    RECEPTION = "reception"
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class DeviceProfile(StrEnum):
    """What a device is for; it can do nothing else."""

    KIOSK = "kiosk"
    DISPLAY = "display"


class Permission(StrEnum):
    """Everything that a route can ask for. Adding one means deciding its line in the tables below."""

    SESSION_OWN = "session.own"
    OFFICE_READ_QUEUE = "office.read_queue"
    OFFICE_READ_COUNTERS = "office.read_counters"
    OFFICE_SUPERVISE = "office.supervise"
    OFFICE_CONFIGURE = "office.configure"
    TICKET_ISSUE = "ticket.issue"
    TICKET_CHECK_IN = "ticket.check_in"
    TICKET_HANDLE = "ticket.handle"
    TICKET_OUTAGE = "ticket.outage"
    HELP_ASK = "help.ask"
    COUNTER_WORK = "counter.work"
    ALARM_RAISE = "alarm.raise"
    APPOINTMENT_SEARCH_ONLINE = "appointment.search_online"
    APPOINTMENT_BOOK_ONLINE = "appointment.book_online"
    APPOINTMENT_SEARCH_PHONE = "appointment.search_phone"
    APPOINTMENT_BOOK_PHONE = "appointment.book_phone"
    APPOINTMENT_SEARCH_COUNTER = "appointment.search_counter"
    APPOINTMENT_BOOK_COUNTER = "appointment.book_counter"
    APPOINTMENT_READ = "appointment.read"
    APPOINTMENT_CHANGE = "appointment.change"
    CALLBACK_HANDLE = "callback.handle"
    CONTACT_AUDIT = "contact.audit"
    MESSAGE_MANAGE = "message.manage"
    MESSAGE_MANAGE_PHONE = "message.manage_phone"
    STREAM_STAFF = "stream.staff"
    STREAM_KIOSK = "stream.kiosk"
    STREAM_DISPLAY = "stream.display"
    REPORT_READ = "report.read"
    USER_MANAGE = "user.manage"
    DEVICE_MANAGE = "device.manage"
    DEVICE_OWN = "device.own"


ANYONE = frozenset({Permission.APPOINTMENT_SEARCH_ONLINE, Permission.APPOINTMENT_BOOK_ONLINE})
"""What needs no log-in but still is a right that a route can ask for."""

_STAFF = ANYONE | {
    Permission.SESSION_OWN,
    Permission.APPOINTMENT_READ,
    Permission.APPOINTMENT_CHANGE,
}
_AT_THE_OFFICE = _STAFF | {
    Permission.OFFICE_READ_QUEUE,
    Permission.OFFICE_READ_COUNTERS,
    Permission.ALARM_RAISE,
    Permission.APPOINTMENT_SEARCH_COUNTER,
    Permission.APPOINTMENT_BOOK_COUNTER,
    Permission.STREAM_STAFF,
}
_CLERK = _AT_THE_OFFICE | {Permission.COUNTER_WORK, Permission.TICKET_HANDLE}
_RECEPTION = _AT_THE_OFFICE | {
    Permission.TICKET_ISSUE,
    Permission.TICKET_CHECK_IN,
    Permission.MESSAGE_MANAGE,
}
_AGENT = _STAFF | {
    Permission.APPOINTMENT_SEARCH_PHONE,
    Permission.APPOINTMENT_BOOK_PHONE,
    Permission.CALLBACK_HANDLE,
    Permission.MESSAGE_MANAGE_PHONE,
}
_SUPERVISOR = (
    _CLERK
    | _RECEPTION
    | _AGENT
    | {Permission.OFFICE_SUPERVISE, Permission.REPORT_READ, Permission.DEVICE_MANAGE}
)
_FOR_DEVICES_ONLY = frozenset(
    {
        Permission.DEVICE_OWN,
        Permission.TICKET_OUTAGE,
        Permission.HELP_ASK,
        Permission.STREAM_KIOSK,
        Permission.STREAM_DISPLAY,
    }
)

ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.CLERK: _CLERK,
        Role.RECEPTION: _RECEPTION,
        Role.AGENT: _AGENT,
        Role.SUPERVISOR: _SUPERVISOR,
        Role.ADMIN: frozenset(Permission) - _FOR_DEVICES_ONLY,
    }
)
PROFILE_PERMISSIONS: Mapping[DeviceProfile, frozenset[Permission]] = MappingProxyType(
    {
        DeviceProfile.KIOSK: frozenset(
            {
                Permission.DEVICE_OWN,
                Permission.TICKET_ISSUE,
                Permission.TICKET_CHECK_IN,
                Permission.TICKET_OUTAGE,
                Permission.HELP_ASK,
                Permission.STREAM_KIOSK,
            }
        ),
        DeviceProfile.DISPLAY: frozenset({Permission.DEVICE_OWN, Permission.STREAM_DISPLAY}),
    }
)


class Grant(msgspec.Struct, frozen=True):
    """A role and how far it reaches: one office, all offices of an authority, or (both None) everything."""

    role: Role
    authority_id: int | None = None
    office_id: int | None = None
    authority: str | None = None
    """Slugs of the two, for people and answers."""
    office: str | None = None

    def reaches(self, office_id: int | None, authority_id: int | None) -> bool:
        """Tell whether the grant covers an office (of that authority), or a whole authority."""
        if self.office_id is not None:
            return office_id == self.office_id
        return self.authority_id is None or authority_id == self.authority_id


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """The places that somebody's grants name for a permission: what a list may be made of."""

    everywhere: bool = False
    authority_ids: frozenset[int] = frozenset()
    office_ids: frozenset[int] = frozenset()


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    """Who sent this request: a member of staff, a device, or anybody."""

    kind: str = "anonymous"
    """``anonymous``, ``staff`` or ``device``."""
    key: str = "anonymous"
    """``staff:7``, ``device:3``: names the actor in records and logs without naming a person."""
    user_id: int | None = None
    username: str = ""
    display_name: str = ""
    grants: tuple[Grant, ...] = ()
    profile: DeviceProfile | None = None
    device_office_id: int | None = None
    further_office_ids: frozenset[int] = frozenset()
    """Of a display: other offices whose calls it may follow; it can do nothing else there."""
    session_hash: bytes | None = None
    """SHA-256 of the session's token."""
    expires_at: datetime | None = None
    """When the session ends; a stream that is open by then must end too."""
    by_cookie: bool = False
    """The browser sent the token by itself, so unsafe requests need a proof of intent."""

    def may(
        self, permission: Permission, office_id: int | None = None, authority_id: int | None = None
    ) -> bool:
        """Tell whether this principal has the permission there.

        With an office, ``authority_id`` is the office's authority: without it, a grant for the
        whole authority does not count. With an authority alone, only grants for all of it count.
        With neither, having it anywhere is enough: then the caller still has to ask about the
        place, or to limit what it gives to the places that the grants name.
        """
        if self.profile is not None:
            here = office_id == self.device_office_id or (office_id is None and authority_id is None)
            here |= permission is Permission.STREAM_DISPLAY and office_id in self.further_office_ids
            return here and permission in PROFILE_PERMISSIONS[self.profile]
        if permission in ANYONE:
            return True
        granted = [grant for grant in self.grants if permission in ROLE_PERMISSIONS[grant.role]]
        if office_id is None and authority_id is None:
            return bool(granted)
        return any(grant.reaches(office_id, authority_id) for grant in granted)

    def reach(self, permission: Permission) -> Reach:
        """Give where this member of staff has the permission, for questions that name no place.

        What it covers is exactly what ``may`` allows, office by office; nothing for anybody else.
        """
        granted = [grant for grant in self.grants if permission in ROLE_PERMISSIONS[grant.role]]
        return Reach(
            everywhere=any(grant.authority_id is None and grant.office_id is None for grant in granted),
            authority_ids=frozenset(g.authority_id for g in granted if g.authority_id is not None),
            office_ids=frozenset(g.office_id for g in granted if g.office_id is not None),
        )

    def require(
        self, permission: Permission, office_id: int | None = None, authority_id: int | None = None
    ) -> None:
        """Raise NotAuthenticated for somebody unknown, NotPermitted for everybody else who may not."""
        if self.may(permission, office_id, authority_id):
            return
        if self.kind == "anonymous":
            raise NotAuthenticated
        raise NotPermitted(permission=permission.value)


ANONYMOUS = Principal()
