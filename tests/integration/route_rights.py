"""Who gets in where: every route of the service, everybody who could ask, one written table.

``x``: the answer is about the request, and so neither 401 nor 403 nor 404. ``1``, ``3``, ``4``: it
is 401, 403, 404. Of two signs the first is for staff or a device of the office that the request is
about, the second for the same of another office. ``any`` sends nothing; ``over`` sends the token of
a session that is over. As a cookie the same session is nobody's, and gets what ``any`` gets.

An appointment without its secret is there for staff of its office alone; for all others it doesn't
exist. For ``WS`` the signs are those of the close code, 4401 and 4403.
"""

import re
from typing import Literal, TypeAlias

import msgspec

Sign: TypeAlias = Literal["x", "1", "3", "4"]

RIGHTS = """
                                                any over clerk reception agent supervisor admin kiosk display
GET    /                                        x   x    xx    xx        xx    xx         xx    xx    xx
GET    /booking/services                        x   x    xx    xx        xx    xx         xx    xx    xx
GET    /booking/places                          x   x    xx    xx        xx    xx         xx    xx    xx
POST   /booking/hold                            x   x    xx    xx        xx    xx         xx    xx    xx
GET    /appointment                             x   x    xx    xx        xx    xx         xx    xx    xx
POST   /appointment                             x   x    xx    xx        xx    xx         xx    xx    xx
GET    /appointment/{reference}                 x   x    xx    xx        xx    xx         xx    xx    xx
GET    /appointment/{reference}/calendar.ics    x   x    xx    xx        xx    xx         xx    xx    xx
GET    /appointment/{reference}/contact         x   x    xx    xx        xx    xx         xx    xx    xx
POST   /appointment/{reference}/contact         x   x    xx    xx        xx    xx         xx    xx    xx
GET    /appointment/{reference}/check           x   x    xx    xx        xx    xx         xx    xx    xx
POST   /appointment/{reference}/check           x   x    xx    xx        xx    xx         xx    xx    xx
GET    /appointment/{reference}/confirm         x   x    xx    xx        xx    xx         xx    xx    xx
POST   /appointment/{reference}/confirm         x   x    xx    xx        xx    xx         xx    xx    xx
GET    /appointment/{reference}/again           x   x    xx    xx        xx    xx         xx    xx    xx
POST   /appointment/{reference}/again           x   x    xx    xx        xx    xx         xx    xx    xx
GET    /appointment/{reference}/move            x   x    xx    xx        xx    xx         xx    xx    xx
POST   /appointment/{reference}/move            x   x    xx    xx        xx    xx         xx    xx    xx
GET    /appointment/{reference}/cancel          x   x    xx    xx        xx    xx         xx    xx    xx
POST   /appointment/{reference}/cancel          x   x    xx    xx        xx    xx         xx    xx    xx
POST   /appointment/{reference}/forget          x   x    xx    xx        xx    xx         xx    xx    xx
POST   /appointment/{reference}/accept          x   x    xx    xx        xx    xx         xx    xx    xx
POST   /appointment/{reference}/refuse          x   x    xx    xx        xx    xx         xx    xx    xx
GET    /waiting                                 x   x    xx    xx        xx    xx         xx    xx    xx
POST   /waiting                                 x   x    xx    xx        xx    xx         xx    xx    xx
GET    /waiting/join                            x   x    xx    xx        xx    xx         xx    xx    xx
POST   /waiting/join                            x   x    xx    xx        xx    xx         xx    xx    xx
GET    /waiting/{entry}                         x   x    xx    xx        xx    xx         xx    xx    xx
POST   /waiting/{entry}/accept                  x   x    xx    xx        xx    xx         xx    xx    xx
POST   /waiting/{entry}/refuse                  x   x    xx    xx        xx    xx         xx    xx    xx
GET    /waiting/{entry}/withdraw                x   x    xx    xx        xx    xx         xx    xx    xx
POST   /waiting/{entry}/withdraw                x   x    xx    xx        xx    xx         xx    xx    xx
POST   /waiting/{entry}/forget                  x   x    xx    xx        xx    xx         xx    xx    xx
GET    /entries                                 x   x    xx    xx        xx    xx         xx    xx    xx
GET    /entries/{office}                        x   x    xx    xx        xx    xx         xx    xx    xx
GET    /entries/{office}/book                   x   x    xx    xx        xx    xx         xx    xx    xx
POST   /entries/{office}/book                   x   x    xx    xx        xx    xx         xx    xx    xx
GET    /entry-booking                           x   x    xx    xx        xx    xx         xx    xx    xx
POST   /entry-booking                           x   x    xx    xx        xx    xx         xx    xx    xx
GET    /entry-booking/{booking}                 x   x    xx    xx        xx    xx         xx    xx    xx
GET    /entry-booking/{booking}/calendar.ics    x   x    xx    xx        xx    xx         xx    xx    xx
GET    /entry-booking/{booking}/move            x   x    xx    xx        xx    xx         xx    xx    xx
POST   /entry-booking/{booking}/move            x   x    xx    xx        xx    xx         xx    xx    xx
GET    /entry-booking/{booking}/cancel          x   x    xx    xx        xx    xx         xx    xx    xx
POST   /entry-booking/{booking}/cancel          x   x    xx    xx        xx    xx         xx    xx    xx
GET    /offices                                 x   x    xx    xx        xx    xx         xx    xx    xx
GET    /staff                                   x   1    xx    xx        xx    xx         xx    xx    xx
GET    /login                                   x   1    xx    xx        xx    xx         xx    xx    xx
POST   /login                                   x   x    xx    xx        xx    xx         xx    xx    xx
GET    /t                                       x   x    xx    xx        xx    xx         xx    xx    xx
GET    /t/{token}                               x   x    xx    xx        xx    xx         xx    xx    xx
GET    /desk                                    1   1    xx    33        33    xx         xx    33    33
GET    /desk/{office}                           1   1    x3    33        33    x3         x3    33    33
GET    /desk/{office}/counter                   1   1    x3    33        33    x3         x3    33    33
POST   /desk/{office}/counter                   1   1    x3    33        33    x3         x3    33    33
GET    /hall                                    1   1    33    33        33    xx         xx    33    33
GET    /hall/{office}                           1   1    33    33        33    x3         x3    33    33
GET    /reception                               1   1    xx    xx        33    xx         xx    33    33
GET    /reception/{office}                      1   1    x3    x3        33    x3         x3    33    33
GET    /reception/{office}/copies               1   1    x3    x3        33    x3         x3    33    33
POST   /reception/{office}/copies               1   1    x3    x3        33    x3         x3    33    33
GET    /phone                                   1   1    33    33        xx    xx         xx    33    33
GET    /phone/near                              1   1    33    33        xx    xx         xx    33    33
POST   /phone/contact                           1   1    33    33        xx    xx         xx    33    33
GET    /plan                                    1   1    33    33        33    xx         xx    33    33
GET    /plan/{office}                           1   1    33    33        33    x3         x3    33    33
GET    /plan/{office}/days/{day}                1   1    33    33        33    x3         x3    33    33
POST   /plan/{office}/days/{day}                1   1    33    33        33    x3         x3    33    33
POST   /plan/{office}/days/{day}/restore        1   1    33    33        33    x3         x3    33    33
GET    /plan/{office}/days/{day}/cancel         1   1    33    33        33    x3         x3    33    33
POST   /plan/{office}/days/{day}/cancel         1   1    33    33        33    x3         x3    33    33
GET    /plan/{office}/affected                  1   1    33    33        33    x3         x3    33    33
POST   /plan/{office}/affected                  1   1    33    33        33    x3         x3    33    33
POST   /plan/{office}/affected/cancel           1   1    33    33        33    x3         x3    33    33
GET    /plan/{office}/parties                   1   1    33    33        33    x3         x3    33    33
POST   /plan/{office}/parties                   1   1    33    33        33    x3         x3    33    33
POST   /plan/{office}/parties/cancel            1   1    33    33        33    x3         x3    33    33
GET    /letters                                 1   1    33    xx        33    xx         xx    33    33
POST   /letters/print                           1   1    33    xx        33    xx         xx    33    33
GET    /letters/batches/{batch}                 1   1    33    xx        33    xx         xx    33    33
POST   /letters/batches/{batch}/again           1   1    33    xx        33    xx         xx    33    33
POST   /letters/batches/{batch}/posted          1   1    33    xx        33    xx         xx    33    33
POST   /letters/messages/{message}/resend       1   1    33    x3        33    x3         x3    33    33
POST   /letters/messages/{message}/settle       1   1    33    x3        33    x3         x3    33    33
GET    /admin/panel                             1   1    33    33        33    33         xx    33    33
POST   /admin/panel                             1   1    33    33        33    33         44    33    33
POST   /admin/panel/{office}/{name}             1   1    33    33        33    33         43    33    33
GET    /admin/devices                           1   1    33    33        33    xx         xx    33    33
POST   /admin/devices                           1   1    33    33        33    44         44    33    33
GET    /admin/devices/{device}                  1   1    33    33        33    xx         xx    33    33
POST   /admin/devices/{device}                  1   1    33    33        33    44         44    33    33
POST   /admin/devices/{device}/new-token        1   1    33    33        33    x4         x4    33    33
POST   /admin/devices/{device}/revoke           1   1    33    33        33    x4         x4    33    33
GET    /admin/ticket                            1   1    33    33        33    xx         xx    33    33
GET    /admin/ticket/{office}                   1   1    33    33        33    x3         x3    33    33
POST   /admin/ticket/{office}                   1   1    33    33        33    x3         x3    33    33
GET    /favicon.ico                             x   x    xx    xx        xx    xx         xx    xx    xx
GET    /static/{version}/{file}                 x   x    xx    xx        xx    xx         xx    xx    xx
HEAD   /static/{version}/{file}                 x   x    xx    xx        xx    xx         xx    xx    xx
GET    /static/texts/{fingerprint}/{texts}      x   x    xx    xx        xx    xx         xx    xx    xx
GET    /static/accent/{accent}                  x   x    xx    xx        xx    xx         xx    xx    xx
GET    /schema                                  x   x    xx    xx        xx    xx         xx    xx    xx
GET    /schema/{path}                           4   4    44    44        44    44         44    44    44
GET    /schema/openapi.json                     x   x    xx    xx        xx    xx         xx    xx    xx
GET    /livez                                   x   x    xx    xx        xx    xx         xx    xx    xx
GET    /readyz                                  x   x    xx    xx        xx    xx         xx    xx    xx
GET    /metrics                                 x   x    xx    xx        xx    xx         xx    xx    xx
WS     /api/v1/stream?office={office}           1   1    x3    x3        33    x3         x3    x3    x3
POST   /api/v1/session                          x   x    xx    xx        xx    xx         xx    xx    xx
GET    /api/v1/session                          1   1    xx    xx        xx    xx         xx    33    33
GET    /api/v1/services                         x   x    xx    xx        xx    xx         xx    xx    xx
GET    /api/v1/offices                          x   x    xx    xx        xx    xx         xx    xx    xx
GET    /api/v1/offices/{office}                 x   x    xx    xx        xx    xx         xx    xx    xx
GET    /api/v1/offices/{office}/calls.json      x   x    xx    xx        xx    xx         xx    xx    xx
GET    /api/v1/offices/{office}/calls.txt       x   x    xx    xx        xx    xx         xx    xx    xx
GET    /api/v1/offices/{office}/card            x   1    xx    xx        xx    xx         xx    xx    xx
GET    /api/v1/offices/{office}/services        x   x    xx    xx        xx    xx         xx    xx    xx
GET    /api/v1/offices/{office}/counters        1   1    x3    x3        33    x3         x3    33    33
GET    /api/v1/offices/{office}/queue           1   1    x3    x3        33    x3         x3    33    33
GET    /api/v1/offices/{office}/order           1   1    x3    x3        33    x3         x3    33    33
PUT    /api/v1/offices/{office}/walk-ins        1   1    33    33        33    x3         x3    33    33
PUT    /api/v1/offices/{office}/order           1   1    33    33        33    x3         x3    33    33
POST   /api/v1/offices/{office}/order/preview   1   1    33    33        33    x3         x3    33    33
GET    /api/v1/offices/{office}/alarms          1   1    x3    x3        33    x3         x3    33    33
POST   /api/v1/offices/{office}/alarms          1   1    x3    x3        33    x3         x3    33    33
POST   /api/v1/offices/{office}/alarms/{alarm}/acknowledge 1 1 x3   x3        33    x3         x3    33    33
POST   /api/v1/offices/{office}/alarms/{alarm}/end 1 1   33    33        33    x3         x3    33    33
GET    /api/v1/offices/{office}/help-requests   1   1    x3    x3        33    x3         x3    33    33
POST   /api/v1/offices/{office}/help-requests/{help_request}/come 1 1 x3 x3   33    x3         x3    33    33
POST   /api/v1/offices/{office}/help-requests/{help_request}/finish 1 1 x3 x3 33    x3         x3    33    33
GET    /api/v1/offices/{office}/hall            1   1    33    33        33    x3         x3    33    33
GET    /api/v1/offices/{office}/outlook         1   1    33    33        33    x3         x3    33    33
POST   /api/v1/offices/{office}/hall/leave      1   1    33    33        33    x3         x3    33    33
POST   /api/v1/offices/{office}/hall/pause      1   1    33    33        33    x3         x3    33    33
POST   /api/v1/offices/{office}/hall/resume     1   1    33    33        33    x3         x3    33    33
POST   /api/v1/device-pairings                  x   1    xx    xx        xx    xx         xx    xx    xx
GET    /api/v1/device-pairings/{code}           1   1    33    33        33    44         44    33    33
GET    /api/v1/devices                          1   1    33    33        33    xx         xx    33    33
POST   /api/v1/devices                          1   1    33    33        33    43         43    33    33
PATCH  /api/v1/devices/{device}                 1   1    33    33        33    x4         x4    33    33
POST   /api/v1/devices/{device}/new-token       1   1    33    33        33    x4         x4    33    33
POST   /api/v1/devices/{device}/revoke          1   1    33    33        33    x4         x4    33    33
GET    /api/v1/device                           1   1    33    33        33    33         33    xx    xx
PUT    /api/v1/device/health                    1   1    33    33        33    33         33    xx    xx
GET    /api/v1/device/panel-files/{digest}      1   1    33    33        33    33         33    44    44
PUT    /api/v1/device/token                     1   1    33    33        33    33         33    xx    xx
POST   /api/v1/device/number-blocks             1   1    33    33        33    33         33    xx    33
GET    /api/v1/device/help                      1   1    33    33        33    33         33    xx    33
POST   /api/v1/device/help                      1   1    33    33        33    33         33    xx    33
DELETE /api/v1/device/help                      1   1    33    33        33    33         33    xx    33
POST   /api/v1/device/outage-tickets            1   1    33    33        33    33         33    xx    33
GET    /api/v1/device/ticket-copies             1   1    33    33        33    33         33    xx    33
PUT    /api/v1/device/ticket-copies/{copy}      1   1    33    33        33    33         33    44    33
POST   /api/v1/offices/{office}/tickets         1   1    33    x3        33    x3         x3    x3    33
GET    /api/v1/offices/{office}/numbers/{number} 1 1    33    x3        33    x3         x3    x3    33
POST   /api/v1/offices/{office}/check-ins       1   1    33    x3        33    x3         x3    x3    33
GET    /api/v1/tickets/by-token/{token}         x   x    xx    xx        xx    xx         xx    xx    xx
POST   /api/v1/counters/{counter}/open          1   1    x3    33        33    x3         x3    33    33
POST   /api/v1/counters/{counter}/call-next     1   1    x3    33        33    x3         x3    33    33
POST   /api/v1/counters/{counter}/call          1   1    x3    33        33    x3         x3    33    33
POST   /api/v1/counters/{counter}/pause         1   1    x3    33        33    x3         x3    33    33
POST   /api/v1/counters/{counter}/resume        1   1    x3    33        33    x3         x3    33    33
POST   /api/v1/counters/{counter}/close         1   1    x3    33        33    x3         x3    33    33
PATCH  /api/v1/tickets/{ticket}                 1   1    x3    x3        33    x3         x3    33    33
GET    /api/v1/tickets/{ticket}/visitor         1   1    x3    33        33    x3         x3    33    33
GET    /api/v1/tickets/{ticket}/timeline        1   1    x3    x3        33    x3         x3    33    33
POST   /api/v1/tickets/{ticket}/undo            1   1    x3    33        33    x3         x3    33    33
POST   /api/v1/tickets/{ticket}/copies          1   1    x3    x3        33    x3         x3    33    33
POST   /api/v1/tickets/{ticket}/merge           1   1    x3    33        33    x3         x3    33    33
POST   /api/v1/tickets/{ticket}/recall          1   1    x3    33        33    x3         x3    33    33
POST   /api/v1/tickets/{ticket}/start           1   1    x3    33        33    x3         x3    33    33
POST   /api/v1/tickets/{ticket}/park            1   1    x3    33        33    x3         x3    33    33
POST   /api/v1/tickets/{ticket}/resume          1   1    x3    33        33    x3         x3    33    33
POST   /api/v1/tickets/{ticket}/requeue         1   1    x3    33        33    x3         x3    33    33
POST   /api/v1/tickets/{ticket}/no-show         1   1    x3    33        33    x3         x3    33    33
POST   /api/v1/tickets/{ticket}/transfer        1   1    x3    33        33    x3         x3    33    33
POST   /api/v1/tickets/{ticket}/finish          1   1    x3    33        33    x3         x3    33    33
POST   /api/v1/tickets/{ticket}/cancel          1   1    x3    33        33    x3         x3    33    33
GET    /api/v1/slots?channel=online             x   1    xx    xx        xx    xx         xx    33    33
GET    /api/v1/slots?channel=phone              1   1    33    33        xx    xx         xx    33    33
GET    /api/v1/slots?channel=counter            1   1    xx    xx        33    xx         xx    33    33
GET    /api/v1/slots/overview?channel=online    x   1    xx    xx        xx    xx         xx    xx    xx
POST   /api/v1/appointments#online              x   1    xx    xx        xx    xx         xx    33    33
POST   /api/v1/appointments#phone               1   1    33    33        x3    x3         x3    33    33
POST   /api/v1/appointments#counter             1   1    x3    x3        33    x3         x3    33    33
GET    /api/v1/appointments/{reference}         4   1    x4    x4        x4    x4         x4    44    44
POST   /api/v1/appointments/{reference}/confirm 4   1    x4    x4        x4    x4         x4    44    44
POST   /api/v1/appointments/{reference}/move    4   1    x4    x4        x4    x4         x4    44    44
POST   /api/v1/appointments/{reference}/cancel  4   1    x4    x4        x4    x4         x4    44    44
GET    /api/v1/challenges                       x   x    xx    xx        xx    xx         xx    xx    xx
GET    /api/v1/offices/{office}/no-shows        1   1    33    33        33    x3         x3    33    33
GET    /api/v1/authorities                      x   x    xx    xx        xx    xx         xx    xx    xx
POST   /api/v1/appointment-searches             1   1    xx    xx        xx    xx         xx    33    33
POST   /api/v1/appointment-duplicates           1   1    xx    xx        xx    xx         xx    33    33
GET    /api/v1/offices/{office}/staffing        1   1    33    33        33    x3         x3    33    33
PUT    /api/v1/offices/{office}/staffing/{day}  1   1    33    33        33    x3         x3    33    33
DELETE /api/v1/offices/{office}/staffing/{day}  1   1    33    33        33    x3         x3    33    33
GET    /api/v1/offices/{office}/affected-appointments 1 1 33   33        33    x3         x3    33    33
POST   /api/v1/offices/{office}/affected-appointments/move 1 1 33 33     33    x3         x3    33    33
POST   /api/v1/offices/{office}/affected-appointments/cancel 1 1 33 33   33    x3         x3    33    33
GET    /api/v1/offices/{office}/affected-parties 1 1    33    33        33    x3         x3    33    33
POST   /api/v1/offices/{office}/affected-parties/move 1 1 33  33        33    x3         x3    33    33
POST   /api/v1/offices/{office}/affected-parties/cancel 1 1 33 33       33    x3         x3    33    33
POST   /api/v1/offices/{office}/days/{day}/cancel 1 1    33    33        33    x3         x3    33    33
POST   /api/v1/offices/{office}/days/{day}/move 1   1    33    33        33    x3         x3    33    33
POST   /api/v1/callbacks                        1   1    33    33        x3    x3         x3    33    33
GET    /api/v1/callbacks                        1   1    33    33        xx    xx         xx    33    33
GET    /api/v1/callbacks/count                  1   1    33    33        xx    xx         xx    33    33
POST   /api/v1/callbacks/{callback}/take        1   1    33    33        x4    x4         x4    33    33
POST   /api/v1/callbacks/{callback}/release     1   1    33    33        x4    x4         x4    33    33
POST   /api/v1/callbacks/{callback}/postpone    1   1    33    33        x4    x4         x4    33    33
POST   /api/v1/callbacks/{callback}/done        1   1    33    33        x4    x4         x4    33    33
GET    /api/v1/contact-accesses?office={office} 1   1    33    33        33    33         x3    33    33
GET    /api/v1/offices/{office}/messages        1   1    33    x3        x3    x3         x3    33    33
POST   /api/v1/messages/{message}/resend        1   1    33    x3        33    x3         x3    33    33
POST   /api/v1/messages/{message}/settle        1   1    33    x3        33    x3         x3    33    33
GET    /api/v1/authorities/{authority}/texts/{kind}/{way}/{language}    1 1 33 33 33 33 33 33 33
PUT    /api/v1/authorities/{authority}/texts/{kind}/{way}/{language}    1 1 33 33 33 33 33 33 33
DELETE /api/v1/authorities/{authority}/texts/{kind}/{way}/{language}    1 1 33 33 33 33 33 33 33
POST   /api/v1/waiting-list#online              x   1    xx    xx        xx    xx         xx    33    33
POST   /api/v1/waiting-list#phone               1   1    33    33        x3    x3         x3    33    33
POST   /api/v1/waiting-list#counter             1   1    x3    x3        33    x3         x3    33    33
GET    /api/v1/waiting-list?office={office}     1   1    x3    x3        x3    x3         x3    33    33
GET    /api/v1/waiting-list/calls               1   1    33    33        xx    xx         xx    33    33
GET    /api/v1/waiting-list/{entry}             4   1    x4    x4        x4    x4         x4    44    44
POST   /api/v1/waiting-list/{entry}/accept      4   1    x4    x4        x4    x4         x4    44    44
POST   /api/v1/waiting-list/{entry}/refuse      4   1    x4    x4        x4    x4         x4    44    44
POST   /api/v1/waiting-list/{entry}/withdraw    4   1    x4    x4        x4    x4         x4    44    44
GET    /api/v1/entries?channel=online           x   1    xx    xx        xx    xx         xx    33    33
GET    /api/v1/entries?channel=phone            1   1    33    33        xx    xx         xx    33    33
GET    /api/v1/entries?channel=counter          1   1    xx    xx        33    xx         xx    33    33
POST   /api/v1/entry-bookings#online            x   1    xx    xx        xx    xx         xx    33    33
POST   /api/v1/entry-bookings#phone             1   1    33    33        x3    x3         x3    33    33
POST   /api/v1/entry-bookings#counter           1   1    x3    x3        33    x3         x3    33    33
GET    /api/v1/entry-bookings/{booking}         4   1    x4    x4        x4    x4         x4    44    44
POST   /api/v1/entry-bookings/{booking}/confirm 4   1    x4    x4        x4    x4         x4    44    44
POST   /api/v1/entry-bookings/{booking}/move    4   1    x4    x4        x4    x4         x4    44    44
POST   /api/v1/entry-bookings/{booking}/cancel  4   1    x4    x4        x4    x4         x4    44    44
POST   /api/v1/offices/{office}/entry-arrivals  1   1    33    x3        33    x3         x3    x3    33
GET    /api/v1/offices/{office}/overbooked-entries 1 1   33    33        33    x3         x3    33    33
POST   /theme                                   x   x    xx    xx        xx    xx         xx    xx    xx
POST   /logout                                  x   1    xx    xx        xx    xx         xx    xx    xx
DELETE /api/v1/session                          1   1    xx    xx        xx    xx         xx    33    33
"""


class Line(msgspec.Struct, frozen=True):
    """A route with its signs by who asks: ``any``, ``clerk here``, ``clerk elsewhere`` …."""

    method: str
    path: str
    signs: dict[str, str]

    @property
    def route(self) -> str:
        """Method and path without what only tells one line from another."""
        return f"{self.method} {re.split('[?#]', self.path)[0]}"


def _line(text: str, columns: list[str]) -> Line:
    method, path, *cells = text.split()
    signs: dict[str, str] = {}
    for column, cell in zip(columns, cells, strict=True):
        places = [""] if len(cell) == 1 else [" here", " elsewhere"]
        signs |= {column + place: sign for place, sign in zip(places, cell, strict=True)}
    return Line(method, path, signs)


_HEADER, *_LINES = RIGHTS.strip("\n").splitlines()
TABLE = [_line(text, _HEADER.split()) for text in _LINES]
EVERYBODY = list(TABLE[0].signs)
