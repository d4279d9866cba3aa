"""Where each kind of record lies, when it is done with, and what of it goes: a literal table."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Row,
    Table,
    and_,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    true,
)
from sqlalchemy import String as Words
from sqlalchemy.sql.elements import KeyedColumnElement

from app.domain.clearing import RefusedFee
from app.domain.insurance import InsuredPerson
from app.domain.record_kinds import RecordKind
from app.domain.rx_case import RxPatient, RxSheet
from app.domain.statement import Correction, Difference
from app.storage.books_insurance import mac_cert_no
from app.storage.codec import canonical, from_text, to_text
from app.storage.session import Session
from app.storage.tables import (
    OUTBOX,
    PERSON,
    PLATFORM_REQUEST,
    SALE,
    SALE_RETURN,
    SETTLEMENT,
    STAFF,
)
from app.storage.tables_alerts import SALE_LINE_NOTE, SUPERVISION_ALERT
from app.storage.tables_clearing import REFUSED_FEE
from app.storage.tables_complaints import COMPLAINT
from app.storage.tables_custody import HELD_CARD, HELD_CARD_GAP, HELD_CARD_USE
from app.storage.tables_evidence import EVIDENCE
from app.storage.tables_face import FACE_TEMPLATE
from app.storage.tables_inspection import INSPECTION_LOOK
from app.storage.tables_person import CONSENT, PERSON_CHECK
from app.storage.tables_print import PRINT_JOB
from app.storage.tables_proxy import PROXY_PURCHASE, STAFF_DOCUMENT
from app.storage.tables_reconcile import STATEMENT_CORRECTION, STATEMENT_DIFFERENCE
from app.storage.tables_rx import OWING, RX_CASE, RX_FILE
from app.storage.tables_video import PURCHASE_STILL, RECORDER_CHECK, VIDEO_MARK

Blank = Callable[[Session, "Row[Any]"], object]
"""What stands in a column afterwards."""

_NOBODY: Final[ColumnElement[str]] = literal("")


@dataclass(frozen=True)
class Plan:
    """One kind in the books."""

    table: Table
    key: ColumnElement[Any]
    """What it is known by; read on in its order."""
    at: ColumnElement[Any]
    """From when on its days count; NULL = not yet."""
    done: ColumnElement[bool]
    """Whether it is done with."""
    blanks: Mapping[str, Blank] | None = None
    """Columns that are written over; None = the row goes."""
    frm: FromClause | None = None
    """Its table with what it must be joined to."""
    sale: ColumnElement[str] = _NOBODY
    person: ColumnElement[str] = _NOBODY
    also: ColumnElement[str] = _NOBODY
    """Another person whom it names."""
    left: ColumnElement[bool] = field(default_factory=true)
    """Whether there is something that can go."""
    by_day: bool = False
    """Whether ``at`` is a day of the shop (``YYYY-MM-DD``) and no moment."""
    store: ColumnElement[str] | None = None
    """Where the row itself does not say whose it is."""

    @property
    def source(self) -> FromClause:
        """What is read from."""
        return self.table if self.frm is None else self.frm


# --- what stands there afterwards -----------------------------------------------------------------


def _nothing(_session: Session, _row: Row[Any]) -> None:
    return None


def _empty(_session: Session, _row: Row[Any]) -> str:
    return ""


def nobody(*parts: str) -> bytes:
    """A hash that is found by nobody: of the row's own random id, not of any number."""
    return hashlib.sha256("|".join(("erased", *parts)).encode()).digest()


def _sealed(session: Session, purpose: str, text: str, place: str) -> bytes:
    return session.secrets.seal(purpose, text.encode(), place)


def _no_insured(session: Session, row: Row[Any]) -> bytes:
    return _sealed(session, "person", to_text(InsuredPerson("", "")), f"person|{row.id}|insured")


def _no_request(session: Session, row: Row[Any]) -> bytes:
    return _sealed(session, "platform", "", f"platform_request|{row.msgid}|request")


