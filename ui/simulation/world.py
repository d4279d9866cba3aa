"""The world of one simulated store: clock, ids, dice, disk and wire; nothing of the machine's."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from app.storage.engine import open_store
from sync.insurance.simulator.platform import Platform
from sync.insurance.simulator.refusal import NoReply

MORNING = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
"""Half past eight on a Monday in the shop's zone: when each simulated store begins."""

Reply = tuple[int, Mapping[str, str], bytes]


class WorldClock:
    """The true time of the world; tills see it through their own, which may be wrong."""

    def __init__(self, at: datetime = MORNING) -> None:
        self._at = at

    def now(self) -> datetime:
        """Aware, UTC."""
        return self._at

    def pass_by(self, seconds: float) -> None:
        """Time only ever goes on here."""
        self._at += timedelta(seconds=seconds)


class TillClock:
    """:class:`app.ports.Clock` of one till: the world's time, and how far it is off."""

    def __init__(self, world: WorldClock) -> None:
        self._world = world
        self.off = timedelta(0)

    def now(self) -> datetime:
        """Aware, UTC; may be wrong."""
        return self._world.now() + self.off


class SeededIds:
    """:class:`app.ports.Ids`: shaped like a UUIDv7, in the order in which they were minted."""

    def __init__(self, start: int = 0) -> None:
        self.last = start

    def new(self) -> str:
        """The next one."""
        self.last += 1
        return f"00000000-0000-7000-8000-{self.last:012d}"


def dice_for(seed: int, what: str) -> random.Random:
    """Dice of their own for ``what``; the same for the same words on every machine."""
    return random.Random(f"yaotai {seed} {what}")  # noqa: S311 - dice, no secret


class ProcessDied(BaseException):
    """A till's process ends here, whatever it was doing: no ``except Exception`` may hold it."""

    def __init__(self, till_no: int, power: bool = False) -> None:
        super().__init__(till_no)
        self.till_no, self.power = till_no, power


class Disk:
    """The store's file. ``synchronous`` is off: what a power loss takes is cut off by hand.

    After a commit has returned its pages count as durable, as with FULL; the power may go while a
    commit is being written, and then the log ends at any byte of it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "store.sqlite3"
        self.engine = self._open()

    @property
    def _log(self) -> Path:
        return self.file.with_name(self.file.name + "-wal")

    def _open(self) -> Engine:
        engine = open_store(self.file)
        engine.dispose()  # its connections knew nothing of what follows

        @event.listens_for(engine, "connect")
        def relax(connection: sqlite3.Connection, _record: object) -> None:
            connection.execute("PRAGMA synchronous = OFF")

        return engine

    def log_size(self) -> int:
        """Bytes in the write-ahead log."""
        try:
            return self._log.stat().st_size
        except FileNotFoundError:
            return 0

    def fold(self) -> None:
        """Fold the log in and begin it anew, so that it only ever grows in between."""
        with closing(sqlite3.connect(self.file, isolation_level=None)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def keep_torn(self, durable: int, share: float) -> None:
        """Put aside what a disk holds whose power went while bytes beyond ``durable`` were written.

        ``share``: of those bytes that still got there; the last ones are garbage.
        """
        aside = self.folder / "after"
        aside.mkdir(exist_ok=True)
        shutil.copyfile(self.file, aside / self.file.name)
        log = self._log.read_bytes() if self._log.exists() else b""
        arrived = durable + int((len(log) - durable) * share)
        torn = bytes(255 - each for each in log[max(durable, arrived - 16) : arrived])
        (aside / self._log.name).write_bytes(log[: arrived - len(torn)] + torn)

    def power_is_back(self) -> None:
        """What was put aside is what there is; everybody opens the file anew."""
        self.engine.dispose()
        aside = self.folder / "after"
        for name in (self._log.name, self.file.name + "-shm"):
            self.file.with_name(name).unlink(missing_ok=True)
        for name in (self.file.name, self._log.name):
            (aside / name).replace(self.file.with_name(name))
        self.engine = self._open()

    def open_anew(self) -> None:
        """Another file lies there now."""
        self.engine = self._open()

    def reader(self) -> sqlite3.Connection:
        """A connection of the checker's own, which may read only."""
        connection = sqlite3.connect(f"file:{self.file}?mode=ro", uri=True, isolation_level=None)
        connection.row_factory = sqlite3.Row
        return connection

    def close(self) -> None:
        """Give everything back."""
        self.engine.dispose()


