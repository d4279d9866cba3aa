"""Lines of a sheet: boxes, lots, and the receiving behind each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain import inspection_sheet as form
from app.domain.clock import shop_time

if TYPE_CHECKING:
    from app.domain.evidence import Exhibit
    from app.domain.sale import SaleLine
    from app.domain.stock import Lot, LotPick
    from app.use_cases.inspection_read import CameIn, Facts


def line_of(line: SaleLine, facts: Facts) -> form.Line:
    """One drug of the sale with its boxes and lots."""
    item, reason = line.item, facts.uncoded.get(line.no)
    back = {code for one in facts.returns if one.state.value == "done" for code in one.codes}
    return form.Line(
        no=line.no,
        name=item.name,
        generic=item.generic_name,
        spec=item.spec,
        maker=item.maker,
        national_code=item.national_code,
        quantity=line.quantity.plain(),
        unit=item.unit,
        price=line.price.plain(),
        amount_fen=line.amount.fen,
        paid_by=line.settlement_type,
        sale_class=item.sale_class,
        codes=tuple(_box(code, facts, code in back) for code in line.trace_codes),
        uncoded=reason.value if reason else "",
        lots=_lots(line, facts),
    )


def _box(code: str, facts: Facts, returned: bool) -> form.BoxCode:
    known = facts.codes.get(code)
    lot = facts.lots.get(known.lot_id) if known else None
    return form.BoxCode(
        code, known.state.value if known else "", lot.batch if lot else "", returned
    )


def _lots(line: SaleLine, facts: Facts) -> tuple[form.LotUsed, ...]:
    return tuple(_lot(pick, facts.lots.get(pick.lot_id), facts, line) for pick in line.picks)


def _lot(pick: LotPick, lot: Lot | None, facts: Facts, line: SaleLine) -> form.LotUsed:
    came = facts.came_in.get(lot.document_id) if lot is not None else None
    return form.LotUsed(
        batch=pick.batch,
        made_on=lot.made_on.isoformat() if lot and lot.made_on else "",
        expires_on=pick.expires_on.isoformat() if pick.expires_on else "",
        quantity=pick.quantity.plain(),
        by=pick.by.value,
        opening=lot.opening if lot else False,
        received=_received(came, facts, line.item.medicine_id) if came is not None else None,
    )


def _received(came: CameIn, facts: Facts, medicine_id: str) -> form.Received:
    paper, head = came.document, came.receiving
    who = came.acceptors.get(medicine_id) or (paper.staff_id if paper else "")
    return form.Received(
        document=paper.number if paper else "",
        kind=paper.kind.value if paper else "",
        at=shop_time(paper.at).isoformat(timespec="seconds") if paper else "",
        supplier=came.supplier.name if came.supplier else "",
        licence=_licence(came),
        note_no=head.note_no if head else "",
        invoice_no=" ".join(part for part in (head.invoice_code, head.invoice_no) if part)
        if head
        else "",
        receiver=facts.staff.get(who, ""),
        papers=tuple(piece_of(one) for one in came.papers),
    )


def _licence(came: CameIn) -> str:
    if came.supplier is None or came.document is None:
        return ""
    day = shop_time(came.document.at).date()
    held = [one for one in came.supplier.licences if one.holds_on(day)]
    return "; ".join(
        f"{one.type.value} {one.number} {one.valid_to.isoformat() if one.valid_to else ''}".strip()
        for one in held
    )


def piece_of(exhibit: Exhibit) -> form.Piece:
    """A piece of evidence as the sheet names it; whether it can be opened is asked later."""
    return form.Piece(
        exhibit=exhibit.id,
        kind=exhibit.kind.value,
        at=shop_time(exhibit.at).isoformat(timespec="seconds"),
        sha256=exhibit.digest,
        media=exhibit.media,
        state="deleted" if exhibit.deleted_at is not None else "kept",
    )
