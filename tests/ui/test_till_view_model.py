from dataclasses import replace

import pytest

from app.domain.money import Money, Quantity, UnitPrice
from app.domain.staff import Right
from app.domain.staff_level import Level
from app.errors import StoreFull
from app.ports import CodeSold
from app.use_cases.doors import Operator
from app.use_cases.views import Note
from tests.fakes.shop import CODE_424, NOON, FakeShop, trace
from tests.ui.conftest import Counter, make_counter
from ui.screens.held.panel import HeldPanel
from ui.screens.till.view_model import Prompt


def amounts(counter: Counter) -> list[tuple[str, str]]:
    return [(line.item.medicine_id, line.quantity.plain()) for line in counter.till.lines]


def test_two_boxes_of_one_drug_are_one_line_with_two_codes(counter: Counter) -> None:
    counter.scan(trace(1, 1), trace(1, 2), trace(2, 1))
    assert amounts(counter) == [("m1", "2"), ("m2", "1")]
    assert counter.till.lines[0].trace_codes == (trace(1, 1), trace(1, 2))
    assert counter.till.estimate is not None
    assert counter.till.estimate.total == Money.of("71.97")


@pytest.mark.rule("HY-1.2.3")
def test_a_code_fills_a_box_that_was_added_by_search_before_it_adds_another(
    counter: Counter,
) -> None:
    counter.till.type_text("amxl")
    counter.till.enter("amxl", 0)
    counter.till.quantity_key("2")
    counter.scan(trace(1, 1), trace(1, 2))
    assert amounts(counter) == [("m1", "2")]
    counter.scan(trace(1, 3))
    assert amounts(counter) == [("m1", "3")]


@pytest.mark.rule("HY-1.2.3")
def test_the_same_code_twice_is_refused_at_once(counter: Counter) -> None:
    counter.scan(trace(1, 1), trace(1, 1))
    assert amounts(counter) == [("m1", "1")]
    assert counter.said() == ["till.code_in_basket"]


@pytest.mark.rule("HY-1.2.3")
def test_a_code_that_was_sold_is_taken_back_out_and_says_when(counter: Counter) -> None:
    counter.shop.sold[trace(1, 7)] = CodeSold(trace(1, 7), "old", "02-1-0132", NOON)
    counter.scan(trace(1, 7))
    assert counter.till.lines[0].trace_codes == ()
    assert counter.said() == ["till.code_sold"]
    told = counter.session.say_note(counter.till.notes[0])
    assert "0132" in told
    assert "11-22 12:00" in told


def test_the_code_of_an_opened_pack_stays_on_the_line(counter: Counter) -> None:
    held = CodeSold(trace(1, 7), "old", "02-1-0132", NOON, split_pack=True)
    counter.shop.sold[trace(1, 7)] = held
    counter.scan(trace(1, 7))
    assert counter.till.lines[0].trace_codes == (trace(1, 7),)


def test_a_sold_code_of_a_basket_that_is_gone_says_nothing(counter: Counter) -> None:
    counter.shop.sold[trace(1, 7)] = CodeSold(trace(1, 7), "old", "02-1-0132", NOON)
    counter.till.scan(trace(1, 7))
    counter.till.reset()
    counter.lanes.run()
    assert counter.said() == []


def test_star_with_a_number_sets_the_quantity_and_star_alone_asks(counter: Counter) -> None:
    counter.scan(trace(3, 1))
    counter.till.quantity_key("3")
    assert amounts(counter) == [("m3", "3")]
    counter.till.quantity_key("")
    assert counter.till.prompt is Prompt.QUANTITY
    counter.till.enter("2")
    assert amounts(counter) == [("m3", "2")]
    assert counter.till.prompt is Prompt.SEARCH


def test_a_number_before_the_first_scan_counts_for_it(counter: Counter) -> None:
    counter.till.quantity_key("3")
    counter.scan("m4")
    counter.scan("m3")
    assert amounts(counter) == [("m4", "3"), ("m3", "1")]


@pytest.mark.parametrize("typed", ["0", "10000", "abc", "", "1e9"])
def test_a_senseless_quantity_changes_nothing(counter: Counter, typed: str) -> None:
    counter.scan(trace(3, 1))
    counter.till.quantity_key("")
    counter.till.enter(typed)
    assert amounts(counter) == [("m3", "1")]
    assert counter.said()


def test_the_price_is_a_right_of_its_own(counter: Counter) -> None:
    counter.scan(trace(3, 1))
    counter.till.price_key("1.00")
    assert counter.till.lines[0].amount == Money.of("9.90")
    assert counter.said() == ["till.price_right"]


