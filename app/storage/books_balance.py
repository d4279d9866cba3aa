"""The balance table: sums of movements over whole shop days, and what stands beside them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    and_,
    case,
    func,
    literal,
    literal_column,
    select,
    true,
)

from app.domain.balance import (
    Balance,
    CodeCount,
    Flow,
    Heading,
    Period,
    Uploaded,
    heading_of,
    together,
)
from app.domain.clock import micros
from app.domain.money import Money, Quantity
from app.domain.stock import NOT_ON_SHELF, MoveKind
from app.domain.stock_upload import TELLS, serial_of
from app.domain.upload_states import UploadState
from app.storage.migrate import HEAD
from app.storage.session import Session, chunks
from app.storage.tables import OUTBOX, SALE_LINE, STOCK_MOVE
from app.storage.tables_stock import STOCK_LOT
from app.storage.tables_trace import RECEIVED_CODE

if TYPE_CHECKING:
    from app.storage.move_sums import DaySum, Sums
    from app.storage.move_sums_lines import LateSum

_running: ColumnElement[int] = literal_column("stock_move.rowid", BigInteger)
"""SQLite's own running number of a movement: movements are only ever added."""
_DAY = (STOCK_MOVE.c.at + 28_800_000_000) // 86_400_000_000
"""Shop days since 1970: the shop's zone is eight hours ahead the whole year."""
_SIGNED = case(
    (STOCK_MOVE.c.quantity < 0, -func.abs(STOCK_MOVE.c.amount_fen)),
    else_=func.abs(STOCK_MOVE.c.amount_fen),
)
"""Money with the direction of its goods, whichever sign it was written with."""
_UNKNOWN = case((STOCK_MOVE.c.amount_fen.is_(None), 1), else_=0)
_SHELF = STOCK_MOVE.c.kind.notin_(NOT_ON_SHELF)
_THROUGH = (UploadState.CONFIRMED.value, UploadState.REPLACED.value)
_FOR_PEOPLE = tuple(
    state.value
    for state in (
        UploadState.REJECTED, UploadState.INCOMPLETE, UploadState.DELETED, UploadState.LEFT
    )
)  # fmt: skip


