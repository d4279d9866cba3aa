"""A trace code alone is a full scan; what its product part means is said once, by a person."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.pack_code import PackCode, PackLevel
from tests.fakes.shop import DRUGS, FakeShop, trace
from tests.ui.conftest import Counter, Window
from ui.screens.codes.panel import CodesPanel
from ui.screens.codes.view_model import CodesModel

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

PART = "8123456"
BOX = PART + "0000000000001"
OTHER = PART + "0000000000002"
GTIN = "06901234567892"
GS1_BOX = f"01{GTIN}1727123121SN7"


def learned(level: PackLevel = PackLevel.BOX, units: int = 1, part: str = PART) -> PackCode:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    return PackCode(part, DRUGS[2].id, level, units, at, "id-1001")


@pytest.fixture
def codes(counter: Counter, qapp: QApplication) -> CodesModel:
    return CodesModel(counter.session, counter.till)


# --- at the basket --------------------------------------------------------------------------------


def test_a_trace_code_alone_adds_one_box_with_its_code(counter: Counter, shop: FakeShop) -> None:
    shop.known[PART] = learned()
    counter.scan(BOX)
    (line,) = counter.till.lines
    assert (line.item.name, line.quantity.packs(), line.trace_codes) == (
        DRUGS[2].display_name, 1, (BOX,),
    )  # fmt: skip
    counter.scan(OTHER)
    assert counter.till.lines[0].trace_codes == (BOX, OTHER)
    counter.scan(BOX)
    assert counter.till.lines[0].quantity.packs() == 2
    assert counter.said()[0] == "till.code_in_basket"


def test_a_gs1_code_with_a_serial_is_learned_by_its_gtin(counter: Counter, shop: FakeShop) -> None:
    shop.known[GTIN] = learned(part=GTIN)
    counter.scan(GS1_BOX)
    (line,) = counter.till.lines
    assert line.trace_codes == (GS1_BOX,)
    assert line.expiry is not None and line.expiry.isoformat() == "2027-12-31"


@pytest.mark.parametrize("level", [PackLevel.MIDDLE, PackLevel.CARTON])
def test_the_code_of_many_boxes_is_never_one_box(
    counter: Counter, shop: FakeShop, level: PackLevel
) -> None:
    shop.known[PART] = learned(level, 200)
    counter.scan(BOX)
    assert counter.till.lines == ()
    (note,) = counter.till.notes
    assert note.message_id == f"till.code_{level}"
    assert "200" in counter.session.say_note(note)


def test_what_was_learned_stands_above_the_catalogue(counter: Counter, shop: FakeShop) -> None:
    part = DRUGS[0].trace_product_code
    shop.known[part] = learned(part=part)
    counter.scan(trace(1, 1))
    assert counter.till.lines[0].item.medicine_id == DRUGS[2].id


def test_what_another_till_learned_is_found_in_the_books(counter: Counter, shop: FakeShop) -> None:
    shop.elsewhere[PART] = learned()
    asked: list[object] = []
    counter.till.codes.unknown.connect(asked.append)
    counter.scan(BOX)
    assert counter.till.lines[0].trace_codes == (BOX,)
    assert not asked


def test_an_answer_for_the_customer_before_is_dropped(counter: Counter, shop: FakeShop) -> None:
    shop.elsewhere[PART] = learned()
    counter.till.scan(BOX)
    counter.till.reset()
    counter.lanes.run()
    assert counter.till.lines == ()


def test_an_item_code_that_nobody_knows_asks_nobody(counter: Counter) -> None:
    asked: list[object] = []
    counter.till.codes.unknown.connect(asked.append)
    counter.scan("6901234567892", "https://example.invalid/")
    assert counter.said() == ["till.unknown_code"]
    assert not asked


def test_a_broken_gs1_string_is_said_to_be_one(counter: Counter) -> None:
    counter.scan(f"]d201{GTIN}17279999")
    assert counter.said() == ["till.bad_code"]


def test_a_code_of_two_parts_typed_into_the_search_field_is_a_scan(
    counter: Counter, shop: FakeShop
) -> None:
    shop.known[PART] = learned()
    counter.till.type_text("练习")
    assert counter.till.hits
    counter.till.enter(f"{PART} 0000000000001")
    counter.lanes.run()
    assert counter.till.lines[0].trace_codes == (BOX,)


# --- teaching -------------------------------------------------------------------------------------


def test_a_part_is_named_once_and_the_box_that_asked_is_added(
    counter: Counter, codes: CodesModel, shop: FakeShop
) -> None:
    counter.till.codes.unknown.connect(codes.teach)
    done: list[bool] = []
    codes.done.connect(lambda: done.append(True))
    counter.scan(BOX)
    assert codes.part == PART
    assert counter.said() == ["till.code_unlearned"]
    codes.remember("")
    assert codes.note is not None and codes.note.message_id == "codes.drug_first"
    codes.take_scan("m3")
    assert codes.medicine == DRUGS[2]
    codes.remember("")
    counter.lanes.run()
    assert shop.known[PART].learned_by == "id-1001"
    assert done == [True]
    assert counter.till.lines[0].trace_codes == (BOX,)
    assert "till.code_unlearned" not in counter.said()


def test_a_carton_is_taught_with_its_boxes_and_sells_none(
    counter: Counter, codes: CodesModel, shop: FakeShop
) -> None:
    codes.teach(shop.classify(BOX))
    codes.search("lxgmlkl")
    codes.choose(codes.hits[0])
    codes.set_level(PackLevel.CARTON)
    for text in ("", "x", "１０", "-3", "1.5"):
        codes.remember(text)
        assert codes.note is not None and codes.note.message_id == "codes.units_first"
    codes.remember("200")
    counter.lanes.run()
    assert (shop.known[PART].level, shop.known[PART].units) == (PackLevel.CARTON, 200)
    assert counter.till.lines == ()
    assert counter.said() == ["till.code_carton"]


def test_one_box_in_a_middle_pack_is_no_middle_pack(
    counter: Counter, codes: CodesModel, shop: FakeShop
) -> None:
    codes.teach(shop.classify(BOX))
    codes.choose(DRUGS[2])
    codes.set_level(PackLevel.MIDDLE)
    codes.remember("1")
    counter.lanes.run()
    assert codes.note is not None and codes.note.message_id == "codes.bad_units"
    assert not shop.known and not codes.busy


def test_while_one_part_is_named_another_is_not_mixed_in(codes: CodesModel, shop: FakeShop) -> None:
    codes.teach(shop.classify(BOX))
    for text, said in (
        (OTHER, "same_part"),
        (trace(1, 1), "one_at_a_time"),
        ("6901234567892", "no_drug"),
    ):
        codes.take_scan(text)
        assert codes.note is not None and codes.note.message_id == f"codes.{said}"
    assert codes.part == PART and codes.medicine is None


def test_two_parts_typed_by_hand_go_where_a_scan_goes(
    counter: Counter, codes: CodesModel, shop: FakeShop
) -> None:
    shop.known[PART] = learned()
    codes.type_parts(PART, "12")
    assert codes.note is not None and codes.note.message_id == "codes.bad_serial"
    codes.type_parts("12", "0000000000001")
    assert codes.note.message_id == "codes.bad_part"
    codes.type_parts(PART, "0000000000001")
    counter.lanes.run()
    assert counter.till.lines[0].trace_codes == (BOX,)


# --- the page -------------------------------------------------------------------------------------


def page(window: Window) -> CodesPanel:
    panel = window.window.panel()
    assert isinstance(panel, CodesPanel)
    return panel


def test_an_unknown_box_opens_the_page_and_enter_leads_through_it(window: Window) -> None:
    window.enter()
    main = window.window
    main.take_scan(BOX)
    window.lanes.run()
    panel = page(window)
    assert PART in panel.question.text()
    panel.drug.setText("lxgmlkl")
    panel.drug.textEdited.emit("lxgmlkl")
    panel.drug.returnPressed.emit()
    assert DRUGS[2].display_name in panel.chosen.text()
    assert panel.keep.isEnabled() and not panel.units.isVisible()
    panel.keep.click()
    window.lanes.run()
    assert main.panel() is None
    assert main.till.lines[0].trace_codes == (BOX,)


def test_one_enter_chooses_the_drug_and_another_the_level(window: Window, qtbot: QtBot) -> None:
    window.enter()
    main = window.window
    main.take_scan(BOX)
    window.lanes.run()
    panel = page(window)
    panel.drug.setFocus()
    QTest.keyClicks(panel.drug, "lxg")
    QTest.keyClick(panel.drug, Qt.Key.Key_Return)
    window.lanes.run()
    assert not window.shop.known, "which pack it is has not been said yet"
    box, carton = panel.levels[PackLevel.BOX], panel.levels[PackLevel.CARTON]
    qtbot.waitUntil(box.hasFocus)
    carton.click()
    carton.setFocus()
    QTest.keyClick(carton, Qt.Key.Key_Return)
    assert panel.units.hasFocus()
    QTest.keyClicks(panel.units, "40")
    QTest.keyClick(panel.units, Qt.Key.Key_Return)
    window.lanes.run()
    assert (window.shop.known[PART].level, window.shop.known[PART].units) == (PackLevel.CARTON, 40)
    assert main.till.lines == ()


def test_esc_leaves_the_box_unnamed_and_the_basket_as_it_was(window: Window) -> None:
    window.enter()
    main = window.window
    main.take_scan(BOX)
    window.lanes.run()
    page(window)
    main.router.back()
    assert main.panel() is None
    assert main.till.lines == ()
    main.take_scan(BOX)
    window.lanes.run()
    assert page(window).teach_page.isVisible()
    main.open_panel("help")
    main.open_panel("codes")
    window.lanes.run()
    assert page(window).list_page.isVisible(), "a box that was left asks no more"


def test_the_list_is_searched_and_corrected_by_who_may(window: Window) -> None:
    window.shop.known[PART] = learned()
    window.shop.known["8765432"] = learned(PackLevel.CARTON, 40, "8765432")
    window.enter("3001")
    main = window.window
    main.open_panel("codes")
    window.lanes.run()
    panel = page(window)
    assert panel.table.rowCount() == 2
    panel.finder.setText("8765")
    assert panel.table.rowCount() == 1
    cells = [panel.table.item(0, place) for place in (2, 5)]
    assert [cell.text() for cell in cells if cell is not None] == ["整箱", "练习李晓"]
    panel.change.click()
    assert panel.teach_page.isVisible()
    assert panel.units.isVisible()
    panel.units.setText("50")
    panel.keep.click()
    window.lanes.run()
    assert window.shop.known["8765432"].units == 50
    assert panel.list_page.isVisible()
    panel.table.setCurrentCell(0, 0)
    panel.drop.click()
    assert "8765432" in window.shop.known, "the first press only asks"
    panel.drop.click()
    window.lanes.run()
    assert set(window.shop.known) == {PART}


def test_a_cashier_corrects_nothing(window: Window) -> None:
    window.shop.known[PART] = learned()
    window.enter()
    window.window.open_panel("codes")
    window.lanes.run()
    panel = page(window)
    assert not panel.change.isVisible() and not panel.drop.isVisible()
    panel.table.setCurrentCell(0, 0)
    panel.table.itemActivated.emit(panel.table.item(0, 0))
    assert panel.list_page.isVisible()
    assert "店长" in panel.words.text()


def test_a_box_scanned_over_the_list_is_looked_up_there(window: Window) -> None:
    window.shop.known[PART] = learned()
    window.enter()
    main = window.window
    main.open_panel("codes")
    window.lanes.run()
    main.take_scan(BOX)
    assert "已经登记" in page(window).words.text()
    main.take_scan("8000001" + "0000000000001")
    assert "8000001" in page(window).question.text()
    assert main.till.lines == ()


def test_a_box_of_a_basket_put_aside_is_not_sold_twice(counter: Counter) -> None:
    counter.scan(trace(3, 1))
    counter.held.hold()
    counter.lanes.run()
    counter.scan(trace(3, 1))
    (line,) = counter.till.lines
    assert line.trace_codes == ()
    assert counter.said()[0] == "finding.TRACE_IN_OTHER_BASKET_aside_here"
    counter.scan(trace(3, 2))
    assert counter.till.lines[0].trace_codes == (trace(3, 2),)
