"""Which devices this till has, where each hangs, and how each one does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from app.errors import BadValue, DeviceError


class DeviceKind(StrEnum):
    """Everything that may stand on the counter; a till has at most one of each.

    The value is its name in ``devices.toml``, of its ring log and of its words
    (``device_kind.*`` in full, ``device_lamp.*`` short).
    """

    CARD_READER = "card_reader"
    SOCIAL_CARD = "social_card"
    TERMINAL = "terminal"
    PIN_PAD = "pin_pad"
    SCANNER = "scanner"
    RECEIPT_PRINTER = "receipt_printer"
    LABEL_PRINTER = "label_printer"
    DISPLAY = "display"
    CUSTOMER_WINDOW = "customer_window"
    SIGNATURE_PAD = "signature_pad"
    DOCUMENT_CAMERA = "document_camera"
    CAMERA = "camera"
    SIGNATURE_KEY = "signature_key"
    RECORDER = "recorder"
    """The shop's video recorder: which of its cameras see this counter, and how it does."""

    @property
    def name_id(self) -> str:
        """Message id of its name."""
        return f"device_kind.{self.value}"


NONE: Final = "none"
"""The address of a device that this till does not have."""
BY_HAND: Final = "by_hand"
"""The address of a recorder that nobody can ask: staff read it off its screen."""
ALONE: Final = frozenset({"keyboard", BY_HAND})
"""Addresses that are a form by themselves, with nothing behind a colon."""
PRACTICE: Final = "practice"
"""The address of an emulated one; no real shop may use it."""

FORMS: Final[Mapping[DeviceKind, tuple[str, ...]]] = {
    DeviceKind.CARD_READER: ("serial",),
    DeviceKind.SOCIAL_CARD: ("pcsc", "library"),
    DeviceKind.TERMINAL: ("library",),
    DeviceKind.PIN_PAD: ("screen", "serial"),
    DeviceKind.SCANNER: ("serial", "keyboard"),
    DeviceKind.RECEIPT_PRINTER: ("usb", "serial", "tcp"),
    DeviceKind.LABEL_PRINTER: ("usb", "serial", "tcp"),
    DeviceKind.DISPLAY: ("serial",),
    DeviceKind.CUSTOMER_WINDOW: ("screen",),
    DeviceKind.SIGNATURE_PAD: ("screen",),
    DeviceKind.DOCUMENT_CAMERA: ("camera",),
    DeviceKind.CAMERA: ("camera",),
    DeviceKind.SIGNATURE_KEY: ("library",),
    DeviceKind.RECORDER: (BY_HAND, "file"),
}
"""How an address of each kind may begin, before its colon; those of :data:`ALONE` have none."""


@dataclass(frozen=True, slots=True)
class Option:
    """Something to be chosen about a device; the first choice holds where nothing was chosen."""

    name: str
    choices: tuple[str, ...]
    """Empty = it is typed: any text of one line, or none."""


LIBRARY_OPTIONS: Final = (Option("host", ()), Option("convention", ("c", "stdcall")))
"""Of every kind that is reached by a vendor's library: what runs it, and how it is called."""

OPTIONS: Final[Mapping[DeviceKind, tuple[Option, ...]]] = {
    DeviceKind.CARD_READER: (Option("decoder", ()), *LIBRARY_OPTIONS),
    DeviceKind.RECEIPT_PRINTER: (
        Option("paper", ("80", "58")),
        Option("drawer_pin", ("2", "5")),
        Option("drawer_contact", ("none", "high", "low")),
    ),
    DeviceKind.LABEL_PRINTER: (
        Option("label", ("60x40", "50x30", "70x50", "40x30")),
        Option("gap", ("2", "3")),
    ),
    DeviceKind.DISPLAY: (
        Option("model", ("led8", "vfd")),
        Option("lamps", ("esc", "bare", "stx")),
        Option("clear", ("ff", "init", "spaces")),
    ),
    DeviceKind.TERMINAL: (
        Option("way", ("library_scans", "terminal_scans", "regional")),
        Option("front", ()),
        Option("faces", ("no", "yes")),
        Option("notices", ("no", "yes")),
        Option("encoding", ("utf-8", "gb18030")),
        Option("office_id", ()),
        Option("office_name", ()),
        *LIBRARY_OPTIONS,
    ),
    DeviceKind.PIN_PAD: (
        Option("shuffled", ("no", "yes")),
        Option("number_keys", ("no", "yes")),
        Option("begins_with", ()),
        Option("ends_with", ()),
    ),
    DeviceKind.SOCIAL_CARD: LIBRARY_OPTIONS,
    DeviceKind.SIGNATURE_KEY: (
        Option("key_pin", ("each", "duty")),
        Option("application", ()),
        Option("container", ()),
        *LIBRARY_OPTIONS,
    ),
    DeviceKind.RECORDER: (Option("channels", ()), Option("cameras", ())),
}
"""Words: ``device_option.<name>``, ``device_option.<name>_<choice>`` where a number says little."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a device hangs, and what was chosen about it."""

    address: str = NONE
    """``serial:PORT``, ``serial:PORT@BAUD``, ``tcp:HOST:PORT``, ``usb:FILE``, ``pcsc:READER``,
    ``library:FILE``, ``camera:ID``, ``screen:NAME``, ``keyboard``, :data:`NONE` or
    :data:`PRACTICE`."""
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_there(self) -> bool:
        """Whether the till has one at all."""
        return self.address != NONE

    @property
    def is_practice(self) -> bool:
        """Whether it is an emulated one."""
        return self.address == PRACTICE

    def option(self, kind: DeviceKind, name: str) -> str:
        """What was chosen, else what holds without a choice; :raises BadValue: no such option."""
        for one in OPTIONS.get(kind, ()):
            if one.name == name:
                chosen = self.options.get(name, "")
                if not one.choices:
                    return chosen
                return chosen if chosen in one.choices else one.choices[0]
        raise BadValue(what="device option", why=name)