def test_a_manager_changes_the_price(shop: FakeShop, qapp: object) -> None:
    counter = make_counter(shop, "3001")
    counter.scan(trace(3, 1))
    counter.till.price_key("8.50")
    counter.till.enter("7")
    assert counter.said() == ["till.promotion_reason"]
    assert counter.till.lines[0].amount == Money.of("9.90")
    counter.till.enter("2")
    counter.lanes.run()
    (line,) = counter.till.lines
    assert (line.amount, line.item.promotion) == (Money.of("8.50"), "near_expiry")
    for typed in ("0", "99.00", "-8,5", "-9.90"):
        counter.till.price_key("")
        counter.till.enter(typed)
        counter.lanes.run()
    assert counter.till.lines[0].amount == Money.of("8.50")
    counter.till.price_key("")
    counter.till.enter("#-10%")
    counter.till.enter("3")
    counter.lanes.run()
    assert counter.till.lines[0].amount == Money.of("8.91"), "from the shelf's price, not twice"


def test_a_price_below_the_level_is_refused_by_the_shop_and_nothing_is_asked(
    shop: FakeShop, qapp: object
) -> None:
    counter = make_counter(shop, "3001")
    level = Level("l", "店长一级", frozenset({Right.CHANGE_PRICE}), ((Right.CHANGE_PRICE, 1000),))
    counter.session.operator = Operator(replace(counter.session.who().staff, level=level))
    counter.scan(trace(3, 1))
    counter.till.price_key("8.50")
    counter.lanes.run()
    assert counter.said() == ["till.promotion_limit"]
    assert counter.till.prompt is Prompt.SEARCH
    counter.till.price_key("8.91")
    counter.till.enter("1")
    counter.lanes.run()
    assert counter.till.lines[0].amount == Money.of("8.91")


def test_clearing_asks_first_and_can_be_taken_back(counter: Counter) -> None:
    counter.scan(trace(1, 1), trace(2, 1))
    before = counter.till.lines
    counter.till.clear()
    assert counter.till.lines == before
    counter.till.back()
    counter.till.clear()
    assert counter.till.lines == before, "Esc took the question back"
    counter.till.clear()
    counter.lanes.run()
    assert counter.till.lines == ()
    assert "abandon_basket" in counter.shop.calls
    counter.till.undo_clear()
    assert counter.till.lines == before


def test_every_change_is_kept_newest_last_one_write_at_a_time(counter: Counter) -> None:
    for serial in range(1, 6):
        counter.till.scan(trace(1, serial))
    writes = [lane for lane, _, _ in counter.lanes.waiting if lane == "store"]
    assert len(writes) == 6, "one write under way and five looks at codes"
    counter.lanes.run()
    assert [s.lines[0].quantity.plain() for s in counter.shop.kept] == ["1", "5"]


def test_what_is_kept_is_a_copy_not_the_living_basket(counter: Counter) -> None:
    counter.scan(trace(1, 1))
    assert counter.shop.kept[0] is not counter.till.sale


def test_a_basket_that_cannot_be_kept_says_so_and_lets_nothing_go_on(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: object) -> None:
        raise StoreFull()

    monkeypatch.setattr(counter.shop, "keep_basket", full)
    went_on: list[bool] = []
    counter.till.scan(trace(1, 1))
    counter.till.keeper.when_kept(lambda: went_on.append(True))
    counter.lanes.run()
    assert "error.store_full" in counter.said()
    assert went_on == []


def test_an_unknown_code_is_masked_where_it_could_be_a_person(counter: Counter) -> None:
    counter.scan("999999")
    assert counter.said() == ["till.unknown_code"]
    counter.scan("424" + "1" * 20)
    assert "1111" not in counter.session.say_note(counter.till.notes[0])


def test_an_insurance_code_goes_to_the_patient_and_never_to_the_basket(counter: Counter) -> None:
    heard: list[object] = []
    counter.till.customer_scanned.connect(heard.append)
    counter.scan(CODE_424)
    assert len(heard) == 1
    assert counter.till.lines == ()


def test_what_a_rule_said_of_insurance_falls_away_without_it(counter: Counter) -> None:
    counter.scan(trace(1, 1))
    counter.till.note(Note("payment.locked", {}, "block", "RX_FORM_NOT_ACCEPTED"))
    counter.till.note(Note("till.none_held", {}, "warn"))
    counter.till.set_patient(None)
    assert [n.message_id for n in counter.till.findings()] == ["till.none_held"]


