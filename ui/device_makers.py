"""How each device of the counter is made, and how the set-up page tries it: one table.

Imports of drivers stand inside the makers on purpose: none is needed before the first paint, and
a till that has no such device never loads its driver. A maker runs on its device's own thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from app.domain.device_plan import FORMS, DeviceKind, FoundPlace
from app.use_cases.notes import Note

if TYPE_CHECKING:
    from devices.connection import Connection
    from devices.supervisor import Watched
    from ui.device_bench import Trial, Workbench

Make = Callable[["Workbench"], "Watched"]
"""Opens the port of ``bench.placed`` and answers a driver; :raises DeviceError: it cannot."""
Check = Callable[["Trial"], tuple[Note, ...]]
"""Lets a driver that was just made show that it works; :raises DeviceError: it does not."""
Find = Callable[[], tuple[FoundPlace, ...]]
"""Where this machine shows that such a device may hang."""


@dataclass(frozen=True, slots=True)
class Maker:
    """One kind of device."""

    make: Make
    check: Check
    emulated: bool = True
    """Whether it can be at :data:`~app.domain.device_plan.PRACTICE`."""
    find: Find | None = None
    """Beside the serial ports, which are shown to every kind that hangs on one."""


# --- the reader of identity cards -----------------------------------------------------------------


def _card_reader(bench: Workbench) -> Watched:
    from devices.card_reader import replay, wire
    from devices.card_reader.driver import CardWatch, open_reader
    from devices.card_reader.emulator import SamV
    from devices.connection import SerialConnection

    def open_at(baud: int) -> Connection:
        line: Connection
        if bench.placed.is_practice:
            line = bench.seat(wire.DEVICE, SamV).open()
        else:
            line = SerialConnection(bench.serial_port(), baud, device=wire.DEVICE)
        return bench.recorded(line, replay.KIND, wire.masked)

    reader = open_reader(open_at, bench.timer)
    return CardWatch(reader, bench.timer, bench.say, bench.say)


def _try_card_reader(trial: Trial) -> tuple[Note, ...]:
    from app.errors import BadFrame, DeviceFailed

    reader: Any = trial.driver
    try:
        number = reader.reader.module_number()
    except (DeviceFailed, BadFrame):
        # Some boards know the three commands of a reading and no other.
        return (Note("device_try.card_reader_plain", {}, "good"),)
    return (Note("device_try.card_reader", {"number": number}, "good"),)


# --- the reader of social security cards ----------------------------------------------------------


def _social_card(bench: Workbench) -> Watched:
    from ui.social_cards import watched_cards

    return watched_cards(bench)


def _try_social_card(trial: Trial) -> tuple[Note, ...]:
    from ui.social_cards import try_cards

    return try_cards(trial)


def _find_social_card() -> tuple[FoundPlace, ...]:
    from ui.social_cards import found_slots

    return found_slots()


# --- the receipt printer and the drawer at its socket ---------------------------------------------


def _receipt_printer(bench: Workbench) -> Watched:
    from ui.printers import watched_printer

    return watched_printer(bench)


def _try_receipt_printer(trial: Trial) -> tuple[Note, ...]:
    from ui.printers import try_printer

    return try_printer(trial)


# --- the scanner ----------------------------------------------------------------------------------


def _scanner(bench: Workbench) -> Watched:
    from devices.connection import SerialConnection
    from devices.scanner import replay, wire
    from devices.scanner.driver import SerialScanner, TypingScanner
    from devices.scanner.emulator import Gun

    if bench.placed.address == "keyboard":
        return TypingScanner(bench.timer)
    line: Connection
    if bench.placed.is_practice:
        line = bench.seat(wire.DEVICE, Gun).open()
    else:
        baud = bench.serial_baud(wire.BAUDS[0])
        line = SerialConnection(bench.serial_port(), baud, device=wire.DEVICE)
    line = bench.recorded(line, replay.KIND, wire.mask)
    return SerialScanner(line, bench.timer, bench.say, bench.say)


def _try_scanner(trial: Trial) -> tuple[Note, ...]:
    """Somebody has ten seconds to scan something; of the code only its length is told."""
    from app.errors import DeviceSilent, YaotaiError
    from devices.scanner import wire

    if trial.bench.placed.address == "keyboard":
        return (Note("device_try.scanner_types", {}, "told"),)
    if trial.bench.placed.is_practice:
        for piece in trial.bench.belongings.seat.far_end.reads("YAOTAI"):
            trial.bench.belongings.seat.send(piece)
    said: Any = trial.wait_for_said(_SCAN_WITHIN)
    if said is None:
        raise DeviceSilent(device=wire.DEVICE)
    if isinstance(said, YaotaiError):
        raise said
    ends = "" if said.ended else "_endless"
    return (Note(f"device_try.scanner{ends}", {"count": len(said.text)}, "good"),)


_SCAN_WITHIN = 10.0


# --- cameras --------------------------------------------------------------------------------------


def _camera(bench: Workbench) -> Watched:
    from devices.camera.driver import Source, VideoCamera

    device = bench.kind.name_id
    source: Source
    if bench.placed.is_practice:
        from devices.camera.emulator import PracticeCamera
        from devices.camera.visitor import Visitor

        before = bench.kind is DeviceKind.CAMERA
        source = bench.kept(
            lambda: PracticeCamera(bench.timer, device, Visitor() if before else None)
        )
    else:
        from devices.camera.opencv import OpenCvSource

        source = OpenCvSource(bench.rest_of("camera"), device)
    return VideoCamera(source, bench.timer, bench.clock, device)


def _find_cameras() -> tuple[FoundPlace, ...]:
    from devices.camera.opencv import found_cameras

    return tuple(FoundPlace(f"camera:{one.address}", one.name) for one in found_cameras())


def _try_camera(trial: Trial) -> tuple[Note, ...]:
    camera: Any = trial.driver
    camera.look(lambda _glimpse: None)
    still = camera.take(anyhow=True)
    size = {"width": still.width, "height": still.height}
    notes = [Note("device_try.camera", size, "good")]
    if still.fault is not None:
        notes.append(Note(f"camera.fault_{still.fault}", {}, "warn"))
    return tuple(notes)


# --- the printer of dosage labels -----------------------------------------------------------------


def _label_printer(bench: Workbench) -> Watched:
    from ui.label_printers import watched_label_printer

    return watched_label_printer(bench)


def _try_label_printer(trial: Trial) -> tuple[Note, ...]:
    from ui.label_printers import try_label_printer

    return try_label_printer(trial)


def _find_usb_printers() -> tuple[FoundPlace, ...]:
    from devices.found_ports import found_printers

    return tuple(FoundPlace(f"usb:{one.port}", one.what) for one in found_printers())


# --- what the customer looks at -------------------------------------------------------------------


def _display(bench: Workbench) -> Watched:
    from ui.displays import watched_display

    return watched_display(bench)


def _try_display(trial: Trial) -> tuple[Note, ...]:
    from ui.displays import try_display

    return try_display(trial)


def _find_screen() -> tuple[FoundPlace, ...]:
    from ui.displays import found_screen

    return (found_screen(),)


def _customer_window(bench: Workbench) -> Watched:
    from ui.displays import screen_seat

    return screen_seat(bench)


def _try_customer_window(trial: Trial) -> tuple[Note, ...]:
    from ui.displays import try_screen

    return try_screen(trial)


# --- the signing keys of a certificate authority --------------------------------------------------


def _signature_key(bench: Workbench) -> Watched:
    from ui.signature_keys import watched_keys

    return watched_keys(bench)


def _try_signature_key(trial: Trial) -> tuple[Note, ...]:
    from ui.signature_keys import try_keys

    return try_keys(trial)


# --- the insurance terminal, and where patients type ----------------------------------------------


def _terminal(bench: Workbench) -> Watched:
    from ui.terminals import watched_terminal

    return watched_terminal(bench)


def _try_terminal(trial: Trial) -> tuple[Note, ...]:
    from ui.terminals import try_terminal

    return try_terminal(trial)


def _pin_pad(bench: Workbench) -> Watched:
    from ui.pin_pads import watched_pad

    return watched_pad(bench)


def _try_pin_pad(trial: Trial) -> tuple[Note, ...]:
    from ui.pin_pads import try_pad

    return try_pad(trial)


# --- the video recorder ---------------------------------------------------------------------------


def _recorder(bench: Workbench) -> Watched:
    from ui.recorders import watched_recorder

    return watched_recorder(bench)


def _try_recorder(trial: Trial) -> tuple[Note, ...]:
    from ui.recorders import try_recorder

    return try_recorder(trial)


MAKERS: Final[Mapping[DeviceKind, Maker]] = {
    DeviceKind.TERMINAL: Maker(_terminal, _try_terminal),
    DeviceKind.PIN_PAD: Maker(_pin_pad, _try_pin_pad, emulated=False),
    DeviceKind.SIGNATURE_KEY: Maker(_signature_key, _try_signature_key, emulated=False),
    DeviceKind.DOCUMENT_CAMERA: Maker(_camera, _try_camera, find=_find_cameras),
    DeviceKind.CAMERA: Maker(_camera, _try_camera, find=_find_cameras),
    DeviceKind.CARD_READER: Maker(_card_reader, _try_card_reader),
    DeviceKind.SOCIAL_CARD: Maker(_social_card, _try_social_card, find=_find_social_card),
    DeviceKind.SCANNER: Maker(_scanner, _try_scanner),
    DeviceKind.RECEIPT_PRINTER: Maker(
        _receipt_printer, _try_receipt_printer, find=_find_usb_printers
    ),
    DeviceKind.LABEL_PRINTER: Maker(_label_printer, _try_label_printer, find=_find_usb_printers),
    DeviceKind.DISPLAY: Maker(_display, _try_display),
    DeviceKind.CUSTOMER_WINDOW: Maker(
        _customer_window, _try_customer_window, emulated=False, find=_find_screen
    ),
    DeviceKind.SIGNATURE_PAD: Maker(
        _customer_window, _try_customer_window, emulated=False, find=_find_screen
    ),
    DeviceKind.RECORDER: Maker(_recorder, _try_recorder),
}
"""A kind without a row is not offered by this version, neither in the plan nor on the page."""


def found_places(kind: DeviceKind) -> tuple[FoundPlace, ...]:
    """Where this machine shows that such a device may hang; takes as long as the system takes."""
    found: tuple[FoundPlace, ...] = ()
    if "serial" in FORMS[kind]:
        from devices.found_ports import found_ports

        found = tuple(FoundPlace(f"serial:{one.port}", one.what, one.usb) for one in found_ports())
    find = MAKERS[kind].find if kind in MAKERS else None
    return (*found, *(find() if find is not None else ()))


EMULATED: Final = tuple(kind for kind, maker in MAKERS.items() if maker.emulated)
