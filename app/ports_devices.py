"""The doors to the devices of the counter; a page of its own, as for prescriptions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from threading import Condition
from typing import Protocol

from app.domain.abort import Abort
from app.domain.display import Figure
from app.domain.e_certificate import (
    Cashier,
    CertificateUse,
    ECertificate,
    FaceEvidence,
    SettledNotice,
    Shown,
)
from app.domain.identity_card import IdentityCard
from app.domain.paper import Paper, PrinterStatus, PrintResult
from app.domain.patient_password import Digits
from app.domain.picture import Glimpse, Still
from app.domain.print_job import PrintJob
from app.domain.print_states import PrintState
from app.domain.social_card import SocialCard


class Timer(Protocol):
    """Time as devices feel it: a monotonic count of seconds that can be waited upon.

    Limits of a conversation are no moments of the day: a clock that is set back must not make a
    reader wait for an hour. Tests hand in one that moves by hand, so that nothing sleeps.
    """

    def now(self) -> float:
        """Seconds since an arbitrary start; never goes back."""
        ...

    def wait(self, until: Condition, seconds: float) -> None:
        """Wait until the condition, which the caller holds, is notified, or the time is over."""
        ...

    def pause(self, seconds: float) -> None:
        """Let so much time pass."""
        ...


class IdentityCardReader(Protocol):
    """A reader of resident identity cards (GA 450); one thread at a time speaks to it."""

    def poll(self) -> IdentityCard | None:
        """The card that was newly laid on the reader; None while there is nothing new.

        A card that stays on the reader after it was read is not new until it was lifted.

        :raises NotConnected: the device went. :raises DeviceSilent: no answer in time.
        :raises BadFrame: what came, twice, is no answer. :raises DeviceFailed: the reader says
            why it cannot; its ``why`` is a message id.
        """
        ...

    def wait_for_card(self, seconds: float) -> IdentityCard | None:
        """As :meth:`poll`, asked again until a card was read or the time is over (then None)."""
        ...

    def newest_address(self) -> str:
        """The address added after issue to the card that was just read; empty = none."""
        ...

    def close(self) -> None:
        """Give the port back; harmless when repeated."""
        ...


class InsuranceTerminal(Protocol):
    """The medical-insurance terminal (医保综合服务终端); one thread at a time speaks to it.

    What it answers opens a person's account: it is handed on in memory and nowhere written.
    """

    @property
    def ways(self) -> frozenset[Shown]:
        """How a customer may show who they are there."""
        ...

    @property
    def shows_settlements(self) -> bool:
        """Whether :meth:`show_settled` is for this terminal."""
        ...

    def certificate(self, use: CertificateUse, cashier: Cashier, abort: Abort) -> ECertificate:
        """Whose insurance code the customer shows there.

        :raises Cancelled: ``abort`` was tripped. :raises LibraryGone: its library crashed.
        :raises DeviceFailed: it or the centre says why not, or nobody came in time.
        :raises BadFrame: what came is no answer.
        """
        ...

    def face(self, use: CertificateUse, cashier: Cashier, abort: Abort) -> FaceEvidence:
        """Whose face it is; raises as :meth:`certificate`. :raises NotOffered: it has no camera."""
        ...

    def show_settled(self, notice: SettledNotice, cashier: Cashier) -> None:
        """Have the customer read there what was settled; raises as :meth:`certificate`."""
        ...

    def close(self) -> None:
        """Let it go; harmless when repeated."""
        ...


class SocialCardReader(Protocol):
    """A reader of social security cards, or the region's driver of one; one thread at a time.

    Nothing is ever asked of the holder: a card counts wrong PINs and locks itself.
    """

    def poll(self) -> SocialCard | None:
        """The card that was newly put in; None while there is nothing new.

        :raises NotConnected: the reader or its service went. :raises DeviceBusy: another program
            has the card. :raises BadFrame: what came is no answer. :raises DeviceFailed: why the
            card cannot be read; its ``why`` is a message id. Each once for one card.
        """
        ...

    def wait_for_card(self, seconds: float) -> SocialCard | None:
        """As :meth:`poll`, asked again until a card was read or the time is over (then None)."""
        ...

    def read(self) -> SocialCard:
        """The card that is there, new or not; raises as :meth:`poll`, also where there is none."""
        ...

    def close(self) -> None:
        """Give the reader back; harmless when repeated."""
        ...


class PinPad(Protocol):
    """A number pad on the patient's side; one thread at a time speaks to it."""

    def read(
        self, typed: Digits, seconds: float, abort: Abort, pressed: Callable[[int], None]
    ) -> None:
        """Let the patient type into ``typed`` until they confirm; ``pressed`` hears how many.

        On any error ``typed`` is overwritten.

        :raises Cancelled: the patient, or ``abort``. :raises DeviceSilent: not in time.
        :raises NotConnected: the device went.
        """
        ...

    def close(self) -> None:
        """Let it go; harmless when repeated."""
        ...


