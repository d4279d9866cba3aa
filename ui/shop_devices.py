"""The open shop's part for the devices of this till: the room and the plan of this machine."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from pathlib import Path

    from app.domain.device_plan import (
        DeviceKind,
        DevicePlan,
        DeviceState,
        FoundPlace,
        Heard,
        Placed,
    )
    from app.domain.display import Figure
    from app.domain.picture import Glimpse, Still
    from app.errors import YaotaiError
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.views import Note
    from ui.device_room import DeviceRoom


class ShopDevices:
    """``ui.screens.devices_door.DevicesDoor``; a part of :class:`ui.shop.Shop`."""

    doors: Doors
    devices: DeviceRoom
    devices_folder: Path
    """Where ``devices.toml`` lies."""
    _card_asked: Future[None] | None = None

    # --- now ----------------------------------------------------------------------------------

    def start_devices(self, hear: Callable[[Heard], None]) -> YaotaiError | None:
        """Why the plan could not be read, if so."""
        self.devices.listen(hear)
        self.devices.start()
        return self.devices.trouble

    def device_states(self) -> tuple[DeviceState, ...]:
        """Of each planned device."""
        return self.devices.states()

    def device_plan(self) -> DevicePlan:
        """Where each device hangs now."""
        return self.devices.plan

    def device_kinds(self) -> tuple[DeviceKind, ...]:
        """Every kind of this version."""
        return self.devices.offered()

    def device_emulated(self, kind: DeviceKind) -> bool:
        """Whether it may be an emulated one here."""
        return self.devices.is_emulated(kind)

    def camera_look(self, kind: DeviceKind, show: Callable[[Glimpse], None]) -> Future[None]:
        """Open it; each frame goes to ``show`` on its own thread."""
        return self.devices.ask(kind, lambda camera: camera.look(show))

    def camera_rest(self, kind: DeviceKind) -> None:
        """Nobody looks any more."""
        self.devices.ask(kind, lambda camera: camera.rest())

    def camera_take(self, kind: DeviceKind, anyhow: bool) -> Future[Still]:
        """A still that is good enough, or the sharpest one."""
        return self.devices.ask(kind, lambda camera: camera.take(anyhow=anyhow))

    def read_social_card(self) -> None:
        """On the reader's own thread; one request at a time."""
        from app.domain.device_plan import DeviceKind

        if self._card_asked is None or self._card_asked.done():
            self._card_asked = self.devices.ask(
                DeviceKind.SOCIAL_CARD, lambda watch: watch.read_now()
            )

    def show_figure(self, figure: Figure) -> None:
        """On the display's own thread; one that is not there stays dark."""
        from app.domain.device_plan import DeviceKind

        if self.devices.plan.of(DeviceKind.DISPLAY).is_there:
            self.devices.ask(DeviceKind.DISPLAY, lambda display: display.show(figure))

    # --- devices ------------------------------------------------------------------------------

    def found_places(self, kind: DeviceKind) -> tuple[FoundPlace, ...]:
        """Where this machine shows that one may hang."""
        from ui.device_makers import found_places

        return found_places(kind)

    def try_device(self, kind: DeviceKind, placed: Placed) -> tuple[Note, ...]:
        """Have it show that it works."""
        return self.devices.try_out(kind, placed)

    def place_device(self, kind: DeviceKind, placed: Placed, operator: Operator) -> None:
        """Keep it, and open the device there."""
        from app.use_cases.place_device import place_device
        from ui.device_file import write_plan

        self.devices.require_possible(kind, placed)
        plan = self.devices.plan.changed(kind, placed)
        keep = partial(write_plan, self.devices_folder, plan)
        place_device(self.doors, operator, kind, placed, keep)
        self.devices.replan(kind, placed)
