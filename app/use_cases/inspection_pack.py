"""The inspection pack: a sheet a sale, a copy for machines, the log's links, digests, a verifier.

LN-2.4a, S-34, EZ-9c, HY-1.5: what hangs together is shown together, and a stranger can check it
without this program. Written in short steps that hold no transaction while they draw; memory does
not grow with the number of sales.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from app.domain.clock import micros, shop_time
from app.domain.evidence_keeping import LEAST_WORDS, Parcel
from app.domain.inspection import (
    MOST_SHEETS,
    Looked,
    LookKind,
    PackRecord,
    SaleKey,
    Scope,
    ScopeCount,
)
from app.domain.inspection_sheet import FORM, Totals
from app.domain.money import Money
from app.domain.staff import Right, Staff
from app.errors import BadValue, NotFound, StoreFull, StoreStale
from app.resources import resource
from app.use_cases.hold_evidence import second_keeper
from app.use_cases.inspection import keep_look, require_look
from app.use_cases.inspection_evidence import PutIn
from app.use_cases.inspection_log import Around, Links, gap_rows, look_through
from app.use_cases.inspection_read import AT_ONCE, Memory, read_facts
from app.use_cases.inspection_sheet import sheet_of
from app.use_cases.rights import require

if TYPE_CHECKING:
    from app.domain.anchor import Head
    from app.ports import LogEntry
    from app.ports_inspection import PackMaker, PackPaper, PackStream, PackWriter
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.sign_in import SecondPerson

    Say = Callable[..., str]

_PAGE: Final = 500
"""Rows of one look into the books."""
_SHEET_BYTES: Final = 40_000
_SPARE: Final = 16 * 1024 * 1024
PDF, JSON, LOG, LIST, SUMS = (
    *("pack.pdf", "pack.json", "log.jsonl"),
    *("manifest.json", "sha256sums.txt"),
)


@dataclass(frozen=True, slots=True)
class PackWish:
    """What a pack is to hold, for whom, and where it is to lie."""

    scope: Scope
    purpose: str
    """For whom and what for, in words; in the pack and sealed in the books."""
    folder: str = ""
    """Empty = the shop's own folder of exports."""
    named: bool = False
    """``folder`` itself becomes the pack; else a new folder within it."""
    whole: bool = False
    """Persons by name and number, with the pieces of evidence: two persons answer for it."""


@dataclass(frozen=True, slots=True)
class PackTally:
    """How far a pack has come; the last one says where it is."""

    sheets: int
    done: int = 0
    gaps: int = 0
    pieces: int = 0
    missing: int = 0
    """Pieces of evidence that could not be put in."""
    place: str = ""
    digest: str = ""
    """SHA-256 of ``manifest.json``: to be kept beside the pack, on paper."""


@dataclass(frozen=True, slots=True)
class _Log:
    """What of the log went along, and times with sales of which it holds nothing."""

    runs: list[dict[str, Any]]
    gaps: list[dict[str, str]]


def count_pack(doors: Doors, scope: Scope, operator: Operator) -> ScopeCount:
    """What would be in it; :raises NotAllowed: see ``require_look``."""
    require_look(doors, operator)
    with doors.uow() as uow:
        return uow.inspections.count(scope)


def make_pack(
    doors: Doors,
    wish: PackWish,
    operator: Operator,
    second: SecondPerson | None,
    maker: PackMaker,
    paper: PackPaper,
    say: Say,
) -> Iterator[PackTally]:
    """Write one pack, in short steps; given up before the last one it leaves nothing behind.

    :raises NotAllowed, SecondPersonNeeded, SignInRefused, LockedOut: may not look, or not whole;
    :raises BadValue: no purpose, or too many sales; :raises NotFound: no sale is meant;
    :raises BadFile: the folder is taken; :raises StoreFull, StoreReadOnly: the target's disk;
    :raises StoreStale: sales were put in their place meanwhile.
    """
    require_look(doors, operator)
    if len(wish.purpose.strip()) < LEAST_WORDS:
        raise BadValue(what="purpose", why="empty")
    agreed = None
    if wish.whole:
        require(doors, operator, Right.SEE_PERSON)
        agreed = second_keeper(doors, operator, second) if second else None
        if agreed is None:
            raise BadValue(what="second", why="empty")
    counted = count_pack(doors, wish.scope, operator)
    if not counted.sales:
        raise NotFound(what="sale")
    if counted.sales > MOST_SHEETS:
        raise BadValue(what="export", why="too many")
    if maker.free(wish.folder) < counted.sales * _SHEET_BYTES + _SPARE:
        raise StoreFull(why="export")
    return _Pack(doors, wish, operator, agreed, counted, (maker, paper), say).steps()


