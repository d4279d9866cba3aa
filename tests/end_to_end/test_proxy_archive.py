"""What the counter's panel, the manager and an inspector see of proxy purchases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from app.domain.proxy import ProxyPurchase
from app.domain.proxy_states import ProxyState
from app.domain.sale import Sale
from app.domain.staff import Role
from app.errors import BadValue, IllegalTransition, NotAllowed, NotFound, SecondPersonNeeded
from app.use_cases.complete_sale import complete_sale
from app.use_cases.doors import Operator
from app.use_cases.proxy_archive import find_proxies, look_again, proxy_page
from app.use_cases.proxy_purchase import list_for_signature, open_proxy, show_proxy
from app.use_cases.proxy_shipping import post_goods
from app.use_cases.proxy_view import proxy_of_sale
from app.use_cases.sign_in import add_staff, sign_in
from app.use_cases.staff_documents import set_staff_document, staff_lines
from app.use_cases.views import Patient
from tests.end_to_end.test_proxy_purchase import (
    CARD,
    JPEG,
    TRACE,
    begun,
    code_of,
    quote,
    signed,
    special_basket,
    use_quota_elsewhere,
)
from tests.fakes.practice_till import PracticeTill, cash, practice_till

DAY = date(2026, 11, 22)


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path, "CN-999900")


@pytest.fixture
def manager(till: PracticeTill) -> Operator:
    add_staff(till.doors, "3001", "练习·陈店长", Role.MANAGER, "300300", by="practice")
    return sign_in(till.doors, "3001", "300300")


def sold(till: PracticeTill, who: str = "chronic") -> tuple[Sale, Patient, str]:
    """A completed proxy purchase; its record's id."""
    sale, patient = special_basket(till, who)
    proxy_id = begun(till, sale, patient)
    quote(till, sale, patient)
    signed(till, proxy_id)
    paid = till.settle(sale, patient)
    complete_sale(till.doors, sale.id, cash(paid.cash_due), paid.cash_due, till.operator)
    return sale, patient, proxy_id


@pytest.mark.rule("HY-1.5.6b")
def test_the_steps_are_told_in_their_order(till: PracticeTill) -> None:
    sale, patient = special_basket(till, "chronic")
    assert proxy_of_sale(till.doors, sale.id, patient) is None

    def missing() -> tuple[str, ...]:
        seen = proxy_of_sale(till.doors, sale.id, patient)
        assert seen is not None
        return seen.missing

    one = open_proxy(till.doors, sale, patient, till.operator)
    assert missing() == ("identity", "why", "list", "signature", "still")
    show_proxy(till.doors, one.id, CARD, till.operator)
    assert missing() == ("why", "list", "signature", "still")
    begun(till, sale, patient)
    quote(till, sale, patient)
    assert missing() == ("list", "signature", "still")
    list_for_signature(till.doors, one.id, till.operator)
    assert missing() == ("signature", "still")
    signed(till, one.id)
    assert missing() == ()
    use_quota_elsewhere(till, "chronic", "M03900")
    till.settle(sale, patient)
    seen = proxy_of_sale(till.doors, sale.id, patient)
    assert seen is not None and seen.differs and seen.settled
    assert seen.missing == ("list", "signature", "still")
    assert "·" not in seen.patient and CARD.cert_no not in seen.proxy_number


def test_without_a_patient_at_the_counter_the_record_is_still_there(till: PracticeTill) -> None:
    """After a restart nobody is identified until somebody shows a document again."""
    sale, patient = special_basket(till, "chronic")
    begun(till, sale, patient)
    seen = proxy_of_sale(till.doors, sale.id, None)
    assert seen is not None and seen.relation == "child" and seen.same_patient
    other = till.patient("active_met")
    seen = proxy_of_sale(till.doors, sale.id, other)
    assert seen is not None and not seen.same_patient and "identity" in seen.missing


