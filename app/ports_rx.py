"""The books of prescriptions and pharmacists: a page of :mod:`app.ports` of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Protocol

from app.domain.ca_key import CaKey, Certificate
from app.domain.pharmacist import Duty, Pharmacist
from app.domain.roster import RosterBatch, RosterEntry, RosterSeen
from app.domain.rx_case import (
    CirculationEntry,
    CirculationList,
    ListedIssuer,
    Owing,
    RxCase,
    RxOpening,
    Signature,
    UnmetRequest,
)


class CertificateSigner(Protocol):
    """Keys of a certificate authority that are plugged in at this till."""

    def plugged_in(self) -> tuple[Certificate, ...]:
        """The certificates that may sign; :raises DeviceFailed: no key is plugged in."""
        ...

    def unlock(self, key: CaKey, pin: str) -> None:
        """Prove the PIN to its key, which stays unlocked until :meth:`lock` or until it is pulled.

        :raises PinWrong: with the tries that are left; :raises DeviceFailed: locked, another
            person's key, none.
        """
        ...

    def lock(self) -> None:
        """Every key forgets its PIN; :raises DeviceError: they cannot be reached."""
        ...

    def sign(self, key: CaKey, text: bytes) -> Signature:
        """Sign, and check what the key made against its certificate before it counts.

        :raises DeviceFailed: expired, not unlocked, pulled, another person's key, or forged.
        """
        ...

    def holds(self, signature: Signature, text: bytes) -> bool:
        """Whether it was made over exactly this text by the certificate that it carries."""
        ...

    def certificate_of(self, signature: Signature) -> Certificate | None:
        """The certificate that a signature carries; None where it carries none."""
        ...


class Signer(Protocol):
    """Whose hand it was: the shop's own keys (内部电子签名, no CA), or a CA's by its driver."""

    def sign(self, staff_id: str, text: bytes) -> Signature:
        """Sign the canonical text of an act with the person's key; the shop's own is made at once.

        Not within a unit of work: a CA's key may take seconds.

        :raises DeviceError: a CA's key did not; :raises RuleBroken: one is demanded, none bound.
        """
        ...

    def holds(self, signature: Signature, text: bytes) -> bool:
        """Whether the signature was made over exactly this text by the key that it names."""
        ...

    def made_by(self, signature: Signature, staff_id: str, binding: Pharmacist | None) -> bool:
        """Whether the key that it names is, or once was, this person's."""
        ...

    def certificate_of(self, signature: Signature) -> Certificate | None:
        """The certificate of a CA's signature; None for the shop's own."""
        ...

    def by_certificate(self, staff_id: str) -> bool:
        """Whether a CA's key signs for the person; :raises RuleBroken: one is demanded, none bound.

        Not within a unit of work.
        """
        ...

    def plugged_in(self) -> tuple[Certificate, ...]:
        """Certificates whose keys are at this till now; see :class:`CertificateSigner`."""
        ...

    def unlocked(self, staff_id: str, key_pin: str) -> AbstractContextManager[None]:
        """While it lasts the first signature of the person's CA key proves this PIN to it.

        :meth:`sign` then raises PinWrong, DeviceFailed. The shop's own keys want none.
        """
        ...

    def forget_pins(self) -> None:
        """Every CA key at this till wants its PIN again."""
        ...


class PrescriptionBook(Protocol):
    """Prescriptions at this store: sheet, tokens and acts sealed, states in the open.

    Every till of the store sees all of them: review may happen at another one.
    """

    def add(self, case: RxCase) -> None:
        """A new one; its id must be new."""
        ...

    def save(self, case: RxCase) -> None:
        """Write a changed one and raise its version; :raises StoreStale: when behind."""
        ...

    def get(self, case_id: str) -> RxCase:
        """:raises NotFound:."""
        ...

    def by_number(self, number: str) -> list[RxCase]:
        """Every case of a prescription number here, newest first (found by keyed hash)."""
        ...

    def hold_number(self, number: str) -> None:
        """Until this unit ends no other till takes a prescription of that number in."""
        ...

    def of_sale(self, sale_id: str) -> RxCase | None:
        """The one that belongs to a sale."""
        ...

    def waiting(self) -> list[RxCase]:
        """The pharmacist's queue (states WAITING), longest wait first."""
        ...

    def ready(self) -> list[RxCase]:
        """Reviewed and not yet handed out (PASSED, PICKED, CHECKED, REPORTED), oldest first."""
        ...

    def on_the_wire(self) -> list[RxCase]:
        """Somebody should hear of it (states ON_THE_WIRE), oldest first."""
        ...

    def under_way(self) -> list[RxCase]:
        """What the recovery looks through: on the wire, reported, waiting, ready; oldest first."""
        ...

    def pulse(self) -> str:
        """A short text that changes when a live prescription of the store came, moved or went."""
        ...

    def between(self, begins: datetime, ends: datetime, limit: int = 500) -> list[RxCase]:
        """Those that arrived in a period, newest first: for looking up and later audits."""
        ...

    def keep_opening(self, opening: RxOpening) -> None:
        """A download under way, tokens and number sealed; insert or replace by its id."""
        ...

    def close_opening(self, opening_id: str) -> None:
        """It became a case, or holds nothing; one that is not there is closed already."""
        ...

    def openings(self) -> list[RxOpening]:
        """Those of the store that nobody closed, oldest first."""
        ...

    def keep_file(self, case_id: str, content: bytes) -> None:
        """The original as it came (PDF, OFD, picture); stored sealed."""
        ...

    def file(self, case_id: str) -> bytes:
        """The original; empty where there is none; :raises NotFound: no such case."""
        ...


