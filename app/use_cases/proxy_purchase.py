"""Proxy purchase (代购) at the counter, a verb a step: both identities, why, list, name, picture.

The record belongs to the sale, so that a till that is started again goes on where it was. Each
step is one transaction with its line in the log; bytes of evidence are on the disk before the
books name them. Why so: decision 29.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from app.domain.clock import shop_time
from app.domain.evidence import EvidenceKind, Exhibit
from app.domain.insurance import AskPerson, Credential, CredentialKind, InsuredPerson
from app.domain.print_job import Document, PrintJob
from app.domain.proxy import CAUSES, Cause, Proof, ProxyPurchase, Reason, Relation, live_of
from app.domain.proxy_states import ProxyEvent, ProxyState
from app.domain.sale import Sale
from app.domain.sale_states import SaleState
from app.domain.scanned import ScannedKind, classify
from app.domain.signature import PenTrace, trace_text
from app.domain.staff import Right
from app.errors import BadValue, IllegalTransition, NotFound, RuleBroken, SecondPersonNeeded
from app.ports import UnitOfWork
from app.use_cases.buyer import LOCAL
from app.use_cases.doors import Doors, Operator
from app.use_cases.exhibits import name_exhibit, seal_exhibit
from app.use_cases.legs import Leg, demand, run_leg, signed_in
from app.use_cases.notes import Note
from app.use_cases.proxy_list import paper_name, purchase_list
from app.use_cases.sign_in import SecondPerson, approve
from app.use_cases.views import Patient

ACT = "proxy_typed"
TRACE_MEDIA, PICTURE_MEDIA = "application/json", "image/jpeg"


@dataclass(frozen=True, slots=True)
class ProxyShown:
    """What the proxy's side showed."""

    kind: CredentialKind
    name: str = field(repr=False)
    cert_no: str = field(repr=False)
    typed: bool = False


def open_proxy(doors: Doors, sale: Sale, patient: Patient, operator: Operator) -> ProxyPurchase:
    """The record of this sale: the living one of this patient, else a new one.

    One that was begun for another patient is void: the person before the counter changed.
    :raises IllegalTransition: the sale is not open any more.
    """
    now = doors.clock.now()
    with doors.uow() as uow:
        _require_open(uow, sale.id)
        one = live_of(uow.proxies.of_sale(sale.id))
        if one is not None and one.patient_id != patient.person_id:
            one.move(ProxyEvent.VOIDED)
            _written(doors, uow, one, ProxyEvent.VOIDED, operator)
            one = None
        if one is None:
            one = ProxyPurchase(doors.ids.new(), sale.id, patient.person_id, now, operator.staff.id)
            _show_patient(one, patient)
            uow.proxies.add(one)
            entry = {"proxy": one.id, "sale": sale.id, "person": patient.person_id}
            entry["by"] = one.patient_kind
            uow.log.append("proxy.opened", operator.staff.id, now, entry)
        elif (one.patient_kind, one.patient_typed) != _patient_side(patient):
            _show_patient(one, patient)
            uow.proxies.save(one)
        uow.commit()
    return one


def show_proxy(
    doors: Doors,
    proxy_id: str,
    shown: ProxyShown,
    operator: Operator,
    second: SecondPerson | None = None,
) -> ProxyPurchase:
    """The proxy's own document: read from a card, or typed with a manager's second word.

    :raises RuleBroken: it is the patient's own, or a member of staff's whom no filing names;
    :raises SecondPersonNeeded: typed, and nobody vouches for it, or the operator himself;
    :raises NotAllowed, SignInRefused, LockedOut: the second person; :raises BadValue: no name, or
    a typed number that cannot be true; :raises IllegalTransition: the sale is not open.
    """
    vouched = _vouched(doors, shown, operator, second)
    now, number = doors.clock.now(), shown.cert_no.strip().upper()
    with doors.uow() as uow:
        one = uow.proxies.get(proxy_id)
        _require_open(uow, one.sale_id)
        if uow.persons.get(one.patient_id).person.cert_no.strip().upper() == number:
            raise _refused("same_person")
        one.staff_filing = _filing_of(uow, number)
        one.proxy_id = _person_of(doors, uow, shown.name, number)
        one.proxy_kind, one.proxy_typed, one.second_id = shown.kind.value, shown.typed, vouched
        one.move(ProxyEvent.SHOWN)
        uow.proxies.save(one)
        entry: dict[str, object] = {"proxy": one.id, "sale": one.sale_id, "person": one.proxy_id,
                                    "by": one.proxy_kind, "typed": one.proxy_typed}  # fmt: skip
        entry |= {"second": vouched} if vouched else {}
        entry |= {"staff_filing": one.staff_filing} if one.staff_filing else {}
        uow.log.append("proxy.shown", operator.staff.id, now, entry)
        uow.commit()
    return one


