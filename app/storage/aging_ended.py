"""When a record was done with, where only its sealed body says so: its days count from then."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any, Final

from sqlalchemy import Table, select

from app.domain.clearing import RefusedFee
from app.domain.clock import SHOP_ZONE
from app.domain.complaint import Complaint
from app.domain.record_kinds import Aged, RecordKind
from app.domain.supervision import Alert
from app.storage.codec import from_text
from app.storage.session import Session, chunks
from app.storage.tables_alerts import SUPERVISION_ALERT
from app.storage.tables_clearing import REFUSED_FEE
from app.storage.tables_complaints import COMPLAINT


@dataclass(frozen=True)
class _Body:
    """Where it lies, and what of it is the end."""

    table: Table
    form: type
    end: Callable[[Any], datetime | None]


def ended(session: Session, kind: RecordKind, found: Sequence[Aged]) -> list[Aged]:
    """The same, counted from the end of each; a column has only its beginning."""
    body = _BODIES.get(kind)
    if body is None:
        return list(found)
    ends: dict[str, datetime] = {}
    for some in chunks([one.id for one in found]):
        query = select(body.table.c.id, body.table.c.sealed_body).where(body.table.c.id.in_(some))
        for row in session.run(query):
            place = f"{body.table.name}|{row.id}|body"
            end = body.end(from_text(body.form, session.unseal("text", row.sealed_body, place)))
            if end is not None:
                ends[row.id] = end
    return [
        replace(one, begun_at=max(one.begun_at, ends.get(one.id, one.begun_at))) for one in found
    ]


def _last_step(complaint: Complaint) -> datetime | None:
    return complaint.steps[-1].at if complaint.steps else None


def _answered(alert: Alert) -> datetime | None:
    return alert.answered_at


def _outcome(fee: RefusedFee) -> datetime | None:
    days = [day for day in (fee.appealed_on, fee.outcome_on) if day is not None]
    return datetime.combine(max(days), time(), SHOP_ZONE) if days else None


_BODIES: Final[Mapping[RecordKind, _Body]] = {
    RecordKind.COMPLAINT: _Body(COMPLAINT, Complaint, _last_step),
    RecordKind.ALERT: _Body(SUPERVISION_ALERT, Alert, _answered),
    RecordKind.REFUSED_FEE: _Body(REFUSED_FEE, RefusedFee, _outcome),
}
