"""Facts of one sale made into its sheet: in words of the shop, masked, with its gaps told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain import inspection_sheet as form
from app.domain.clock import shop_time
from app.domain.masking import mask_card_number, mask_id_number, mask_name
from app.domain.rx_acts import signed_texts
from app.domain.settlement_states import SettlementState
from app.use_cases.buyer import LOCAL
from app.use_cases.inspection_gaps import gaps_of
from app.use_cases.inspection_lines import line_of, piece_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from app.domain.person_check import PersonCheck
    from app.domain.returns import Return
    from app.domain.rx_case import Act, Review, RxCase
    from app.domain.settlement import Settlement
    from app.domain.statement import Correction
    from app.ports_rx import Signer
    from app.use_cases.inspection_read import Facts

    Say = Callable[..., str]


def sheet_of(no: int, facts: Facts, signer: Signer, say: Say, *, whole: bool) -> form.Sheet:
    """The sheet of one sale; ``whole``: persons by name and number, the diagnosis with them.

    Outside of any unit of work: signatures are looked at.
    """
    sale = facts.sale
    proxy = _proxy(facts, whole)
    rx = _rx(facts, signer, whole)
    sheet = form.Sheet(
        no=no,
        sale=sale.id,
        receipt_no=sale.receipt_no,
        state=sale.state.value,
        till=facts.till,
        opened_at=when(sale.opened_at),
        done_at=when(sale.done_at),
        cashier=facts.staff.get(sale.cashier_id, ""),
        practice=sale.practice,
        replaces=facts.receipts.get(sale.replaces, ""),
        total_fen=sale.total.fen,
        lines=tuple(line_of(line, facts) for line in sale.lines),
        patient=_patient(facts, whole),
        checks=tuple(_check(one, facts) for one in facts.checks),
        proxy=proxy,
        prescription=rx,
        still=_still(facts),
        video=_video(facts),
        settlements=tuple(_paid(one) for one in facts.settlements),
        tenders=_tenders(facts),
        returns=tuple(_came_back(one, facts) for one in facts.returns),
        corrections=tuple(_corrected(one, facts) for one in facts.corrections),
        evidence=tuple(piece_of(one) for one in facts.evidence),
        gaps=(),
    )
    return gaps_of(sheet, facts, say)


def when(at: datetime | None) -> str:
    """A moment on the shop's wall clock; empty = there is none."""
    return shop_time(at).isoformat(timespec="seconds") if at is not None else ""


# --- people ---------------------------------------------------------------------------------------


def _who(facts: Facts, person_id: str, shown: str, typed: bool, whole: bool) -> form.Who | None:
    record = facts.people.get(person_id)
    if record is None:
        return None
    person = record.person
    # Who only buys for another was never asked for at the platform: there is no such number.
    psn_no = "" if person.psn_no.startswith(LOCAL) else person.psn_no
    if whole:
        return form.Who(person.name, person.cert_no, psn_no, shown, typed)
    name, number = mask_name(person.name), mask_id_number(person.cert_no)
    return form.Who(name, number, mask_card_number(psn_no), shown, typed)


def _patient(facts: Facts, whole: bool) -> form.Who | None:
    proxy, mine = (
        facts.proxy,
        [one for one in facts.checks if one.person_id == facts.sale.person_id],
    )
    shown = mine[-1].credential if mine else ""
    if proxy is not None:
        return _who(facts, proxy.patient_id, proxy.patient_kind, proxy.patient_typed, whole)
    return _who(facts, facts.sale.person_id, shown, False, whole)


def _proxy(facts: Facts, whole: bool) -> form.Proxy | None:
    proxy = facts.proxy
    if proxy is None:
        return None
    who = _who(facts, proxy.proxy_id, proxy.proxy_kind, proxy.proxy_typed, whole)
    return form.Proxy(
        who=who or form.Who("", "", "", "", False),
        state=proxy.state.value,
        relation=proxy.relation,
        reason=proxy.reason,
        proof=proxy.proof,
        vouched=facts.staff.get(proxy.second_id, ""),
        list_sha256=proxy.list_digest,
        signed_at=when(proxy.signed_at),
        pictured_at=when(proxy.pictured_at),
    )


def _check(one: PersonCheck, facts: Facts) -> form.Checked:
    return form.Checked(
        at=when(one.at),
        way=one.way.value,
        verdict=one.verdict.value,
        credential=one.credential,
        who=facts.staff.get(one.by, ""),
        second=facts.staff.get(one.second_id, ""),
        reason=one.reason,
        model=one.model_id,
        distance=_part(one.distance_e4),
        threshold=_part(one.threshold_e4),
    )


def _part(ten_thousandths: int | None) -> str:
    if ten_thousandths is None:
        return ""
    whole, rest = divmod(ten_thousandths, 10_000)
    return f"{whole}.{rest:04d}"


# --- the prescription -----------------------------------------------------------------------------


