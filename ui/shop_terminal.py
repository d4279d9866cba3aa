"""The open shop's part for the insurance terminal and the patient's keypad."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.domain.device_plan import DeviceKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from app.domain.abort import Abort
    from app.domain.e_certificate import (
        Cashier,
        CertificateUse,
        ECertificate,
        FaceEvidence,
        SettledNotice,
        Shown,
    )
    from app.domain.patient_password import Digits, SealedPassword
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.views import Patient, PaymentView
    from ui.device_room import DeviceRoom

_TERMINAL, _PAD = DeviceKind.TERMINAL, DeviceKind.PIN_PAD
_SCREEN = "screen:"


class ShopTerminal:
    """``ui.screens.terminal_door``'s two doors; a part of :class:`ui.shop.Shop`."""

    doors: Doors
    devices: DeviceRoom

    # --- the terminal -------------------------------------------------------------------------

    def terminal_ways(self) -> frozenset[Shown]:
        """As the plan has it: the device need not be there."""
        from app.domain.e_certificate import Shown

        placed = self.devices.plan.of(_TERMINAL)
        if not placed.is_there:
            return frozenset()
        national = placed.option(_TERMINAL, "way") != "regional"
        chosen = national and placed.option(_TERMINAL, "faces") == "yes"
        faces = placed.is_practice or chosen
        return frozenset({Shown.CODE, Shown.FACE} if faces else {Shown.CODE})

    def terminal_certificate(
        self, use: CertificateUse, operator: Operator, abort: Abort
    ) -> Future[ECertificate]:
        """On the terminal's own thread."""
        cashier = self._cashier(operator)
        return self.devices.ask(_TERMINAL, lambda one: one.certificate(use, cashier, abort))

    def terminal_face(
        self, use: CertificateUse, operator: Operator, abort: Abort
    ) -> Future[FaceEvidence]:
        """On the terminal's own thread."""
        cashier = self._cashier(operator)
        return self.devices.ask(_TERMINAL, lambda one: one.face(use, cashier, abort))

    def terminal_show(self, notice: SettledNotice, operator: Operator) -> None:
        """A failure shows on its lamp and nowhere else."""
        cashier = self._cashier(operator)

        def show(terminal: Any) -> None:  # noqa: ANN401 - the room hands out any driver
            if terminal.shows_settlements:
                terminal.show_settled(notice, cashier)

        if self.devices.plan.of(_TERMINAL).is_there:
            self.devices.ask(_TERMINAL, show)

    def _cashier(self, operator: Operator) -> Cashier:
        from app.domain.e_certificate import Cashier

        return Cashier(operator.staff.number, operator.staff.name, self.doors.shop.institution_code)

    # --- the patient's password ---------------------------------------------------------------

    def wants_password(self, view: PaymentView, patient: Patient) -> bool:
        """Of the next quoted part, in pack order."""
        if not self.doors.profile.password_in_cainfo or patient.row is None:
            return False
        from app.use_cases.patient_password import wants_password

        order = {kind: at for at, kind in enumerate((*self.doors.settlement_types, "account"))}
        kinds = [one.settlement_type for one in view.settlements if one.state == "quoted"]
        if not kinds:
            return False
        first = min(kinds, key=lambda kind: order.get(kind, 99))
        return wants_password(self.doors, first, patient.row.area)

    def seal_password(self, typed: Digits) -> SealedPassword:
        """For the platform alone."""
        from app.use_cases.patient_password import seal_password

        return seal_password(self.doors, typed)

    def has_pad(self) -> bool:
        """Whether a number pad hangs at a port."""
        placed = self.devices.plan.of(_PAD)
        return placed.is_there and not placed.address.startswith(_SCREEN)

    def read_pad(
        self, typed: Digits, seconds: float, abort: Abort, pressed: Callable[[int], None]
    ) -> Future[None]:
        """On the pad's own thread."""
        return self.devices.ask(_PAD, lambda pad: pad.read(typed, seconds, abort, pressed))

    def keypad_screen(self) -> str:
        """The pad's own screen, else the one on which customers see or sign anything."""
        kinds = (_PAD, DeviceKind.SIGNATURE_PAD, DeviceKind.CUSTOMER_WINDOW)
        found = (self.devices.plan.of(kind).address for kind in kinds)
        named = (one.removeprefix(_SCREEN) for one in found if one.startswith(_SCREEN))
        return next(named, "")

    def keypad_shuffled(self) -> bool:
        """As chosen on the set-up page."""
        return self.devices.plan.of(_PAD).option(_PAD, "shuffled") == "yes"

    def number_keys(self) -> bool:
        """As chosen on the set-up page."""
        return self.devices.plan.of(_PAD).option(_PAD, "number_keys") == "yes"