@pytest.mark.rule("S-24")
def test_the_archive_finds_by_patient_by_proxy_and_by_day(
    till: PracticeTill, manager: Operator
) -> None:
    sale, patient, proxy_id = sold(till)

    def ids(text: str, first: date = DAY, last: date = DAY) -> list[str]:
        return [row.proxy_id for row in find_proxies(till.doors, manager, text, first, last)]

    old = date(2020, 1, 1)
    assert ids("") == [proxy_id]
    assert ids(patient.person.cert_no, old, old) == [proxy_id]
    assert ids(CARD.cert_no.lower(), old, old) == [proxy_id]
    assert ids("练习甲") == ids("慢特病") == [proxy_id]
    assert ids("", old, old) == ids("没有这个人") == ids("999900199512120020") == []
    (row,) = find_proxies(till.doors, manager, "", DAY, DAY)
    assert ids(row.receipt_no) == [proxy_id] and row.total == sale.total
    assert row.patient != patient.person.name and "*" in row.patient and "*" in row.proxy
    with till.doors.uow() as uow:
        looked = [entry.entry for entry in uow.log.tail(40) if entry.act == "proxy.looked_up"]
    assert looked and not any(CARD.cert_no in entry or "练习" in entry for entry in looked)


@pytest.mark.rule("S-24", "HY-1.5.6b")
def test_the_page_shows_everything_on_one_sheet_masked(
    till: PracticeTill, manager: Operator
) -> None:
    _sale, patient, proxy_id = sold(till)
    page = proxy_page(till.doors, manager, proxy_id)
    assert [piece.trouble for piece in page.pieces] == ["", ""]
    assert page.pieces[0].trace == TRACE and page.pieces[1].jpeg == JPEG
    assert page.listed is not None and page.listed.digest() == page.digest
    told = repr(page)
    for secret in (CARD.cert_no, CARD.name, patient.person.cert_no, patient.person.name):
        assert secret not in told
    times = (page.listed_at, page.signed_at, page.pictured_at, page.ended_at)
    assert all(at is not None for at in times)
    with till.doors.uow() as uow:
        acts = [entry.act for entry in uow.log.tail(5)]
    assert acts.count("evidence.seen") == 2 and "proxy.page_seen" in acts


def test_a_picture_that_is_gone_is_said_and_the_rest_is_shown(
    till: PracticeTill, manager: Operator, tmp_path: Path
) -> None:
    _sale, _patient, proxy_id = sold(till)
    with till.doors.uow() as uow:
        still = uow.proxies.get(proxy_id).still_id
    (file,) = [path for path in (tmp_path / "evidence").rglob("*") if still in path.name]
    file.unlink()
    page = proxy_page(till.doors, manager, proxy_id)
    assert [bool(piece.trouble) for piece in page.pieces] == [False, True]


@pytest.mark.rule("HY-1.5.6b")
def test_the_cashier_sees_no_archive_and_a_manager_looks_again(
    till: PracticeTill, manager: Operator
) -> None:
    _sale, _patient, proxy_id = sold(till)
    for act in (
        lambda: find_proxies(till.doors, till.operator, "", DAY, DAY),
        lambda: proxy_page(till.doors, till.operator, proxy_id),
        lambda: look_again(till.doors, till.operator, proxy_id, "in_order"),
    ):
        with pytest.raises(NotAllowed):
            act()
    with pytest.raises(BadValue):
        look_again(till.doors, manager, proxy_id, "perhaps")
    look_again(till.doors, manager, proxy_id, "doubtful")
    assert look_again(till.doors, manager, proxy_id, "in_order").look == "in_order"
    assert proxy_page(till.doors, manager, proxy_id).looked_by == manager.staff.name


def test_nobody_looks_again_at_their_own_and_only_at_what_was_used(
    till: PracticeTill, manager: Operator
) -> None:
    sale, patient = special_basket(till, "chronic")
    mine = open_proxy(till.doors, sale, patient, manager)
    with pytest.raises(IllegalTransition):
        look_again(till.doors, manager, mine.id, "in_order")
    till.operator = manager
    _sale, _patient, proxy_id = sold(till, "chronic")
    with pytest.raises(SecondPersonNeeded):
        look_again(till.doors, manager, proxy_id, "in_order")


