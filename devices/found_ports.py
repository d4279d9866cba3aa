"""The serial ports that this machine shows."""

from __future__ import annotations

from dataclasses import dataclass

from serial.tools import list_ports


@dataclass(frozen=True, slots=True)
class FoundPort:
    """A port, and what hangs on it as far as USB tells; absent = empty.

    A device is known again by ``usb`` and ``serial_number``: its port may be another tomorrow.
    """

    port: str
    what: str
    usb: str
    serial_number: str


def found_ports() -> list[FoundPort]:
    """By name. Pseudo-terminals are never listed: any path may be typed (devices.md 7.2)."""
    return [
        FoundPort(
            one.device,
            "" if one.description in (None, "n/a") else str(one.description),
            f"{one.vid:04X}:{one.pid:04X}" if one.vid is not None else "",
            one.serial_number or "",
        )
        for one in sorted(list_ports.comports(), key=lambda one: str(one.device))
    ]
