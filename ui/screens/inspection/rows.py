"""A sheet of an inspection as headed rows of words: the same on paper and on the screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.domain.inspection_sheet import (
        Line,
        LotUsed,
        Paid,
        Piece,
        Received,
        Reviewed,
        Rx,
        Sheet,
        Who,
    )

    Say = Callable[..., str]

Row = tuple[str, str]
NONE = "—"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the sheet; ``warn`` = it tells what is missing."""

    title: str
    rows: tuple[Row, ...]
    warn: bool = False


def sections(sheet: Sheet, say: Say) -> tuple[Section, ...]:
    """The whole chain in its order, ending with what is missing of it."""
    parts = (
        ("sale", _sale(sheet, say)),
        ("goods", _goods(sheet, say)),
        ("rx", _rx(sheet.prescription, say)),
        ("people", _people(sheet, say)),
        ("pictures", _pictures(sheet, say)),
        ("money", _money(sheet, say)),
        ("back", _back(sheet, say)),
        ("evidence", _evidence(sheet, say)),
    )
    made = [Section(say(f"inspection.part_{name}"), tuple(rows)) for name, rows in parts]
    gaps = tuple(
        (say("inspection.gap_no", no=number), gap.text) for number, gap in enumerate(sheet.gaps, 1)
    )
    gaps = gaps or (("", say("inspection.no_gaps")),)
    gap_part = Section(say("inspection.part_gaps"), gaps, warn=bool(sheet.gaps))
    return (*(one for one in made if one.rows), gap_part)


def moment(iso: str) -> str:
    """2026-11-22 10:05:00, of an ISO text; a dash where there is none."""
    return iso[:19].replace("T", " ") if iso else NONE


def _word(say: Say, prefix: str, code: str) -> str:
    return say(f"{prefix}{code}") if code else NONE


def _joined(*parts: str) -> str:
    return "  ".join(part for part in parts if part and part != NONE) or NONE


def _sale(sheet: Sheet, say: Say) -> Iterator[Row]:
    yield say("inspection.receipt"), sheet.receipt_no or NONE
    times = f"{moment(sheet.opened_at)} — {moment(sheet.done_at)[11:]}"
    yield say("inspection.time"), times
    till = say("inspection.till_no", no=sheet.till) if sheet.till else NONE
    yield say("inspection.counter"), _joined(till, sheet.cashier)
    state = say(f"inspection.sale_{sheet.state}")
    yield say("inspection.total"), _joined(str(Money(sheet.total_fen)), state)
    if sheet.replaces:
        yield say("inspection.replaces"), sheet.replaces


def _goods(sheet: Sheet, say: Say) -> Iterator[Row]:
    for line in sheet.lines:
        kind = _word(say, "payment.type_", line.paid_by or "self_paid")
        number = say("inspection.line_no", no=line.no)
        yield number, _joined(line.name, line.spec, line.maker, line.national_code)
        counted = f"{line.price} × {line.quantity}{line.unit} = {Money(line.amount_fen)}"
        yield "", f"{counted}　{kind}"
        yield from _boxes(line, say)
        for lot in line.lots:
            yield "", _lot(lot, say)


def _boxes(line: Line, say: Say) -> Iterator[Row]:
    if line.codes:
        told = [
            box.code
            + (f"（{box.batch}）" if box.batch else "")
            + (say("inspection.box_back") if box.returned else "")
            for box in line.codes
        ]
        yield "", say("inspection.boxes", codes=say("list.comma").join(told))
    if line.uncoded:
        yield "", say(f"inspection.uncoded_{line.uncoded}")


def _lot(lot: LotUsed, say: Say) -> str:
    batch = say("inspection.lot", batch=lot.batch or NONE, day=lot.expires_on or NONE,
                count=lot.quantity, by=say(f"inspection.by_{lot.by}"))  # fmt: skip
    if lot.received is None:
        source = "opening" if lot.opening else "none"
        return f"{batch}　←　{say(f'inspection.from_{source}')}"
    return f"{batch}　←　{_received(lot.received, say)}"


def _received(came: Received, say: Say) -> str:
    parts = [
        f"{_word(say, 'inspection.paper_', came.kind)} {came.document}".strip(),
        moment(came.at)[:16],
        say("inspection.supplier", name=came.supplier) if came.supplier else "",
        say("inspection.note_no", number=came.note_no) if came.note_no else "",
        say("inspection.invoice_no", number=came.invoice_no) if came.invoice_no else "",
        say("inspection.receiver", name=came.receiver) if came.receiver else "",
    ]
    parts += [say(f"vault_kind.{one.kind}") + _file(one) for one in came.papers]
    return "，".join(part for part in parts if part)


def _file(piece: Piece) -> str:
    return f"（{piece.file}）" if piece.file else ""


def _rx(rx: Rx | None, say: Say) -> Iterator[Row]:
    if rx is None:
        return
    form = say(f"inspection.form_{rx.form}")
    state = say(f"review.state_{rx.state}") if rx.state not in _CENTRE else ""
    yield say("inspection.rx_number"), _joined(rx.number, form, state)
    days = " — ".join(moment(at)[:16] for at in (rx.issued_at, rx.expires_at) if at)
    yield say("inspection.rx_issuer"), _joined(rx.issuer, rx.department, rx.doctor)
    yield say("inspection.rx_days"), days
    if rx.diagnosis:
        yield say("inspection.rx_diagnosis"), rx.diagnosis
    for name, act in (("review", rx.review), ("picked", rx.picked), ("checked", rx.checked)):
        if act is not None:
            yield say(f"inspection.rx_{name}"), _reviewed(act, say)
    if rx.report_no:
        yield say("inspection.rx_report"), rx.report_no