def test_graver_findings_stand_first_and_none_twice(counter: Counter) -> None:
    counter.shop.rule_notes = (
        Note("till.none_held", {}, "warn"),
        Note("payment.locked", {}, "block"),
    )
    counter.scan(trace(1, 1))
    assert [n.message_id for n in counter.till.findings()] == ["payment.locked", "till.none_held"]
    counter.till.note(Note("payment.locked", {}, "block"))
    assert len(counter.till.findings()) == 2


def test_search_shows_hits_and_enter_adds_the_chosen_one(counter: Counter) -> None:
    counter.till.type_text("lx")
    assert len(counter.till.hits) == 5
    counter.till.enter("lx", 2)
    assert amounts(counter) == [("m3", "1")]
    assert counter.till.hits == []


def test_one_or_two_digits_are_a_number_about_to_be_typed_not_a_search(counter: Counter) -> None:
    counter.till.type_text("3")
    assert counter.till.hits == []


# --- held baskets ------------------------------------------------------------------------------


def test_a_held_basket_comes_back_whole(counter: Counter) -> None:
    counter.scan(trace(1, 1), trace(3, 1))
    before = counter.till.lines
    counter.held.hold()
    counter.lanes.run()
    assert counter.till.lines == ()
    assert len(counter.held.held) == 1
    counter.held.take()
    counter.lanes.run()
    assert counter.till.lines == before
    assert counter.held.held == []


def test_the_screen_is_emptied_only_when_the_held_basket_is_on_disk(counter: Counter) -> None:
    counter.scan(trace(1, 1))
    counter.held.hold()
    assert counter.till.lines != ()
    counter.lanes.run()
    assert counter.till.lines == ()


def test_taking_with_a_basket_on_the_screen_holds_that_first(counter: Counter) -> None:
    counter.scan(trace(1, 1))
    counter.held.hold()
    counter.lanes.run()
    counter.scan(trace(2, 1))
    counter.held.take()
    counter.lanes.run()
    assert amounts(counter) == [("m1", "1")]
    assert [s.lines[0].item.medicine_id for s in counter.held.held] == ["m2"]


def test_several_held_baskets_ask_for_the_list(counter: Counter) -> None:
    asked: list[bool] = []
    counter.held.list_asked.connect(lambda: asked.append(True))
    for drug in (1, 2):
        counter.scan(trace(drug, 1))
        counter.held.hold()
        counter.lanes.run()
    counter.held.take()
    counter.lanes.run()
    assert asked == [True]
    first = counter.held.held[0]
    counter.shop.locked = {first.id: (first.lines[0].item.name,)}
    counter.held.count()
    counter.lanes.run()
    panel = HeldPanel(counter.held)
    panel.refresh()
    marked = ["召回" in panel.list.item(at).text() for at in range(2)]
    assert marked == [True, False]
    counter.held.recall(counter.held.held[1].id)
    counter.lanes.run()
    assert amounts(counter) == [("m2", "1")]


def test_deleting_the_last_line_leaves_an_empty_basket(counter: Counter) -> None:
    counter.scan(trace(1, 1))
    counter.till.delete_line()
    counter.lanes.run()
    assert counter.till.lines == ()
    assert counter.till.selected == -1


def test_a_recalled_basket_shows_what_changed(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.scan(trace(1, 1))
    counter.held.hold()
    counter.lanes.run()
    sale = counter.held.held[0]
    changed = (replace(sale), (Note("till.none_held", {}, "warn"),))
    monkeypatch.setattr(counter.shop, "recall_basket", lambda *_: changed)
    counter.held.take()
    counter.lanes.run()
    assert counter.said() == ["till.none_held"]
    assert counter.till.lines[0].quantity == Quantity.of(1)


def test_an_open_basket_follows_a_price_and_keeps_what_was_set_for_it(shop: FakeShop) -> None:
    counter = make_counter(shop, "3001")
    counter.scan(trace(3, 1), trace(4, 1))
    first, second = (line.item.medicine_id for line in counter.till.lines)
    counter.till.select(1)
    counter.till.price_key("")
    counter.till.enter("-1")
    counter.till.enter("1")
    counter.lanes.run()
    kept = counter.till.lines[1].price
    shop.price_changes = {first: UnitPrice.of("11.10"), second: UnitPrice.of("99.00")}
    counter.till.follow_prices()
    assert [line.price for line in counter.till.lines] == [UnitPrice.of("11.10"), kept]
    assert "basket.price_changed" in counter.said()
    counter.till.may_edit = lambda: False
    shop.price_changes = {first: UnitPrice.of("12.00")}
    counter.till.follow_prices()
    assert counter.till.lines[0].price == UnitPrice.of("11.10"), "what is quoted keeps its price"