_TOLD: Final = frozenset(
    {"psn_no", "person_name", "cert_type", "cert_no", "rx_no", "prescriber", "prescriber_code"}
)
"""What a row about goods says of a person."""


def _goods_only(session: Session, row: Row[Any]) -> bytes:
    """The row as it was told, without the person: the lists of what was uploaded stay readable."""
    place = f"outbox|{row.key}|payload"
    payload = json.loads(session.unseal("outbox", row.sealed_payload, place))
    sale = payload.get("sale")
    if isinstance(sale, dict):
        payload["sale"] = {name: one for name, one in sale.items() if name not in _TOLD}
    if "words" in payload:
        payload["words"] = ""
    return _sealed(session, "outbox", canonical(payload), place)


def _no_patient(session: Session, row: Row[Any]) -> bytes:
    place = f"rx_case|{row.id}|sheet"
    sheet = from_text(RxSheet, session.unseal("prescription", row.sealed_sheet, place))
    bare = replace(
        sheet, number="", patient=RxPatient(""), diagnoses=(), trace_code="", dept_code="",
        dept_name="", doctor_code="", doctor_name="", hospital_reviewer="", disease_code="",
        disease_name="",
    )  # fmt: skip
    return _sealed(session, "prescription", to_text(bare), place)


_WORDS: Final = frozenset({"note", "opinion", "ground", "doctor_code", "doctor_name"})


def _no_words(session: Session, row: Row[Any]) -> bytes:
    """Who reviewed, picked and checked stays with the signatures; free words go."""
    place = f"rx_case|{row.id}|acts"
    acts = json.loads(session.unseal("prescription", row.sealed_acts, place))
    return _sealed(session, "prescription", canonical(_without(acts)), place)


def _without(told: object) -> object:
    if isinstance(told, list):
        return [_without(one) for one in told]
    if isinstance(told, dict):
        return {
            name: "" if name in _WORDS and isinstance(one, str) else _without(one)
            for name, one in told.items()
        }
    return told


def _no_holder(session: Session, row: Row[Any]) -> bytes:
    return _sealed(session, "person", canonical(["", "", ""]), f"held_card|{row.id}|holder")


def _no_bearer(session: Session, row: Row[Any]) -> bytes:
    return _sealed(session, "person", canonical(["", "", ""]), f"held_card|{row.id}|bearer")


def _no_ground(kind: type[Difference] | type[Correction], purpose: str, name: str) -> Blank:
    def blank(session: Session, row: Row[Any]) -> bytes:
        place = f"{name}|{row.id}|body"
        told = from_text(kind, session.unseal(purpose, row.sealed_body, place))
        bare: Difference | Correction = replace(told, psn_no="", ground="")
        if isinstance(bare, Difference):
            bare = replace(bare, memo="")
        return _sealed(session, purpose, to_text(bare), place)

    return blank


def _no_reason(session: Session, row: Row[Any]) -> bytes:
    place = f"refused_fee|{row.id}|body"
    fee = from_text(RefusedFee, session.unseal("text", row.sealed_body, place))
    bare = replace(fee, reason="—", appeal="", outcome="")
    return _sealed(session, "text", to_text(bare), place)


def _mac(name: str) -> Blank:
    return lambda _session, row: nobody(name, row.id)


# --- the table ------------------------------------------------------------------------------------

RX_ENDS = ("dead", "refused", "released", "returned", "used")
_SETTLED = ("settled", "abandoned", "declined", "reversed", "cancelled", "void")
_s, _c, _r = SALE.c, RX_CASE.c, PLATFORM_REQUEST.c
_of_sale = SALE.c.person_id


def _with_sale(table: Table) -> FromClause:
    return table.outerjoin(SALE, SALE.c.id == table.c.sale_id)


def _text(column: KeyedColumnElement[Any]) -> ColumnElement[str]:
    return func.coalesce(cast(column, Words), "")


