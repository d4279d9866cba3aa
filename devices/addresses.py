"""Where a device hangs, as one text of the shop's settings, and the connection that it means."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.errors import BadValue
from devices.connection import Connection, SerialConnection
from devices.device_file import FileConnection
from devices.network import NetworkConnection

_TCP = re.compile(r"tcp:(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\]):(?P<port>\d{1,5})")
_SERIAL = re.compile(r"serial:(?P<port>[^@]+)(?:@(?P<baud>\d{3,7}))?")
_USB = re.compile(r"usb:(?P<file>/dev/\S+)")
_BAUD = 9600


@dataclass(frozen=True, slots=True)
class Address:
    """``tcp:HOST:9100``, ``usb:FILE`` or ``serial:PORT@BAUD``."""

    kind: str
    place: str
    number: int

    def open(self, device: str) -> Connection:
        """:raises DeviceError: in its kinds; ``device`` is the message id of its name."""
        if self.kind == "tcp":
            return NetworkConnection(self.place, self.number, device=device)
        if self.kind == "usb":
            return FileConnection(self.place, device=device)
        return SerialConnection(self.place, self.number, device=device)


def address(text: str) -> Address:
    """Read an address; :raises BadValue: it is none."""
    if found := _TCP.fullmatch(text):
        port = int(found["port"])
        if 0 < port < 65536:
            return Address("tcp", found["host"].strip("[]"), port)
    elif found := _USB.fullmatch(text):
        return Address("usb", found["file"], 0)
    elif found := _SERIAL.fullmatch(text):
        return Address("serial", found["port"], int(found["baud"] or _BAUD))
    raise BadValue(what="device address", why="tcp:HOST:PORT, usb:FILE, serial:PORT@BAUD")