class ReceiptPrinter(Protocol):
    """A receipt printer with the drawer at its socket; one thread at a time speaks to it."""

    def status(self) -> PrinterStatus:
        """What it says of itself; :raises DeviceError: it cannot be reached."""
        ...

    def print(self, paper: Paper) -> PrintResult:
        """Print one paper and wait for its word that it did.

        :raises DeviceError: nothing of the paper has left: asking again prints nothing twice.
        """
        ...

    def kick_drawer(self) -> None:
        """Open the drawer, with or without paper; :raises DeviceError: it cannot be reached."""
        ...


class CustomerDisplay(Protocol):
    """A display of a few digits turned to the customer; one thread at a time speaks to it."""

    def show(self, figure: Figure) -> None:
        """Show it until the next one; :raises DeviceError: its port is gone.

        A display never answers: nobody can tell whether it is lit.
        """
        ...


class LabelPrinter(Protocol):
    """A printer of dosage labels; one thread at a time speaks to it."""

    def print(self, label: Paper, copies: int = 1) -> PrintResult:
        """Print a label, or several where its rows do not fit on one.

        :raises DeviceError: nothing of it has left.
        """
        ...


class Camera(Protocol):
    """A camera; opened while somebody looks, given back afterwards. One thread at a time."""

    def look(self, show: Callable[[Glimpse], None]) -> None:
        """Open it and hand each frame to ``show``, on the device's thread, until :meth:`rest`.

        :raises DeviceError: it cannot be opened.
        """
        ...

    def rest(self) -> None:
        """Nobody looks any more; harmless when repeated."""
        ...

    def take(self, *, anyhow: bool = False) -> Still:
        """A frame that is good enough; ``anyhow``: the sharpest one, with its fault.

        :raises DeviceFailed: none was, ``why`` says what to put right;
        :raises NotConnected: it went, or nobody looks.
        """
        ...

    def snap(self, within: tuple[int, int], *, anyhow: bool = False) -> Still:
        """:meth:`take` in one go, no larger than ``within`` (widest, highest), looked at or not.

        :raises DeviceError: it cannot be opened, went, or no frame was good enough.
        """
        ...


class SignatureKeys(Protocol):
    """The signing keys of a certificate authority that are plugged in (GM/T 0016).

    A certificate in DER names its key. No key ever tells its private half, and nothing here keeps
    a PIN: whether a key is unlocked, the key itself knows.
    """

    def certificates(self) -> tuple[bytes, ...]:
        """The signing certificates of all keys; :raises DeviceFailed: no key is plugged in."""
        ...

    def unlock(self, certificate: bytes, pin: str) -> None:
        """Prove the PIN to its key; it stays unlocked until :meth:`lock`, or until it is pulled.

        :raises PinWrong: with the tries that are left; :raises DeviceFailed: locked, not there.
        """
        ...

    def sign(self, certificate: bytes, digest: bytes) -> bytes:
        """r and s, 32 bytes each, over 32 bytes that SM2 prepared (GB/T 32918.2).

        :raises DeviceFailed: not unlocked, not there, pulled in the middle.
        """
        ...

    def lock(self) -> None:
        """Every key forgets its PIN."""
        ...


class PrintBook(Protocol):
    """Papers of this till on their way to the printer."""

    def add(self, jobs: Iterable[PrintJob]) -> int:
        """New ones in their order; a known id is left as it stands. Answers how many were new."""
        ...

    def add_new(self, jobs: Sequence[PrintJob]) -> None:
        """Those of an act that is being written; :raises BadValue: one of them is known."""
        ...

    def save(self, job: PrintJob) -> None:
        """Write a changed one; :raises NotFound: no such job of this till."""
        ...

    def in_state(self, *states: PrintState) -> list[PrintJob]:
        """Jobs in any of the states, in the order in which they came."""
        ...