def show_proxy_code(
    doors: Doors, proxy_id: str, credential: Credential, operator: Operator
) -> ProxyPurchase:
    """The proxy's own e-certificate (S-14): the platform says whose it is (1101), no more.

    :raises Refused, NotSent, NoAnswer, Maintenance: in the platform's words;
    :raises: as :func:`show_proxy`.
    """
    operator = signed_in(doors, operator)
    person = cast(
        InsuredPerson, demand(run_leg(doors, Leg(AskPerson(credential)), operator), "1101")
    )
    shown = ProxyShown(credential.kind, person.name, person.cert_no)
    return show_proxy(doors, proxy_id, shown, operator)


def name_relation(
    doors: Doors, proxy_id: str, relation: str, reason: str, proof: str, operator: Operator
) -> ProxyPurchase:
    """What the proxy is to the patient, and why the patient does not come.

    ``proof``: the paper that was shown, where the reason wants one each time (HY-3.6c).
    :raises BadValue: a code of no list; :raises IllegalTransition: nobody was shown yet, or the
    sale is not open.
    """
    known = relation in set(Relation) and reason in set(Reason)
    if not known or (proof and proof not in set(Proof)):
        raise BadValue(what="proxy relation", why="not in the list")
    if CAUSES.get(Reason(reason)) is not Cause.WITH_PROOF:
        proof = ""

    def change(uow: UnitOfWork, one: ProxyPurchase) -> dict[str, object]:
        _require_open(uow, one.sale_id)
        one.relation, one.reason, one.proof = relation, reason, proof
        return {"relation": relation, "reason": reason, "proof": proof}

    return _step(doors, proxy_id, ProxyEvent.NAMED, operator, change)


def list_for_signature(doors: Doors, proxy_id: str, operator: Operator) -> ProxyPurchase:
    """Make the list with the amounts of the quote, or of the answers; it goes to the printer.

    Asked again for the same amounts it is printed once more, and what was signed stands.
    :raises RuleBroken: who and why is not told yet, or there are no amounts that fit the basket;
    :raises IllegalTransition: the sale is done.
    """
    now = doors.clock.now()
    with doors.uow() as uow:
        one = uow.proxies.get(proxy_id)
        sale = _require_unfinished(uow, one.sale_id)
        if not one.proxy_id or not one.named:
            raise _refused("who_first")
        listed = purchase_list(one, sale, uow.settlements.of_sale(sale.id))
        if listed is None:
            raise _refused("quote_first")
        again = listed.digest() == one.list_digest
        if not again:
            one.move(ProxyEvent.LISTED)
            one.list_text, one.list_digest, one.listed_at = listed.text(), listed.digest(), now
            uow.proxies.save(one)
        if doors.prints():
            uow.prints.add([_paper(doors, one, again)])
        entry = {"proxy": one.id, "sale": sale.id, "list": one.list_digest, "again": again}
        uow.log.append("proxy.listed", operator.staff.id, now, entry)
        uow.commit()
    return one


