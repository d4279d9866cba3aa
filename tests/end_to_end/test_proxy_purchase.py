"""Somebody buys for a patient: from both identities to the completed sale, on a whole till."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.evidence import EvidenceKind
from app.domain.insurance import Credential, CredentialKind
from app.domain.person_check import CheckDraft, CheckVerdict, CheckWay
from app.domain.proxy import ProxyPurchase, list_of
from app.domain.proxy_states import ProxyState
from app.domain.sale import Sale
from app.domain.signature import PenPoint, PenTrace
from app.domain.staff import Role
from app.errors import BadValue, IllegalTransition, RuleBroken, SecondPersonNeeded
from app.ports_proxy import StaffDocument
from app.use_cases import basket
from app.use_cases.cancel_settlement import cancel_settlements
from app.use_cases.check_person import record_check
from app.use_cases.complete_sale import complete_sale
from app.use_cases.proxy_purchase import (
    ProxyShown,
    keep_list_signature,
    keep_still,
    list_for_signature,
    name_relation,
    open_proxy,
    show_proxy,
    show_proxy_code,
    void_proxy,
)
from app.use_cases.proxy_view import proxy_of_sale
from app.use_cases.sign_in import SecondPerson, add_staff
from app.use_cases.views import Patient
from tests.fakes.practice_till import PracticeTill, cash, practice_till

CARD = ProxyShown(CredentialKind.ID_CARD, "练习甲·在职", "999900198003120116")
"""The identity card of an invented person."""
TRACE = PenTrace(
    600, 300, (tuple(PenPoint(10 + 20 * n, 40 + 5 * (n % 3), 500, 15 * n) for n in range(20)),)
)
JPEG = b"\xff\xd8 a picture that nobody looks at here"


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path, "CN-999900")


@pytest.fixture
def bought(till: PracticeTill) -> tuple[Sale, Patient]:
    """A special-disease basket of an invented patient, with its prescription."""
    return special_basket(till, "chronic")


def special_basket(till: PracticeTill, who: str, disease: str = "M03900") -> tuple[Sale, Patient]:
    sale = till.basket((till.medicine("P0011"), 1))
    sale = till.prescribe(sale)
    return sale, replace(till.patient(who), disease_code=disease)


def begun(till: PracticeTill, sale: Sale, patient: Patient, reason: str = "bedridden") -> str:
    """Both identities and why."""
    one = open_proxy(till.doors, sale, patient, till.operator)
    show_proxy(till.doors, one.id, CARD, till.operator)
    name_relation(till.doors, one.id, "child", reason, "", till.operator)
    return one.id


def quote(till: PracticeTill, sale: Sale, patient: Patient) -> tuple[str, ...]:
    """预结算 without anybody looking at a person: the patient is not here. Answers the blocks."""
    from app.use_cases.quote_sale import quote_sale

    view = quote_sale(till.doors, sale.id, patient, "0", till.operator)
    return tuple(note.code for note in view.notes if note.severity == "block")


def signed(till: PracticeTill, proxy_id: str) -> ProxyPurchase:
    """The list made, signed and pictured."""
    one = list_for_signature(till.doors, proxy_id, till.operator)
    keep_list_signature(till.doors, proxy_id, one.list_digest, TRACE, till.operator)
    return keep_still(till.doors, proxy_id, one.list_digest, JPEG, till.operator)


def code_of(act: Callable[[], object]) -> str:
    """The message id of the first finding of a refusal."""
    with pytest.raises(RuleBroken) as refused:
        act()
    (first, *_) = refused.value.findings
    return str(getattr(first, "message_id", ""))


@pytest.mark.rule("HY-1.5.6b", "HY-3.6c", "S-24")
def test_a_proxy_buys_for_a_bedridden_patient(
    till: PracticeTill, bought: tuple[Sale, Patient]
) -> None:
    sale, patient = bought
    proxy_id = begun(till, sale, patient)
    assert quote(till, sale, patient) == ()
    one = signed(till, proxy_id)
    assert one.state is ProxyState.PICTURED
    paid = till.settle(sale, patient)
    listed = list_of(one.list_text)
    assert listed.cash_due == paid.cash_due and listed.parts[0].fund == paid.fund
    complete_sale(till.doors, sale.id, cash(paid.cash_due), paid.cash_due, till.operator)
    with till.doors.uow() as uow:
        kept = uow.proxies.get(proxy_id)
        exhibits = uow.evidence.about(proxy_id)
        acts = [entry.act for entry in reversed(uow.log.tail(100)) if entry.act[:6] == "proxy."]
    assert kept.state is ProxyState.USED and kept.ended_at is not None
    assert [each.kind for each in exhibits] == [EvidenceKind.PROXY_LIST, EvidenceKind.PROXY_STILL]
    assert acts == [
        *("proxy.opened", "proxy.shown", "proxy.named", "proxy.listed", "proxy.list_kept"),
        *("proxy.signed", "proxy.still_kept", "proxy.pictured", "proxy.used"),
    ]
    told = json.loads(till.doors.evidence.get(exhibits[0]))
    assert told["list"] == kept.list_text and told["digest"] == kept.list_digest
    assert "练习" not in json.dumps(told["trace"]) and CARD.cert_no not in str(told)


@pytest.mark.rule("HY-1.5.6b", "S-24")
@pytest.mark.parametrize("upto", ["nothing", "shown", "named", "listed", "signed"])
def test_whatever_is_missing_stops_before_anything_is_settled(
    till: PracticeTill, bought: tuple[Sale, Patient], upto: str
) -> None:
    sale, patient = bought
    one = open_proxy(till.doors, sale, patient, till.operator)
    if upto == "nothing":
        assert quote(till, sale, patient) == ("PROXY_INCOMPLETE",)
        return
    show_proxy(till.doors, one.id, CARD, till.operator)
    if upto == "shown":
        assert quote(till, sale, patient) == ("PROXY_INCOMPLETE",)
        return
    name_relation(till.doors, one.id, "child", "bedridden", "", till.operator)
    assert quote(till, sale, patient) == ()
    if upto != "named":
        listed = list_for_signature(till.doors, one.id, till.operator)
        if upto == "signed":
            digest = listed.list_digest
            keep_list_signature(till.doors, one.id, digest, JPEG, till.operator)
    assert code_of(lambda: till.settle(sale, patient)) == "finding.PROXY_INCOMPLETE"
    assert till.books()["settlements"] == []


@pytest.mark.rule("HY-3.6c")
@pytest.mark.parametrize(
    ("reason", "proof", "disease", "stops"),
    [
        ("bedridden", "", "M03900", False),
        ("busy", "", "M03900", True),
        ("impaired", "", "M03900", True),
        ("impaired", "disability_card", "M03900", False),
        # The invented area names M01600 (K-12: list is data), not M03900.
        ("listed_disease", "", "M03900", True),
    ],
)
def test_a_special_disease_wants_a_cause(
    till: PracticeTill, reason: str, proof: str, disease: str, stops: bool
) -> None:
    sale, patient = special_basket(till, "chronic", disease)
    one = open_proxy(till.doors, sale, patient, till.operator)
    show_proxy(till.doors, one.id, CARD, till.operator)
    name_relation(till.doors, one.id, "child", reason, proof, till.operator)
    assert quote(till, sale, patient) == (("PROXY_INCOMPLETE",) if stops else ())


@pytest.mark.rule("HY-1.5.6b")
def test_an_ordinary_purchase_wants_both_identities_and_no_signature(till: PracticeTill) -> None:
    """Policy 3.6: identity of both in every area; signature and picture where the pack asks."""
    sale = till.prescribe(till.basket((till.medicine("P0001"), 1)))
    patient = till.patient("retired_met")
    one = open_proxy(till.doors, sale, patient, till.operator)
    assert quote(till, sale, patient) == ("PROXY_INCOMPLETE",)
    show_proxy(till.doors, one.id, CARD, till.operator)
    name_relation(till.doors, one.id, "spouse", "busy", "", till.operator)
    assert quote(till, sale, patient) == ()
    paid = till.settle(sale, patient)
    complete_sale(till.doors, sale.id, cash(paid.cash_due), paid.cash_due, till.operator)
    with till.doors.uow() as uow:
        assert uow.proxies.get(one.id).state is ProxyState.USED


@pytest.mark.rule("HY-1.5.6b")
def test_a_basket_that_changed_is_listed_and_signed_anew(
    till: PracticeTill, bought: tuple[Sale, Patient]
) -> None:
    sale, patient = bought
    proxy_id = begun(till, sale, patient)
    quote(till, sale, patient)
    before = signed(till, proxy_id)
    with till.doors.uow() as uow:
        sale = uow.sales.get(sale.id)
    more = till.find(sale_class="none")
    line = sale.add(basket.item_of(more), basket.price_of(more), sale.lines[0].quantity)
    sale.replace_line(replace(line, self_paid_by_choice=True))
    basket.keep_basket(till.doors, sale)
    assert quote(till, sale, patient) == ()
    assert code_of(lambda: till.settle(sale, patient)) == "finding.PROXY_INCOMPLETE_changed"
    after = signed(till, proxy_id)
    assert after.list_digest != before.list_digest
    assert till.settle(sale, patient).sale_state == "completing"


@pytest.mark.rule("HY-1.5.6b")
def test_an_answer_that_differs_is_signed_again_before_goods_leave(
    till: PracticeTill, bought: tuple[Sale, Patient]
) -> None:
    """The quota was used up elsewhere between quote and settlement: the platform pays less."""
    sale, patient = bought
    proxy_id = begun(till, sale, patient)
    quote(till, sale, patient)
    first = signed(till, proxy_id)
    use_quota_elsewhere(till, "chronic", "M03900")
    paid = till.settle(sale, patient)
    assert paid.sale_state == "completing" and paid.cash_due != list_of(first.list_text).cash_due
    own = cash(paid.cash_due)

    def complete() -> object:
        return complete_sale(till.doors, sale.id, own, paid.cash_due, till.operator)

    assert code_of(complete) == "finding.PROXY_INCOMPLETE_changed"
    again = list_for_signature(till.doors, proxy_id, till.operator)
    assert list_of(again.list_text).cash_due == paid.cash_due
    assert code_of(complete) == "finding.PROXY_INCOMPLETE_changed"
    signed(till, proxy_id)
    complete()
    with till.doors.uow() as uow:
        assert uow.proxies.get(proxy_id).state is ProxyState.USED


def test_a_cancelled_settlement_takes_the_record_with_it(
    till: PracticeTill, bought: tuple[Sale, Patient]
) -> None:
    sale, patient = bought
    proxy_id = begun(till, sale, patient)
    quote(till, sale, patient)
    signed(till, proxy_id)
    till.settle(sale, patient)
    with pytest.raises(IllegalTransition):
        void_proxy(till.doors, proxy_id, till.operator)
    cancel_settlements(till.doors, sale.id, till.operator)
    with till.doors.uow() as uow:
        assert uow.proxies.get(proxy_id).state is ProxyState.VOID


def test_a_basket_given_up_takes_the_record_with_it(
    till: PracticeTill, bought: tuple[Sale, Patient]
) -> None:
    sale, patient = bought
    proxy_id = begun(till, sale, patient)
    basket.abandon_basket(till.doors, sale, till.operator)
    with till.doors.uow() as uow:
        assert uow.proxies.get(proxy_id).state is ProxyState.VOID


@pytest.mark.rule("HY-1.5.6b")
def test_staff_are_no_proxies_unless_a_filing_names_them(
    till: PracticeTill, bought: tuple[Sale, Patient]
) -> None:
    sale, patient = bought
    one = open_proxy(till.doors, sale, patient, till.operator)
    with till.doors.uow() as uow:
        uow.staff_documents.keep(StaffDocument(till.operator.staff.id, CARD.cert_no))
        uow.commit()

    def show() -> ProxyPurchase:
        return show_proxy(till.doors, one.id, CARD, till.operator)

    assert code_of(show) == "proxy.refused_staff"
    with till.doors.uow() as uow:
        uow.staff_documents.keep(StaffDocument(till.operator.staff.id, CARD.cert_no, "F-2026-1"))
        uow.commit()
    assert show().staff_filing == "F-2026-1"


def test_a_bound_pharmacist_is_known_by_the_binding(
    till: PracticeTill, bought: tuple[Sale, Patient]
) -> None:
    sale, patient = bought
    one = open_proxy(till.doors, sale, patient, till.operator)
    with till.doors.uow() as uow:
        bound = uow.pharmacists.all()[0]
        uow.pharmacists.keep(
            replace(bound, professional=replace(bound.professional, cert_no=CARD.cert_no))
        )
        uow.commit()
    assert code_of(lambda: show_proxy(till.doors, one.id, CARD, till.operator)) == (
        "proxy.refused_staff"
    )


def test_the_patient_s_own_card_is_no_proxy_s(
    till: PracticeTill, bought: tuple[Sale, Patient]
) -> None:
    sale, patient = bought
    one = open_proxy(till.doors, sale, patient, till.operator)
    own = replace(CARD, cert_no=patient.person.cert_no.lower())
    assert code_of(lambda: show_proxy(till.doors, one.id, own, till.operator)) == (
        "proxy.refused_same_person"
    )


@pytest.mark.rule("S-15")
def test_a_typed_number_wants_a_manager_beside(
    till: PracticeTill, bought: tuple[Sale, Patient]
) -> None:
    sale, patient = bought
    add_staff(till.doors, "3001", "练习·陈店长", Role.MANAGER, "300300", by="practice")
    one = open_proxy(till.doors, sale, patient, till.operator)
    typed = replace(CARD, typed=True)
    with pytest.raises(SecondPersonNeeded):
        show_proxy(till.doors, one.id, typed, till.operator)
    manager = SecondPerson("3001", "300300")
    with pytest.raises(BadValue):
        wrong = replace(typed, cert_no="999900198003120117")
        show_proxy(till.doors, one.id, wrong, till.operator, manager)
    shown = show_proxy(till.doors, one.id, typed, till.operator, manager)
    assert shown.proxy_typed and shown.second_id


@pytest.mark.rule("S-15", "HY-1.5.6b")
def test_a_patient_s_typed_number_is_no_identity_unless_a_manager_releases_it(
    till: PracticeTill, bought: tuple[Sale, Patient]
) -> None:
    """Outside practice; in practice a typed number stands for the card that nobody has."""
    sale, patient = bought
    add_staff(till.doors, "3001", "练习·陈店长", Role.MANAGER, "300300", by="practice")
    till.doors = replace(till.doors, shop=replace(till.doors.shop, environment="test"))
    typed = replace(patient, credential=replace(patient.credential, typed=True))
    begun(till, sale, typed)
    assert quote(till, sale, typed) == ("PROXY_INCOMPLETE",)
    seen = proxy_of_sale(till.doors, sale.id, typed)
    assert seen is not None and not seen.patient_shown
    draft = CheckDraft(CheckWay.OVERRIDE, CheckVerdict.MATCH, "reader_broken")
    second = SecondPerson("3001", "300300")
    record_check(till.doors, sale.id, typed, draft, till.operator, second)
    assert quote(till, sale, typed) == ()
    seen = proxy_of_sale(till.doors, sale.id, typed)
    assert seen is not None and seen.patient_shown


@pytest.mark.rule("S-14", "HY-1.5.6b")
def test_the_proxy_s_own_e_certificate_names_them(
    till: PracticeTill, bought: tuple[Sale, Patient]
) -> None:
    sale, patient = bought
    one = open_proxy(till.doors, sale, patient, till.operator)
    code = str(till.person("retired_met")["ec_code"])
    shown = Credential(CredentialKind.E_CERTIFICATE, code)
    kept = show_proxy_code(till.doors, one.id, shown, till.operator)
    with till.doors.uow() as uow:
        assert uow.persons.get(kept.proxy_id).person.name == till.person("retired_met")["name"]
    assert kept.proxy_kind == CredentialKind.E_CERTIFICATE


@pytest.mark.rule("HY-1.5.6b")
def test_one_proxy_for_many_patients_is_told(till: PracticeTill) -> None:
    """Three patients within thirty days by the pack: the third purchase says so."""
    told = []
    for who in ("retired_met", "active_met", "resident"):
        sale = till.prescribe(till.basket((till.medicine("P0001"), 1)))
        patient = till.patient(who)
        one = open_proxy(till.doors, sale, patient, till.operator)
        show = ProxyShown(CARD.kind, "练习·代购人", "999900199512120020")
        show_proxy(till.doors, one.id, show, till.operator)
        name_relation(till.doors, one.id, "carer", "busy", "", till.operator)
        view = till.quote(sale, patient)
        told.append([note.code for note in view.notes if note.code == "PROXY_MANY"])
        paid = till.settle(sale, patient)
        complete_sale(till.doors, sale.id, cash(paid.cash_due), paid.cash_due, till.operator)
    assert told == [[], [], ["PROXY_MANY"]]


def test_another_patient_begins_anew(till: PracticeTill, bought: tuple[Sale, Patient]) -> None:
    sale, patient = bought
    proxy_id = begun(till, sale, patient)
    again = open_proxy(till.doors, sale, patient, till.operator)
    assert again.id == proxy_id and again.relation == "child"
    other = open_proxy(till.doors, sale, till.patient("chronic_quota_low"), till.operator)
    assert other.id != proxy_id
    with till.doors.uow() as uow:
        states = [one.state for one in uow.proxies.of_sale(sale.id)]
    assert states == [ProxyState.VOID, ProxyState.OPEN]


def test_a_list_that_lay_on_the_pad_too_long_is_not_signed(
    till: PracticeTill, bought: tuple[Sale, Patient]
) -> None:
    sale, patient = bought
    proxy_id = begun(till, sale, patient)
    quote(till, sale, patient)
    old = list_for_signature(till.doors, proxy_id, till.operator).list_digest
    name_relation(till.doors, proxy_id, "spouse", "bedridden", "", till.operator)
    with pytest.raises(IllegalTransition):
        keep_list_signature(till.doors, proxy_id, old, TRACE, till.operator)
    list_for_signature(till.doors, proxy_id, till.operator)
    assert code_of(
        lambda: keep_list_signature(till.doors, proxy_id, old, TRACE, till.operator)
    ) == ("proxy.refused_list_changed")
    with till.doors.uow() as uow:
        assert uow.evidence.about(proxy_id) == []


def use_quota_elsewhere(till: PracticeTill, who: str, disease: str) -> None:
    """Another shop settles for the same person, so that the platform's quota is nearly gone."""
    asked = {"scheme": f"special:{disease}", "fund_used": "355.00"}
    number = till.person(who)["psn_no"]
    path, body = f"/practice/persons/{number}", json.dumps(asked).encode()
    status, _headers, told = till.platform.handle("POST", path, {}, body)
    assert status == 200, told
