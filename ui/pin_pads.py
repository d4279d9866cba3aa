"""Where patients type their password: a number pad at a port, else a keypad on a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from app.domain.device_plan import DeviceKind
from app.use_cases.notes import Note

if TYPE_CHECKING:
    from devices.supervisor import Watched
    from ui.device_bench import Trial, Workbench

KIND: Final = DeviceKind.PIN_PAD
SCREEN_FORM: Final = "screen:"
_TRYING: Final = 20.0
"""Seconds that somebody has to press six keys when the pad is tried."""


def watched_pad(bench: Workbench) -> Watched:
    """No ring log stands between: what passes here is a password."""
    if bench.placed.address.startswith(SCREEN_FORM):
        from ui.displays import screen_seat

        return screen_seat(bench)
    from app.errors import BadValue
    from devices.connection import SerialConnection
    from devices.pin_pad import wire
    from devices.pin_pad.driver import PlainPad

    try:
        begins, ends = (wire.sequence(bench.option(name)) for name in ("begins_with", "ends_with"))
    except BadValue:
        raise bench.bad_address() from None
    line = SerialConnection(bench.serial_port(), bench.serial_baud(), device=wire.DEVICE)
    return PlainPad(line, bench.timer, begins, ends)


def try_pad(trial: Trial) -> tuple[Note, ...]:
    """Somebody presses six keys and Enter; what they were is told to nobody."""
    if trial.bench.placed.address.startswith(SCREEN_FORM):
        return (Note("device_try.pin_pad_screen", {}, "told"),)
    from app.domain.abort import Abort
    from app.domain.patient_password import Digits

    pad: Any = trial.driver
    typed = Digits()
    pad.read(typed, _TRYING, Abort(), lambda _: None)
    typed.clear()
    return (Note("device_try.pin_pad", {}, "good"),)
