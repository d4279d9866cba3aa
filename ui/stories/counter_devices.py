"""What somebody does at the practice devices of a story: lay a card, pull a cable, take the paper.

Each act works at the far end: the till learns of it over the device's own wire.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from app.domain.device_plan import DeviceKind
from app.errors import NotFound
from app.resources import resource
from ui.stories.hands import wait_until

if TYPE_CHECKING:
    from ui.device_room import DeviceRoom
    from ui.stories.script import Json

_OPENING_MS = 5_000


def act(room: DeviceRoom, kind: str, value: Json) -> None:
    """One of :data:`DEVICE_ACTS`; :raises NotFound: no such card, device or far end."""
    DEVICE_ACTS[kind](room, str(value))


def _lay(room: DeviceRoom, name: str) -> None:
    """``name``: of ``resources/practice/identity_cards.toml``."""
    cards = tomllib.loads(resource("practice", "identity_cards.toml").read_text(encoding="utf-8"))
    if name not in cards:
        raise NotFound(what=name)
    _seat(room, DeviceKind.CARD_READER).far_end.lay(cards[name])


def _insert(room: DeviceRoom, name: str) -> None:
    """``name``: of ``resources/practice/social_cards.toml``."""
    from ui.commands.read_sscard import practice_card

    _seat(room, DeviceKind.SOCIAL_CARD).far_end.lay(practice_card(name))


def _lift(room: DeviceRoom, device: str) -> None:
    _seat(room, _kind(device)).far_end.lift()


def _unplug(room: DeviceRoom, device: str) -> None:
    _seat(room, _kind(device)).unplug()


def _plug(room: DeviceRoom, device: str) -> None:
    _seat(room, _kind(device)).plug()


def _paper(room: DeviceRoom, left: str) -> None:
    """``left``: near_end, out, so many rows until it is out, or enough: a new roll is in.

    With a new roll the printer goes on where it stopped, as real ones do.
    """
    far_end = _seat(room, DeviceKind.RECEIPT_PRINTER).far_end
    if left == "enough":
        for _answer in far_end.load_paper():
            pass  # what it says unasked; nobody is connected
    elif left.isdecimal():
        far_end.faults.rows_left = int(left)
    else:
        far_end.faults.paper = left


def _read_code(room: DeviceRoom, text: str) -> None:
    """The scanner at its port reads a code; ``scan`` is one that types."""
    seat = _seat(room, DeviceKind.SCANNER)
    for piece in seat.far_end.reads(text):
        seat.send(piece)


def _show(room: DeviceRoom, key: str) -> None:
    """``key``: of ``resources/practice/persons.toml``; they hold their code before the terminal."""
    from ui.terminals import practice_customers

    customers = practice_customers()
    if key not in customers:
        raise NotFound(what=key)
    _seat(room, DeviceKind.TERMINAL).show(customers[key])


def _stand(room: DeviceRoom, told: str) -> None:
    """``told``: key of a practice person and how they stand there (``ui/practice_visits.py``).

    Who stands there reads the screen and turns as it asks, as with a trainee.
    """
    from ui.practice_visits import visit_of

    key, _, choice = told.partition(" ")
    _seat(room, DeviceKind.CAMERA).visitor.come(visit_of(key, choice or "self"))


def _recorder(room: DeviceRoom, scene: str) -> None:
    """``scene``: of :class:`devices.recorder.emulator.Scene`, from the next reading on."""
    from devices.recorder.emulator import Scene

    if scene not in set(Scene):
        raise NotFound(what=scene)
    _seat(room, DeviceKind.RECORDER).scene = Scene(scene)


DEVICE_ACTS: Mapping[str, Callable[[DeviceRoom, str], None]] = {
    "lay": _lay,
    "insert": _insert,
    "lift": _lift,
    "unplug": _unplug,
    "plug": _plug,
    "paper": _paper,
    "read_code": _read_code,
    "show": _show,
    "stand": _stand,
    "recorder": _recorder,
}
"""Act of a story -> what is done at the far end."""


def _kind(device: str) -> DeviceKind:
    if device not in set(DeviceKind):
        raise NotFound(what=device)
    return DeviceKind(device)


def _seat(room: DeviceRoom, kind: DeviceKind) -> Any:  # noqa: ANN401 - each of its own type
    """A device opens beside the window: whoever acts on it waits until it stands there."""
    if not wait_until(lambda: room.seat(kind) is not None, _OPENING_MS):
        raise NotFound(what=kind.value)
    return room.seat(kind)
