"""``devices.toml`` of a shop's folder: which devices this machine has and where they hang.

It belongs to the machine and never to the books: a second till of the store has its own.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.domain.device_plan import NONE, PRACTICE, DeviceKind, DevicePlan, Placed
from app.errors import DevicePlanOdd, StoreReadOnly

if TYPE_CHECKING:
    from ui.homes import ShopFile

DEVICES_FILE: Final = "devices.toml"
_NAMED, _LONGEST_NAMES = 5, 80
"""Of parts that nobody understands so many are named, in so many signs."""
LOG_FOLDER: Final = "devices"
"""Under a shop's folder; one ``<kind>.log`` a device."""


def read_plan(
    folder: Path, file: ShopFile, emulated: Collection[DeviceKind]
) -> tuple[DevicePlan, DevicePlanOdd | None]:
    """The devices of the till whose shop lies in ``folder``, and what of it nobody understands.

    A kind of which nothing is written is not there; in a practice shop it is an emulated one
    (``emulated``: those that have an emulator). Without the file the printer of ``shop.toml``,
    where earlier versions kept it, counts. What is written is taken as it stands: an address that
    means nothing is said by the lamp of its device and stops no till from opening. A kind of
    another version, or a table that is none, is left out and named: one strange line must not
    take the printer from the counter. Of a file that is no TOML nothing is guessed.
    """
    practice = file.environment == "practice"
    plan = {kind: Placed(PRACTICE) for kind in emulated} if practice else {}
    try:
        written = tomllib.loads((folder / DEVICES_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return DevicePlan({**plan, **_printer_of(file)}), None
    except (OSError, ValueError, RecursionError):
        return DevicePlan(), DevicePlanOdd(file=DEVICES_FILE, names=DEVICES_FILE)
    placed = {name: _placed(name, held) for name, held in written.items()}
    known = {DeviceKind(name): one for name, one in placed.items() if one is not None}
    odd = [name for name, one in placed.items() if one is None]
    return DevicePlan({**plan, **known}), _told(odd)


def _told(odd: list[str]) -> DevicePlanOdd | None:
    if not odd:
        return None
    names = "、".join(name if name.isprintable() else "?" for name in odd[:_NAMED])
    return DevicePlanOdd(file=DEVICES_FILE, names=names[:_LONGEST_NAMES])


def _printer_of(file: ShopFile) -> Mapping[DeviceKind, Placed]:
    if not file.receipt_printer:
        return {}
    options = {"paper": file.receipt_paper}
    return {DeviceKind.RECEIPT_PRINTER: Placed(file.receipt_printer, options)}


def _placed(name: str, held: object) -> Placed | None:
    """None: no device of this version, or no table of texts."""
    texts = held if isinstance(held, dict) and name in set(DeviceKind) else {}
    if not texts or not all(isinstance(text, str) for text in texts.values()):
        return None
    options = {key: str(text) for key, text in texts.items() if key != "address"}
    return Placed(str(texts.get("address", NONE)), options)


def write_plan(folder: Path, plan: DevicePlan) -> None:
    """Write it down, on disk when it answers; :raises StoreReadOnly: it cannot be written."""
    # Here and not above: a starting till needs no ciphers yet.
    from app.vault.keys import write_private

    lines = []
    for kind in DeviceKind:
        if kind in plan.placed:
            placed = plan.of(kind)
            lines += [f"[{kind}]", f"address = {_text(placed.address)}"]
            lines += [f"{name} = {_text(chosen)}" for name, chosen in placed.options.items()]
            lines.append("")
    try:
        write_private(folder / DEVICES_FILE, "\n".join(lines).encode())
    except OSError as error:
        raise StoreReadOnly(why=error.strerror or "cannot write") from None


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