@dataclass
class WireFault:
    """One thing that goes wrong on the way of the next message of a till."""

    kind: str
    seconds: float = 0.0
    infnos: tuple[str, ...] = ()
    """Which messages; empty = the next one whatever it is."""


@dataclass(frozen=True)
class Sent:
    """A message as it left a till."""

    till_no: int
    infno: str
    msgid: str


@dataclass
class Net:
    """The wire between the tills and the platform, and everything that happens on it."""

    platform: Platform
    clock: WorldClock
    armed: dict[int, list[WireFault]] = field(default_factory=dict)
    down: set[int] = field(default_factory=set)
    """Numbers of tills whose line is down."""
    under_way: list[tuple[datetime, Mapping[str, str], str, bytes]] = field(default_factory=list)
    """Messages that arrive when nobody waits for them any more."""
    fired: int = 0
    leaving: Callable[[Sent], None] = field(default=lambda _sent: None)
    """Asked of every message before it leaves: the checker looks whether it was written down."""
    waiting: Callable[[int], None] = field(default=lambda _till: None)
    """What others do while a till waits for its answer."""

    def handle_for(self, till_no: int) -> Callable[[str, str, Mapping[str, str], bytes], Reply]:
        """The far end as one till sees it."""

        def handle(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
            return self._carry(till_no, path, headers, body)

        return handle

    def _carry(self, till_no: int, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        sent = _read(till_no, body)
        self.leaving(sent)
        fault = self._fault(sent)
        self.waiting(till_no)
        if fault is None:
            self.clock.pass_by(0.2)
            return self.platform.handle("POST", path, headers, body)
        self.fired += 1
        return self._distort(fault, path, headers, body)

    def _fault(self, sent: Sent) -> WireFault | None:
        for place, one in enumerate(self.armed.get(sent.till_no, ())):
            if not one.infnos or sent.infno in one.infnos:
                return self.armed[sent.till_no].pop(place)
        return None

    def _distort(
        self, fault: WireFault, path: str, headers: Mapping[str, str], body: bytes
    ) -> Reply:
        if fault.kind == "request_lost":
            raise NoReply(done=False)
        if fault.kind == "request_late":
            arrives = self.clock.now() + timedelta(seconds=fault.seconds)
            self.under_way.append((arrives, headers, path, body))
            self.clock.pass_by(min(fault.seconds, 60.0))
            raise TimeoutError
        reply = self.platform.handle("POST", path, headers, body)
        if fault.kind == "answer_lost":
            raise NoReply(done=True)
        if fault.kind == "answer_late":
            self.clock.pass_by(60)
            raise TimeoutError
        if fault.kind == "request_doubled" and b'"err_msg":null' in reply[2]:
            # What was refused at first and done at second nobody could know from the answer.
            self.platform.handle("POST", path, headers, body)
        elif fault.kind == "answer_torn":
            status, told, content = reply
            kept = int(len(content) * fault.seconds)
            return status, {**told, "Content-Length": str(len(content))}, content[:kept]
        return reply

    def arrive(self) -> None:
        """What was under way and is due now reaches the platform; its answer finds nobody."""
        due = [one for one in self.under_way if one[0] <= self.clock.now()]
        self.under_way = [one for one in self.under_way if one[0] > self.clock.now()]
        for _at, headers, path, body in due:
            self.platform.handle("POST", path, headers, body)


def _read(till_no: int, body: bytes) -> Sent:
    """What a message is, from its own bytes; one that is in cipher is told by nothing."""
    try:
        envelope: Any = json.loads(body)
    except ValueError:
        return Sent(till_no, "", "")
    if not isinstance(envelope, dict):
        return Sent(till_no, "", "")
    return Sent(till_no, str(envelope.get("infno", "")), str(envelope.get("msgid", "")))