class _Pack:
    def __init__(
        self,
        doors: Doors,
        wish: PackWish,
        operator: Operator,
        second: Staff | None,
        counted: ScopeCount,
        tools: tuple[PackMaker, PackPaper],
        say: Say,
    ) -> None:
        self._doors, self._wish, self._say = doors, wish, say
        self._by, self._second, self._operator = operator.staff, second, operator
        self._maker, self._paper = tools
        self._count = counted.sales
        self._now = doors.clock.now()
        self._id = doors.ids.new()
        self._totals = Totals()
        self._around = Around()
        self._tally = PackTally(self._count)
        self._seen, self._told = hashlib.sha256(), hashlib.sha256()

    def steps(self) -> Iterator[PackTally]:
        name = "" if self._wish.named else f"inspection-{shop_time(self._now):%Y%m%d-%H%M%S}"
        writer = self._maker.begin(self._wish.folder, name)
        try:
            heads = self._announce()
            yield self._tally
            yield from self._contents(writer)
            yield from self._sheets(writer)
            log = yield from self._log(writer)
            self._end_paper(writer, heads, log)
            digest = self._close(writer, heads, log)
            place = self._record(writer, digest)
            yield replace(self._tally, place=place, digest=digest)
        finally:
            self._paper.close()
            writer.abandon()

    # --- before ----------------------------------------------------------------------------------

    def _announce(self) -> list[Head]:
        """Who makes what for whom is in the log before the first byte; the heads are taken then."""
        scope = self._wish.scope
        entry: dict[str, object] = {
            "pack": self._id, "masked": not self._wish.whole, "medicine": scope.medicine_id,
            "persons": list(scope.person_ids), "second": self._second.id if self._second else "",
            "begins": scope.begins.isoformat(), "ends": scope.ends.isoformat(),
        }  # fmt: skip
        entry = {key: value for key, value in entry.items() if value not in ("", [])}
        purpose = self._wish.purpose.strip()
        who, kind = self._by.id, LookKind.PACK
        with self._doors.uow() as uow:
            entry["mark"] = uow.inspections.mark(purpose)[:16]
            look = Looked(self._now, who, kind, purpose, self._count, scope.sale_id)
            keep_look(uow, look, entry)
            uow.commit()
        with self._doors.uow() as uow:
            return uow.log.heads()

    def _pages(self) -> Iterator[list[SaleKey]]:
        after: tuple[datetime, str] | None = None
        while True:
            with self._doors.uow() as uow:
                keys = uow.inspections.keys(self._wish.scope, after, _PAGE)
            if not keys:
                return
            yield keys
            after = keys[-1].done_at, keys[-1].sale_id

    # --- the sheets ------------------------------------------------------------------------------

    def _contents(self, writer: PackWriter) -> Iterator[PackTally]:
        self._paper.begin(writer.path(PDF), self._facts(), self._count)
        number = 1
        for keys in self._pages():
            for key in keys:
                self._seen.update(key.sale_id.encode())
                chain = f"{self._doors.shop.store_id}/{key.till_id}"
                self._around.add(chain, key.opened_at, key.done_at)
            self._paper.contents(keys, number)
            number += len(keys)
            yield self._tally

    def _facts(self) -> list[tuple[str, str]]:
        """The first page: what it is, who made it, for what."""
        say, shop, wish = self._say, self._doors.shop, self._wish
        told = [
            ("shop", f"{shop.shop_name}  {shop.institution_code}"),
            ("scope", self._scope_words()),
            ("sheets", say("inspection.sheets", count=f"{self._count:,}")),
            ("purpose", wish.purpose.strip()),
            ("made_at", f"{shop_time(self._now):%Y-%m-%d %H:%M:%S}"),
            ("made_by", self._by.name),
            ("masking", say("inspection.whole" if wish.whole else "inspection.masked")),
        ]
        if self._second is not None:
            told.append(("second", self._second.name))
        return [(say(f"inspection.fact_{name}"), value) for name, value in told]

    def _scope_words(self) -> str:
        scope, say = self._wish.scope, self._say
        last = shop_time(scope.ends - timedelta(microseconds=1)).date()
        words = [say("inspection.days", first=shop_time(scope.begins).date(), last=last)]
        with self._doors.uow() as uow:
            if scope.sale_id:
                number = uow.sales.get(scope.sale_id).receipt_no
                words.append(say("inspection.of_sale", number=number))
            if scope.medicine_id:
                drug = uow.medicines.get(scope.medicine_id)
                name = f"{drug.display_name} {drug.spec}"
                words.append(say("inspection.of_drug", name=name))
        if scope.narrowed:
            words.append(say("inspection.of_person"))
        return " · ".join(words)

    def _sheets(self, writer: PackWriter) -> Iterator[PackTally]:
        out = writer.stream(JSON)
        out.write(self._opening())
        whole = self._wish.whole
        put_in = PutIn(self._doors, self._operator, writer, self._say) if whole else None
        memory, number = Memory(), 0
        for keys in self._pages():
            for start in range(0, len(keys), AT_ONCE):
                for facts in read_facts(self._doors, keys[start : start + AT_ONCE], memory):
                    number += 1
                    sheet = sheet_of(
                        number, facts, self._doors.signer, self._say, whole=self._wish.whole
                    )
                    if put_in is not None:
                        sheet = put_in.sheet(sheet, facts)
                    self._told.update(sheet.sale.encode())
                    self._totals.add(sheet)
                    out.write((b"" if number == 1 else b",\n") + _line(sheet.plain()))
                    self._paper.sheet(sheet)
                self._tally = replace(
                    self._tally,
                    done=number,
                    gaps=self._totals.gaps,
                    pieces=put_in.pieces if put_in else 0,
                    missing=put_in.missing if put_in else 0,
                )
                yield self._tally
        if self._told.digest() != self._seen.digest():
            raise StoreStale(what="sale")
        out.write(b'\n],\n"totals":' + _line(self._totals.plain()) + b"\n}\n")
        out.close()

    def _opening(self) -> bytes:
        told = {"form": FORM, **self._about()}
        fields = ",\n".join(f"{json.dumps(name)}:{_text(value)}" for name, value in told.items())
        return f'{{\n{fields},\n"sales":[\n'.encode()

    def _about(self) -> dict[str, Any]:
        shop, scope = self._doors.shop, self._wish.scope
        return {
            "shop": shop.shop_name,
            "institution": shop.institution_code,
            "environment": shop.environment,
            "begins": shop_time(scope.begins).isoformat(),
            "ends": shop_time(scope.ends).isoformat(),
            "scope": self._scope_words(),
            "purpose": self._wish.purpose.strip(),
            "masked": not self._wish.whole,
            "made_at": shop_time(self._now).isoformat(timespec="seconds"),
            "made_by": self._by.name,
        }

    # --- the log ---------------------------------------------------------------------------------

    def _log(self, writer: PackWriter) -> Generator[PackTally, None, _Log]:
        """The links of each chain around the sales, without a hole within a run."""
        out, told = writer.stream(LOG), _Log([], [])
        with self._doors.uow() as uow:  # of now: sales went on since the pack was announced
            ends = {one.chain: one.seq for one in uow.log.heads()}
        for chain, times in self._around.chains():
            found = Links(chain, times)
            for _ in look_through(self._doors, found, ends.get(chain, 0)):
                yield self._tally
            told.gaps.extend(found.gaps())
            for run in found.runs():
                told.runs.append(run)
                yield from self._links(out, run)
        out.close()
        # Sales of which no chain says anything are told like whatever else is missing.
        self._tally = replace(self._tally, gaps=self._tally.gaps + len(told.gaps))
        return told

    def _links(self, out: PackStream, run: dict[str, Any]) -> Iterator[PackTally]:
        for first in range(run["first"], run["last"] + 1, _PAGE):
            last = min(run["last"], first + _PAGE - 1)
            with self._doors.uow() as uow:
                entries = uow.inspections.entries(run["chain"], first, last)
            out.write(b"".join(_line(_entry(one)) + b"\n" for one in entries))
            yield self._tally

    # --- after -----------------------------------------------------------------------------------

    def _end_paper(self, writer: PackWriter, heads: Iterable[Head], log: _Log) -> None:
        say, told = self._say, self._totals.plain()
        rows = [(say("inspection.total_sheets"), f"{told['sheets']:,}"),
                (say("inspection.total_lines"), f"{told['lines']:,}"),
                (say("inspection.total_sum"), str(Money(told["total_fen"])))]  # fmt: skip
        for side in ("paid", "paid_back"):
            for kind, fen in told[f"{side}_fen"].items():
                name = say(f"inspection.total_{side}", kind=say(f"inspection.tender_{kind}"))
                rows.append((name, str(Money(fen))))
            whole = Money(sum(told[f"{side}_fen"].values()))
            rows.append((say(f"inspection.total_{side}_sum"), str(whole)))
        both = (*told["paid_fen"].values(), *told["paid_back_fen"].values())
        rows.append((say("inspection.total_net"), str(Money(sum(both)))))
        for name, value in told["settled"].items():
            text = f"{value:,}" if name == "count" else str(Money(value))
            rows.append((say(f"inspection.settled_{name}"), text))
        rows.append((say("inspection.total_returned"), f"{told['returned']:,}"))
        rows.append((say("inspection.total_gaps"), f"{told['gaps']:,}"))
        for code, count in told["gap_counts"].items():
            rows.append((say(f"inspection.gap_name_{code}"), f"{count:,}"))
        for chain, when in gap_rows(log.gaps):
            rows.append((say("inspection.log_gap", chain=chain), when))
        for head in heads:
            name = say("inspection.head", chain=head.chain, seq=f"{head.seq:,}")
            rows.append((name, head.hash))
        self._paper.totals(rows)
        self._paper.close()
        writer.take(PDF)

    def _close(self, writer: PackWriter, heads: Iterable[Head], log: _Log) -> str:
        writer.add("verify.py", resource("inspection", "verify.py").read_bytes())
        readme = self._say("inspection.readme", **self._about(), sheets=self._count)
        writer.add("README.txt", readme.replace("\n", "\r\n").encode("utf-8-sig"))
        manifest = {
            "form": FORM,
            **self._about(),
            "sheets": self._count,
            "totals": self._totals.plain(),
            "heads": [{"chain": one.chain, "seq": one.seq, "hash": one.hash} for one in heads],
            "runs": log.runs,
            "log_gaps": log.gaps,
            "files": dict(writer.digests()),
        }
        digest = writer.add(LIST, (_text(manifest, indent=1) + "\n").encode())
        sums = "".join(f"{told}  {name}\n" for name, told in writer.digests().items())
        writer.add(SUMS, sums.encode())
        return digest

    def _record(self, writer: PackWriter, digest: str) -> str:
        """It is whole now: it gets its name, and the books name it and its digest."""
        scope, tally, wish = self._wish.scope, self._tally, self._wish
        second = self._second.id if self._second else ""
        place = writer.publish()
        record = PackRecord(
            id=self._id, at=self._now, by=self._by.id, second=second,
            purpose=wish.purpose.strip(), place=place, begins=scope.begins, ends=scope.ends,
            medicine_id=scope.medicine_id, sale_id=scope.sale_id, of_person=scope.narrowed,
            sheets=self._count, gaps=tally.gaps, total_fen=self._totals.total_fen,
            masked=not wish.whole, digest=digest,
        )  # fmt: skip
        entry = {"pack": self._id, "sheets": self._count, "gaps": tally.gaps, "manifest": digest,
                 "pieces": tally.pieces, "missing": tally.missing}  # fmt: skip
        with self._doors.uow() as uow:
            uow.inspections.add_pack(record)
            if wish.whole:
                # What leaves the vault in the clear stands on the keeper's own list, too.
                uow.keeping.add_parcel(
                    Parcel(
                        self._id, self._now, self._by.id, second, wish.purpose.strip(),
                        tally.pieces, tally.missing, digest,
                    )
                )  # fmt: skip
            uow.log.append("inspection.pack_made", self._by.id, self._doors.clock.now(), entry)
            uow.commit()
        return place


def _entry(one: LogEntry) -> dict[str, object]:
    return {
        "chain": one.chain_id, "seq": one.seq, "at": micros(one.at), "actor": one.actor,
        "act": one.act, "entry": one.entry, "prev": one.prev, "hash": one.hash,
    }  # fmt: skip


def _text(value: object, indent: int | None = None) -> str:
    separators = (",", ":") if indent is None else (",", ": ")
    return json.dumps(value, ensure_ascii=False, separators=separators, indent=indent)


def _line(value: object) -> bytes:
    return _text(value).encode()