def keep_list_signature(
    doors: Doors, proxy_id: str, digest: str, signed: PenTrace | bytes, operator: Operator
) -> ProxyPurchase:
    """The list signed: the pen's trace on a pad, or a picture (JPEG) of the signed paper.

    ``digest``: of the list that lay before the proxy. Kept with the trace is the whole list.
    :raises BadValue: too little ink, or no picture; :raises RuleBroken: the list has changed
    meanwhile; :raises IllegalTransition: there is no list; :raises StoreError: nothing is kept.
    """
    one = _peek(doors, proxy_id, digest)
    if isinstance(signed, PenTrace):
        if not signed.is_signature():
            raise BadValue(what="signature", why="too little ink")
        content, media = _signed_text(one, signed), TRACE_MEDIA
    else:
        content, media = _picture(signed), PICTURE_MEDIA
    exhibit = _seal(doors, one, EvidenceKind.PROXY_LIST, content, media, operator)

    def change(uow: UnitOfWork, one: ProxyPurchase) -> dict[str, object]:
        _require_same(one, digest)
        one.signature_id, one.signed_at = exhibit.id, exhibit.at
        name_exhibit(uow, exhibit, "proxy.list_kept")
        return {"list": digest, "exhibit": exhibit.id}

    return _step(doors, proxy_id, ProxyEvent.SIGNED, operator, change)


def keep_still(
    doors: Doors, proxy_id: str, digest: str, jpeg: bytes, operator: Operator
) -> ProxyPurchase:
    """The proxy with the signed list, as the customer camera saw them.

    :raises BadValue: no picture; :raises RuleBroken: the list has changed meanwhile;
    :raises IllegalTransition: there is no list; :raises StoreError: nothing is kept.
    """
    one = _peek(doors, proxy_id, digest)
    content = _picture(jpeg)
    exhibit = _seal(doors, one, EvidenceKind.PROXY_STILL, content, PICTURE_MEDIA, operator)

    def change(uow: UnitOfWork, one: ProxyPurchase) -> dict[str, object]:
        _require_same(one, digest)
        one.still_id, one.pictured_at = exhibit.id, exhibit.at
        name_exhibit(uow, exhibit, "proxy.still_kept")
        return {"list": digest, "exhibit": exhibit.id}

    return _step(doors, proxy_id, ProxyEvent.PICTURED, operator, change)


def void_proxy(doors: Doors, proxy_id: str, operator: Operator) -> ProxyPurchase:
    """The patient buys after all, or nobody does; the record stays, void.

    :raises IllegalTransition: something was settled on it.
    """

    def change(uow: UnitOfWork, one: ProxyPurchase) -> dict[str, object]:
        _require_open(uow, one.sale_id)
        one.ended_at = doors.clock.now()
        return {}

    return _step(doors, proxy_id, ProxyEvent.VOIDED, operator, change)


# --- what the steps share --------------------------------------------------------------------

Change = Callable[[UnitOfWork, ProxyPurchase], dict[str, object]]
"""Changes the record after its step; answers what the log says beside the ids."""


def _step(
    doors: Doors, proxy_id: str, event: ProxyEvent, operator: Operator, change: Change
) -> ProxyPurchase:
    with doors.uow() as uow:
        one = uow.proxies.get(proxy_id)
        one.move(event)
        more = change(uow, one)
        _written(doors, uow, one, event, operator, more)
        uow.commit()
    return one


def _written(
    doors: Doors,
    uow: UnitOfWork,
    one: ProxyPurchase,
    event: ProxyEvent,
    operator: Operator,
    more: dict[str, object] | None = None,
) -> None:
    if one.state is ProxyState.VOID and one.ended_at is None:
        one.ended_at = doors.clock.now()
    uow.proxies.save(one)
    entry: dict[str, object] = {"proxy": one.id, "sale": one.sale_id, **(more or {})}
    told = "named" if event is ProxyEvent.NAMED else one.state.value
    uow.log.append(f"proxy.{told}", operator.staff.id, doors.clock.now(), entry)


def _show_patient(one: ProxyPurchase, patient: Patient) -> None:
    one.patient_kind, one.patient_typed = _patient_side(patient)


def _patient_side(patient: Patient) -> tuple[str, bool]:
    return patient.credential.kind.value, patient.credential.typed


def _require_open(uow: UnitOfWork, sale_id: str) -> None:
    """Who and why may change as long as nothing is settled; a basket that is not kept is open."""
    try:
        sale = uow.sales.get(sale_id)
    except NotFound:
        return
    if sale.state is not SaleState.OPEN:
        raise IllegalTransition(machine="sale", state=sale.state, event="change the proxy")