def _rx(facts: Facts, signer: Signer, whole: bool) -> form.Rx | None:
    case, kept = facts.case, facts.sale.prescription
    if case is not None:
        return _of_case(case, facts, signer, whole)
    if kept is None:
        return None
    reviewed = None
    if kept.reviewer_id:
        reviewed = _reviewed(facts, kept.reviewer_id, kept.reviewed_at, "pass", "", False)
    return form.Rx(
        number=kept.number if whole else mask_card_number(kept.number),
        form=kept.form.value,
        issued_at=when(kept.issued_at),
        expires_at=when(kept.expires_at),
        issuer=kept.issuer_name or kept.issuer_code,
        department=kept.dept_name,
        doctor=kept.doctor_name or kept.doctor_code,
        diagnosis=kept.diagnosis_name if whole else "",
        state=kept.centre_state,
        report_no="",
        original=bool(kept.picture),
        review=reviewed,
        picked=None,
        checked=None,
    )


def _of_case(case: RxCase, facts: Facts, signer: Signer, whole: bool) -> form.Rx:
    sheet = case.sheet
    signed = {name: (one.kind, signer.holds(one, text)) for name, one, text in signed_texts(case)}

    def act(name: str, done: Act | Review | None) -> form.Reviewed | None:
        if done is None:
            return None
        kind, holds = signed.get(name, ("", False))
        verdict = getattr(done, "verdict", None)
        staff_id = getattr(done, "pharmacist_id", "") or getattr(done, "staff_id", "")
        return _reviewed(facts, staff_id, done.at, verdict.value if verdict else "", kind, holds)

    diagnoses = "; ".join(f"{one.name} {one.code}".strip() for one in sheet.diagnoses)
    return form.Rx(
        number=sheet.number if whole else mask_card_number(sheet.number),
        form=sheet.form.value,
        issued_at=when(sheet.issued_at),
        expires_at=when(sheet.expires_at),
        issuer=sheet.issuer_name or sheet.issuer_code,
        department=sheet.dept_name or case.dept_code,
        doctor=sheet.doctor_name or case.doctor_name,
        diagnosis=diagnoses if whole else "",
        state=case.state.value,
        report_no=case.report_sn,
        original=bool(sheet.file_suffix),
        review=act("review", case.review),
        picked=act("pick", case.picked),
        checked=act("check", case.checked),
    )


def _reviewed(
    facts: Facts, staff_id: str, at: datetime | None, verdict: str, kind: str, holds: bool
) -> form.Reviewed:
    binding = facts.pharmacists.get(staff_id)
    return form.Reviewed(
        who=facts.staff.get(staff_id, ""),
        licence_no=binding.licence_no if binding else "",
        filing_no=binding.filing_no if binding else "",
        at=when(at),
        verdict=verdict,
        signature=kind,
        holds=holds,
    )


# --- pictures -------------------------------------------------------------------------------------


def _still(facts: Facts) -> form.Still | None:
    still = facts.still
    if still is None:
        return None
    return form.Still(
        state=still.state.value,
        reason=still.gap or still.fault,
        answer=still.answer,
        answered_by=facts.staff.get(still.answered_by, ""),
        exhibit=still.exhibit_id,
    )


def _video(facts: Facts) -> form.Video | None:
    mark = facts.video
    if mark is None:
        return None
    cameras = ", ".join(str(channel) for channel in mark.channels)
    return form.Video(cameras, when(mark.begins), when(mark.ends))


# --- money ----------------------------------------------------------------------------------------


def _paid(one: Settlement) -> form.Paid:
    told = one.answer
    split = told.split if told else None
    return form.Paid(
        kind=one.settlement_type,
        state=one.state.value,
        route=one.route,
        mode=one.mode.value,
        setl_id=told.setl_id if told else "",
        mdtrt_id=told.mdtrt_id if told else "",
        msgid=one.settle_msgid,
        cancel_msgid=one.cancel_msgid,
        at=when((told.setl_time if told else None) or one.submitted_at),
        total_fen=split.total.fen if split else 0,
        fund_fen=split.fund.fen if split else 0,
        institution_fen=split.institution.fen if split else 0,
        account_fen=split.account.fen if split else 0,
        mutual_aid_fen=split.mutual_aid.fen if split else 0,
        cash_fen=split.cash.fen if split else 0,
        stands=one.state is SettlementState.SETTLED,
    )


def _tenders(facts: Facts) -> tuple[form.Tender, ...]:
    ids = {one.id: one.answer.setl_id for one in facts.settlements if one.answer is not None}
    return tuple(
        form.Tender(one.kind.value, one.amount.fen, ids.get(one.settlement_id, ""))
        for one in facts.sale.tenders
    )


def _came_back(one: Return, facts: Facts) -> form.CameBack:
    lines = tuple(f"{no} × {quantity.plain()}" for no, quantity in one.quantities)
    return form.CameBack(
        at=when(one.asked_at),
        state=one.state.value,
        reason=one.reason.value,
        who=facts.staff.get(one.staff_id, ""),
        approved=facts.staff.get(one.approver_id, ""),
        lines=lines,
        codes=one.codes,
        replaced_by=facts.receipts.get(one.replacement_sale_id, ""),
    )


def _corrected(one: Correction, facts: Facts) -> form.Corrected:
    return form.Corrected(
        kind=one.kind.value,
        day=one.day.isoformat(),
        made_at=when(one.made_at),
        who=facts.staff.get(one.by, ""),
        second=facts.staff.get(one.second, ""),
        total_fen=one.figures.total.fen,
    )
