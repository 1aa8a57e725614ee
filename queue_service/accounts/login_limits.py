"""How many wrong passwords are borne; pure rules, counted in PostgreSQL for all processes together.

An attempt is counted as failed *before* the password is looked at and struck out when it was
right, so that any number of simultaneous guesses gets no more tries than one after another.
Failures of a user name count per address: a stranger elsewhere can't lock anybody out.
"""

import ipaddress
import math
from datetime import datetime, timedelta

import msgspec

from queue_service.platform.installation_secret import keyed_hash

PURPOSE = "attempts"
"""Of the installation's secret by which subjects are hashed."""
WINDOW = timedelta(minutes=15)
FAILURES_PER_NAME_AND_ADDRESS = 5
"""In WINDOW; a clerk mistypes two or three times, a guesser gets 20 tries an hour."""
FAILURES_PER_ADDRESS = 50
"""In WINDOW; a whole town hall may share one address in front of us."""
IPV6_BLOCK_BITS = 64
"""What one household or host is given (RFC 6177): its owner has all addresses in it."""


class Attempt(msgspec.Struct, frozen=True):
    """A counted attempt to log in.

    Subjects are keyed hashes: people type passwords into the wrong field, and of a plain hash every
    address can be tried.
    """

    name_at_address: str
    address: str
    at: datetime


def address_block(client_address: str) -> str:
    """Give what counts as one sender: an IPv4 address, or an IPv6 network of 64 bits."""
    try:
        address = ipaddress.ip_address(client_address.partition("%")[0])
    except ValueError:
        return client_address  # a Unix socket, or a test
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, IPV6_BLOCK_BITS), strict=False))
    return str(address)


def attempt_of(secret: bytes, username: str, client_address: str, now: datetime) -> Attempt:
    """Name the two subjects that an attempt is counted under, by the installation's secret."""
    block = address_block(client_address)
    return Attempt(subject(secret, "name", username, block), subject(secret, "address", block), now)


def subject(secret: bytes, *parts: str) -> str:
    """Give what failures are counted under, of which nobody reads by whom they were made."""
    return keyed_hash(secret, *parts).hex()


def seconds_left(full_since: datetime, now: datetime) -> int:
    """Tell how long until the failure of ``full_since`` is older than WINDOW; at least 1."""
    return max(1, math.ceil((full_since + WINDOW - now).total_seconds()))
