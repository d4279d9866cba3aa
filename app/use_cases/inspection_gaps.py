"""What a sheet should show and does not: told in words, never passed over (LN-2.4a)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from app.domain.inspection_sheet import Gap, Line, Sheet
from app.domain.settlement_states import UNRESOLVED
from app.use_cases.video_marks import SPECIAL

if TYPE_CHECKING:
    from app.use_cases.inspection_read import Facts

    Say = Callable[..., str]
    Found = Iterator[tuple[str, dict[str, object]]]


def gaps_of(sheet: Sheet, facts: Facts, say: Say) -> Sheet:
    """The sheet with its gaps; the order is that of the chain from supplier to reviewer."""
    found = (*_goods(sheet, facts), *_rx(sheet, facts), *_people(sheet, facts),
             *_pictures(sheet, say), *_money(sheet, facts))  # fmt: skip
    gaps = [Gap(code, say(f"inspection.gap_{code}", **told)) for code, told in found]
    return replace(sheet, gaps=tuple(dict.fromkeys(gaps)))


def _goods(sheet: Sheet, facts: Facts) -> Found:
    exempt = {line.no for line in facts.sale.lines if line.item.trace_exempt}
    packs = {line.no: line.quantity.packs() for line in facts.sale.lines}
    for line in sheet.lines:
        lacking = packs[line.no] - len(line.codes)
        if lacking > 0 and line.no not in exempt:
            reason = f"_{line.uncoded}" if line.uncoded else ""
            yield f"no_code{reason}", {"line": line.no, "count": lacking}
        for box in line.codes:
            if not box.state:
                yield "code_unknown", {"line": line.no}
        yield from _lots(line)


def _lots(line: Line) -> Found:
    if not line.lots:
        yield "no_lot", {"line": line.no}
    for lot in line.lots:
        batch = lot.batch or "—"
        if lot.opening:
            yield "lot_opening", {"line": line.no, "batch": batch}
        elif lot.received is None or not lot.received.document:
            yield "no_receiving", {"line": line.no, "batch": batch}
        else:
            told: dict[str, object] = {"line": line.no, "paper": lot.received.document}
            if not lot.received.supplier:
                yield "no_supplier", told
            elif not lot.received.licence:
                yield "no_licence", {**told, "supplier": lot.received.supplier}
            if not any(one.state == "kept" for one in lot.received.papers):
                yield "no_papers", told


def _rx(sheet: Sheet, facts: Facts) -> Found:
    rx = sheet.prescription
    if rx is None:
        wanted = [line.no for line in sheet.lines if line.sale_class == "rx"]
        if wanted:
            yield "no_rx", {"line": wanted[0]}
        return
    if rx.review is None:
        yield "no_review", {}
    elif not rx.review.signature:
        yield "review_unsigned", {}
    elif not rx.review.holds:
        yield "review_broken", {}
    if not rx.original:
        yield "no_original", {}
    if facts.case is not None and rx.form == "electronic" and not rx.report_no:
        yield "no_report", {}


def _people(sheet: Sheet, facts: Facts) -> Found:
    insured = any(one.stands for one in sheet.settlements)
    if insured and sheet.patient is None:
        yield "no_person", {}
    matched = any(one.verdict == "match" for one in sheet.checks)
    if _special(sheet) and not matched and not sheet.proxy:
        yield "no_check", {}
    proxy = facts.proxy
    if proxy is None or sheet.proxy is None:
        return
    if not proxy.proxy_id:
        yield "no_proxy", {}
    if sheet.proxy.list_sha256 and not sheet.proxy.signed_at:
        yield "proxy_unsigned", {}
    if sheet.proxy.signed_at and not sheet.proxy.pictured_at:
        yield "proxy_no_still", {}


def _special(sheet: Sheet) -> bool:
    """Special diseases want person, picture and clip whatever the area (HY-1.1.4b)."""
    return any(one.stands and one.kind == SPECIAL for one in sheet.settlements)


def _pictures(sheet: Sheet, say: Say) -> Found:
    still = sheet.still
    if still is not None and still.state == "missing":
        reason = say(f"still.gap_{still.reason}") if still.reason else "—"
        answer = say(f"still_answer.{still.answer}") if still.answer else "—"
        yield "no_still", {"reason": reason, "answer": answer}
    elif still is not None and still.state == "no_consent":
        yield "still_no_consent", {}
    for one in sheet.evidence:
        if one.state != "kept":
            yield "evidence_gone", {"kind": say(f"vault_kind.{one.kind}")}
    if sheet.video is None:
        if _special(sheet):
            yield "no_video", {}
    elif not sheet.video.cameras:
        yield "no_camera", {}


def _money(sheet: Sheet, facts: Facts) -> Found:
    if any(one.state in UNRESOLVED for one in facts.settlements):
        yield "settlement_open", {}
    for one in sheet.settlements:
        parts = one.fund_fen + one.institution_fen + one.account_fen + one.cash_fen
        if one.stands and parts != one.total_fen:
            yield "split_odd", {"setl": one.setl_id}
        if one.stands and not one.setl_id:
            yield "no_setl_id", {}
