"""Evidence for an inspector: pieces in the clear, an index, and digests that a stranger can check.

What leaves the vault is written down before the first byte of it is: in the log who, with whom and
how much; in a sealed record what for. The digest of the parcel's own list stands in both, so that
a parcel can be told from one that was changed after it left.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from app.domain.clock import shop_time
from app.domain.evidence_keeping import LEAST_WORDS, Kept, Parcel
from app.domain.masking import mask_name
from app.domain.signature import PenTrace, trace_of
from app.domain.staff import Staff
from app.errors import BadValue, NotFound, SecretError, StoreError, StoreFull
from app.ports import UnitOfWork
from app.ports_evidence import ParcelMaker, ParcelWriter
from app.use_cases.doors import Doors, Operator
from app.use_cases.hold_evidence import second_keeper
from app.use_cases.sign_in import SecondPerson

MOST_PIECES: Final = 20_000
"""Of one parcel; a longer period is exported in parts."""
BATCH: Final = 10
"""Pieces between two turns of somebody else."""
_SPARE: Final = 16 * 1024 * 1024
"""Bytes that a parcel may want beyond its pieces."""
SUFFIX: Final = {
    "application/json": "json",
    "image/jpeg": "jpg",
    "image/png": "png",
    "application/pdf": "pdf",
    "text/plain": "txt",
}
"""How a piece of a medium ends, wherever it is handed out."""
COLUMNS: Final = (
    "no", "kind", "taken_at", "receipt_no", "person", "file", "drawn", "state", "bytes", "sha256",
    "media", "exhibit", "sale",
)  # fmt: skip

Say = Callable[..., str]
"""Words by message id, in the language of who exports."""


@dataclass(frozen=True, slots=True)
class ExportWish:
    """What is to leave the vault; at least one of sale, person and period is named."""

    purpose: str
    """For whom and what for, in words; kept sealed and told in the parcel."""
    sale_id: str = ""
    person_id: str = ""
    begins: datetime | None = None
    ends: datetime | None = None
    """The period is ``[begins, ends)``."""
    folder: str = ""
    """Where the parcel is to lie; empty = the shop's own folder of exports."""


@dataclass(frozen=True, slots=True)
class ExportTally:
    """How far an export has come; the last one carries where it is and the list's digest."""

    pieces: int
    done: int = 0
    missing: int = 0
    """Could not be put in: gone, altered, or on another till's disk."""
    place: str = ""
    digest: str = ""
    """SHA-256 of ``SHA256SUMS``."""


def export_evidence(
    doors: Doors,
    wish: ExportWish,
    operator: Operator,
    second: SecondPerson,
    maker: ParcelMaker,
    say: Say,
) -> Iterator[ExportTally]:
    """Write one parcel, in short steps; given up before the last one it leaves nothing behind.

    :raises NotAllowed, SecondPersonNeeded, SignInRefused, LockedOut: see ``second_keeper``;
    :raises BadValue: no purpose, nothing chosen, or more pieces than a parcel holds;
    :raises NotFound: there is no such piece; :raises StoreFull, StoreReadOnly: the target's disk.
    """
    if len(wish.purpose.strip()) < LEAST_WORDS:
        raise BadValue(what="purpose", why="empty")
    if not (wish.sale_id or wish.person_id or (wish.begins and wish.ends)):
        raise BadValue(what="export", why="nothing chosen")
    agreed = second_keeper(doors, operator, second)
    return _Export(doors, wish, operator, agreed, maker, say).steps()