class Balances:
    """:class:`app.ports_balance.BalanceBook`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of_store(self, period: Period) -> list[Balance]:
        """A line for each drug that ever moved until the period ends, by drug id."""
        return self._whole(period, lots=False)

    def of_medicine(self, period: Period, medicine_id: str) -> list[Balance]:
        """A line for each of its lots that ever moved until the period ends, by lot id."""
        return self._summed(period, STOCK_MOVE.c.medicine_id == medicine_id)

    def lots_of_store(self, period: Period) -> list[Balance]:
        """A line for each lot of every drug, by drug and lot id."""
        return self._whole(period, lots=True)

    def _whole(self, period: Period, *, lots: bool) -> list[Balance]:
        if self._kept is None:
            lines = self._summed(period, true())
            return lines if lots else _by_drug(lines)
        from app.storage.move_sums_lines import lines_of

        late = list(self._late(period, self._kept.covered))
        return lines_of(self._kept, period, late, lots=lots)

    def _late(self, period: Period, covered: int) -> Iterator[LateSum]:
        from app.storage.move_sums_lines import LateSum

        for row in self._session.run(_sums_of(period, _later(covered))):
            heading = heading_of(row.kind, row.paid_by)
            if heading is not None:
                yield LateSum(
                    row.medicine_id, row.lot_id, heading, row.before,
                    row.quantity, row.fen, row.unknown, row.moves,
                )  # fmt: skip

    def _summed(self, period: Period, which: ColumnElement[bool]) -> list[Balance]:
        return _lines(self._session.run(_sums_of(period, which)))

    def told(self, period: Period, medicine_id: str) -> Mapping[Heading, Uploaded]:
        """What became of the upload rows of a drug's movements, by heading."""
        moves = list(self._session.run(_moves_told_of(period, medicine_id)))
        states = self._states_of(
            [(one.lot_id, TELLS[one.kind][-1], one.id) for one in moves if one.kind in TELLS]
        )
        found: dict[Heading, Uploaded] = {}
        for one in moves:
            heading = heading_of(one.kind, one.paid_by)
            if heading is not None and one.kind in TELLS:
                so_far = found.get(heading, Uploaded())
                found[heading] = _more_told(so_far, states.get(one.id), one.quantity)
        return found

    def _states_of(self, rows: Sequence[tuple[str, str, str]]) -> dict[str, str]:
        """By movement: how the newest of its upload rows stands; keys follow from the movement."""
        states: dict[str, str] = {}
        wanted, attempt = {serial_of(*one): one for one in rows}, 0
        while wanted:
            known: dict[str, str] = {}
            for part in chunks(list(wanted)):
                query = select(OUTBOX.c.key, OUTBOX.c.state).where(OUTBOX.c.key.in_(part))
                known |= {row.key: row.state for row in self._session.run(query)}
            states |= {wanted[key][2]: state for key, state in known.items()}
            attempt += 1
            again = [wanted[key] for key, state in known.items() if state in _SAID_ANEW]
            wanted = {serial_of(*one, attempt): one for one in again}
        return states

    def unsettled(self, period: Period) -> Mapping[str, Uploaded]:
        """By drug: movements whose upload row is not confirmed; the rest is not there."""
        found: dict[str, Uploaded] = {}
        for row in self._session.run(_unsettled(period)):
            so_far = found.get(row.medicine_id, Uploaded())
            found[row.medicine_id] = _more_told(so_far, row.state, 0, row.rows)
        return found

    def codes(self, period: Period, medicine_id: str) -> CodeCount:
        """Trace codes received and sold with the drug's boxes."""
        begins, ends = micros(period.begins), micros(period.ends)
        lots = select(STOCK_MOVE.c.lot_id).where(STOCK_MOVE.c.medicine_id == medicine_id)
        came = select(func.count()).where(
            RECEIVED_CODE.c.lot_id.in_(lots),
            RECEIVED_CODE.c.received_at >= begins,
            RECEIVED_CODE.c.received_at < ends,
        )
        sales = (
            select(STOCK_MOVE.c.sale_id, STOCK_MOVE.c.line_no)
            .where(
                STOCK_MOVE.c.medicine_id == medicine_id,
                STOCK_MOVE.c.kind == MoveKind.SALE,
                STOCK_MOVE.c.at >= begins,
                STOCK_MOVE.c.at < ends,
            )
            .distinct()
            .subquery()
        )
        lines = select(SALE_LINE.c.trace_codes).join(
            sales,
            and_(SALE_LINE.c.sale_id == sales.c.sale_id, SALE_LINE.c.no == sales.c.line_no),
        )
        sold = sum(len(json.loads(row.trace_codes)) for row in self._session.run(lines))
        return CodeCount(int(self._session.run(came).scalar_one()), sold)

    # --- the kept sums ------------------------------------------------------------------------

    @cached_property
    def _place(self) -> Path | None:
        """Where this till keeps its sums; None: a server or the memory holds the books."""
        name = self._session.connection.engine.url.database
        if self._session.dialect != "sqlite" or name in (None, "", ":memory:"):
            return None
        return Path(str(name)).with_suffix(".sums")

    @cached_property
    def _kept(self) -> Sums | None:
        """The kept sums, if they fit these books."""
        if self._place is None:
            return None
        from app.storage.move_sums import read_sums

        sums = read_sums(self._place, HEAD)
        if sums is None or not sums.covered:
            return None
        query = select(STOCK_MOVE.c.id).where(_running == sums.covered)
        found = self._session.one(query)
        # Another movement stands there: these are other books, e.g. of a backup.
        return sums if found is not None and found.id == sums.last_id else None

    def read_part(self, limit: int) -> Part | None:
        """The next movements for the kept sums; None = nothing to do, or none are kept here."""
        if self._place is None:
            return None
        from app.storage.move_sums import Sums, read_sums

        sums = self._kept
        if sums is not None:
            sums = read_sums(self._place, HEAD, whole=True)  # what is built upon is looked at whole
        if sums is None:
            sums = Sums.empty(HEAD)
        query = (
            select(_running.label("no"), STOCK_MOVE.c.id)
            .where(_later(sums.covered))
            .order_by(_running)
        )
        ahead = self._session.one(query.offset(limit - 1).limit(1))
        if ahead is None:
            ahead = self._session.one(
                select(_running.label("no"), STOCK_MOVE.c.id).order_by(_running.desc()).limit(1)
            )
            if ahead is None or ahead.no <= sums.covered:
                return None
        further = select(_running).select_from(STOCK_MOVE).where(_later(ahead.no)).limit(1)
        more = self._session.one(further) is not None
        found = list(self._by_day(sums.covered, ahead.no))
        return Part(self._place, sums, found, ahead.no, ahead.id, more)

    def _by_day(self, after: int, until: int) -> Iterator[DaySum]:
        from app.storage.move_sums import DaySum

        columns = (STOCK_MOVE.c.medicine_id, STOCK_MOVE.c.lot_id, STOCK_MOVE.c.kind,
                   STOCK_MOVE.c.paid_by, _DAY.label("day"))  # fmt: skip
        query = (
            select(*columns, *_sums())
            .where(_later(after), _running <= until, _SHELF)
            .group_by(*columns)
        )
        for row in self._session.run(query):
            heading = heading_of(row.kind, row.paid_by)
            if heading is not None:
                yield DaySum(
                    row.medicine_id, row.lot_id, heading, row.day,
                    row.quantity, row.fen, row.unknown, row.moves,
                )  # fmt: skip

    def check_sums(self) -> bool:
        """Sum every covered movement anew; false = the kept sums were wrong and are gone."""
        from app.storage.move_sums import read_sums

        if self._place is None or not self._place.exists():
            return True
        sums = read_sums(self._place, HEAD, whole=True) if self._kept is not None else None
        if sums is not None:
            query = select(STOCK_MOVE.c.kind, STOCK_MOVE.c.paid_by, *_sums())
            rows = self._session.run(
                query.where(_running <= sums.covered, _SHELF).group_by(
                    STOCK_MOVE.c.kind, STOCK_MOVE.c.paid_by
                )
            )
            if _by_heading(rows) == sums.totals():
                return True
        self._place.unlink(missing_ok=True)
        return False


