"""One example of each operation, as the OpenAPI document shows it; a test sends them all.

Offices, services and counters are those of the demonstration. A reference, a secret and a ticket's
token can't be chosen by whoever asks: there the examples show their form.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

OFFICE = {"office": "bsc-mitte"}
COUNTER = {"counter": "bsc-mitte.3"}
TICKET_ID = "7f3c5a60-2d0e-4c57-9a53-3f1f0f6f2c11"
OTHER_TICKET_ID = "0b6f2f0e-53a2-4d0b-8a57-6d1c4e0f9a22"
TICKET = {"ticket": TICKET_ID}
REFERENCE = {"reference": "BCDF-GHJK"}
DAY = {"day": "2027-01-11"}
ENTRY = {"entry": "BCDF-GHJK"}
SECRET = {"secret": "KZ4TGW7PNX2MB9HVR6DYC3SJLE8FUA5K"}
MESSAGE = {"message": "0b6f0d0e-9c0a-4c1b-8a55-7d1f5d2b9e10"}
PARTY = {"booking": "BCDF-GHJK"}
HOUR = "fruehschwimmen.20270111T0530Z"
LATER_HOUR = "fruehschwimmen.20270112T0530Z"
TOKEN = {"token": "VA2X_q0DipRQwkmyxeGkxQ"}
CALLBACK = {"callback": "5b0f6c1e-93a4-4f7e-8d2c-0e6a7f1b9c34"}
AUTHORITY_TEXT = {"authority": "bremen", "kind": "booked", "way": "sms", "language": "de"}
CONTACT = {
    "name": "Erika Mustermann",
    "phone": "0421 361 12345",
    "language": "de",
    "confirm_by": "none",
}


class Example(msgspec.Struct, frozen=True):
    """What is put into the path, the query and the body."""

    path: Mapping[str, str] = {}
    query: Mapping[str, Any] = {}
    body: Any = None


DEVICE = {"device": "3"}
A_HASH = "5c3f0b1d8a6e4c2f9d7b3a1e0c8f6d4b2a9e7c5d3b1f0a8e6c4d2b9f7a5e3c1d"

EXAMPLES: Mapping[str, Example] = {
    "logIn": Example(body={"username": "clerk1", "password": "Grünkohl mit Pinkel"}),
    "readSession": Example(),
    "logOut": Example(),
    "listOffices": Example(),
    "readOffice": Example(OFFICE),
    "listPublicCalls": Example(OFFICE),
    "readPublicCalls": Example(OFFICE),
    "readFacilityCard": Example(OFFICE, {"channel": "phone"}),
    "listServices": Example(OFFICE),
    "listCatalogue": Example(),
    "listCounters": Example(OFFICE),
    "readQueue": Example(OFFICE, {"counter": "bsc-mitte.1"}),
    "setWalkIns": Example(OFFICE, body={"open": True}),
    "readOrder": Example(OFFICE),
    "changeOrder": Example(OFFICE, body={"policy": "ratio", "appointments": 2, "walk_ins": 1}),
    "previewOrder": Example(OFFICE, body={"policy": "head-start", "cap_minutes": 60}),
    "followNumber": Example({**OFFICE, "number": "A001"}),
    "askForPairing": Example(body={"profile": "display", "token_hash": A_HASH, "version": "1.0"}),
    "readPairing": Example({"code": "K7R-MW3"}),
    "listDevices": Example(query=OFFICE),
    "letDeviceIn": Example(body={"code": "K7R-MW3", "office": "bsc-mitte", "name": "Wartebereich"}),
    "changeDevice": Example(DEVICE, body={"name": "Eingang links", "settings": {"sound": False}}),
    "renewDeviceToken": Example(DEVICE),
    "revokeDevice": Example(DEVICE),
    "readOwnDevice": Example(),
    "reportDeviceHealth": Example(
        body={"version": "1.0", "uptime_seconds": 3600, "reconnects": 1, "disk_free_megabytes": 5120}
    ),
    "replaceDeviceToken": Example(body={"token_hash": A_HASH[::-1]}),
    "readPanelFile": Example(path={"digest": A_HASH}),
    "leaseNumbers": Example(),
    "printTicketAgain": Example(TICKET, body={"kiosk": 3}),
    "listTicketCopies": Example(),
    "tellTicketCopy": Example({"copy": TICKET_ID}, body={"reason": "printer_out_of_paper"}),
    "readOwnHelp": Example(),
    "askForHelp": Example(),
    "withdrawHelp": Example(),
    "listHelpRequests": Example(OFFICE),
    "comeToHelp": Example({**OFFICE, "help_request": TICKET_ID}),
    "finishHelp": Example({**OFFICE, "help_request": TICKET_ID}),
    "handInOutage": Example(
        body={
            "tickets": [
                {
                    "id": TICKET_ID,
                    "number": "A941",
                    "token": TOKEN["token"],
                    "issued_at": "2026-11-23T09:12:30Z",
                    "service": "personalausweis",
                }
            ],
            "check_ins": [
                {
                    "id": OTHER_TICKET_ID,
                    "number": "A942",
                    "token": "tKq0nVw3S1yCg8mXh5ZbRQ",
                    "issued_at": "2026-11-23T09:14:05Z",
                    **REFERENCE,
                }
            ],
        }
    ),
    "issueTicket": Example(
        OFFICE,
        body={
            "service": "personalausweis",
            "language": "de",
            "class": "walk_in",
            "needs": ["level_access"],
            "id": TICKET_ID,
        },
    ),
    "checkIn": Example(OFFICE, body={**REFERENCE, "language": "de", "needs": ["level_access"]}),
    "openCounter": Example(COUNTER, body={"services": ["personalausweis", "reisepass"]}),
    "readHall": Example(OFFICE),
    "readOutlook": Example(OFFICE),
    "listAlarms": Example(OFFICE),
    "raiseAlarm": Example(OFFICE),
    "acknowledgeAlarm": Example({**OFFICE, "alarm": "7"}),
    "endAlarm": Example({**OFFICE, "alarm": "7"}),
    "leaveHall": Example(OFFICE),
    "pauseHall": Example(OFFICE),
    "resumeHall": Example(OFFICE, body={"ends": "leave"}),
    "callNext": Example(COUNTER, body={"current": "finish"}),
    "callTicket": Example(COUNTER, body=TICKET),
    "closeCounter": Example(COUNTER, body={"after_visit": True}),
    "pauseCounter": Example(COUNTER, body={"reason": "Mittagspause"}),
    "resumeCounter": Example(COUNTER),
    "recallTicket": Example(TICKET),
    "startTicket": Example(TICKET),
    "parkTicket": Example(TICKET, body={"reason": "Füllt ein Formular aus", "remind_minutes": 15}),
    "undoStep": Example(TICKET),
    "readVisitor": Example(TICKET),
    "readTimeline": Example(TICKET),
    "describeTicket": Example(TICKET, body={"needs": ["level_access"], "slow_walk": True}),
    "mergeTickets": Example(TICKET, body={"tickets": [OTHER_TICKET_ID]}),
    "resumeTicket": Example(TICKET),
    "requeueTicket": Example(TICKET),
    "missTicket": Example(TICKET),
    "transferTicket": Example(TICKET, body={"service": "reisepass", "note": "Foto fehlt noch"}),
    "finishTicket": Example(TICKET, body={"services": [{"service": "reisepass", "quantity": 2}]}),
    "cancelTicket": Example(TICKET),
    "followTicket": Example(TOKEN),
    "overviewSlots": Example(
        query={
            "service": ["personalausweis"],
            "office": ["bsc-mitte"],
            "from": "2027-01-11",
            "to": "2027-01-15",
            "persons": 1,
            "channel": "phone",
            "weekday": ["monday", "friday"],
            "access": ["level_entrance"],
            "near": "53.0793,8.8017",
            "emergency": False,
        }
    ),
    "findSlots": Example(
        query={
            "service": ["personalausweis"],
            "office": ["bsc-mitte"],
            "from": "2027-01-11",
            "to": "2027-01-15",
            "persons": 1,
            "channel": "phone",
            "limit": 5,
            "weekday": ["monday", "thursday"],
            "after": "08:00",
            "before": "18:00",
            "access": ["level_entrance"],
            "near": "53.0793,8.8017",
            "emergency": False,
        }
    ),
    "bookAppointment": Example(
        body={
            "office": "bsc-mitte",
            "services": [{"service": "personalausweis", "quantity": 1}],
            "start": "2027-01-11T08:30:00+01:00",
            "persons": 1,
            "channel": "phone",
            "hold": True,
            "contact": CONTACT,
        }
    ),
    "readAppointment": Example(REFERENCE, SECRET),
    "confirmAppointment": Example(REFERENCE, SECRET, {"contact": CONTACT}),
    "moveAppointment": Example(
        REFERENCE, SECRET, {"start": "2027-01-11T09:00:00+01:00", "office": "bsc-mitte"}
    ),
    "cancelAppointment": Example(REFERENCE, SECRET),
    "joinWaitingList": Example(
        body={
            "services": [{"service": "personalausweis", "quantity": 1}],
            "offices": ["bsc-mitte"],
            "from": "2027-01-11",
            "until": "2027-02-12",
            "weekdays": [1, 2, 3],
            "hours": {"from": "08:00", "until": "12:00"},
            "notice_hours": 24,
            "ways": ["call"],
            "channel": "phone",
            "contact": CONTACT,
        }
    ),
    "listWaiting": Example(query=OFFICE),
    "listWaitingCalls": Example(),
    "readWaiting": Example(ENTRY, SECRET),
    "acceptOffer": Example(ENTRY, SECRET),
    "refuseOffer": Example(ENTRY, SECRET),
    "leaveWaitingList": Example(ENTRY, SECRET),
    "listAuthorities": Example(),
    "readChallenge": Example(),
    "readNoShows": Example(OFFICE),
    "readStaffing": Example(OFFICE, {"from": "2027-01-11", "to": "2027-01-15"}),
    "changeStaffing": Example(
        OFFICE | DAY,
        {"preview": True},
        {
            "reason": "Krankheit",
            "staffing": [{"hours": {"opens": 480, "closes": 720}, "counters": 2, "breaks": []}],
            "pools": ["buergerservice"],
        },
    ),
    "restoreStaffing": Example(OFFICE | DAY, {"pool": ["buergerservice"]}),
    "listAffectedAppointments": Example(OFFICE),
    "moveAffectedAppointments": Example(
        OFFICE, body={"items": [{**REFERENCE, "start": "2027-01-12T09:00:00+01:00", "office": "bsc-mitte"}]}
    ),
    "cancelAffectedAppointments": Example(
        OFFICE,
        body={
            "references": [REFERENCE["reference"]],
            "reason": "Wasserschaden",
            "told_reason": "damage",
        },
    ),
    "cancelDay": Example(OFFICE | DAY, {"preview": True}, {"reason": "Wasserschaden"}),
    "moveDay": Example(OFFICE | DAY, {"preview": True}, {"reason": "Wasserschaden"}),
    "searchAppointments": Example(body={"name": "muster eri", "phone": "0421 361 12345"}),
    "findDuplicates": Example(
        body={
            "contact": {"name": "Erika Mustermann", "phone": "0421 361 12345"},
            "services": ["personalausweis"],
            "start": "2027-01-11T08:30:00+01:00",
        }
    ),
    "addCallback": Example(
        body={
            "office": "bsc-mitte",
            "name": "Erika Mustermann",
            "phone": "0421 361 12345",
            "language": "de",
            "subject": "Termin mit Dolmetscher",
            "note": "Braucht polnisch, nur vormittags; hat Ausweis und Meldebescheinigung.",
            "due_at": "2027-01-11T14:00:00+01:00",
            "reason": "callback",
            "service": "personalausweis",
        }
    ),
    "listCallbacks": Example(
        query={
            "state": "open",
            "due_before": "2027-01-12T00:00:00+01:00",
            "mine": False,
            "after": CALLBACK["callback"],
            "limit": 50,
        }
    ),
    "countCallbacks": Example(),
    "takeCallback": Example(CALLBACK),
    "releaseCallback": Example(CALLBACK, body={"note": "Besetzt; Mailbox ist voll."}),
    "postponeCallback": Example(
        CALLBACK, body={"due_at": "2027-01-12T09:00:00+01:00", "note": "Bittet um Anruf am Vormittag."}
    ),
    "finishCallback": Example(CALLBACK, body={"result": "Termin am 14. Januar um 10 Uhr gebucht."}),
    "listContactAccesses": Example(query={"office": "bsc-mitte", "before": 4711, "limit": 100}),
    "listMessages": Example(OFFICE, {"state": ["failed", "unclear"]}),
    "resendMessage": Example(MESSAGE),
    "readAuthorityText": Example(AUTHORITY_TEXT),
    "saveAuthorityText": Example(
        AUTHORITY_TEXT,
        body={
            "text": "Moin! Ihr Termin: {short_day}, {time}\n{office}, {street}\nTerminnummer {reference}",
            "preview": True,
        },
    ),
    "dropAuthorityText": Example(AUTHORITY_TEXT),
    "settleMessage": Example(MESSAGE),
    "findEntries": Example(
        query={
            "office": ["suedbad"],
            "code": ["fruehschwimmen"],
            "from": "2027-01-11",
            "to": "2027-01-15",
            "party": 2,
            "channel": "online",
            "emergency": False,
            "limit": 5,
        }
    ),
    "bookEntry": Example(
        body={
            "office": "suedbad",
            "entry": HOUR,
            "party_size": 2,
            "channel": "online",
            "hold": True,
            "contact": CONTACT,
        }
    ),
    "readEntryBooking": Example(PARTY, SECRET),
    "confirmEntryBooking": Example(PARTY, SECRET, {"contact": CONTACT}),
    "moveEntryBooking": Example(PARTY, SECRET, {"entry": LATER_HOUR}),
    "cancelEntryBooking": Example(PARTY, SECRET),
    "arriveForEntry": Example({"office": "suedbad"}, body=REFERENCE),
    "listOverbookedEntries": Example({"office": "suedbad"}),
    "listAffectedParties": Example({"office": "suedbad"}),
    "moveAffectedParties": Example(
        {"office": "suedbad"},
        body={"items": [{**REFERENCE, "start": "2027-01-12T06:30:00+01:00"}], "told_reason": "fault"},
    ),
    "cancelAffectedParties": Example(
        {"office": "suedbad"},
        body={
            "references": [REFERENCE["reference"]],
            "reason": "Wasser ist kalt",
            "told_reason": "fault",
        },
    ),
    "livez": Example(),
    "readyz": Example(),
    "metrics": Example(),
}
"""By operation id."""
