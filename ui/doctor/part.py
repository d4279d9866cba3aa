"""What the doctor says of one thing, and the shop he looks at; each thing may fail alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from app.domain.staff import Role, Staff
from app.errors import KeyStoreNotAsked, NotSent, SecretError, StoreBroken
from ui.homes import SHOP_FILE, ShopFile, read_shop

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from app.domain.insurance import Answer, Call, Header, Message
    from app.ports import Secrets
    from app.regions.loader import Region
    from app.use_cases.doors import Doors, Operator
    from app.vault.keyring import Vault

OK, LOOK, BAD = "ok", "look", "bad"
"""Good, or worth knowing; somebody should look when there is time; something must be done."""


@dataclass(frozen=True, slots=True)
class Part:
    """One row of the page."""

    name: str
    state: str
    message_id: str
    params: Mapping[str, object] = field(default_factory=dict)
    items: tuple[Mapping[str, str], ...] = ()
    """What was found, piece by piece."""


_SKEW: Final = timedelta(minutes=5)
"""Tills of one store may differ by so much."""


def ahead(at: datetime, now: datetime) -> bool:
    """Of a time that has not come: the clock was ahead then, and nobody knows how old it is."""
    return at - now > _SKEW


class Patient:
    """A shop's folder, opened bit by bit; nothing of it is written."""

    def __init__(self, folder: Path, *, practice: bool, full: bool, closing: ExitStack) -> None:
        self.folder, self.practice, self.full = folder, practice, full
        self._closing = closing

    @cached_property
    def file(self) -> ShopFile:
        """``shop.toml``; :raises BadFile:."""
        return read_shop(self.folder)

    @property
    def is_shop(self) -> bool:
        """Whether a shop was ever made here."""
        return (self.folder / SHOP_FILE).exists()

    @cached_property
    def vault(self) -> Vault:
        """:raises SecretError, KeyStoreNotAsked:."""
        from app.vault.keyring import KEY_FILE
        from app.vault.places import open_vault

        if not (self.folder / KEY_FILE).exists():
            raise SecretError(why="the key file is missing")  # opening would make a new one
        return open_vault(self.folder)

    @cached_property
    def secrets(self) -> Secrets:
        """The vault, or nothing that opens where its key lies in the system's store."""
        try:
            return self.vault
        except KeyStoreNotAsked:
            return NoKeys()

    @cached_property
    def books(self) -> Engine:
        """The books of whatever schema, to be read; :raises StoreError, SecretError:."""
        from app.storage.reading import open_reading
        from ui.homes import STORE_FILE
        from ui.shared_books import books_place, share_keys

        if not self.file.database:
            engine = open_reading(self.folder / STORE_FILE)
        else:
            engine = open_reading(books_place(self.folder, self.file, self.vault))
            share_keys(engine, self.vault)
        self._closing.callback(engine.dispose)
        return engine

    @cached_property
    def region(self) -> Region:
        """:raises PackError, BadFile:."""
        from app.regions.confirmed import read_confirmation
        from app.regions.loader import load_region

        told = None if self.practice else read_confirmation(self.folder)
        return load_region(
            self.file.region, practice=self.practice, confirmed=told.values if told else None
        )

    @cached_property
    def doors(self) -> Doors:
        """The shop's doors over books that are read only; :raises YaotaiError: in its kinds."""
        from app.storage.migrate import HEAD, version_of

        with self.books.connect() as connection:
            if version_of(connection) != HEAD:
                raise StoreBroken(why="not a store of this version")
        return doors_of(self, self.books)

    @property
    def who(self) -> Operator:
        """The doctor himself: may see all, does nothing."""
        from app.use_cases.doors import Operator

        return Operator(Staff("doctor", "0000", "doctor", Role.MANAGER))

    @cached_property
    def till_is_open(self) -> bool:
        """Whether a till process holds the home; else it is held until the page is done."""
        from app.errors import HomeInUse
        from app.storage.home_lock import HomeLock

        lock = HomeLock(self.folder)
        try:
            lock.acquire()
        except HomeInUse:
            return True
        self._closing.callback(lock.release)
        return False


def doors_of(patient: Patient, engine: Engine) -> Doors:
    """Doors of a shop over an engine; nothing goes out by them."""
    from app.storage.unit_of_work import make_factory
    from app.system import SystemClock, UuidIds
    from app.use_cases.doors import Doors
    from app.vault.evidence import EVIDENCE_FOLDER, EvidenceFiles
    from app.vault.pins import Argon2Pins
    from app.vault.signatures import InternalSigner

    file, region, vault = patient.file, patient.region, patient.secrets
    return Doors(
        uow=make_factory(engine, vault, file.store_id, file.till_id),
        platform=_Silent(),
        clock=SystemClock(),
        ids=UuidIds(),
        pins=Argon2Pins(),
        shop=file.facts(region.division, region.status),
        profile=region.profile,
        policy_on=region.policy_on,
        signer=InternalSigner(vault),
        evidence=EvidenceFiles(patient.folder / EVIDENCE_FOLDER, vault),
        settlement_types=region.settlements,
    )


class NoKeys:
    """Keys that nobody may ask for: what needs one cannot be looked at."""

    def seal(self, purpose: str, plain: bytes, place: str) -> bytes:
        """:raises KeyStoreNotAsked:."""
        raise KeyStoreNotAsked

    def open(self, purpose: str, sealed: bytes, place: str) -> bytes:
        """:raises KeyStoreNotAsked:."""
        raise KeyStoreNotAsked

    def index(self, purpose: str, text: str) -> bytes:
        """:raises KeyStoreNotAsked:."""
        raise KeyStoreNotAsked


class _Silent:
    """The doctor never speaks to the platform."""

    def compose(self, call: Call, header: Header) -> NoReturn:
        """Nothing leaves."""
        raise NotSent(infno="doctor")

    def send(self, message: Message) -> Answer:
        """Nothing leaves."""
        raise NotSent(infno="doctor")


Parts = Iterator[Part]
