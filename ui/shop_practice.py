"""The open shop's part for practice: who stands before the customers' camera."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.domain.liveness import Side
    from devices.camera.visitor import Visitor
    from ui.device_room import DeviceRoom


class ShopPractice:
    """``ui.screens.practice_door.PracticeDoor``; a part of :class:`ui.shop.Shop`."""

    devices: DeviceRoom

    def practice_stand(self, person: str, choice: str) -> bool:
        """At the far end of the camera: the till learns of it by its frames only."""
        visitor = self._visitor()
        if visitor is None:
            return False
        from ui.practice_visits import visit_of

        visitor.come(visit_of(person, choice))
        return True

    def practice_lay(self, key: str) -> bool:
        """On the tray of the practice reader, which finds it at its next look."""
        from app.domain.device_plan import DeviceKind
        from ui.practice_visits import identity_card

        seat = self.devices.seat(DeviceKind.CARD_READER)
        if seat is None:
            return False
        seat.far_end.lay(identity_card(key))
        return True

    def practice_turn(self, side: Side | None) -> None:
        """As somebody who reads the screen would."""
        visitor = self._visitor()
        if visitor is not None:
            visitor.ask(side)

    def _visitor(self) -> Visitor | None:
        """Of the practice camera, once it has been opened; None in every real shop."""
        from app.domain.device_plan import DeviceKind

        seat = self.devices.seat(DeviceKind.CAMERA)
        found: Visitor | None = getattr(seat, "visitor", None)
        return found
