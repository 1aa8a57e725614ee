"""What a network address stands for, where attempts are counted by it."""

import ipaddress

IPV6_PREFIX = 64
"""A household or a telephone has a whole network of this size (RFC 6177), not one address."""


def network_of(address: str) -> str | None:
    """Give what stands for one household or telephone; None for what stands for nobody.

    A proxy that doesn't tell its visitors' addresses makes all of them loopback: limiting that would
    lock everybody out.
    """
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return None
    if isinstance(read, ipaddress.IPv6Address):
        if read.ipv4_mapped is None:
            network = ipaddress.IPv6Network((read.packed, IPV6_PREFIX), strict=False)
            return None if read.is_loopback else str(network)
        read = read.ipv4_mapped
    return None if read.is_loopback else str(read)
