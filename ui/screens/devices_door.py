"""What the screens ask of the devices: a page of the shop's door of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

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
    from app.use_cases.doors import Operator
    from app.use_cases.views import Note


class DevicesNowDoor(Protocol):
    """Answered from memory."""

    def start_devices(self, hear: Callable[[Heard], None]) -> YaotaiError | None:
        """Begin with every planned device; ``hear`` is called on the devices' own threads.

        Answers why the plan of this machine could not be read, if so.
        """
        ...

    def device_states(self) -> tuple[DeviceState, ...]:
        """Of each planned device, in the order in which they are shown."""
        ...

    def device_plan(self) -> DevicePlan:
        """Where each device hangs now."""
        ...

    def device_kinds(self) -> tuple[DeviceKind, ...]:
        """Every kind that a till of this version can have."""
        ...

    def device_emulated(self, kind: DeviceKind) -> bool:
        """Whether it may be an emulated one here: in a practice shop."""
        ...


class CameraDoor(Protocol):
    """A camera of this till, on its own thread: each answers at once, the future later."""

    def camera_look(self, kind: DeviceKind, show: Callable[[Glimpse], None]) -> Future[None]:
        """Open it and hand each frame to ``show``, on the camera's thread, until it rests.

        The future raises :class:`app.errors.DeviceError`: it cannot be opened.
        """
        ...

    def camera_rest(self, kind: DeviceKind) -> None:
        """Nobody looks any more; harmless when repeated."""
        ...

    def camera_take(self, kind: DeviceKind, anyhow: bool) -> Future[Still]:
        """A still; the future raises DeviceFailed: none was good enough, and why."""
        ...

    def read_social_card(self) -> None:
        """Have the reader read what is in it now: it is heard as if it had just been put in.

        Returns at once; a reader that is not there does nothing and has said so by its lamp.
        """
        ...

    def show_figure(self, figure: Figure) -> None:
        """On the customer's display, where this till has one; returns at once, never raises."""
        ...


class DevicesLaneDoor(Protocol):
    """The *devices* lane: each may take seconds."""

    def found_places(self, kind: DeviceKind) -> tuple[FoundPlace, ...]:
        """Where this machine shows that such a device may hang; not all can be found."""
        ...

    def try_device(self, kind: DeviceKind, placed: Placed) -> tuple[Note, ...]:
        """Have a device show that it works, at an address that need not be kept.

        :raises DeviceError: it does not; :raises BadValue: the address cannot be.
        """
        ...

    def place_device(self, kind: DeviceKind, placed: Placed, operator: Operator) -> None:
        """Keep it, and open the device there.

        :raises NotAllowed: neither administrator nor manager; :raises DeviceFailed: the address
        cannot be; :raises StoreReadOnly: the plan cannot be written.
        """
        ...


class DevicesDoor(DevicesNowDoor, CameraDoor, DevicesLaneDoor, Protocol):
    """All groups."""