@dataclass(frozen=True, slots=True)
class DevicePlan:
    """All devices of one till machine."""

    placed: Mapping[DeviceKind, Placed] = field(default_factory=dict)

    def of(self, kind: DeviceKind) -> Placed:
        """Where that one hangs; one that nobody planned is not there."""
        return self.placed.get(kind, Placed())

    def changed(self, kind: DeviceKind, placed: Placed) -> DevicePlan:
        """The same plan but for one device."""
        return DevicePlan({**self.placed, kind: placed})

    def kinds(self) -> Iterator[DeviceKind]:
        """Those that the till has, in the order in which they are shown."""
        return (kind for kind in DeviceKind if self.of(kind).is_there)


_BARE_PORT = re.compile(r"/dev/\S+|COM\d{1,3}", re.IGNORECASE)
_LONGEST: Final = 250


def normal_address(text: str) -> str:
    """An address as people type it: ``COM3`` and ``/dev/ttyUSB0`` mean serial ports."""
    text = text.strip()
    return f"serial:{text}" if _BARE_PORT.fullmatch(text) else text


def placing_doubt(kind: DeviceKind, placed: Placed, *, practice: bool) -> str:
    """Message id of what is wrong with an address or option; empty = it may be tried.

    ``practice``: whether this is a practice shop, the only one that may have emulated devices.
    """
    address = placed.address
    if address == NONE:
        return ""
    if address == PRACTICE:
        return "" if practice else "device_plan.practice_only"
    form, _, rest = address.partition(":")
    if form not in FORMS[kind] or len(address) > _LONGEST or not address.isprintable():
        return "device_plan.bad_address"
    if bool(rest.strip()) == (form in ALONE):
        return "device_plan.bad_address"
    known = {one.name: one.choices for one in OPTIONS.get(kind, ())}
    for name, chosen in placed.options.items():
        typed = chosen.isprintable() and len(chosen) <= _LONGEST
        if name not in known or not (chosen in known[name] if known[name] else typed):
            return "device_plan.bad_option"
    if kind is DeviceKind.RECORDER and not _cameras_are_numbers(placed):
        return "device_plan.bad_channels"
    return ""


def _channels(placed: Placed, name: str) -> tuple[int, ...]:
    """Camera numbers of an option; :raises BadValue: something is no number."""
    # Here and not above: a till without a recorder needs no marks, and no start does.
    from app.domain.video_mark import channels_of

    return channels_of(placed.option(DeviceKind.RECORDER, name))


def _cameras_are_numbers(placed: Placed) -> bool:
    try:
        _channels(placed, "channels")
        return len(_channels(placed, "cameras")) < 2
    except BadValue:
        return False


def counter_channels(plan: DevicePlan) -> tuple[int, ...]:
    """Cameras at the recorder that see this counter; an emulated one sees it with its first."""
    placed = plan.of(DeviceKind.RECORDER)
    if not placed.is_there:
        return ()
    try:
        channels = _channels(placed, "channels")
    except BadValue:  # of a file that somebody edited: no number is guessed
        return ()
    return channels or ((1,) if placed.is_practice else ())


def recorder_channels(plan: DevicePlan) -> tuple[int, ...]:
    """Every camera of the recorder, 1 to the number that was set; at least the counter's own."""
    own = counter_channels(plan)
    try:
        count = max(_channels(plan.of(DeviceKind.RECORDER), "cameras"), default=0)
    except BadValue:
        count = 0
    return tuple(range(1, max((count, *own), default=0) + 1))


class Lamp(StrEnum):
    """What a device's lamp shows; never by its colour alone."""

    WAITING = "waiting"
    """Not opened yet."""
    THERE = "there"
    ATTENTION = "attention"
    """There, and somebody should look at it: paper near its end."""
    UNKNOWN = "unknown"
    """It does its work and never tells how it does: neither good nor bad."""
    SILENT = "silent"
    """Its port is open and it does not answer."""
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class DeviceState:
    """How one device does."""

    kind: DeviceKind
    placed: Placed
    lamp: Lamp = Lamp.WAITING
    why: DeviceError | None = None
    """Why it is gone or silent."""
    attention: str = ""
    """Message id of what somebody should look at."""


@dataclass(frozen=True, slots=True)
class DeviceSaid:
    """Something that a device gave by itself: a card that was read, a code that was scanned.

    ``what`` may be personal: it is handed on in memory and nowhere written.
    """

    kind: DeviceKind
    what: object = field(repr=False)


Heard = DeviceState | DeviceSaid
"""What listeners to the devices are told."""


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """Somewhere a device may hang, as this machine shows it."""

    address: str
    what: str = ""
    """How the system describes it."""
    usb: str = ""
    """VID:PID of its plug; empty = none."""