@pytest.mark.rule("HY-1.5.6b")
def test_a_manager_tells_whose_number_is_whose_and_which_filing_names_them(
    till: PracticeTill, manager: Operator
) -> None:
    with pytest.raises(NotAllowed):
        staff_lines(till.doors, till.operator)
    with pytest.raises(BadValue):
        set_staff_document(till.doors, manager, "1001", "999900198003120117", "")
    with pytest.raises(BadValue):
        set_staff_document(till.doors, manager, "1001", "", "F-1")
    with pytest.raises(NotFound):
        set_staff_document(till.doors, manager, "7777", CARD.cert_no, "")
    set_staff_document(till.doors, manager, "1001", CARD.cert_no, "")
    sale, patient = special_basket(till, "chronic")
    one = open_proxy(till.doors, sale, patient, till.operator)
    assert code_of(lambda: show_proxy(till.doors, one.id, CARD, till.operator)) == (
        "proxy.refused_staff"
    )
    set_staff_document(till.doors, manager, "1001", "", "F-2026-1")
    (line,) = [each for each in staff_lines(till.doors, manager) if each.number == "1001"]
    assert line.filing == "F-2026-1" and line.cert_no.startswith("999") and "*" in line.cert_no
    assert show_proxy(till.doors, one.id, CARD, till.operator).staff_filing == "F-2026-1"


def test_yesterday_is_not_today_in_the_shop_s_zone(till: PracticeTill, manager: Operator) -> None:
    _sale, _patient, proxy_id = sold(till)
    with till.doors.uow() as uow:
        one = uow.proxies.get(proxy_id)
        # 23:59 of the shop's day before is 15:59 in UTC.
        assert one.opened_at.hour == 2
        other = replace(one, id="older", opened_at=one.opened_at - timedelta(hours=10, minutes=1))
        uow.proxies.add(other)
        uow.commit()
    found = find_proxies(till.doors, manager, "", DAY, DAY)
    assert [row.proxy_id for row in found] == [proxy_id]


PARCEL = "SF1234567890123"


@pytest.mark.rule("HY-3.6c")
def test_what_goes_by_post_has_its_shipping_number(till: PracticeTill, manager: Operator) -> None:
    _sale, _patient, proxy_id = sold(till)
    page = proxy_page(till.doors, manager, proxy_id)
    assert page.may_be_posted and page.shipping_no == ""
    post_goods(till.doors, manager, proxy_id, " sf1234567890123 ")
    after = proxy_page(till.doors, manager, proxy_id)
    assert after.shipping_no == PARCEL
    assert (after.listed, after.digest) == (page.listed, page.digest), "what was signed stands"
    assert page.listed is not None and page.listed.digest() == after.digest
    post_goods(till.doors, manager, proxy_id, "SF1234567890124")
    with till.doors.uow() as uow:
        assert uow.proxies.get(proxy_id).shipping_no == "SF1234567890124"
        told = [one for one in uow.log.tail(9) if one.act == "proxy.posted"]
    assert len(told) == 2 and not any("SF1234" in one.entry for one in told)
    with till.engine.connect() as read:
        (sealed,) = read.execute(text("SELECT sealed_shipping FROM proxy_purchase")).one()
    assert b"SF1234567890124" not in bytes(sealed)


@pytest.mark.rule("HY-3.6c")
def test_without_a_cause_a_number_or_a_finished_purchase_nothing_is_posted(
    till: PracticeTill, manager: Operator
) -> None:
    sale, patient = special_basket(till, "chronic")
    begun_only = begun(till, sale, patient)
    assert code_of(lambda: post_goods(till.doors, manager, begun_only, PARCEL)) == (
        "proxy.refused_posting"
    )
    otc = till.basket((till.find(sale_class="otc_b"), 1))
    with till.doors.uow() as uow:
        busy = ProxyPurchase("p-busy", otc.id, patient.person_id, till.clock.now(), "x",
                             state=ProxyState.USED, relation="friend", reason="busy")  # fmt: skip
        uow.proxies.add(busy)
        uow.commit()
    assert code_of(lambda: post_goods(till.doors, manager, "p-busy", PARCEL)) == (
        "proxy.refused_posting"
    )
    for wrong in ("", "123", "单号123456", "1" * 41):
        told = code_of(lambda typed=wrong: post_goods(till.doors, manager, begun_only, typed))
        assert told == "proxy.refused_shipping_no"
    with pytest.raises(NotAllowed):
        post_goods(till.doors, till.operator, begun_only, PARCEL)
