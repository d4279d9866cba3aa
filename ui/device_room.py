"""The device room: one supervisor a planned device; asked from anywhere, told to listeners.

Knows no Qt. Listeners are called on the threads of the devices; ``ui/screens/devices`` turns what
they hear into signals on the screen's thread.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from app.domain.device_plan import (
    DeviceKind,
    DevicePlan,
    DeviceSaid,
    DeviceState,
    Heard,
    Lamp,
    Placed,
    placing_doubt,
)
from app.errors import (
    DeviceBusy,
    DeviceError,
    DeviceFailed,
    DeviceSilent,
    NotConnected,
    NotOffered,
    YaotaiError,
)
from devices.supervisor import DeviceNews, Supervisor, close_all
from ui.device_bench import Attend, Belongings, Trial, Workbench
from ui.device_makers import MAKERS, Maker

if TYPE_CHECKING:
    from app.ports import Clock
    from app.ports_devices import Timer
    from app.use_cases.notes import Note
    from devices.supervisor import Watched

Told = TypeVar("Told")
Hear = Callable[[Heard], None]
STAGGER: Final = 0.1
"""Seconds between the first openings: drivers that are loaded at once stop the screen."""


class DeviceRoom:
    """All devices of this till. Any method from any thread."""

    def __init__(
        self,
        plan: DevicePlan,
        log_folder: Path,
        timer: Timer,
        clock: Clock,
        *,
        practice: bool,
        makers: Mapping[DeviceKind, Maker] = MAKERS,
    ) -> None:
        """Nothing is opened yet; ``practice``: whether emulated devices may be used here."""
        self._plan, self._folder, self._practice = plan, log_folder, practice
        self._timer, self._clock, self._makers = timer, clock, makers
        self._lock = threading.RLock()
        self._live: dict[DeviceKind, Supervisor[Any]] = {}
        self._held: dict[DeviceKind, Belongings] = {kind: Belongings() for kind in DeviceKind}
        self._states: dict[DeviceKind, DeviceState] = {
            kind: DeviceState(kind, plan.of(kind)) for kind in self._planned(plan)
        }
        self._hearers: list[Hear] = []
        self._moving: set[DeviceKind] = set()
        """Being closed, tried or put elsewhere: who asks meanwhile must not wake the old one."""
        self._closed = False
        self.trouble: YaotaiError | None = None
        """Why the plan could not be read; whoever shows a window says it once."""

    def _planned(self, plan: DevicePlan) -> list[DeviceKind]:
        return [kind for kind in plan.kinds() if kind in self._makers]

    # --- what is there --------------------------------------------------------------------------

    @property
    def plan(self) -> DevicePlan:
        """The devices as they are now."""
        return self._plan

    def offered(self) -> tuple[DeviceKind, ...]:
        """Every kind that a till of this version can have."""
        return tuple(kind for kind in DeviceKind if kind in self._makers)

    def is_emulated(self, kind: DeviceKind) -> bool:
        """Whether the kind may be an emulated one here."""
        return self._practice and kind in self._makers and self._makers[kind].emulated

    def states(self) -> tuple[DeviceState, ...]:
        """Of each planned device, in the order of the kinds."""
        with self._lock:
            return tuple(self._states[kind] for kind in DeviceKind if kind in self._states)

    def state(self, kind: DeviceKind) -> DeviceState | None:
        """Of one; None: this till has none."""
        with self._lock:
            return self._states.get(kind)

    def seat(self, kind: DeviceKind) -> Any:  # noqa: ANN401 - each emulator is of its own type
        """The far end of an emulated device that has been opened once; None: there is none."""
        return self._held[kind].seat

    def listen(self, hear: Hear) -> None:
        """Call ``hear`` with every state that changes and all that devices give by themselves."""
        with self._lock:
            self._hearers.append(hear)

    # --- life -----------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin with every planned device, a thread each; harmless when repeated."""
        with self._lock:
            waiting = self._states.keys() - self._moving
            for place, kind in enumerate(kind for kind in DeviceKind if kind in waiting):
                self._begin(kind, after=place * STAGGER)

    def ask(self, kind: DeviceKind, work: Callable[[Any], Told]) -> Future[Told]:
        """Have a device do something on its own thread; ``work`` is handed its driver.

        The future raises what the work raised; at once :class:`NotOffered` where this till has no
        such device, :class:`DeviceBusy` while it is moved or tried, and why it is not there while
        it is gone.
        """
        with self._lock:
            if not self._closed and kind in self._states and kind not in self._moving:
                return self._begin(kind).ask(work)
            error: type[DeviceError] = NotOffered
            if kind in self._states:
                error = NotConnected if self._closed else DeviceBusy
        failed: Future[Told] = Future()
        failed.set_exception(error(device=kind.name_id))
        return failed

    def require_possible(self, kind: DeviceKind, placed: Placed) -> None:
        """:raises DeviceFailed: no device of this kind can hang there."""
        doubt = placing_doubt(kind, placed, practice=self._practice)
        if not doubt and kind not in self._makers:
            doubt = "device_plan.bad_address"
        if doubt:
            raise DeviceFailed(device=kind.name_id, why=f"{doubt}_why")

    def replan(self, kind: DeviceKind, placed: Placed) -> None:
        """The device hangs elsewhere from now on. Waits for the old one: not for the screen.

        :raises DeviceFailed: the address or an option cannot be; nothing has changed then.
        """
        self.require_possible(kind, placed)
        with self._moved(kind), self._lock:
            self._plan = self._plan.changed(kind, placed)
            self._states.pop(kind, None)
            if placed.is_there and not self._closed:
                self._states[kind] = DeviceState(kind, placed)
        self._tell(DeviceState(kind, placed))

    def try_out(self, kind: DeviceKind, placed: Placed) -> tuple[Note, ...]:
        """Open a device at an address that need not be planned, have it show that it works, close.

        The planned one lets go of its port meanwhile and is opened again at the end.

        :raises DeviceError: it does not work; not on the screen's thread.
        """
        self.require_possible(kind, placed)
        if not placed.is_there:
            raise NotOffered(device=kind.name_id)
        with self._moved(kind):
            return self._try(kind, placed)

    def close(self) -> int:
        """Drain and close all at the same time; how many hang and were left behind."""
        with self._lock:
            self._closed = True
            live, self._live = self._live, {}
        return close_all(live.values())

    # --- inside ---------------------------------------------------------------------------------

    def _begin(self, kind: DeviceKind, after: float = 0.0) -> Supervisor[Any]:
        """The supervisor of a planned device, started if need be; the caller holds the lock."""
        if kind not in self._live:
            placed = self._plan.of(kind)
            bench = self._bench(
                kind,
                placed,
                lambda what: self._tell(DeviceSaid(kind, what)),
                lambda attention, lamp=Lamp.ATTENTION: self._attend(
                    kind, supervisor, attention, lamp
                ),
            )

            def open_driver() -> Watched:
                self.require_possible(kind, placed)
                return self._makers[kind].make(bench)

            def news(told: DeviceNews) -> None:
                self._note(kind, supervisor, told)

            supervisor: Supervisor[Any] = Supervisor(
                kind.name_id, open_driver, news, self._timer, after
            )
            self._live[kind] = supervisor
            self._make_folder()
            supervisor.start()
        return self._live[kind]

    def _bench(
        self,
        kind: DeviceKind,
        placed: Placed,
        say: Callable[[object], None],
        attend: Attend,
    ) -> Workbench:
        held = self._held[kind]
        return Workbench(kind, placed, self._timer, self._clock, self._folder, say, attend, held)

    def _make_folder(self) -> None:
        with contextlib.suppress(OSError):  # a log that cannot be written stops no device
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    @contextlib.contextmanager
    def _moved(self, kind: DeviceKind) -> Iterator[None]:
        """Without the planned device; at the end the one that is planned then begins."""
        with self._lock:
            self._moving.add(kind)
            supervisor = self._live.pop(kind, None)
        try:
            if supervisor is not None:
                supervisor.close()
            yield
        finally:
            with self._lock:
                self._moving.discard(kind)
                if kind in self._states and not self._closed:
                    self._begin(kind)

    def _try(self, kind: DeviceKind, placed: Placed) -> tuple[Note, ...]:
        said: list[object] = []
        bench = self._bench(kind, placed, said.append, lambda _what, _lamp=Lamp.ATTENTION: None)
        self._make_folder()
        driver = self._makers[kind].make(bench)
        try:
            return self._makers[kind].check(Trial(driver, bench, said))
        finally:
            driver.close()

    def _note(self, kind: DeviceKind, by: Supervisor[Any], told: DeviceNews) -> None:
        def changed(state: DeviceState) -> DeviceState:
            if told.is_there:  # what opening it found is not forgotten over its being there
                lamp = Lamp.ATTENTION if state.attention else Lamp.THERE
                return replace(state, lamp=lamp, why=None)
            lamp = Lamp.SILENT if isinstance(told.why, DeviceSilent) else Lamp.GONE
            return replace(state, lamp=lamp, why=told.why, attention="")

        self._change(kind, by, changed)

    def _attend(self, kind: DeviceKind, by: Supervisor[Any], attention: str, shown: Lamp) -> None:
        lamp = shown if attention else Lamp.THERE
        self._change(kind, by, lambda state: replace(
            state, lamp=lamp, why=None, attention=attention
        ))  # fmt: skip

    def _change(
        self,
        kind: DeviceKind,
        by: Supervisor[Any],
        change: Callable[[DeviceState], DeviceState],
    ) -> None:
        with self._lock:
            # One that was closed while it hung has nothing to say of the one in its place.
            if self._live.get(kind) is not by or kind not in self._states:
                return
            before, after = self._states[kind], change(self._states[kind])
            if after == before:
                return
            self._states[kind] = after
        self._tell(after)

    def _tell(self, what: Heard) -> None:
        with self._lock:
            hearers = tuple(self._hearers)
        for hear in hearers:
            hear(what)
