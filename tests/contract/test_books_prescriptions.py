"""Prescriptions come back as they were written and are found again, on every database."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from app.domain.money import Quantity
from app.domain.prescription import PrescriptionForm
from app.domain.rx_case import Review, Verdict
from app.domain.rx_states import LIVE, ON_THE_WIRE, WAITING, RxEvent, RxState
from app.errors import BadValue, NotFound, StoreStale, YaotaiError
from app.storage.books_rx import READY
from app.storage.tables_rx import LIVE_WITH_A_SALE, RX_CASE
from app.storage.unit_of_work import make_factory
from tests.fakes.builders import (
    STORE,
    TILL,
)
from tests.fakes.clock import START
from tests.fakes.prescriptions import (
    DAY,
    a_case,
    a_duty,
    a_list,
    a_pharmacist,
    a_request,
    a_sheet,
    a_worked_case,
    an_entry,
    an_issuer,
    an_owing,
)
from tests.fakes.unit_of_work import memory_books, secrets_for_tests


def add(books, *cases):
    with books() as uow:
        for case in cases:
            uow.prescriptions.add(case)
        uow.commit()


def ids(found):
    return [one.id for one in found]


def test_a_prescription_comes_back_whole_at_every_till_of_the_store(books, till):
    case = a_worked_case()
    paper = a_case("case-2", sheet=a_sheet(form=PrescriptionForm.PAPER), tokens=None)
    add(books, case, paper)
    with till("02")() as uow:
        assert uow.prescriptions.get("case-1") == case
        assert uow.prescriptions.get("case-2") == paper
        with pytest.raises(NotFound):
            uow.prescriptions.get("case-3")


def test_saving_raises_the_version_and_refuses_a_stale_one(books, till):
    add(books, a_case())
    with books() as uow:
        mine, stale = uow.prescriptions.get("case-1"), uow.prescriptions.get("case-1")
        mine.move(RxEvent.PASS_ASKED)
        mine.review = Review(Verdict.PASS, "staff-9", START)
        mine.tokens = None
        uow.prescriptions.save(mine)
        uow.commit()
    assert mine.version == 1
    with till("02")() as uow:
        assert uow.prescriptions.get("case-1") == mine
        with pytest.raises(StoreStale):
            uow.prescriptions.save(stale)
        with pytest.raises(StoreStale):
            uow.prescriptions.save(a_case("never added"))
    assert stale.version == 0


def test_dropped_tokens_are_gone_from_the_row(books, engine):
    add(books, a_case())
    with books() as uow:
        case = uow.prescriptions.get("case-1")
        case.tokens = None
        uow.prescriptions.save(case)
        uow.commit()
    with engine.connect() as connection:
        assert connection.execute(select(RX_CASE.c.sealed_tokens)).scalar_one() is None


@pytest.mark.rule("LN-2.4a")
@pytest.mark.rule("EZ-2b")
def test_the_sheet_of_a_prescription_is_never_changed(books):
    add(books, a_case())
    with books() as uow:
        case = uow.prescriptions.get("case-1")
        dearer = replace(case.sheet.lines[0], quantity=Quantity.of("3"))
        case.sheet = replace(case.sheet, lines=(dearer, case.sheet.lines[1]))
        with pytest.raises(BadValue):
            uow.prescriptions.save(case)
    assert case.version == 0


def test_a_sheet_that_nobody_looks_at_is_not_opened(books, engine):
    """Where only states move, as when a settlement is booked: seen by a sheet nobody can open."""
    add(books, a_case(sale_id="sale-1"))
    with engine.begin() as connection:
        connection.execute(update(RX_CASE).values(sealed_sheet=b"no ciphertext"))
    with books() as uow:
        case = uow.prescriptions.of_sale("sale-1")
        case.move(RxEvent.PASS_ASKED)
        uow.prescriptions.save(case)
        assert case.version == 1
        with pytest.raises(YaotaiError):
            _ = uow.prescriptions.of_sale("sale-1").sheet
    with books() as uow, pytest.raises(YaotaiError):
        uow.prescriptions.get("case-1")


def test_it_is_known_which_of_two_lists_there_are(books):
    with books() as uow:
        assert uow.lists.which_listed("issuer", "prescriber") == frozenset()
        uow.lists.keep_listed("issuer", [an_issuer("H00000000001")])
        assert uow.lists.which_listed("issuer", "prescriber") == {"issuer"}
        assert uow.lists.which_listed("prescriber", "issuer") == {"issuer"}


def test_an_id_is_used_once(books):
    add(books, a_case())
    with books() as uow, pytest.raises(BadValue):
        uow.prescriptions.add(a_case(number="P-HIRX-0002"))


def test_a_number_is_found_however_it_was_typed_newest_first(books, till):
    add(till("02"), a_case("old", state=RxState.RELEASED))
    add(books, a_case("new", 5), a_case("other", 6, number="P-HIRX-0002"))
    with books() as uow:
        assert ids(uow.prescriptions.by_number(" p-hirx-0001 ")) == ["new", "old"]
        assert uow.prescriptions.by_number("P-HIRX-0003") == []


def test_a_sale_has_one_live_prescription_and_any_number_of_ended_ones(books, till):
    ended = [
        a_case(state.value, 9, sale_id="sale-1", state=state)
        for state in (RxState.RELEASED, RxState.DEAD, RxState.REFUSED, RxState.RETURNED)
    ]
    add(books, a_case("live", sale_id="sale-1"), a_case("free"), a_case("free too"), *ended)
    with till("02")() as uow, pytest.raises(BadValue):
        uow.prescriptions.add(a_case("second", sale_id="sale-1", till_id="02"))
    with books() as uow:
        free = uow.prescriptions.get("free")
        free.sale_id = "sale-1"
        with pytest.raises(BadValue):
            uow.prescriptions.save(free)
        assert free.version == 0


def test_the_one_of_a_sale_is_the_live_one_then_the_used_one_then_the_newest(books):
    add(
        books,
        a_case("used", 1, sale_id="sale-1", state=RxState.USED),
        a_case("released", 9, sale_id="sale-1", state=RxState.RELEASED),
        a_case("of another", 2, sale_id="sale-2"),
    )
    with books() as uow:
        assert uow.prescriptions.of_sale("sale-1").id == "used"
        uow.prescriptions.add(a_case("live", sale_id="sale-1", state=RxState.PICKED))
        assert uow.prescriptions.of_sale("sale-1").id == "live"
        for each in ("used", "live"):
            case = uow.prescriptions.get(each)
            case.sale_id = ""
            uow.prescriptions.save(case)
        assert uow.prescriptions.of_sale("sale-1").id == "released"
        assert uow.prescriptions.of_sale("sale-3") is None
        assert uow.prescriptions.of_sale("") is None


def test_each_state_stands_in_the_lists_of_its_set(books, till):
    add(books, *(a_case(state.value, state=state) for state in RxState))
    with till("02")() as uow:
        lists = {
            WAITING: uow.prescriptions.waiting(),
            READY: uow.prescriptions.ready(),
            ON_THE_WIRE: uow.prescriptions.on_the_wire(),
            WAITING | READY | ON_THE_WIRE | {RxState.REPORTED}: uow.prescriptions.under_way(),
        }
    for states, found in lists.items():
        assert {case.state for case in found} == states
        assert len(found) == len(states)


def test_queues_begin_with_the_longest_wait(books, till):
    add(books, a_case("b", 5), a_case("c", 9, state=RxState.PASSING))
    add(till("02"), a_case("a", 1, till_id="02"))
    with books() as uow:
        assert ids(uow.prescriptions.waiting()) == ["a", "b", "c"]


def test_a_period_holds_its_beginning_and_not_its_end_newest_first(books):
    add(books, *(a_case(str(minute), minute) for minute in range(5)))
    first, last = START + timedelta(minutes=1), START + timedelta(minutes=4)
    with books() as uow:
        assert ids(uow.prescriptions.between(first, last)) == ["3", "2", "1"]
        assert ids(uow.prescriptions.between(first, last, limit=2)) == ["3", "2"]


def test_the_original_is_kept_with_its_prescription(books):
    add(books, a_case(), a_case("case-2"))
    with books() as uow:
        assert uow.prescriptions.file("case-1") == b""
        uow.prescriptions.keep_file("case-1", b"%PDF practice")
        uow.prescriptions.keep_file("case-1", b"%PDF practice 2")
        uow.commit()
    with books() as uow:
        assert uow.prescriptions.file("case-1") == b"%PDF practice 2"
        assert uow.prescriptions.file("case-2") == b""
        uow.prescriptions.keep_file("case-1", b"")
        assert uow.prescriptions.file("case-1") == b""
        with pytest.raises(NotFound):
            uow.prescriptions.file("nobody's")
        with pytest.raises(NotFound):
            uow.prescriptions.keep_file("nobody's", b"x")


def test_another_store_in_the_same_database_sees_nothing_of_it(books, engine):
    add(books, a_case(sale_id="sale-1"))
    with books() as uow:
        uow.duties.sign_on(a_duty())
        uow.pharmacists.keep(a_pharmacist())
        uow.owings.add([an_owing()])
        uow.unmet.add([a_request()])
        uow.lists.keep_circulation(a_list(), [an_entry("X1")])
        uow.lists.keep_listed("issuer", [an_issuer("H1")])
        uow.commit()
    with make_factory(engine, secrets_for_tests(), "another-store", TILL)() as uow:
        with pytest.raises(NotFound):
            uow.prescriptions.get("case-1")
        with pytest.raises(NotFound):
            uow.prescriptions.file("case-1")
        with pytest.raises(StoreStale):
            uow.prescriptions.save(a_case())
        assert uow.prescriptions.by_number("P-HIRX-0001") == []
        assert uow.prescriptions.of_sale("sale-1") is None
        assert uow.prescriptions.waiting() == []
        assert uow.duties.open() == []
        assert uow.pharmacists.all() == []
        assert uow.owings.open() == []
        assert uow.unmet.open() == []
        assert uow.lists.circulation_versions() == []
        assert uow.lists.circulating(["X1"], DAY) == frozenset()
        assert uow.lists.all_listed("issuer") == []


def test_the_rule_of_the_table_names_exactly_the_states_that_are_not_live():
    named = LIVE_WITH_A_SALE.split("(", 1)[1].rstrip(")").replace("'", "").split(", ")
    assert {RxState(name) for name in named} == frozenset(RxState) - LIVE


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(number=TEXTS, opinion=TEXTS, said=TEXTS, content=st.binary(max_size=200))
def test_any_text_of_a_prescription_comes_back_the_same(number, opinion, said, content):
    case = a_case(
        sheet=a_sheet(number),
        last_text=said,
        review=Review(Verdict.REFUSE, "staff-9", START, opinion=opinion),
    )
    with memory_books()() as uow:
        uow.prescriptions.add(case)
        uow.prescriptions.keep_file(case.id, content)
        assert uow.prescriptions.get(case.id) == case
        assert ids(uow.prescriptions.by_number(number)) == [case.id]
        assert uow.prescriptions.file(case.id) == content


def test_the_store_is_that_of_the_books(books, engine):
    add(books, a_case(till_id="77"))
    with engine.connect() as connection:
        row = connection.execute(select(RX_CASE.c.store_id, RX_CASE.c.till_id)).one()
    assert tuple(row) == (STORE, "77")
