"""The national insurance terminal through its vendor's library, which runs in another process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from app.domain.abort import Abort
from app.domain.clock import shop_time
from app.domain.e_certificate import (
    Cashier,
    CertificateUse,
    ECertificate,
    FaceEvidence,
    SettledNotice,
    Shown,
)
from app.errors import BadFrame, BadValue, Cancelled, DeviceFailed, LibraryGone, NotOffered
from devices.insurance_terminal import wire
from devices.insurance_terminal.wire import DEVICE, Asker, Service
from devices.library.wire import Function, Kind, Returned, Returns, Value

CUSTOMER_SECONDS: Final = 60.0
"""How long a customer may take to show a code or a face before the till gives up."""
_MACHINE_SECONDS: Final = 10.0
_REGIONAL_ROOM: Final = 8192

_HUNG: Final = "device_library.hung"

NATIONAL: Final = "NationEcTrans"
REGIONAL: Final = "EcQuery"
_INIT: Final = "Init"
TABLE: Final = (
    Function(
        NATIONAL,
        (Kind.TEXT, Kind.TEXT, Kind.TEXT_BUFFER),
        Returns.TEXT,
        limit=CUSTOMER_SECONDS + _MACHINE_SECONDS,
    ),
    Function(_INIT, (Kind.TEXT, Kind.TEXT_BUFFER), Returns.INT32, limit=_MACHINE_SECONDS),
    Function(
        REGIONAL,
        (Kind.TEXT, Kind.TEXT_BUFFER),
        Returns.INT32,
        limit=CUSTOMER_SECONDS + _MACHINE_SECONDS,
    ),
)
"""The functions of NationECCode.dll and of HeaSecReadInfo (devices.md 2.6, 3.2)."""


class Way(StrEnum):
    """Which of the ways of devices.md 3.2 this terminal goes to a customer's certificate."""

    LIBRARY_SCANS = "library_scans"
    """A: the library wakes the scanner that it knows."""
    TERMINAL_SCANS = "terminal_scans"
    """B."""
    REGIONAL = "regional"
    """E: the region's own library, as in Jiangsu."""


class Library(Protocol):
    """What the driver asks of :class:`devices.library.process.VendorLibrary`."""

    def call(self, name: str, *values: Value) -> Returned:
        """Call a function of :data:`TABLE`; :raises LibraryGone, DeviceFailed:."""
        ...

    def watch(self) -> None:
        """:raises LibraryGone: it went."""
        ...

    def close(self) -> None:
        """End it, from whatever thread."""
        ...


@dataclass(frozen=True, slots=True)
class Setting:
    """How this shop's terminal is spoken to."""

    url: str = ""
    """Address of the certificate front; the regional library takes it as ``HOST:PORT``."""
    opening: bytes = b""
    """What the regional library is opened with, where the bureau gave a file; else the front."""
    way: Way = Way.LIBRARY_SCANS
    encoding: str = "utf-8"
    """Of the JSON that goes in: ``utf-8`` or ``gb18030``; which one is wanted is not published."""
    faces: bool = False
    notices: bool = False
    office_id: str = ""
    office_name: str = ""


def business_number(org_id: str, at: datetime, new_id: str) -> str:
    """业务流水号 (outBizNo): the shop, the day and a number that no other call has; digits, <= 64.

    ``new_id`` is a UUID as text. The shop's code is cut where it is longer than its place.
    """
    unique = int(new_id.replace("-", ""), 16)
    return f"{org_id[:17]}{shop_time(at):%Y%m%d}{unique:039d}"


