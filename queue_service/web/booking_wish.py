"""What somebody wants to settle in one visit, as it travels in the addresses of the booking pages.

``?service=personalausweis&service=reisepass&quantity-reisepass=2&persons=3``: an address can be
kept, sent on and gone back to, and holds nothing about a person.
"""

from collections.abc import Iterable, Sequence
from urllib.parse import urlencode

import msgspec

from queue_service.booking.model import MOST_PERSONS, MOST_SERVICES, ServiceWish
from queue_service.offices.catalogue import OfferedService

LONGEST_CODE = 60
MOST_OF_ONE = 20
"""Of one service; each service has its own, mostly lower, limit."""
QUANTITY = "quantity-"


class Wish(msgspec.Struct, frozen=True):
    """Services with their quantities, in the order of choosing, and how many people come."""

    quantities: dict[str, int] = {}
    persons: int = 1

    def __bool__(self) -> bool:
        return bool(self.quantities)

    @property
    def services(self) -> list[ServiceWish]:
        """As booking takes them."""
        return [ServiceWish(code, quantity) for code, quantity in self.quantities.items()]

    @property
    def fields(self) -> list[tuple[str, str]]:
        """Names and values that ``read_wish`` reads: for an address, or for hidden fields."""
        several = [
            (f"{QUANTITY}{code}", str(quantity)) for code, quantity in self.quantities.items() if quantity > 1
        ]
        persons = [("persons", str(self.persons))] if self.persons > 1 else []
        return [*(("service", code) for code in self.quantities), *several, *persons]

    @property
    def query(self) -> str:
        """For an address, without the question mark."""
        return urlencode(self.fields)

    def without(self, code: str) -> "Wish":
        """Give the wish when one service is dropped."""
        kept = {other: quantity for other, quantity in self.quantities.items() if other != code}
        return Wish(kept, self.persons)

    def plus(self, code: str) -> "Wish":
        """Give the wish with one service more."""
        return Wish({**self.quantities, code: self.quantities.get(code, 1)}, self.persons)


class Chosen(msgspec.Struct, frozen=True):
    """A chosen service as its card shows it."""

    service: OfferedService
    quantity: int


def read_wish(fields: Iterable[tuple[str, str]]) -> Wish:
    """Give the wish that an address or a form holds.

    What our own pages can't have sent counts as not sent: a quantity that is no number is one.
    """
    sent = list(fields)
    codes = [value for name, value in sent if name == "service" and 0 < len(value) <= LONGEST_CODE]
    numbers = dict(sent)
    quantities = {
        code: _number(numbers.get(f"{QUANTITY}{code}"), MOST_OF_ONE)
        for code in list(dict.fromkeys(codes))[:MOST_SERVICES]
    }
    return Wish(quantities, _number(numbers.get("persons"), MOST_PERSONS))


def chosen_services(wish: Wish, catalogue: Sequence[OfferedService]) -> list[Chosen]:
    """Give the wish's services with what is known of them; one that nobody offers any more is left out.

    Quantities are at most what one visit may settle.
    """
    known = {service.code: service for service in catalogue if service.appointment}
    return [
        Chosen(known[code], min(quantity, known[code].max_quantity))
        for code, quantity in wish.quantities.items()
        if code in known
    ]


def wish_for(chosen: Sequence[Chosen], persons: int) -> Wish:
    """Give the wish for just these."""
    return Wish({entry.service.code: entry.quantity for entry in chosen}, persons)


def _number(text: str | None, most: int) -> int:
    # isdecimal alone also takes the digits of other scripts, which int() reads as well.
    if not text or not text.isdecimal() or len(text) > len(str(most)):
        return 1
    return min(max(int(text), 1), most)
