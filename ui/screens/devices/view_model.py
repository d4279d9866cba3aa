"""The devices as the window sees them: lamps, what is said of them, what they give. No widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.domain.device_plan import DeviceKind, DeviceState, Lamp
from app.errors import YaotaiError

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from app.domain.device_plan import Heard
    from ui.screens.session import Session
    from ui.widgets.lamps import LampShown

MARKS = {
    Lamp.WAITING: ("…", "second"),
    Lamp.THERE: ("✓", "good"),
    Lamp.ATTENTION: ("!", "warn"),
    Lamp.UNKNOWN: ("·", "second"),
    Lamp.SILENT: ("?", "bad"),
    Lamp.GONE: ("✕", "bad"),
}
"""Lamp -> (sign, tone): the sign says what the colour says."""
_AWAY = (Lamp.SILENT, Lamp.GONE)
_HERE = (Lamp.THERE, Lamp.ATTENTION, Lamp.UNKNOWN)


class DevicesViewModel(QObject):
    """Hears the devices on their threads and tells the window on its own."""

    changed = Signal()
    given = Signal(object, object)
    """(kind, what a device gave by itself): a card that was read, a code that was scanned."""
    _heard = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.states: dict[DeviceKind, DeviceState] = {}
        self._told_away: set[DeviceKind] = set()
        self._told_attention: dict[DeviceKind, str] = {}
        self._stopped = False
        self._heard.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Begin with the devices; the shop is open."""
        shop = self.session.shop
        trouble = shop.start_devices(self._heard.emit)
        self.states = {state.kind: state for state in shop.device_states()}
        if trouble is not None:
            self.session.tell_error(trouble)
        self.changed.emit()

    def stop(self) -> None:
        """The window closes: nothing is told any more."""
        self._stopped = True

    @Slot(object)
    def _take(self, heard: Heard) -> None:
        if self._stopped:
            return
        if isinstance(heard, DeviceState):
            self._show(heard)
        elif isinstance(heard.what, YaotaiError):
            self.session.tell_error(heard.what)
        else:
            self.given.emit(heard.kind, heard.what)

    def _show(self, state: DeviceState) -> None:
        if state.placed.is_there:
            self.states[state.kind] = state
        else:
            self.states.pop(state.kind, None)
            self._told_away.discard(state.kind)
        self._tell(state)
        self.changed.emit()

    def _tell(self, state: DeviceState) -> None:
        """Said once when it goes, once when it is back, once when somebody should look at it."""
        kind, name = state.kind, self.session.say(state.kind.name_id)
        if state.lamp in _AWAY and kind not in self._told_away:
            self._told_away.add(kind)
            self.session.tell(f"device_lamp.told_{state.lamp}", "warn", device=name)
        elif state.lamp in _HERE and kind in self._told_away:
            self._told_away.discard(kind)
            self.session.tell("device_lamp.told_there", "good", device=name)
        if state.lamp in _HERE:
            before = self._told_attention.get(kind, "")
            self._told_attention[kind] = state.attention
            if state.attention != before and state.lamp is Lamp.ATTENTION:
                why = self.session.say(state.attention)
                self.session.tell("device_lamp.told_attention", "warn", device=name, why=why)

    def over(self, speaks: Container[str]) -> Iterator[tuple[str, str]]:
        """Sentences that no longer hold: message id and the name of the device.

        ``speaks``: message ids of the names of devices of whose trouble a strip of its own speaks,
        so that it is not said twice.
        """
        for kind, state in self.states.items():
            name = self.session.say(kind.name_id)
            if kind not in self._told_away:
                yield "device_lamp.told_gone", name
                yield "device_lamp.told_silent", name
            if not state.attention or kind.name_id in speaks:
                yield "device_lamp.told_attention", name

    # --- texts -----------------------------------------------------------------------------------

    def shown(self) -> list[DeviceState]:
        """Those with a lamp, in the order of the kinds."""
        return [self.states[kind] for kind in DeviceKind if kind in self.states]

    def lamp(self, state: DeviceState) -> LampShown:
        """Sign, short name, tone and sentence of its lamp."""
        from ui.widgets.lamps import LampShown

        sign, tone = MARKS[state.lamp]
        name = self.session.say(f"device_lamp.{state.kind}")
        well = state.lamp in (Lamp.THERE, Lamp.WAITING, Lamp.UNKNOWN)
        return LampShown(state.kind, sign, name, tone, self.sentence(state), well)

    def sentence(self, state: DeviceState) -> str:
        """How it does and what to do about it, in whole sentences."""
        say = self.session.say
        name = say(state.kind.name_id)
        if state.why is not None:
            return self._why(state)
        why = say(state.attention) if state.attention else ""
        return say(f"device_lamp.is_{state.lamp}", device=name, why=why)

    def _why(self, state: DeviceState) -> str:
        from ui.screens.session import notes_of

        error = state.why
        return " ".join(self.session.say_note(note) for note in notes_of(error)) if error else ""