def _require_unfinished(uow: UnitOfWork, sale_id: str) -> Sale:
    sale = uow.sales.get(sale_id)
    if sale.done_at is not None or sale.state is SaleState.ABANDONED:
        raise IllegalTransition(machine="sale", state=sale.state, event="list for a proxy")
    return sale


def _vouched(
    doors: Doors, shown: ProxyShown, operator: Operator, second: SecondPerson | None
) -> str:
    """Random id of who answers for a typed number; empty for a document that was read."""
    if not shown.name.strip() or len(shown.name) > 50:
        raise BadValue(what="name", why="1 to 50 characters")
    if not shown.typed:
        if not shown.cert_no.strip():
            raise BadValue(what="ID number", why="missing")
        return ""
    number = shown.cert_no.strip().upper()
    today = shop_time(doors.clock.now()).date()
    if classify(number, today).kind is not ScannedKind.ID_NUMBER:
        raise BadValue(what="ID number", why="18 characters with a check digit that holds")
    if second is None:
        raise SecondPersonNeeded(act=ACT)
    staff = approve(doors, second.number, second.pin, Right.SECOND_WORD, beside=operator.staff.id)
    if staff.id == operator.staff.id:
        raise SecondPersonNeeded(act=ACT)
    return staff.id


def _filing_of(uow: UnitOfWork, cert_no: str) -> str:
    """The filing that names a member of staff as a proxy; empty = no member of staff.

    :raises RuleBroken: staff of the store may not be proxies unless the filing names them.
    """
    documents = uow.staff_documents.of_cert_no(cert_no)
    filed = next((each.proxy_filing for each in documents if each.proxy_filing), "")
    bound = any(
        each.professional.cert_no.strip().upper() == cert_no for each in uow.pharmacists.all()
    )
    if (documents or bound) and not filed:
        raise _refused("staff")
    return filed


def _person_of(doors: Doors, uow: UnitOfWork, name: str, cert_no: str) -> str:
    """The record with that document where there is one, else one that only the shop knows."""
    known = uow.persons.by_cert_no(cert_no)
    fresh = InsuredPerson(LOCAL + cert_no, name.strip(), "01", cert_no)
    # Also who is known: his days count from now, whatever of him is old.
    person = known[0].person if known else fresh
    return uow.persons.keep(person, doors.ids.new(), doors.clock.now())


def _refused(why: str) -> RuleBroken:
    note = Note(f"proxy.refused_{why}", {}, "block", "", ("HY-1.5.6b",))
    return RuleBroken((note,), code=f"PROXY_{why.upper()}")


def _peek(doors: Doors, proxy_id: str, digest: str) -> ProxyPurchase:
    """The record before bytes are put on the disk for it."""
    with doors.uow() as uow:
        one = uow.proxies.get(proxy_id)
        _require_unfinished(uow, one.sale_id)
    _require_list(one, digest)
    return one


def _require_list(one: ProxyPurchase, digest: str) -> None:
    if not one.live or not one.list_digest:
        raise IllegalTransition(machine="proxy", state=one.state, event="sign without a list")
    _require_same(one, digest)


def _require_same(one: ProxyPurchase, digest: str) -> None:
    if one.list_digest != digest:
        raise _refused("list_changed")


def _signed_text(one: ProxyPurchase, trace: PenTrace) -> bytes:
    told = {"digest": one.list_digest, "list": one.list_text, "trace": trace_text(trace), "v": 1}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _picture(jpeg: bytes) -> bytes:
    if not jpeg.startswith(b"\xff\xd8"):
        raise BadValue(what="picture", why="no JPEG")
    return jpeg


def _seal(
    doors: Doors, one: ProxyPurchase, kind: EvidenceKind, content: bytes, media: str,
    operator: Operator,
) -> Exhibit:  # fmt: skip
    return seal_exhibit(
        doors, kind, content, media, operator,
        sale_id=one.sale_id, person_id=one.proxy_id, about=one.id,
    )  # fmt: skip


def _paper(doors: Doors, one: ProxyPurchase, again: bool) -> PrintJob:
    """Named by the list that it shows: the same list is owed once, and on request once more."""
    name = paper_name(one, doors.ids.new() if again else "")
    return PrintJob(name, one.sale_id, Document.PROXY_LIST, 1, doors.clock.now(), reprint=again)
