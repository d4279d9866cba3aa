"""The serial ports and the printers at USB that this machine shows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

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


def found_printers(root: Path = Path("/")) -> list[FoundPort]:
    """Printers of the USB printer class, by name; Linux shows them as files (``/dev/usb/lp0``)."""
    return [
        FoundPort(f"/dev/usb/{one.name}", _printer_name(root, one.name), "", "")
        for one in sorted((root / "dev/usb").glob("lp*"))
    ]


def _printer_name(root: Path, name: str) -> str:
    """Maker and model as the printer itself tells them (IEEE 1284); empty = it does not."""
    try:
        told = (root / "sys/class/usbmisc" / name / "device/ieee1284_id").read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
    fields = dict(part.strip().split(":", 1) for part in told.split(";") if ":" in part)
    names = (
        fields.get("MFG") or fields.get("MANUFACTURER"),
        fields.get("MDL") or fields.get("MODEL"),
    )
    return " ".join(name for name in names if name)
