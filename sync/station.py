"""What this machine is called on the wire: the addresses that 9001 wants told (interface 2.1)."""

from __future__ import annotations

import socket
import uuid
from ipaddress import ip_address
from urllib.parse import urlsplit

_ANYWHERE = "192.0.2.1"
"""An address that stands for no machine: a platform known by name is not looked up for this."""
_DISCARD = 9
_LOOPBACK = "127.0.0.1"
_LONGEST = 20


def machine_addresses(url: str) -> tuple[str, str]:
    """(MAC as AA-BB-..., IP of the way out to the platform); loopback where there is no way."""
    node = f"{uuid.getnode():012X}"
    return "-".join(node[at : at + 2] for at in range(0, 12, 2)), way_out(url)


def way_out(url: str) -> str:
    """This machine's IP on the way out to the platform; loopback where there is no way.

    Connecting a datagram socket sends nothing; it only tells which way a packet would leave.
    """
    host = urlsplit(url).hostname or _ANYWHERE
    try:
        target = str(ip_address(host))
    except ValueError:
        target = _LOOPBACK if host == "localhost" else _ANYWHERE
    family = socket.AF_INET6 if ":" in target else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((target, _DISCARD))
            found = str(probe.getsockname()[0])
            # The table leaves twenty places: a long IPv6 address does not fit it.
            return found if len(found) <= _LONGEST else _LOOPBACK
    except OSError:
        return _LOOPBACK