_CENTRE = frozenset({"valid", "revoked", "dispensed", "locked", "expired", ""})
"""States as the centre tells them, where the case itself is not in the books."""


def _reviewed(act: Reviewed, say: Say) -> str:
    signed = say("inspection.unsigned")
    if act.signature:
        signed = say(f"review.kind_{act.signature}")
        signed += say("inspection.holds" if act.holds else "inspection.broken")
    verdict = say(f"inspection.verdict_{act.verdict}") if act.verdict else ""
    filing = say("inspection.filing", number=act.filing_no) if act.filing_no else ""
    return _joined(act.who, verdict, moment(act.at), filing, signed)


def _people(sheet: Sheet, say: Say) -> Iterator[Row]:
    if sheet.patient is not None:
        yield say("inspection.patient"), _who(sheet.patient, say)
    if sheet.proxy is not None:
        proxy = sheet.proxy
        relation = _word(say, "proxy.relation_", proxy.relation)
        reason = _word(say, "proxy.reason_", proxy.reason)
        proof = _word(say, "proxy.proof_", proxy.proof)
        yield say("inspection.proxy"), _joined(_who(proxy.who, say), relation, reason, proof)
        times = (say("inspection.signed_at", at=moment(proxy.signed_at)) if proxy.signed_at else "",
                 say("inspection.pictured_at", at=moment(proxy.pictured_at))
                 if proxy.pictured_at else "")  # fmt: skip
        listed = f"SHA-256 {proxy.list_sha256}" if proxy.list_sha256 else ""
        yield say("inspection.proxy_list"), _joined(*times, listed)
    for check in sheet.checks:
        told = _joined(
            moment(check.at), say(f"person.way_{check.way}"),
            say(f"inspection.check_{check.verdict}"),
            _word(say, "patient.by_", check.credential),
            say("inspection.distance", is_=check.distance, most=check.threshold)
            if check.distance else "",
            _word(say, "person.reason_", check.reason), check.who, check.second,
        )  # fmt: skip
        yield say("inspection.check"), told


def _who(who: Who, say: Say) -> str:
    shown = _word(say, "patient.by_", who.shown)
    typed = say("proxy.typed_mark") if who.typed else ""
    return _joined(who.name, who.cert_no, who.psn_no, shown, typed)


def _pictures(sheet: Sheet, say: Say) -> Iterator[Row]:
    still = sheet.still
    if still is not None:
        told = [say(f"inspection.still_{still.state}")]
        if still.state == "missing":
            told.append(_word(say, "still.gap_", still.reason))
        elif still.reason:
            told.append(_word(say, "still.fault_", still.reason))
        told.append(_word(say, "still_answer.", still.answer))
        yield say("inspection.still"), _joined(*told, still.answered_by)
    if sheet.video is not None:
        video = sheet.video
        span = f"{moment(video.begins)} — {moment(video.ends)[11:]}"
        cameras = say("inspection.cameras", numbers=video.cameras) if video.cameras else ""
        yield say("inspection.video"), _joined(cameras, span)


def _money(sheet: Sheet, say: Say) -> Iterator[Row]:
    for paid in sheet.settlements:
        kind, state = say(f"payment.type_{paid.kind}"), say(f"payment.state_{paid.state}")
        mode = say("inspection.by_portal") if paid.mode == "portal_assisted" else ""
        yield say("inspection.settlement"), _joined(kind, state, moment(paid.at), mode)
        ids = (("setl_id", paid.setl_id), ("mdtrt_id", paid.mdtrt_id), ("msgid", paid.msgid),
               ("cancel", paid.cancel_msgid))  # fmt: skip
        yield "", "  ".join(f"{name} {value}" for name, value in ids if value)
        if paid.setl_id or paid.total_fen:
            yield "", _split(paid, say)
    tenders = [
        f"{say(f'inspection.tender_{one.kind}')} {Money(one.amount_fen)}" for one in sheet.tenders
    ]
    yield say("inspection.tenders"), "　".join(tenders) or NONE


def _split(paid: Paid, say: Say) -> str:
    parts = (("total", paid.total_fen), ("fund", paid.fund_fen),
             ("institution", paid.institution_fen), ("account", paid.account_fen),
             ("mutual_aid", paid.mutual_aid_fen), ("cash", paid.cash_fen))  # fmt: skip
    shown = [(name, fen) for name, fen in parts if fen or name in ("total", "fund", "cash")]
    return "　".join(f"{say(f'inspection.split_{name}')} {Money(fen)}" for name, fen in shown)


def _back(sheet: Sheet, say: Say) -> Iterator[Row]:
    for one in sheet.returns:
        told = _joined(
            moment(one.at), say(f"return.reason_{one.reason}"), say(f"return.state_{one.state}"),
            one.who, one.approved,
        )  # fmt: skip
        yield say("inspection.return"), told
        which = say("inspection.return_lines", lines=say("list.comma").join(one.lines))
        codes = (
            say("inspection.boxes", codes=say("list.comma").join(one.codes)) if one.codes else ""
        )
        new = say("inspection.replaced_by", number=one.replaced_by) if one.replaced_by else ""
        yield "", _joined(which, codes, new)
    for fixed in sheet.corrections:
        kind = say(f"inspection.correction_{fixed.kind}")
        figures = (kind, fixed.day, str(Money(fixed.total_fen)), fixed.who, fixed.second)
        yield say("inspection.correction"), _joined(*figures)


def _evidence(sheet: Sheet, say: Say) -> Iterator[Row]:
    for one in sheet.evidence:
        kind = say(f"vault_kind.{one.kind}") if one.kind != "prescription" else ""
        kind = kind or say("inspection.prescription")
        state = say(f"inspection.piece_{one.state}")
        yield kind, _joined(moment(one.at), state, one.file, f"SHA-256 {one.sha256}")