class PharmacistBook(Protocol):
    """Bindings of staff as pharmacists; document numbers sealed."""

    def keep(self, pharmacist: Pharmacist) -> None:
        """Insert or replace by ``staff_id``."""
        ...

    def get(self, staff_id: str) -> Pharmacist | None:
        """The binding of a member of staff, if there is one."""
        ...

    def all(self) -> list[Pharmacist]:
        """Unbound ones too."""
        ...


class DutyBook(Protocol):
    """Presence intervals."""

    def sign_on(self, duty: Duty) -> None:
        """A new interval; :raises BadValue: the person has an open one."""
        ...

    def sign_off(self, duty_id: str, at: datetime, why: str) -> None:
        """Close one; :raises NotFound: no open one of that id."""
        ...

    def pulse(self) -> str:
        """A short text that changes when somebody came on duty or left it."""
        ...

    def open(self) -> list[Duty]:
        """Those on duty now, at every till of the store."""
        ...

    def between(self, begins: datetime, ends: datetime) -> list[Duty]:
        """Intervals that touch the period, by beginning: the attendance export."""
        ...


class OwingBook(Protocol):
    """What is owed on part-dispensed prescriptions."""

    def add(self, owings: Sequence[Owing]) -> None:
        """New ones."""
        ...

    def save(self, owing: Owing) -> None:
        """Write a changed one; :raises NotFound:."""
        ...

    def open(self) -> list[Owing]:
        """Soonest due first."""
        ...

    def of_case(self, case_id: str) -> list[Owing]:
        """Every owing of a prescription."""
        ...


class UnmetBook(Protocol):
    """Drugs that were wanted and not there."""

    def add(self, requests: Sequence[UnmetRequest]) -> None:
        """New ones."""
        ...

    def done(self, request_id: str, at: datetime) -> None:
        """Somebody saw to it; :raises NotFound:."""
        ...

    def open(self, limit: int = 500) -> list[UnmetRequest]:
        """Newest first."""
        ...


class ListBook(Protocol):
    """Lists that others publish: the circulation list, issuers, prescribers per disease."""

    def keep_circulation(
        self, version: CirculationList, entries: Iterable[CirculationEntry]
    ) -> None:
        """A whole new version replaces the entries of the one before; the versions stay known."""
        ...

    def circulation_versions(self) -> list[CirculationList]:
        """Newest import first."""
        ...

    def circulating(self, national_codes: Sequence[str], day: date) -> frozenset[str]:
        """Those of the codes that stand on the newest list on that day."""
        ...

    def keep_listed(self, kind: str, rows: Iterable[ListedIssuer]) -> None:
        """Replace the whole list of that kind (issuer, prescriber, service)."""
        ...

    def listed(self, kind: str, code: str, day: date, disease: str = "") -> ListedIssuer | None:
        """The row that is in force on that day."""
        ...

    def which_listed(self, first: str, second: str) -> frozenset[str]:
        """Those of two kinds of which a list was ever imported; about the other nobody is asked."""
        ...

    def all_listed(self, kind: str) -> list[ListedIssuer]:
        """The whole list, by code; empty = never imported, so nobody is asked about it."""
        ...


class RosterBook(Protocol):
    """Rosters of special-disease and two-disease persons: a batch a settlement type."""

    def keep(self, batch: RosterBatch, entries: Iterable[RosterEntry]) -> None:
        """A whole new batch; what it replaces loses its persons, and stays known as a batch.

        :raises BadValue: a row of another settlement type.
        """
        ...

    def batches(self) -> list[RosterBatch]:
        """Every batch ever imported, newest first."""
        ...

    def of_person(self, person_id: str, day: date) -> RosterSeen:
        """What the rosters in effect on that day say of a known person; no name is opened."""
        ...

    def by_number(self, cert_no: str, day: date) -> RosterSeen:
        """The same by document number, with number and name."""
        ...
