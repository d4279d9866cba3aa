"""The open shop's part for signatures: the pad's screen, the trace, the shop's copy on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.device_plan import DeviceKind

if TYPE_CHECKING:
    from app.domain.signature import PenTrace
    from app.use_cases.doors import Doors, Operator
    from ui.device_room import DeviceRoom


_FORM = "screen:"


def has_pad(devices: DeviceRoom) -> bool:
    """Whether customers sign on a pad at this till."""
    return devices.plan.of(DeviceKind.SIGNATURE_PAD).is_there


class ShopSigning:
    """``ui.screens.signing_door.SigningDoor``; a part of :class:`ui.shop.Shop`."""

    doors: Doors
    devices: DeviceRoom

    def pad_screen(self) -> str:
        """Name of the screen that customers sign on; empty = this till has no pad."""
        address = self.devices.plan.of(DeviceKind.SIGNATURE_PAD).address
        return address.removeprefix(_FORM) if address.startswith(_FORM) else ""

    def keep_signature(self, receipt_no: str, trace: PenTrace, operator: Operator) -> None:
        """:raises BadValue: too little ink; :raises StoreError: it could not be kept."""
        from app.use_cases.sign_slip import keep_signature

        keep_signature(self.doors, self._sale_of(receipt_no), trace, operator)

    def signature_of(self, receipt_no: str, viewer: Operator) -> PenTrace | None:
        """:raises NotAllowed, NotFound, SecretError: see the use case."""
        from app.use_cases.sign_slip import signature_of

        return signature_of(self.doors, self._sale_of(receipt_no), viewer)

    def sign_on_paper(self, receipt_no: str) -> int:
        """The shop's copy goes to the printer; owed once. Answers how many papers are new."""
        from app.use_cases.sign_slip import owe_shop_copy

        return owe_shop_copy(self.doors, self._sale_of(receipt_no))

    def _sale_of(self, receipt_no: str) -> str:
        from app.use_cases.receipt import sale_of_receipt

        return sale_of_receipt(self.doors, receipt_no)
