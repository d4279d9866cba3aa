"""Drugs, movements and trace codes, on every database."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.catalogue import folded, generic_key, key_of
from app.domain.money import Quantity
from app.errors import BadValue, NotFound, RuleBroken
from app.ports import CodeSold, StockMove
from tests.fakes.builders import STORE, TILL, a_code, a_medicine, a_sale
from tests.fakes.clock import START
from tests.fakes.unit_of_work import memory_books


def test_drugs_come_back_whole_by_every_key(books):
    one, two = a_medicine(1, diseases=("M03900",)), a_medicine(2, barcode="", price=None)
    with books() as uow:
        assert uow.medicines.version() == 0
        uow.medicines.save_many([two, one])
        uow.commit()
    with books() as uow:
        assert list(uow.medicines.all()) == [one, two]
        assert uow.medicines.get(one.id) == one
        assert uow.medicines.by_keys([key_of(two), "code:none"]) == {key_of(two): two}
        assert uow.medicines.by_barcode(one.barcode) == [one]
        assert uow.medicines.by_barcode("") == []
        assert uow.medicines.by_trace_product(two.trace_product_code) == [two]
        assert uow.medicines.by_shop_code(two.shop_code) == two
        assert uow.medicines.by_shop_code("none") is None
        assert uow.medicines.version() == 1
        with pytest.raises(NotFound):
            uow.medicines.get("none")


def test_saving_replaces_by_id_and_tells_that_the_index_is_stale(books):
    with books() as uow:
        uow.medicines.save_many([a_medicine(1), a_medicine(2)])
        uow.medicines.save_many([])
        changed = a_medicine(1, shop_code="NEW", barcode=a_medicine(2).barcode, version=2)
        uow.medicines.save_many([changed])
        assert uow.medicines.version() == 2
        assert uow.medicines.by_shop_code("NEW") == changed
        assert uow.medicines.by_barcode(changed.barcode) == [changed, a_medicine(2)]


def test_two_drugs_never_share_a_key(books):
    with books() as uow:
        uow.medicines.save_many([a_medicine(1)])
        uow.commit()
    with books() as uow, pytest.raises(BadValue):
        uow.medicines.save_many([replace(a_medicine(1), id="med-other")])


def test_many_drugs_are_asked_for_at_once(books):
    many = [a_medicine(number) for number in range(1, 1202)]
    with books() as uow:
        uow.medicines.save_many(many)
        assert len(uow.medicines.by_keys([key_of(one) for one in many])) == 1201
        assert sum(1 for _ in uow.medicines.all()) == 1201


def test_drugs_are_found_by_generic_name_or_national_code_however_a_name_is_typed(books):
    one = a_medicine(1, generic_name="Ｖc 片", national_code="N1")
    two = a_medicine(2, generic_name="", display_name="VC片", national_code="N2")
    other, bare = a_medicine(3, national_code="n1"), a_medicine(4, national_code="")
    with books() as uow:
        assert uow.medicines.alike(["vc片"], ["N1"]) == []
        uow.medicines.save_many([other, bare, two, one])
        uow.commit()
    with books() as uow:
        assert uow.medicines.alike([" vC 片", "vc片"], []) == [one, two]
        assert uow.medicines.alike([], ["N2", "N1"]) == [one, two]
        assert uow.medicines.alike(["VC片"], ["n1", "N1"]) == [one, two, other]
        assert uow.medicines.alike(["", " ", "练习"], ["", "N"]) == []
        assert uow.medicines.alike([], []) == []


def test_a_changed_drug_is_found_by_what_it_is_now(books):
    with books() as uow:
        uow.medicines.save_many([a_medicine(1, generic_name="旧名", national_code="OLD")])
        changed = a_medicine(1, generic_name="新名", national_code="NEW", version=2)
        uow.medicines.save_many([changed])
        uow.commit()
    with books() as uow:
        assert uow.medicines.alike(["旧名"], ["OLD"]) == []
        assert uow.medicines.alike(["新名"], ["NEW"]) == [changed]


def test_more_names_than_one_question_holds(books):
    many = [a_medicine(number, generic_name=f"练习名{number}") for number in range(1, 1202)]
    with books() as uow:
        uow.medicines.save_many(many)
        assert uow.medicines.alike([one.generic_name for one in many], []) == many


_NAMES = st.text(st.sampled_from("aAＡ 片"), max_size=3)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(_NAMES, st.sampled_from(["", "N1", "n1"])), max_size=6),
    st.lists(_NAMES, max_size=3),
    st.lists(st.sampled_from(["", "N1", "N2"]), max_size=2),
)
def test_alike_is_what_a_walk_over_the_catalogue_finds(drugs, names, codes):
    kept = [
        a_medicine(number, generic_name=name, national_code=code)
        for number, (name, code) in enumerate(drugs, 1)
    ]
    wanted = {folded(name) for name in names} - {""}
    with memory_books()() as uow:
        uow.medicines.save_many(kept)
        found = uow.medicines.alike(names, codes)
    assert found == [
        one
        for one in kept
        if generic_key(one) in wanted or (one.national_code and one.national_code in codes)
    ]


def a_move(number, packs, drug="med-000001", **changes):
    base = StockMove(f"move-{number}", drug, Quantity.of(packs), "sale", START, batch="B1")
    return replace(base, **changes)


def test_stock_is_the_sum_of_its_movements(books):
    with books() as uow:
        uow.stock.move(
            [
                a_move(1, "10", kind="opening"),
                a_move(2, "-2.5", sale_id="sale-1", line_no=2),
                a_move(3, "-1", sale_id="sale-1", line_no=1),
                a_move(4, "1", kind="return_bad", sale_id="sale-1"),
                a_move(5, "7", "med-000002"),
            ]
        )
        uow.stock.move([])
        uow.commit()
    with books() as uow:
        assert uow.stock.on_hand(["med-000001", "med-000002", "none"]) == {
            "med-000001": Quantity.of("6.5"),
            "med-000002": Quantity.of("7"),
            "none": Quantity(0),
        }
        moved = uow.stock.of_sale("sale-1")
        assert [one.id for one in moved] == ["move-4", "move-3", "move-2"]
        assert moved[2] == a_move(2, "-2.5", sale_id="sale-1", line_no=2)


def test_a_movement_is_undone_once_by_the_table_itself(books):
    with books() as uow:
        uow.stock.move([a_move(1, "-2"), a_move(2, "2", reverses="move-1")])
        uow.commit()
    with books() as uow, pytest.raises(BadValue):
        uow.stock.move([a_move(3, "2", reverses="move-1")])
    with books() as uow:
        assert uow.stock.on_hand(["med-000001"])["med-000001"] == Quantity(0)


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "c"]),
            st.integers(-(10**8), 10**8).filter(bool),
            st.sampled_from(["opening", "sale", "correction", "return_bad"]),
        ),
        max_size=20,
    )
)
def test_any_movements_add_up(moves):
    with memory_books()() as uow:
        uow.stock.move(
            [
                StockMove(f"m{number}", drug, Quantity(amount), kind, START)
                for number, (drug, amount, kind) in enumerate(moves)
            ]
        )
        found = uow.stock.on_hand(["a", "b", "c"])
    for name in "abc":
        wanted = sum(a for drug, a, kind in moves if drug == name and kind != "return_bad")
        assert found[name] == Quantity(wanted)


@pytest.fixture
def sales(books):
    with books() as uow:
        uow.sales.add(a_sale("sale-1", receipt_no="R1"))
        uow.sales.add(a_sale("sale-2"))
        uow.commit()
    return books


ONE, TWO = a_code(1), a_code(2)


@pytest.mark.rule("S-19")
def test_a_code_belongs_to_one_live_sale(sales):
    with sales() as uow:
        uow.codes.take("sale-1", [TWO, ONE], START)
        uow.commit()
    with sales() as uow:
        assert uow.codes.where([ONE, "none"]) == {ONE: CodeSold(ONE, "sale-1", "R1", START)}
        with pytest.raises(RuleBroken) as told:
            uow.codes.take("sale-2", [ONE], START)
        assert told.value.params["code"] == "TRACE_DUPLICATE"


def test_a_code_scanned_twice_in_one_sale_is_refused(sales):
    with sales() as uow, pytest.raises(RuleBroken):
        uow.codes.take("sale-1", [ONE, ONE], START)


def test_a_freed_code_can_be_sold_again(sales):
    later = START + timedelta(minutes=1)
    with sales() as uow:
        uow.codes.take("sale-1", [ONE, TWO], START)
        uow.codes.free("sale-1", [ONE], later)
        uow.codes.free("sale-1", [], later)
        uow.codes.take("sale-2", [ONE], later)
        uow.commit()
    with sales() as uow:
        found = uow.codes.where([ONE, TWO])
        assert (found[ONE].sale_id, found[ONE].at) == ("sale-2", later)
        assert found[TWO].sale_id == "sale-1"
        uow.codes.take("sale-2", [], later)


def test_only_the_holder_frees_a_code(sales):
    with sales() as uow:
        uow.codes.take("sale-1", [ONE], START)
        uow.commit()
    for sale_id, codes in (("sale-2", [ONE]), ("sale-1", [ONE, TWO])):
        with sales() as uow, pytest.raises(BadValue):
            uow.codes.free(sale_id, codes, START)
    with sales() as uow:
        assert uow.codes.where([ONE])[ONE].sale_id == "sale-1"


def test_packs_sold_by_the_piece_may_share_a_code(sales):
    with sales() as uow:
        uow.codes.take("sale-1", [ONE], START, split_pack=True)
        uow.codes.take("sale-2", [ONE], START, split_pack=True)
        uow.commit()
    with sales() as uow:
        assert uow.codes.where([ONE])[ONE].sale_id == "sale-2"
        uow.codes.free("sale-1", [ONE], START)
        assert uow.codes.where([ONE])[ONE].sale_id == "sale-2"


def test_rows_of_an_act_say_store_and_till(sales, engine):
    with sales() as uow:
        uow.codes.take("sale-1", [ONE], START)
        uow.stock.move([a_move(1, "-1")])
        uow.commit()
    with engine.connect() as connection:
        for table in ("sale", "sold_code", "stock_move"):
            rows = connection.exec_driver_sql(f"SELECT store_id, till_id FROM {table}").all()
            assert set(map(tuple, rows)) == {(STORE, TILL)}


def test_a_whole_gs1_string_is_a_code_that_can_be_sold(books):
    code = "01069012345678901725123110ABCDEFGHIJKLMNOPQRST" + "21" + "9" * 20
    with books() as uow:
        uow.sales.add(a_sale())
        uow.codes.take(a_sale().id, [code], START)
        uow.commit()
    with books() as uow:
        assert uow.codes.where([code])[code].code == code