_paper_there = (
    select(EVIDENCE.c.id)
    .where(EVIDENCE.c.id == CONSENT.c.exhibit_id, EVIDENCE.c.deleted_at.is_(None))
    .exists()
)
_template_there = (
    select(FACE_TEMPLATE.c.id).where(FACE_TEMPLATE.c.consent_id == CONSENT.c.id).exists()
)
_still_there = (
    select(EVIDENCE.c.id)
    .where(EVIDENCE.c.id == PURCHASE_STILL.c.exhibit_id, EVIDENCE.c.deleted_at.is_(None))
    .exists()
)

PLANS: Final[Mapping[RecordKind, Plan]] = {
    RecordKind.SALE_PRESCRIPTION: Plan(
        SALE, _s.id, func.coalesce(_s.done_at, _s.opened_at),
        _s.state.in_(("done", "undone", "abandoned")),
        {"sealed_prescription": _nothing}, sale=_s.id, person=_s.person_id,
        left=_s.sealed_prescription.is_not(None),
    ),
    RecordKind.RX_CASE: Plan(
        RX_CASE, _c.id, func.coalesce(_c.used_at, _c.reviewed_at, _c.arrived_at),
        _c.state.in_(RX_ENDS),
        {
            "sealed_sheet": _no_patient, "sealed_acts": _no_words, "sealed_tokens": _nothing,
            "sealed_last_text": _nothing, "mac_number": _mac("number"),
        },
        sale=_c.sale_id, person=_c.person_id,
    ),
    RecordKind.RX_FILE: Plan(
        RX_FILE, RX_FILE.c.case_id, func.coalesce(_c.used_at, _c.reviewed_at, _c.arrived_at),
        _c.state.in_(RX_ENDS), None, RX_FILE.join(RX_CASE, _c.id == RX_FILE.c.case_id),
        sale=_c.sale_id, person=_c.person_id, store=_c.store_id,
    ),
    RecordKind.OWING: Plan(
        OWING, OWING.c.id, func.coalesce(OWING.c.settled_at, OWING.c.made_at),
        OWING.c.state != "open", None,
        OWING.outerjoin(RX_CASE, _c.id == OWING.c.case_id),
        sale=func.coalesce(_c.sale_id, ""), person=func.coalesce(_c.person_id, ""),
    ),
    RecordKind.SETTLEMENT: Plan(
        SETTLEMENT, SETTLEMENT.c.id,
        func.coalesce(SETTLEMENT.c.submitted_at, SETTLEMENT.c.created_at),
        SETTLEMENT.c.state.in_(_SETTLED),
        {
            "disease_code": _empty, "disease_name": _empty, "sealed_last_text": _nothing,
            "sealed_decisions": _nothing,
        },
        sale=SETTLEMENT.c.sale_id, person=SETTLEMENT.c.person_id,
        left=or_(
            SETTLEMENT.c.disease_code != "", SETTLEMENT.c.disease_name != "",
            SETTLEMENT.c.sealed_last_text.is_not(None),
            SETTLEMENT.c.sealed_decisions.is_not(None),
        ),
    ),
    RecordKind.PLATFORM_REQUEST: Plan(
        PLATFORM_REQUEST, _r.msgid, _r.sent_at, _r.outcome != "pending",
        {"sealed_request": _no_request, "sealed_text": _nothing, "sealed_answer": _nothing},
        PLATFORM_REQUEST.outerjoin(SETTLEMENT, SETTLEMENT.c.id == _r.settlement_id),
        sale=_text(SETTLEMENT.c.sale_id), person=_text(SETTLEMENT.c.person_id),
    ),
    RecordKind.OUTBOX: Plan(
        OUTBOX, OUTBOX.c.seq, func.coalesce(OUTBOX.c.settled_at, OUTBOX.c.at),
        OUTBOX.c.state.in_(("confirmed", "replaced", "deleted", "left")),
        {"sealed_payload": _goods_only, "sealed_answer": _nothing},
    ),
    RecordKind.PERSON_CHECK: Plan(
        PERSON_CHECK, PERSON_CHECK.c.seq, PERSON_CHECK.c.at, PERSON_CHECK.c.seq > 0,
        sale=PERSON_CHECK.c.sale_id, person=PERSON_CHECK.c.person_id,
    ),
    # While its paper or a template is there the row says from when on the days of those count.
    RecordKind.CONSENT: Plan(
        CONSENT, CONSENT.c.seq, CONSENT.c.withdrawn_at, and_(~_paper_there, ~_template_there),
        person=CONSENT.c.person_id,
    ),
    RecordKind.FACE_TEMPLATE: Plan(
        FACE_TEMPLATE, FACE_TEMPLATE.c.seq, CONSENT.c.withdrawn_at,
        FACE_TEMPLATE.c.seq > 0, None,
        FACE_TEMPLATE.join(CONSENT, CONSENT.c.id == FACE_TEMPLATE.c.consent_id),
        person=FACE_TEMPLATE.c.person_id,
    ),
    RecordKind.PROXY_PURCHASE: Plan(
        PROXY_PURCHASE, PROXY_PURCHASE.c.id, PROXY_PURCHASE.c.ended_at,
        PROXY_PURCHASE.c.ended_at.is_not(None),
        {"sealed_list": _nothing, "sealed_shipping": _nothing},
        left=or_(
            PROXY_PURCHASE.c.sealed_list.is_not(None),
            PROXY_PURCHASE.c.sealed_shipping.is_not(None),
        ),
        sale=PROXY_PURCHASE.c.sale_id, person=PROXY_PURCHASE.c.patient_id,
        also=PROXY_PURCHASE.c.proxy_id,
    ),
    RecordKind.HELD_CARD: Plan(
        HELD_CARD, HELD_CARD.c.id, HELD_CARD.c.ended_at, HELD_CARD.c.id != "",
        {
            "sealed_holder": _no_holder, "mac_cert_no": _mac("cert_no"),
            "mac_card_no": _mac("card_no"), "disease": _empty,
        },
    ),
    RecordKind.HELD_CARD_USE: Plan(
        HELD_CARD_USE, HELD_CARD_USE.c.id, HELD_CARD.c.ended_at, HELD_CARD_USE.c.id != "",
        {"sealed_bearer": _no_bearer},
        HELD_CARD_USE.join(HELD_CARD, HELD_CARD.c.id == HELD_CARD_USE.c.held_id).outerjoin(
            SALE, SALE.c.id == HELD_CARD_USE.c.sale_id
        ),
        sale=HELD_CARD_USE.c.sale_id, person=_text(_of_sale),
    ),
    RecordKind.HELD_CARD_GAP: Plan(
        HELD_CARD_GAP, HELD_CARD_GAP.c.id, HELD_CARD_GAP.c.ended_at, HELD_CARD_GAP.c.id != ""
    ),
    RecordKind.PURCHASE_STILL: Plan(
        PURCHASE_STILL, PURCHASE_STILL.c.sale_id, PURCHASE_STILL.c.at,
        and_(
            or_(PURCHASE_STILL.c.state != "missing", PURCHASE_STILL.c.answer != ""), ~_still_there
        ),
        sale=PURCHASE_STILL.c.sale_id, person=PURCHASE_STILL.c.person_id,
    ),
    RecordKind.VIDEO_MARK: Plan(
        VIDEO_MARK, VIDEO_MARK.c.sale_id, VIDEO_MARK.c.ends, VIDEO_MARK.c.sale_id != "",
        sale=VIDEO_MARK.c.sale_id, person=VIDEO_MARK.c.person_id,
    ),
    RecordKind.RECORDER_CHECK: Plan(
        RECORDER_CHECK, RECORDER_CHECK.c.id, RECORDER_CHECK.c.at, RECORDER_CHECK.c.id != ""
    ),
    RecordKind.SALE_RETURN: Plan(
        SALE_RETURN, SALE_RETURN.c.id, SALE_RETURN.c.asked_at,
        SALE_RETURN.c.state.in_(("done", "dropped")),
        {"sealed_note": _nothing}, _with_sale(SALE_RETURN),
        left=SALE_RETURN.c.sealed_note.is_not(None),
        sale=SALE_RETURN.c.sale_id, person=_text(_of_sale),
    ),
    RecordKind.SALE_NOTE: Plan(
        SALE_LINE_NOTE,
        SALE_LINE_NOTE.c.sale_id.concat("|").concat(cast(SALE_LINE_NOTE.c.line_no, Words)),
        SALE_LINE_NOTE.c.at, SALE_LINE_NOTE.c.sale_id != "", None, _with_sale(SALE_LINE_NOTE),
        sale=SALE_LINE_NOTE.c.sale_id, person=_text(_of_sale),
    ),
    RecordKind.ALERT: Plan(
        SUPERVISION_ALERT, SUPERVISION_ALERT.c.id, SUPERVISION_ALERT.c.at,
        SUPERVISION_ALERT.c.state != "open", None, _with_sale(SUPERVISION_ALERT),
        sale=SUPERVISION_ALERT.c.sale_id, person=_text(_of_sale),
    ),
    RecordKind.COMPLAINT: Plan(
        COMPLAINT, COMPLAINT.c.id, COMPLAINT.c.at, COMPLAINT.c.state == "closed"
    ),
    RecordKind.REFUSED_FEE: Plan(
        REFUSED_FEE, REFUSED_FEE.c.id, REFUSED_FEE.c.at,
        REFUSED_FEE.c.state.in_(("granted", "upheld", "accepted")), {"sealed_body": _no_reason},
    ),
    RecordKind.DIFFERENCE: Plan(
        STATEMENT_DIFFERENCE, STATEMENT_DIFFERENCE.c.id, STATEMENT_DIFFERENCE.c.closed_at,
        STATEMENT_DIFFERENCE.c.state == "closed",
        {"sealed_body": _no_ground(Difference, "platform", "statement_difference")},
    ),
    RecordKind.CORRECTION: Plan(
        STATEMENT_CORRECTION, STATEMENT_CORRECTION.c.id, STATEMENT_CORRECTION.c.made_at,
        STATEMENT_CORRECTION.c.id != "",
        {"sealed_body": _no_ground(Correction, "platform", "statement_correction")},
    ),
    RecordKind.INSPECTION_LOOK: Plan(
        INSPECTION_LOOK, INSPECTION_LOOK.c.seq, INSPECTION_LOOK.c.at,
        INSPECTION_LOOK.c.seq > 0, {"sealed_term": _nothing},
        left=INSPECTION_LOOK.c.sealed_term.is_not(None),
        sale=INSPECTION_LOOK.c.sale_id,
    ),
    RecordKind.LABEL_USAGE: Plan(
        PRINT_JOB, PRINT_JOB.c.seq, PRINT_JOB.c.at, PRINT_JOB.c.seq > 0, {"usage": _empty},
        _with_sale(PRINT_JOB), left=PRINT_JOB.c.usage != "",
        sale=PRINT_JOB.c.sale_id, person=_text(_of_sale),
    ),
    RecordKind.STAFF_DOCUMENT: Plan(
        STAFF_DOCUMENT, STAFF_DOCUMENT.c.staff_id, func.nullif(STAFF.c.left_on, ""),
        STAFF.c.left_on != "", None,
        STAFF_DOCUMENT.join(STAFF, STAFF.c.id == STAFF_DOCUMENT.c.staff_id), by_day=True,
    ),
    RecordKind.PERSON: Plan(
        PERSON, PERSON.c.id, cast(null(), BigInteger), PERSON.c.id != "",
        {
            "sealed_insured": _no_insured, "mac_psn_no": _mac("psn_no"),
            "mac_cert_no": lambda session, _row: mac_cert_no(session, ""),
        },
        person=PERSON.c.id,
    ),
}  # fmt: skip
"""Every kind of :data:`RUN_KINDS` but the roster, whose persons lie in a batch."""