class _Export:
    def __init__(
        self,
        doors: Doors,
        wish: ExportWish,
        operator: Operator,
        second: Staff,
        maker: ParcelMaker,
        say: Say,
    ) -> None:
        self._doors, self._wish, self._maker, self._say = doors, wish, maker, say
        self._by, self._second = operator.staff, second
        self._now = doors.clock.now()
        self._id = doors.ids.new()
        self._rows: list[list[object]] = []

    def steps(self) -> Iterator[ExportTally]:
        pieces = self._chosen()
        self._require_room(pieces)
        self._announce(len(pieces))
        tally = ExportTally(len(pieces))
        yield tally
        writer = self._maker.begin(self._wish.folder, self._name())
        try:
            for number, one in enumerate(pieces, 1):
                there = self._put(writer, number, one)
                tally = replace(tally, done=tally.done + there, missing=tally.missing + (not there))
                if number % BATCH == 0:
                    yield tally
            digest = self._close(writer, tally)
            self._record(tally, digest)
            yield replace(tally, place=writer.publish(), digest=digest)
        finally:
            writer.abandon()

    # --- before ----------------------------------------------------------------------------------

    def _chosen(self) -> list[Kept]:
        wish = self._wish
        with self._doors.uow() as uow:
            found = uow.keeping.find(
                begins=wish.begins,
                ends=wish.ends,
                sale_id=wish.sale_id,
                person_id=wish.person_id,
                limit=MOST_PIECES + 1,
            )
        if len(found) > MOST_PIECES:
            raise BadValue(what="export", why="too many")
        kept = [one for one in found if one.exhibit.deleted_at is None]
        if not kept:
            raise NotFound(what="evidence")
        return kept[::-1]

    def _require_room(self, pieces: list[Kept]) -> None:
        needed = sum(one.exhibit.size for one in pieces) + _SPARE
        if self._maker.free(self._wish.folder) < needed:
            raise StoreFull(why="export")

    def _announce(self, pieces: int) -> None:
        wish = self._wish
        entry: dict[str, object] = {
            "export": self._id, "second": self._second.id, "pieces": pieces,
            "sale": wish.sale_id, "person": wish.person_id,
            "begins": wish.begins.isoformat() if wish.begins else "",
            "ends": wish.ends.isoformat() if wish.ends else "",
        }  # fmt: skip
        entry = {key: value for key, value in entry.items() if value != ""}
        with self._doors.uow() as uow:
            uow.log.append("evidence.export_begun", self._by.id, self._now, entry)
            uow.commit()

    def _name(self) -> str:
        return f"evidence-{shop_time(self._now):%Y%m%d-%H%M%S}"

    # --- pieces ----------------------------------------------------------------------------------

    def _put(self, writer: ParcelWriter, number: int, one: Kept) -> bool:
        """Whether the piece is in the parcel; either way it has its row in the index."""
        exhibit = one.exhibit
        with self._doors.uow() as uow:
            receipt, person = self._whose(uow, one)
            uow.keeping.looked(exhibit.id, self._by.id, self._now)
            uow.commit()
        state, content = self._content(one)
        file = drawn = digest = ""
        if content is not None:
            suffix = SUFFIX.get(exhibit.media, "bin")
            stem = f"pieces/{number:05d}-{exhibit.kind.value}{_safe(receipt)}"
            file = f"{stem}.{suffix}"
            digest = writer.add(file, content, exhibit.at)
            picture = _drawing(content) if suffix == "json" else None
            if picture is not None:
                drawn = f"{stem}.svg"
                writer.add(drawn, picture, exhibit.at)
        say = self._say
        self._rows.append(
            [number, say(f"vault_kind.{exhibit.kind.value}"),
             shop_time(exhibit.at).isoformat(timespec="seconds"), receipt, person, file, drawn,
             say(f"vault_export.state_{state}"), exhibit.size, digest or exhibit.digest,
             exhibit.media, exhibit.id, exhibit.sale_id]
        )  # fmt: skip
        return content is not None

    def _whose(self, uow: UnitOfWork, one: Kept) -> tuple[str, str]:
        receipt = person = ""
        if one.exhibit.sale_id:
            try:
                receipt = uow.sales.get(one.exhibit.sale_id).receipt_no
            except NotFound:
                receipt = ""
        if one.exhibit.person_id:
            try:
                person = mask_name(uow.persons.get(one.exhibit.person_id).person.name)
            except NotFound:
                person = ""
        return receipt, person

    def _content(self, one: Kept) -> tuple[str, bytes | None]:
        if one.till_id != self._doors.shop.till_id and not self._doors.evidence.there(one.exhibit):
            return "elsewhere", None
        try:
            return "there", self._doors.evidence.get(one.exhibit)
        except NotFound:
            return "missing", None
        except (SecretError, StoreError):
            return "altered", None

    # --- after -----------------------------------------------------------------------------------

    def _close(self, writer: ParcelWriter, tally: ExportTally) -> str:
        writer.add("index.csv", self._index(), self._now)
        told = self._say(
            "vault_export.readme",
            shop=self._doors.shop.shop_name,
            code=self._doors.shop.institution_code,
            at=f"{shop_time(self._now):%Y-%m-%d %H:%M:%S}",
            by=self._by.name,
            second=self._second.name,
            purpose=self._wish.purpose.strip(),
            pieces=tally.done,
            missing=tally.missing,
        )
        writer.add("README.txt", told.replace("\n", "\r\n").encode("utf-8-sig"), self._now)
        return writer.close(self._now)

    def _index(self) -> bytes:
        text = io.StringIO()
        rows = csv.writer(text)
        rows.writerow([self._say(f"vault_export.column_{name}") for name in COLUMNS])
        rows.writerows(self._rows)
        return text.getvalue().encode("utf-8-sig")

    def _record(self, tally: ExportTally, digest: str) -> None:
        parcel = Parcel(
            id=self._id,
            at=self._now,
            by=self._by.id,
            second=self._second.id,
            purpose=self._wish.purpose.strip(),
            pieces=tally.done,
            missing=tally.missing,
            digest=digest,
        )
        entry = {
            "export": self._id, "second": self._second.id, "pieces": tally.done,
            "missing": tally.missing, "digest": digest,
        }  # fmt: skip
        with self._doors.uow() as uow:
            uow.keeping.add_parcel(parcel)
            uow.log.append("evidence.exported", self._by.id, self._now, entry)
            uow.commit()


def _safe(receipt: str) -> str:
    """A slip's number as part of a file's name."""
    plain = re.sub(r"[^A-Za-z0-9-]", "", receipt)
    return f"-{plain}" if plain else ""


def trace_in(content: bytes) -> PenTrace | None:
    """The pen's trace of a signature, or of a consent that was signed; None = there is none."""
    try:
        told = json.loads(content)
        return trace_of(json.dumps(told["trace"]) if "trace" in told else content.decode())
    except (BadValue, ValueError, TypeError, KeyError, RecursionError):
        return None


def _drawing(content: bytes) -> bytes | None:
    """What was written by pen as a picture that any browser shows; derived, not evidence itself."""
    trace = trace_in(content)
    if trace is None:
        return None
    size = f'width="{trace.width}" height="{trace.height}"'
    lines = [
        '<polyline points="'
        + " ".join(f"{point.x},{point.y}" for point in stroke)
        + '" fill="none" stroke="black" stroke-width="3" stroke-linecap="round"/>'
        for stroke in trace.strokes
    ]
    ground = f'<rect {size} fill="white"/>'
    xml = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{ground}{"".join(lines)}</svg>\n'
    return xml.encode()