class NationalTerminal:
    """:class:`app.ports_devices.InsuranceTerminal` over a vendor's library; one thread at a time.

    Codes, tokens and authorisations pass through and stay nowhere.
    """

    def __init__(
        self,
        library: Library,
        setting: Setting,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        attend: Callable[[str], None] = lambda _: None,
    ) -> None:
        """``attend`` keeps its lamp: a message id of what somebody should look at, or empty."""
        self._library, self._setting, self._attend = library, setting, attend
        self._now, self._new_id = now, new_id
        self._told_front = False

    @property
    def ways(self) -> frozenset[Shown]:
        """See the port."""
        faces = self._setting.faces and self._is_national
        return frozenset({Shown.CODE, Shown.FACE} if faces else {Shown.CODE})

    @property
    def shows_settlements(self) -> bool:
        """See the port."""
        return self._setting.notices and self._is_national

    @property
    def _is_national(self) -> bool:
        # What a regional library makes of a face or a notice is not published.
        return self._setting.way is not Way.REGIONAL

    def certificate(self, use: CertificateUse, cashier: Cashier, abort: Abort) -> ECertificate:
        """See the port."""
        service = Service.SCAN if self._setting.way is Way.TERMINAL_SCANS else Service.DECODE
        number = self._number(cashier)
        asked = wire.question(service, self._asker(cashier), use, number)
        returned, answer = self._ask(asked, abort)
        return wire.certificate(returned, answer, number)

    def face(self, use: CertificateUse, cashier: Cashier, abort: Abort) -> FaceEvidence:
        """See the port."""
        if Shown.FACE not in self.ways:
            raise NotOffered(device=DEVICE)
        asker = self._asker(cashier)
        first = wire.question(Service.FACE, asker, use, self._number(cashier))
        authorisation = wire.authorisation(*self._ask(first, abort))
        number = self._number(cashier)
        second = wire.question(Service.FACE_CHECK, asker, use, number, authorisation)
        person = wire.certificate(*self._ask(second, abort), number)
        if person.authorisation not in ("", authorisation):
            raise BadFrame(device=DEVICE)  # somebody else's authentication: nobody's here
        person = replace(person, authorisation=authorisation)
        return FaceEvidence(person, authorisation, self._now())

    def show_settled(self, notice: SettledNotice, cashier: Cashier) -> None:
        """See the port."""
        if not self.shows_settlements:
            raise NotOffered(device=DEVICE)
        try:
            wire.shown(*self._ask(wire.notice(self._asker(cashier), notice), Abort()))
        except (DeviceFailed, BadFrame, BadValue):
            self._attend("device_terminal.not_shown")
            raise
        self._attend("")

    def watch(self) -> None:
        """Look whether the library's process still runs; :raises LibraryGone: it went."""
        self._library.watch()

    def close(self) -> None:
        """See the port."""
        self._library.close()

    def _asker(self, cashier: Cashier) -> Asker:
        own = self._setting
        return Asker(cashier.shop, cashier.number, cashier.name, own.office_id, own.office_name)

    def _number(self, cashier: Cashier) -> str:
        return business_number(cashier.shop, self._now(), self._new_id())

    def _ask(self, asked: str, abort: Abort) -> tuple[str, bytes]:
        """One call; :raises Cancelled: tripped before it or while it waited."""
        if abort.tripped:
            raise Cancelled(device=DEVICE)
        try:
            with abort.ends_by(self._library.close):
                return self._call(asked.encode(self._setting.encoding))
        except LibraryGone as gone:
            self._told_front = False  # its next process knows nothing
            if abort.tripped:
                raise Cancelled(device=DEVICE) from None
            if gone.params.get("why") == _HUNG:
                # Its process was ended and the next call starts another: the terminal is there.
                raise DeviceFailed(device=DEVICE, why="device_terminal.nobody_came") from None
            raise

    def _call(self, asked: bytes) -> tuple[str, bytes]:
        if not self._is_national:
            self._prepare()
            told = self._library.call(REGIONAL, asked, _REGIONAL_ROOM)
            worked = wire.CALL_WORKED if told.number() == 0 else str(told.number())
            return worked, told.out_bytes(0)
        url = self._setting.url.encode()
        told = self._library.call(NATIONAL, url, asked, wire.LONGEST_ANSWER)
        returned = told.value if isinstance(told.value, bytes) else b""
        return returned[:32].decode("ascii", "replace"), told.out_bytes(0)

    def _prepare(self) -> None:
        """The regional library is told once where its front is."""
        if self._told_front:
            return
        host, _, port = self._setting.url.rpartition(":")
        asked = self._setting.opening or wire.front(host, port).encode()
        if self._library.call(_INIT, asked, _REGIONAL_ROOM).number() != 0:
            raise DeviceFailed(device=DEVICE, why="device_terminal.no_front")
        self._told_front = True
