"""A terminal and a keypad of a fake shop: futures that a test answers by hand."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from app.domain.abort import Abort
from app.domain.e_certificate import (
    CertificateUse,
    ECertificate,
    FaceEvidence,
    SettledNotice,
    Shown,
)
from app.domain.patient_password import Digits, SealedPassword
from app.errors import YaotaiError
from app.use_cases.doors import Operator
from app.use_cases.views import Patient, PaymentView


class FakeTerminal:
    """Both doors of ``ui.screens.terminal_door``; a till without either until a test says so."""

    ways: frozenset[Shown] = frozenset()
    wants: bool = False
    number_pad: bool = False
    shuffled: bool = False
    usb_keys: bool = False
    key_error: YaotaiError | None = None

    def _noted(self, name: str) -> list[object]:
        kept: list[object] = self.__dict__.setdefault(name, [])
        return kept

    @property
    def uses(self) -> list[object]:
        """What each question was asked for."""
        return self._noted("_uses")

    @property
    def aborts(self) -> list[object]:
        return self._noted("_aborts")

    @property
    def shown(self) -> list[object]:
        """Notices that the terminal was given."""
        return self._noted("_shown")

    @property
    def sealed(self) -> list[object]:
        """Passwords that were sealed; only a test may know them."""
        return self._noted("_sealed")

    def terminal_ways(self) -> frozenset[Shown]:
        return self.ways

    def terminal_certificate(
        self, use: CertificateUse, operator: Operator, abort: Abort
    ) -> Future[ECertificate]:
        self.uses.append(use)
        self.aborts.append(abort)
        self.code: Future[ECertificate] = Future()
        return self.code

    def terminal_face(
        self, use: CertificateUse, operator: Operator, abort: Abort
    ) -> Future[FaceEvidence]:
        self.uses.append(use)
        self.aborts.append(abort)
        self.face: Future[FaceEvidence] = Future()
        return self.face

    def terminal_show(self, notice: SettledNotice, operator: Operator) -> None:
        self.shown.append(notice)

    def wants_password(self, view: PaymentView, patient: Patient) -> bool:
        return self.wants

    def seal_password(self, typed: Digits) -> SealedPassword:
        if self.key_error is not None:
            typed.clear()
            raise self.key_error
        taken = typed.take()
        self.sealed.append(taken.decode())
        return SealedPassword(bytearray(b"SEALED"))

    def has_pad(self) -> bool:
        return self.number_pad

    def read_pad(
        self, typed: Digits, seconds: float, abort: Abort, pressed: Callable[[int], None]
    ) -> Future[None]:
        self.aborts.append(abort)
        self.pad_typed, self.pad_pressed = typed, pressed
        self.pad_done: Future[None] = Future()
        return self.pad_done

    def keypad_screen(self) -> str:
        return ""

    def keypad_shuffled(self) -> bool:
        return self.shuffled

    def number_keys(self) -> bool:
        return self.usb_keys
