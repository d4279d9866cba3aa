"""What an inspection reads and leaves behind: :class:`app.ports_inspection.InspectionBook`."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    insert,
    or_,
    select,
)

from app.domain.clock import from_micros, micros
from app.domain.inspection import (
    InspectorPass,
    Looked,
    LookKind,
    PackRecord,
    SaleKey,
    Scope,
    ScopeCount,
)
from app.ports import LogEntry
from app.storage.act_log import entry_of
from app.storage.codec import canonical
from app.storage.hot import Hot
from app.storage.session import Session, upsert
from app.storage.tables import ACT_LOG, SALE, SALE_LINE, TENDER
from app.storage.tables_inspection import INSPECTION_LOOK, INSPECTION_PACK, INSPECTOR_PASS
from app.storage.tables_proxy import PROXY_PURCHASE

_INSURED = exists().where(TENDER.c.sale_id == SALE.c.id, TENDER.c.settlement_id != "")
_ENTRIES = (
    select(ACT_LOG)
    .where(
        ACT_LOG.c.chain_id == bindparam("b_chain"),
        ACT_LOG.c.seq >= bindparam("b_first"),
        ACT_LOG.c.seq <= bindparam("b_last"),
    )
    .order_by(ACT_LOG.c.seq)
)
_WRITTEN = Hot(
    select(ACT_LOG.c.seq, ACT_LOG.c.at)
    .where(
        ACT_LOG.c.chain_id == bindparam("b_chain"),
        ACT_LOG.c.seq >= bindparam("b_first"),
        ACT_LOG.c.seq <= bindparam("b_last"),
        ACT_LOG.c.at >= bindparam("b_begins"),
        ACT_LOG.c.at <= bindparam("b_ends"),
    )
    .order_by(ACT_LOG.c.seq)
)
_NAMES: Final = ("by", "second", "medicine_id", "sale_id", "of_person", "sheets", "gaps", "masked")
"""Columns of a pack that hold a field of :class:`PackRecord` as it is."""


class Inspections:
    """:class:`app.ports_inspection.InspectionBook`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    # --- sales -----------------------------------------------------------------------------------

    def count(self, scope: Scope) -> ScopeCount:
        """How many sales, and what they come to."""
        insured = func.coalesce(func.sum(case((_INSURED, 1), else_=0)), 0)
        total = func.coalesce(func.sum(SALE.c.total), 0)
        query = select(func.count(), total, insured).select_from(SALE).where(*self._which(scope))
        sums = self._session.run(query).one()
        return ScopeCount(*(int(each) for each in sums))

    def keys(self, scope: Scope, after: tuple[datetime, str] | None, limit: int) -> list[SaleKey]:
        """The next ones by (completed at, id)."""
        c, query = SALE.c, self._keys(scope)
        if after is not None:
            at = micros(after[0])
            query = query.where(or_(c.done_at > at, and_(c.done_at == at, c.id > after[1])))
        rows = self._session.run(query.order_by(c.done_at, c.id).limit(limit))
        return [_key(row) for row in rows]

    def newest(self, scope: Scope, text: str, limit: int) -> list[SaleKey]:
        """Newest first; ``text`` narrows by receipt number or the name of a drug."""
        c, query = SALE.c, self._keys(scope)
        if text:
            of_drug = exists().where(
                SALE_LINE.c.sale_id == c.id, SALE_LINE.c.name.icontains(text, autoescape=True)
            )
            query = query.where(or_(c.receipt_no.icontains(text, autoescape=True), of_drug))
        rows = self._session.run(query.order_by(c.done_at.desc(), c.id.desc()).limit(limit))
        return [_key(row) for row in rows]

    def _keys(self, scope: Scope) -> Select[Any]:
        return select(SALE, _INSURED.label("insured")).where(*self._which(scope))

    def _which(self, scope: Scope) -> list[ColumnElement[bool]]:
        c, which = SALE.c, list[ColumnElement[bool]]()
        which += [c.store_id == self._session.store_id]
        which += [c.done_at >= micros(scope.begins), c.done_at < micros(scope.ends)]
        if scope.sale_id:
            which.append(c.id == scope.sale_id)
        if scope.medicine_id:
            line = SALE_LINE.c
            which.append(
                exists().where(line.sale_id == c.id, line.medicine_id == scope.medicine_id)
            )
        if scope.narrowed or scope.person_ids:
            people, bought = list(scope.person_ids), PROXY_PURCHASE.c
            for_another = exists().where(bought.sale_id == c.id, bought.proxy_id.in_(people))
            which.append(or_(c.person_id.in_(people), for_another))
        return which

    # --- the log ---------------------------------------------------------------------------------

    def written(
        self, chain_id: str, first: int, last: int, within: tuple[datetime, datetime]
    ) -> list[tuple[int, datetime]]:
        """(number, moment) of those of the entries first..last that were written in a time."""
        values = {
            "b_chain": chain_id, "b_first": first, "b_last": last,
            "b_begins": micros(within[0]), "b_ends": micros(within[1]),
        }  # fmt: skip
        rows = self._session.plain(_WRITTEN, values)
        return [(int(seq), from_micros(int(at))) for seq, at in rows]

    def entries(self, chain_id: str, first: int, last: int) -> list[LogEntry]:
        """Those numbers of one chain, in order."""
        values = {"b_chain": chain_id, "b_first": first, "b_last": last}
        return [entry_of(row) for row in self._session.run(_ENTRIES, values)]

    # --- accounts --------------------------------------------------------------------------------

    def add_pass(self, one: InspectorPass) -> None:
        """A new one, in the place of the member's earlier one."""
        order = canonical([one.authority, one.order_no])
        row = {
            **self._session.stamp,
            "staff_id": one.staff_id,
            "begins_at": micros(one.begins_at),
            "ends_at": micros(one.ends_at),
            "sealed_order": self._session.seal("text", order, f"inspector_pass|{one.staff_id}"),
            "opened_by": one.opened_by,
            "opened_at": micros(one.opened_at),
            "closed_by": one.closed_by,
            "closed_at": None if one.closed_at is None else micros(one.closed_at),
        }
        made = upsert(self._session.dialect, INSPECTOR_PASS)
        changed = {name: value for name, value in row.items() if name != "staff_id"}
        query = made.on_conflict_do_update(index_elements=["staff_id"], set_=changed)
        self._session.run(query, row, "inspector's account")

    def pass_of(self, staff_id: str) -> InspectorPass | None:
        """The member's; None = there never was one."""
        query = select(INSPECTOR_PASS).where(INSPECTOR_PASS.c.staff_id == staff_id)
        row = self._session.one(query)
        return None if row is None else self._pass(row)

    def passes(self) -> list[InspectorPass]:
        """The store's, the newest first."""
        c = INSPECTOR_PASS.c
        query = select(INSPECTOR_PASS).where(c.store_id == self._session.store_id)
        rows = self._session.run(query.order_by(c.opened_at.desc(), c.staff_id))
        return [self._pass(row) for row in rows]

    def _pass(self, row: Row[Any]) -> InspectorPass:
        told = self._session.unseal("text", row.sealed_order, f"inspector_pass|{row.staff_id}")
        authority, order_no = json.loads(told)
        return InspectorPass(
            staff_id=row.staff_id,
            begins_at=from_micros(row.begins_at),
            ends_at=from_micros(row.ends_at),
            authority=authority,
            order_no=order_no,
            opened_by=row.opened_by,
            opened_at=from_micros(row.opened_at),
            closed_by=row.closed_by,
            closed_at=None if row.closed_at is None else from_micros(row.closed_at),
        )

    # --- looks and packs -------------------------------------------------------------------------

    def mark(self, term: str) -> str:
        """A keyed hash, hex: the same words have the same mark, and nobody can guess back."""
        return self._session.secrets.index("person", f"looked_for|{term.strip().upper()}").hex()

    def looked(self, look: Looked) -> None:
        """Write down a look; its words sealed."""
        at = micros(look.at)
        row = {
            **self._session.stamp,
            "at": at,
            "by": look.by,
            "kind": look.kind.value,
            "sealed_term": self._session.seal("text", look.term, _look_place(look.by, at)),
            "found": look.found,
            "sale_id": look.sale_id,
        }
        self._session.run(insert(INSPECTION_LOOK), row)

    def looks(self, limit: int, by: str = "") -> list[Looked]:
        """Newest first."""
        c = INSPECTION_LOOK.c
        query = select(INSPECTION_LOOK).where(c.store_id == self._session.store_id)
        if by:
            query = query.where(c.by == by)
        rows = self._session.run(query.order_by(c.seq.desc()).limit(limit))
        return [self._look(row) for row in rows]

    def _look(self, row: Row[Any]) -> Looked:
        term = self._session.unseal("text", row.sealed_term, _look_place(row.by, row.at))
        kind = LookKind(row.kind)
        return Looked(from_micros(row.at), row.by, kind, term.decode(), row.found, row.sale_id)

    def add_pack(self, pack: PackRecord) -> None:
        """A pack that was made; :raises BadValue: its id is taken."""
        seal = self._session.seal
        row = {
            **self._session.stamp,
            **{name: getattr(pack, name) for name in _NAMES},
            "id": pack.id,
            "at": micros(pack.at),
            "sealed_purpose": seal("text", pack.purpose, f"inspection_pack|{pack.id}|purpose"),
            "sealed_place": seal("text", pack.place, f"inspection_pack|{pack.id}|place"),
            "begins": micros(pack.begins),
            "ends": micros(pack.ends),
            "total": pack.total_fen,
            "digest": pack.digest,
        }
        self._session.run(insert(INSPECTION_PACK), row, "pack")

    def packs(self, limit: int) -> list[PackRecord]:
        """Newest first."""
        c = INSPECTION_PACK.c
        query = select(INSPECTION_PACK).where(c.store_id == self._session.store_id)
        rows = self._session.run(query.order_by(c.at.desc(), c.id.desc()).limit(limit))
        return [self._pack(row) for row in rows]

    def _pack(self, row: Row[Any]) -> PackRecord:
        told = {
            name: self._session.unseal("text", sealed, f"inspection_pack|{row.id}|{name}").decode()
            for name, sealed in (("purpose", row.sealed_purpose), ("place", row.sealed_place))
        }
        return PackRecord(
            id=row.id,
            at=from_micros(row.at),
            begins=from_micros(row.begins),
            ends=from_micros(row.ends),
            total_fen=row.total,
            digest=row.digest,
            by=row.by,
            second=row.second,
            medicine_id=row.medicine_id,
            sale_id=row.sale_id,
            of_person=bool(row.of_person),
            sheets=row.sheets,
            gaps=row.gaps,
            masked=bool(row.masked),
            purpose=told["purpose"],
            place=told["place"],
        )


def _look_place(by: str, at: int) -> str:
    return f"inspection_look|{by}|{at}"


def _key(row: Row[Any]) -> SaleKey:
    return SaleKey(
        sale_id=row.id,
        receipt_no=row.receipt_no or "",
        till_id=row.till_id,
        opened_at=from_micros(row.opened_at),
        done_at=from_micros(row.done_at),
        total_fen=row.total,
        state=row.state,
        insured=bool(row.insured),
        first_line=row.first_line,
        lines=row.line_count,
    )
