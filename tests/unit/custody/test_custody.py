"""Held cards at a practice till: every step, and what each lacks before a card may be used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from app.domain.custody import CustodyCause, CustodyEvent, CustodyState
from app.domain.custody_use import GapEnd, GapKind, UseWay
from app.domain.evidence import EvidenceKind
from app.domain.sale import Sale
from app.errors import (
    BadValue,
    IllegalTransition,
    NotAllowed,
    NotFound,
    PackValueMissing,
    RuleBroken,
)
from app.regions.loader import load_region
from app.use_cases.basket import keep_basket
from app.use_cases.complete_sale import complete_sale
from app.use_cases.custody import (
    Paper,
    apply,
    custody_policy,
    end_without_card,
    file_with_centre,
    record_consent,
    return_card,
    take_into_custody,
)
from app.use_cases.custody_evening import count_cards, explain
from app.use_cases.custody_use import confirm_receipt, drop_use, use_card
from app.use_cases.proxy_purchase import (
    keep_list_signature,
    keep_still,
    list_for_signature,
    show_proxy,
)
from app.use_cases.quote_sale import quote_sale
from app.use_cases.sign_in import SecondPerson
from app.use_cases.views import Patient
from tests.fakes import custody as held_cards
from tests.fakes.custody import (
    PAPER,
    application,
    applied,
    approved,
    by_card,
    held,
    manager,
    pass_days,
    special_basket,
    today,
    use,
    with_proxy,
)
from tests.fakes.practice_till import PracticeTill, cash, practice_till
from ui.practice import open_the_day

rule = pytest.mark.rule


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path / "till")


def said(till: PracticeTill, sale: Sale, patient: Patient) -> set[str]:
    """Message ids of what blocks a quote; empty = it was quoted."""
    view = quote_sale(till.doors, sale.id, patient, "0", till.operator)
    return {note.message_id for note in view.notes if note.severity == "block"}


def completed(till: PracticeTill, sale: Sale, patient: Patient) -> None:
    view = till.settle(sale, patient)
    complete_sale(till.doors, sale.id, cash(view.cash_due), view.cash_due, till.operator)


# --- the way in -----------------------------------------------------------------------------------


@rule("HY-1.5.6c", "HY-3.6c", "S-23")
def test_from_the_application_to_the_return(till: PracticeTill) -> None:
    card, sale = held(till), special_basket(till)
    patient = by_card(till)
    made = use(till, sale, card)
    assert (made.way, made.due) == (UseWay.DELIVERY, today(till) + timedelta(days=7))
    assert said(till, sale, patient) == set()
    completed(till, sale, patient)
    confirm_receipt(till.doors, made.id, PAPER, till.operator)
    done = return_card(till.doors, card.id, PAPER, manager(till))
    assert done.state is CustodyState.RETURNED
    with till.doors.uow() as uow:
        kinds = [one.kind for one in uow.evidence.about(card.id)]
        kinds += [one.kind for one in uow.evidence.about(made.id)]
        assert uow.custody.awaiting() == []
    receipt = EvidenceKind.CUSTODY_RECEIPT
    assert kinds == [EvidenceKind.CUSTODY_APPLICATION, receipt, receipt]


@rule("HY-1.5.6c")
@pytest.mark.parametrize("far", [applied, approved])
def test_a_card_is_used_by_nobody_before_it_is_held(till: PracticeTill, far: object) -> None:
    assert callable(far)
    card, sale = far(till), special_basket(till)
    with pytest.raises(RuleBroken) as broken:
        use(till, sale, card)
    (finding,) = broken.value.findings
    assert finding.message_id == "finding.HELD_CARD_pending"  # type: ignore[attr-defined]
    assert "finding.HELD_CARD_pending" in said(till, sale, by_card(till))


@rule("HY-1.5.6c")
def test_who_applied_and_comes_in_person_shows_the_own_card(till: PracticeTill) -> None:
    applied(till)
    sale, patient = special_basket(till), by_card(till)
    till.look_at(sale, patient)
    assert said(till, sale, patient) == set()


@rule("HY-1.5.6c")
def test_no_card_comes_in_before_the_consent(till: PracticeTill) -> None:
    card, keeper = applied(till), manager(till)
    day = today(till)
    for _ in range(2):
        with pytest.raises(IllegalTransition):
            take_into_custody(till.doors, card.id, "柜", "E-1", day, keeper)
        if card.state is CustodyState.APPLIED:
            card = file_with_centre(till.doors, card.id, "备-001", day, keeper)
    record_consent(till.doors, card.id, "同-001", day, day + timedelta(days=3), keeper)
    pass_days(till, 4)
    with pytest.raises(BadValue):
        take_into_custody(till.doors, card.id, "柜", "E-1", today(till), keeper)
    ended = end_without_card(till.doors, card.id, CustodyEvent.RAN_OUT, keeper)
    assert ended.state is CustodyState.EXPIRED


@rule("HY-1.5.6c")
def test_a_consent_is_bounded_by_the_pack(till: PracticeTill) -> None:
    card, keeper, day = applied(till), manager(till), today(till)
    file_with_centre(till.doors, card.id, "备-001", day, keeper)
    with pytest.raises(BadValue):
        record_consent(till.doors, card.id, "同-001", day, day + timedelta(days=366), keeper)
    done = record_consent(till.doors, card.id, "同-001", day, None, keeper)
    assert done.valid_until == day + timedelta(days=365)
    with pytest.raises(BadValue):
        end_without_card(till.doors, card.id, CustodyEvent.RAN_OUT, keeper)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"cert_no": "999900196008150914"},
        {"card_no": "L?"},
        {"applied_on": date(2030, 1, 1)},
        {"cause": CustodyCause.ELSEWHERE},
    ],
)
def test_an_application_that_cannot_be_is_refused(
    till: PracticeTill, wrong: dict[str, object]
) -> None:
    with pytest.raises(BadValue):
        apply(till.doors, application(till, held_cards.HOLDER, **wrong), PAPER, manager(till))
    with till.doors.uow() as uow:
        assert uow.custody.cases() == []


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\xff\xd8\xff" + b"0" * (20 * 1024 * 1024)])
def test_a_paper_that_is_none_is_refused_and_nothing_is_kept(
    till: PracticeTill, content: bytes
) -> None:
    with pytest.raises(BadValue):
        apply(till.doors, application(till), Paper(content), manager(till))
    with till.doors.uow() as uow:
        assert uow.custody.cases() == []


def test_one_open_case_a_person(till: PracticeTill) -> None:
    card = applied(till)
    with pytest.raises(BadValue):
        applied(till)
    end_without_card(till.doors, card.id, CustodyEvent.WITHDRAWN, manager(till))
    assert applied(till).state is CustodyState.APPLIED


def test_a_card_that_lies_here_ends_only_by_a_signed_return(till: PracticeTill) -> None:
    card, keeper = held(till), manager(till)
    for event in (CustodyEvent.WITHDRAWN, CustodyEvent.RETURNED, CustodyEvent.LOST):
        with pytest.raises(IllegalTransition):
            end_without_card(till.doors, card.id, event, keeper)


@rule("HY-1.5.6c")
def test_the_cashier_uses_and_the_manager_keeps(till: PracticeTill) -> None:
    card = applied(till)
    with pytest.raises(NotAllowed):
        apply(till.doors, application(till, "active_met"), PAPER, till.operator)
    with pytest.raises(NotAllowed):
        file_with_centre(till.doors, card.id, "备-001", today(till), till.operator)
    with pytest.raises(NotAllowed):
        return_card(till.doors, card.id, PAPER, till.operator)


# --- using it -------------------------------------------------------------------------------------


@rule("HY-1.5.6c", "HY-3.6c")
def test_the_card_that_was_shown_is_known_again_and_waits_for_a_use(till: PracticeTill) -> None:
    card, sale, patient = held(till), special_basket(till), by_card(till)
    # Nobody is asked to look at a person who is not there.
    assert said(till, sale, patient) == {"finding.HELD_CARD_no_use"}
    use(till, sale, card)
    assert said(till, sale, patient) == set()


@rule("HY-1.5.6c")
def test_another_person_s_card_rests_on_nothing(till: PracticeTill) -> None:
    held(till)
    found = said(till, special_basket(till), by_card(till, "chronic_quota_low"))
    assert not any("HELD_CARD" in one for one in found)


@rule("HY-1.5.6c", "HY-1.5.6b")
def test_a_bearer_is_the_proxy_of_this_very_sale(till: PracticeTill) -> None:
    card, sale, patient = held(till), special_basket(till), by_card(till)
    with pytest.raises(RuleBroken):
        use_card(till.doors, sale.id, card.id, "", till.operator)
    with_proxy(till, sale, patient)
    made = use_card(till.doors, sale.id, card.id, "", till.operator)
    assert (made.way, made.bearer) == (UseWay.BEARER, held_cards.BEARER.name)
    assert said(till, sale, patient) == set()


@rule("HY-1.5.6c", "HY-1.5.6b")
def test_with_a_bearer_the_proxy_s_own_evidence_is_asked_for_too(till: PracticeTill) -> None:
    card, sale, patient = held(till), special_basket(till), by_card(till)
    proxy_id = with_proxy(till, sale, patient)
    made = use_card(till.doors, sale.id, card.id, "", till.operator)
    assert said(till, sale, patient) == set()
    with pytest.raises(RuleBroken) as broken:
        till.settle(sale, patient)
    assert broken.value.params["code"] == "PROXY_INCOMPLETE"
    listed = list_for_signature(till.doors, proxy_id, till.operator).list_digest
    keep_list_signature(till.doors, proxy_id, listed, held_cards.JPEG, till.operator)
    keep_still(till.doors, proxy_id, listed, held_cards.JPEG, till.operator)
    completed(till, sale, patient)
    with till.doors.uow() as uow:
        (waiting,) = uow.custody.awaiting()
    assert (waiting.use.id, waiting.use.bearer_cert) == (made.id, held_cards.BEARER.cert_no)


@rule("HY-1.5.6c", "HY-1.5.6b")
def test_another_bearer_than_the_one_on_record_is_none(till: PracticeTill) -> None:
    card, sale, patient = held(till), special_basket(till), by_card(till)
    proxy_id = with_proxy(till, sale, patient)
    use_card(till.doors, sale.id, card.id, "", till.operator)
    person = till.person("active_met")
    other = replace(held_cards.BEARER, name=str(person["name"]), cert_no=str(person["id_number"]))
    show_proxy(till.doors, proxy_id, other, till.operator)
    assert "finding.HELD_CARD_proxy" in said(till, sale, patient)
    use_card(till.doors, sale.id, card.id, "", till.operator)
    assert "finding.HELD_CARD_proxy" not in said(till, sale, patient)


@rule("HY-1.5.6c")
def test_a_use_may_be_said_again_and_another_patient_s_is_none(till: PracticeTill) -> None:
    card, sale = held(till), special_basket(till)
    first = use(till, sale, card)
    again = use(till, sale, card, "SF999901")
    assert again.id == first.id
    with till.doors.uow() as uow:
        kept = uow.custody.use_of_sale(sale.id)
        assert kept is not None
        assert kept.shipping_no == "SF999901"
    other = by_card(till, "chronic_quota_low")
    assert "finding.HELD_CARD_other_patient" in said(till, sale, other)
    drop_use(till.doors, sale.id, till.operator)
    assert not any("HELD_CARD" in one for one in said(till, sale, other))
    with pytest.raises(NotFound):
        drop_use(till.doors, sale.id, till.operator)


@rule("HY-1.5.6c")
def test_it_is_looked_at_again_before_the_settlement(till: PracticeTill) -> None:
    card, sale, patient = held(till), special_basket(till), by_card(till)
    use(till, sale, card)
    assert said(till, sale, patient) == set()
    count_cards(till.doors, [], 0, "", till.operator)
    with pytest.raises(RuleBroken) as broken:
        till.settle(sale, patient)
    told = {finding.message_id for finding in broken.value.findings}  # type: ignore[attr-defined]
    assert "finding.HELD_CARD_unexplained" in told
    with till.doors.uow() as uow:
        assert [one.state.value for one in uow.settlements.of_sale(sale.id)] == ["quoted"]


@rule("HY-1.5.6c")
def test_after_the_consent_nothing_is_used(till: PracticeTill) -> None:
    card = held(till)
    pass_days(till, 366)
    open_the_day(till.doors)
    sale = special_basket(till)
    with pytest.raises(RuleBroken):
        use(till, sale, card)
    assert "finding.HELD_CARD_expired" in said(till, sale, by_card(till))
    record_consent(till.doors, card.id, "同-002", today(till), None, manager(till))
    use(till, sale, card)


@rule("HY-1.5.6c")
def test_a_late_receipt_stops_every_card_until_it_is_here(till: PracticeTill) -> None:
    card, sale, patient = held(till), special_basket(till), by_card(till)
    made = use(till, sale, card)
    assert said(till, sale, patient) == set()
    completed(till, sale, patient)
    pass_days(till, 8)
    open_the_day(till.doors)
    second = special_basket(till)
    with pytest.raises(RuleBroken) as broken:
        use(till, second, card)
    (finding,) = broken.value.findings
    assert finding.message_id == "finding.HELD_CARD_overdue"  # type: ignore[attr-defined]
    confirm_receipt(till.doors, made.id, PAPER, till.operator)
    use(till, second, card)
    with pytest.raises(NotFound):
        confirm_receipt(till.doors, made.id, PAPER, till.operator)


def test_a_sale_that_is_past_its_basket_takes_no_card(till: PracticeTill) -> None:
    card, sale, patient = held(till), special_basket(till), by_card(till)
    use(till, sale, card)
    assert said(till, sale, patient) == set()
    completed(till, sale, patient)
    with pytest.raises(BadValue):
        use(till, sale, card)
    open_sale = till.basket((till.medicine("P0011"), 1))
    keep_basket(till.doors, open_sale)
    with pytest.raises(NotFound):
        use_card(till.doors, open_sale.id, "held-9", "SF1", till.operator)


@rule("HY-1.5.6c")
def test_a_held_card_pays_for_no_other_kind_of_settlement(till: PracticeTill) -> None:
    card = held(till)
    other = till.find(insurance_class="A", sale_class="rx")
    sale, patient = till.prescribe(till.basket((other, 1))), by_card(till)
    use(till, sale, card)
    assert "finding.HELD_CARD_off" in said(till, sale, patient)


# --- evenings -------------------------------------------------------------------------------------


@rule("HY-1.5.6c")
def test_one_missing_card_stops_every_card_until_a_manager_explains_it(till: PracticeTill) -> None:
    card, other = held(till), held(till, "chronic_quota_low")
    (gap,) = count_cards(till.doors, [other.id], 0, "", till.operator)
    assert (gap.kind, gap.held_id, gap.owner) == (
        GapKind.MISSING, card.id, till.operator.staff.id,
    )  # fmt: skip
    sale = special_basket(till)
    with pytest.raises(RuleBroken):
        use(till, sale, other)
    # The next evening it is the same card, with the same owner.
    pass_days(till, 1)
    assert count_cards(till.doors, [other.id], 0, "", manager(till)) == (gap,)
    with pytest.raises(NotAllowed):
        explain(till.doors, gap.id, GapEnd.FOUND, "夹在抽屉后面", till.operator)
    second = SecondPerson("3001", "300300")
    explain(till.doors, gap.id, GapEnd.FOUND, "夹在抽屉后面", till.operator, second)
    use(till, sale, other)


@rule("HY-1.5.6c")
def test_a_card_too_many_is_explained_by_giving_it_back(till: PracticeTill) -> None:
    card, keeper = held(till), manager(till)
    gaps = count_cards(till.doors, [card.id], 2, "练习多出的卡", till.operator)
    assert [gap.kind for gap in gaps] == [GapKind.SURPLUS, GapKind.SURPLUS]
    # Counted again they are the same two; a third one is a new one.
    assert len(count_cards(till.doors, [card.id], 2, "", till.operator)) == 2
    assert len(count_cards(till.doors, [card.id], 3, "", till.operator)) == 3
    for gap in count_cards(till.doors, [card.id], 3, "", till.operator):
        explain(till.doors, gap.id, GapEnd.GIVEN_BACK, "本人已取回，签字在案", keeper)
    use(till, special_basket(till), card)
    with pytest.raises(BadValue):
        count_cards(till.doors, [card.id], 21, "", till.operator)


def test_a_lost_card_ends_its_case(till: PracticeTill) -> None:
    card = held(till)
    (gap,) = count_cards(till.doors, [], 0, "", till.operator)
    explain(till.doors, gap.id, GapEnd.LOST, "已报县中心并挂失", manager(till))
    with till.doors.uow() as uow:
        assert uow.custody.get(card.id).state is CustodyState.LOST
        assert uow.custody.gaps() == []
    with pytest.raises(NotFound):
        explain(till.doors, gap.id, GapEnd.LOST, "已报县中心并挂失", manager(till))


# --- areas ----------------------------------------------------------------------------------------


@rule("HY-1.5.6c")
def test_off_in_every_pack_but_the_one_that_names_it(tmp_path: Path) -> None:
    on = {"CN-430421", "CN-999900"}
    for code in ("CN-130100", "CN-210100", "CN-210200", "CN-420700", "CN-430400", "CN-460200"):
        for till in practice_till(tmp_path / code, code):
            assert custody_policy(till.doors) is None, code
            with pytest.raises(NotAllowed):
                applied(till)
    for code in on:
        for till in practice_till(tmp_path / code, code):
            assert custody_policy(till.doors) is not None, code


@rule("HY-1.5.6c")
def test_where_the_draft_is_silent_the_step_stops_and_names_the_key(till: PracticeTill) -> None:
    real = load_region("CN-430421", practice=False)
    card, sale = approved(till), special_basket(till)
    drafts = replace(till.doors, policy_on=real.policy_on)
    with pytest.raises(PackValueMissing) as missing:
        use_card(drafts, sale.id, card.id, "SF1", till.operator)
    assert missing.value.params["key"] == "proxy.held_receipt_days"
    with pytest.raises(PackValueMissing) as missing:
        record_consent(drafts, card.id, "同-001", today(till), None, manager(till))
    assert missing.value.params["key"] == "proxy.held_valid_days"


def test_the_log_names_nobody(till: PracticeTill) -> None:
    card, sale = held(till), special_basket(till)
    use(till, sale, card)
    person = till.person(held_cards.HOLDER)
    with till.engine.connect() as connection:
        from sqlalchemy import text

        rows = connection.execute(text("SELECT entry FROM act_log")).scalars().all()
    told = "".join(str(row) for row in rows)
    assert card.id in told
    for field in ("name", "id_number", "card_number"):
        assert str(person[field]) not in told