@dataclass
class Part:
    """:class:`app.ports_balance.SumsPart`."""

    place: Path
    sums: Sums
    found: list[DaySum]
    covered: int
    last_id: str
    more: bool

    @property
    def size(self) -> int:
        """How many sums were read."""
        return len(self.found)

    def keep(self) -> None:
        """Put them among the kept sums, atomically; needs no open unit of work."""
        from app.storage.move_sums import write_sums

        write_sums(self.place, self.sums.extended(self.found, self.covered, self.last_id))


def _sums_of(period: Period, which: ColumnElement[bool]) -> Select[Any]:
    """What moved before a period and within it, by lot and kind."""
    begins = micros(period.begins)
    within = STOCK_MOVE.c.at >= begins
    columns = (STOCK_MOVE.c.medicine_id, STOCK_MOVE.c.lot_id, STOCK_MOVE.c.kind,
               STOCK_MOVE.c.paid_by)  # fmt: skip
    return (
        select(
            *columns,
            _sum_where(STOCK_MOVE.c.at < begins, STOCK_MOVE.c.quantity).label("before"),
            _sum_where(within, STOCK_MOVE.c.quantity).label("quantity"),
            _sum_where(within, func.coalesce(_SIGNED, 0)).label("fen"),
            _sum_where(within, _UNKNOWN).label("unknown"),
            _sum_where(within, literal(1)).label("moves"),
        )
        .where(which, _SHELF, STOCK_MOVE.c.at < micros(period.ends))
        .group_by(*columns)
        .order_by(*columns)
    )


