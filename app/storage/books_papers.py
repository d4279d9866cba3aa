"""The store's papers, claims, marks of drugs, month values, changes of the insurance's list."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, or_, select, update

from app.domain.clock import from_micros, micros
from app.domain.indicators import Mark
from app.domain.money import Money
from app.domain.papers import Claim, PaperKind, StorePaper
from app.errors import NotFound
from app.ports_papers import InsuranceChange, MonthValue, PaperTerm
from app.storage.books_sale import moment, stored
from app.storage.hot import Hot, HotList
from app.storage.session import Session, upsert
from app.storage.tables import SETTING
from app.storage.tables_papers import (
    CLAIM,
    DRUG_MARK,
    INSURANCE_CHANGE,
    MONTH_VALUE,
    STORE_PAPER,
)

_PURPOSE = "text"

_ZONE = Hot(
    select(SETTING.c.value).where(
        SETTING.c.store_id == bindparam("b_store"), SETTING.c.key == bindparam("b_key")
    )
)
_MARKED = HotList(DRUG_MARK.c.medicine_id, lambda wanted: select(DRUG_MARK).where(wanted))
_TERMS = Hot(
    select(STORE_PAPER.c.kind, STORE_PAPER.c.begins, STORE_PAPER.c.ends, STORE_PAPER.c.title).where(
        or_(
            STORE_PAPER.c.kind == bindparam("b_agreement"),
            STORE_PAPER.c.kind == bindparam("b_quality"),
            STORE_PAPER.c.kind == bindparam("b_suspension"),
        ),
        STORE_PAPER.c.withdrawn_at.is_(None),
    )
)


class Papers:
    """:class:`app.ports_papers.PaperBook`; notes are sealed, since some name a person."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, paper: StorePaper) -> None:
        """A new one; :raises BadValue: its id is used, or what it renews is renewed already."""
        row = {
            **self._session.stamp,
            "id": paper.id,
            "kind": paper.kind.value,
            "title": paper.title,
            "number": paper.number,
            "begins": paper.begins.isoformat(),
            "ends": _iso(paper.ends),
            "holder": paper.holder,
            "sealed_note": self._sealed("store_paper", paper.id, paper.note),
            "renews": paper.renews or None,
            "at": micros(paper.at),
            "by": paper.by,
            "withdrawn_at": stored(paper.withdrawn_at),
        }
        self._session.run(insert(STORE_PAPER), row, "paper")

    def withdraw(self, paper_id: str, at: datetime) -> None:
        """It counts no more; :raises NotFound:."""
        query = update(STORE_PAPER).where(STORE_PAPER.c.id == paper_id)
        if self._session.run(query.values(withdrawn_at=micros(at))).rowcount != 1:
            raise NotFound(what="paper")

    def all(self) -> list[StorePaper]:
        """By kind, then the day on which they begin."""
        query = select(STORE_PAPER).order_by(
            STORE_PAPER.c.kind, STORE_PAPER.c.begins, STORE_PAPER.c.id
        )
        return [self._paper(row) for row in self._session.run(query)]

    def _paper(self, row: Row[Any]) -> StorePaper:
        return StorePaper(
            id=row.id,
            kind=PaperKind(row.kind),
            title=row.title,
            number=row.number,
            begins=date.fromisoformat(row.begins),
            ends=_day(row.ends),
            holder=row.holder,
            note=self._opened("store_paper", row.id, row.sealed_note),
            renews=row.renews or "",
            at=from_micros(row.at),
            by=row.by,
            withdrawn_at=moment(row.withdrawn_at),
        )

    def terms(self) -> list[PaperTerm]:
        """Agreements, qualifications, suspensions not withdrawn; cheap, for every insured sale."""
        values = {
            "b_agreement": PaperKind.AGREEMENT.value, "b_quality": PaperKind.QUALIFICATION.value,
            "b_suspension": PaperKind.SUSPENSION.value,
        }  # fmt: skip
        return [
            PaperTerm(
                PaperKind(row.kind), date.fromisoformat(row.begins), _day(row.ends), row.title
            )
            for row in self._session.hot(_TERMS, values)
        ]

    def zone(self, till_id: str) -> str:
        """Where a till stands; empty = in no zone of its own."""
        values = {"b_store": self._session.store_id, "b_key": _zone_key(till_id)}
        return next((str(row.value) for row in self._session.hot(_ZONE, values)), "")

    def put_zone(self, till_id: str, zone: str) -> None:
        """Say where a till stands."""
        row = {"store_id": self._session.store_id, "key": _zone_key(till_id), "value": zone}
        fresh = upsert(self._session.dialect, SETTING)
        query = fresh.on_conflict_do_update(
            index_elements=["store_id", "key"], set_={"value": fresh.excluded.value}
        )
        self._session.run(query, row)

    # --- claims -------------------------------------------------------------------------------

    def add_claim(self, claim: Claim) -> None:
        """A new one; :raises BadValue: its id is used."""
        row = {**self._session.stamp, "id": claim.id, **self._claim_row(claim)}
        self._session.run(insert(CLAIM), row, "claim")

    def save_claim(self, claim: Claim) -> None:
        """Write what came of it; :raises NotFound:."""
        query = update(CLAIM).where(CLAIM.c.id == claim.id).values(self._claim_row(claim))
        if self._session.run(query).rowcount != 1:
            raise NotFound(what="claim")

    def claim(self, claim_id: str) -> Claim:
        """:raises NotFound:."""
        row = self._session.one(select(CLAIM).where(CLAIM.c.id == claim_id))
        if row is None:
            raise NotFound(what="claim")
        return self._claim(row)

    def claims(self) -> list[Claim]:
        """Newest first."""
        query = select(CLAIM).order_by(CLAIM.c.submitted_on.desc(), CLAIM.c.id.desc())
        return [self._claim(row) for row in self._session.run(query)]

    def _claim_row(self, claim: Claim) -> dict[str, Any]:
        return {
            "title": claim.title,
            "amount_fen": claim.amount.fen,
            "submitted_on": claim.submitted_on.isoformat(),
            "reference": claim.reference,
            "paid_on": _iso(claim.paid_on),
            "paid_fen": claim.paid.fen if claim.paid is not None else None,
            "sealed_note": self._sealed("claim", claim.id, claim.note),
            "at": micros(claim.at),
            "by": claim.by,
        }

    def _claim(self, row: Row[Any]) -> Claim:
        return Claim(
            id=row.id,
            title=row.title,
            amount=Money(row.amount_fen),
            submitted_on=date.fromisoformat(row.submitted_on),
            reference=row.reference,
            paid_on=_day(row.paid_on),
            paid=Money(row.paid_fen) if row.paid_fen is not None else None,
            note=self._opened("claim", row.id, row.sealed_note),
            at=from_micros(row.at),
            by=row.by,
        )

    # --- marks --------------------------------------------------------------------------------

    def mark(self, medicine_id: str, mark: Mark, at: datetime, by: str) -> None:
        """Say something of a drug; said twice it stands once."""
        row = {**self._session.stamp, "medicine_id": medicine_id, "mark": mark.value}
        query = upsert(self._session.dialect, DRUG_MARK).on_conflict_do_nothing()
        self._session.run(query, {**row, "at": micros(at), "by": by}, "mark")

    def unmark(self, medicine_id: str, mark: Mark) -> None:
        """Take it back; nothing where it was not said."""
        self._session.run(
            delete(DRUG_MARK).where(
                DRUG_MARK.c.medicine_id == medicine_id, DRUG_MARK.c.mark == mark.value
            )
        )

    def marks(self) -> dict[str, Collection[Mark]]:
        """Everything said, by drug."""
        return _by_drug(self._session.run(select(DRUG_MARK)))

    def marks_of(self, medicine_ids: Sequence[str]) -> dict[str, Collection[Mark]]:
        """What is said of these drugs."""
        return _by_drug(self._session.any_of(_MARKED, medicine_ids))

    # --- month values and changes -------------------------------------------------------------

    def keep_month(self, values: Sequence[MonthValue]) -> None:
        """The last value of a month takes the place of an earlier one."""
        fresh = upsert(self._session.dialect, MONTH_VALUE)
        changed = {name: fresh.excluded[name] for name in ("part", "whole", "at")}
        query = fresh.on_conflict_do_update(
            index_elements=["store_id", "month", "name"], set_=changed
        )
        for one in values:
            row = {"month": one.month, "name": one.name, "part": one.part, "whole": one.whole}
            store = self._session.stamp["store_id"]
            self._session.run(query, {**row, "store_id": store, "at": micros(one.at)}, "month")

    def months(self, name: str) -> list[MonthValue]:
        """Oldest first."""
        query = select(MONTH_VALUE).where(MONTH_VALUE.c.name == name)
        return [
            MonthValue(row.month, row.name, row.part, row.whole, from_micros(row.at))
            for row in self._session.run(query.order_by(MONTH_VALUE.c.month))
        ]

    def note_insurance(self, changes: Sequence[InsuranceChange]) -> None:
        """What an import changed."""
        rows = [
            {
                **self._session.stamp,
                "medicine_id": one.medicine_id,
                "before": one.before,
                "after": one.after,
                "batch_no": one.batch_no,
                "at": micros(one.at),
            }
            for one in changes
        ]
        if rows:
            self._session.run(insert(INSURANCE_CHANGE), rows, "change")

    def insurance_changes(self, since: datetime) -> list[InsuranceChange]:
        """Newest first."""
        query = select(INSURANCE_CHANGE).where(INSURANCE_CHANGE.c.at >= micros(since))
        return [
            InsuranceChange(row.medicine_id, row.before, row.after, row.batch_no,
                            from_micros(row.at))
            for row in self._session.run(query.order_by(INSURANCE_CHANGE.c.seq.desc()))
        ]  # fmt: skip

    def _sealed(self, table: str, row_id: str, note: str) -> bytes | None:
        return self._session.seal(_PURPOSE, note, f"{table}|{row_id}|note")

    def _opened(self, table: str, row_id: str, sealed: bytes | None) -> str:
        return self._session.unseal(_PURPOSE, sealed, f"{table}|{row_id}|note").decode()


def _by_drug(rows: Iterable[Row[Any]]) -> dict[str, Collection[Mark]]:
    found: dict[str, set[Mark]] = {}
    for row in rows:
        found.setdefault(row.medicine_id, set()).add(Mark(row.mark))
    return dict(found)


def _zone_key(till_id: str) -> str:
    return f"zone|{till_id}"


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
