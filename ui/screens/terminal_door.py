"""What the screens ask of the insurance terminal and of the patient's keypad."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
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
    from app.use_cases.doors import Operator
    from app.use_cases.views import Patient, PaymentView


class TerminalDoor(Protocol):
    """Each answers at once; the futures later, from the device's own thread."""

    def terminal_ways(self) -> frozenset[Shown]:
        """How a customer may show who they are at this till's terminal; empty = it has none."""
        ...

    def terminal_certificate(
        self, use: CertificateUse, operator: Operator, abort: Abort
    ) -> Future[ECertificate]:
        """Whose code is shown there; :class:`app.ports_devices.InsuranceTerminal` says what fails.

        ``abort`` also takes it back where it waits for its turn.
        """
        ...

    def terminal_face(
        self, use: CertificateUse, operator: Operator, abort: Abort
    ) -> Future[FaceEvidence]:
        """Whose face it is."""
        ...

    def terminal_show(self, notice: SettledNotice, operator: Operator) -> None:
        """On the terminal, where it shows settlements; nobody waits and nothing is raised."""
        ...


class PasswordDoor(Protocol):
    """The patient's password; answered from memory but for the pad."""

    def wants_password(self, view: PaymentView, patient: Patient) -> bool:
        """Whether the next part that is to be settled needs it."""
        ...

    def seal_password(self, typed: Digits) -> SealedPassword:
        """For the platform alone; ``typed`` is overwritten.

        :raises RuleBroken: PASSWORD_NO_KEY; :raises BadValue: not complete, or no such key.
        """
        ...

    def has_pad(self) -> bool:
        """Whether this till has a number pad at a port; else a keypad on a screen is used."""
        ...

    def read_pad(
        self, typed: Digits, seconds: float, abort: Abort, pressed: Callable[[int], None]
    ) -> Future[None]:
        """Let the patient type on the pad; ``pressed`` is called on the pad's own thread."""
        ...

    def keypad_screen(self) -> str:
        """Name of the screen for the keypad; empty = whichever is not the till's own."""
        ...

    def keypad_shuffled(self) -> bool:
        """Whether the keypad's digits change places each time."""
        ...

    def number_keys(self) -> bool:
        """Whether the patient has a number pad that types like a keyboard."""
        ...