def _by_drug(lines: list[Balance]) -> list[Balance]:
    drugs: dict[str, list[Balance]] = {}
    for line in lines:
        drugs.setdefault(line.medicine_id, []).append(line)
    return [together(medicine_id, mine) for medicine_id, mine in sorted(drugs.items())]


def _later(than: int) -> ColumnElement[bool]:
    return _running > than


def _sum_where(condition: ColumnElement[bool], what: ColumnElement[int]) -> ColumnElement[int]:
    return func.sum(case((condition, what), else_=0))


def _sums() -> tuple[Any, ...]:
    return (
        func.sum(STOCK_MOVE.c.quantity).label("quantity"),
        func.coalesce(func.sum(_SIGNED), 0).label("fen"),
        func.sum(_UNKNOWN).label("unknown"),
        func.count().label("moves"),
    )


def _by_heading(rows: Iterable[Row[Any]]) -> dict[Heading, tuple[int, int, int, int]]:
    found: dict[Heading, tuple[int, int, int, int]] = {}
    for row in rows:
        heading = heading_of(row.kind, row.paid_by)
        if heading is not None:
            old = found.get(heading, (0, 0, 0, 0))
            new = (row.quantity, row.fen, row.unknown, row.moves)
            found[heading] = tuple(a + int(b) for a, b in zip(old, new, strict=True))  # type: ignore[assignment]
    return found


def _lines(rows: Iterable[Row[Any]]) -> list[Balance]:
    openings: dict[tuple[str, str], int] = {}
    flows: dict[tuple[str, str], dict[Heading, Flow]] = {}
    for row in rows:
        heading = heading_of(row.kind, row.paid_by)
        if heading is None:
            continue
        at = row.medicine_id, row.lot_id
        openings[at] = openings.get(at, 0) + int(row.before)
        mine = flows.setdefault(at, {})
        if row.moves:
            flow = Flow(Quantity(int(row.quantity)), Money(int(row.fen)), int(row.unknown))
            mine[heading] = mine[heading] + flow if heading in mine else flow
    return [Balance(*at, Quantity(openings[at]), flows[at]) for at in openings]


def _moves_told_of(period: Period, medicine_id: str) -> Select[Any]:
    move = STOCK_MOVE.c
    return select(move.id, move.lot_id, move.kind, move.paid_by, move.quantity).where(
        _SHELF,
        move.medicine_id == medicine_id,
        move.at >= micros(period.begins),
        move.at < micros(period.ends),
    )


def _unsettled(period: Period) -> Select[Any]:
    """From the few rows that are not through, not from every movement; the lot names the drug."""
    lot = func.substr(OUTBOX.c.aggregate, len(_LOT) + 1)
    return (
        select(STOCK_LOT.c.medicine_id, OUTBOX.c.state, func.count().label("rows"))
        .join_from(OUTBOX, STOCK_LOT, STOCK_LOT.c.id == lot)
        .where(
            OUTBOX.c.state.notin_((*_THROUGH, UploadState.DELETED.value)),
            OUTBOX.c.aggregate.like(f"{_LOT}%"),
            OUTBOX.c.kind.in_(_OF_MOVES),
            OUTBOX.c.at >= micros(period.begins),
            OUTBOX.c.at < micros(period.ends),
        )
        .group_by(STOCK_LOT.c.medicine_id, OUTBOX.c.state)
    )


_LOT = "lot/"
_OF_MOVES = tuple({kinds[-1].value for kinds in TELLS.values()})
_SAID_ANEW = (UploadState.REPLACED.value, UploadState.DELETED.value)


def _more_told(so_far: Uploaded, state: str | None, quantity: int, rows: int = 1) -> Uploaded:
    confirmed, waiting = so_far.confirmed, so_far.waiting
    refused, untold = so_far.refused, so_far.untold
    if state is None:
        untold += rows
    elif state in _THROUGH:
        confirmed += Quantity(quantity)
    elif state in _FOR_PEOPLE:
        refused += rows
    else:
        waiting += rows
    return Uploaded(confirmed, waiting, refused, untold)
