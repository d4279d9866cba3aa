"""The page 追溯 and the keys for single boxes, through the real widgets."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.quality import NoCodeReason, QualityCase
from app.domain.quality_states import QualityEvent, QualityState
from app.ports import CodeSold
from app.use_cases.code_life import CodeLife, LifeStep
from app.use_cases.notes import Note
from tests.fakes.shop import CODE_424, NOON, FakeShop, trace
from tests.fakes.traces import AT
from tests.ui.conftest import Window
from ui.keys import Action
from ui.screens.trace.page import TracePage

CASE = QualityCase("case-0", "m1", "TRACE_DUPLICATE", AT, "id-1001", code=trace(1, 7), batch="B1")


def page(window: Window) -> TracePage:
    panel = window.window.panels["office"]
    panel.turn("trace")
    window.lanes.run()
    found = panel.page("trace")
    assert isinstance(found, TracePage)
    return found


@pytest.fixture
def office(window: Window, shop: FakeShop) -> TracePage:
    shop.cases = [CASE]
    window.enter("3001")
    window.window.open_panel("office")
    return page(window)


@pytest.mark.rule("HY-1.2.3", "S-19")
def test_one_key_puts_the_box_that_was_refused_on_the_quality_list(
    window: Window, shop: FakeShop
) -> None:
    window.enter()
    shop.sold[trace(1, 7)] = CodeSold(trace(1, 7), "old", "02-1-0132", NOON)
    main = window.window
    main.router.perform(Action.QUALITY)
    assert [note.message_id for note in main.till.notes] == ["till.quality_none"]
    main.take_scan(trace(1, 7))
    window.lanes.run()
    assert "Ctrl+Shift+Q" in main.session.say_note(main.till.notes[0])
    main.router.perform(Action.QUALITY)
    window.lanes.run()
    (case,) = shop.cases
    assert (case.code, case.why, case.medicine_id) == (trace(1, 7), "TRACE_DUPLICATE", "m1")
    assert main.till.notes[0].message_id == "till.quality_kept"
    main.router.perform(Action.QUALITY)
    window.lanes.run()
    assert len(shop.cases) == 1


def test_what_only_warns_leaves_the_box_in_its_line(window: Window, shop: FakeShop) -> None:
    window.enter()
    told: dict[str, object] = {"line": 1, "name": "药", "tail": "0009"}
    words = "finding.TRACE_NOT_RECEIVED_"
    shop.code_notes[trace(1, 9)] = (Note(words + "warn", told, "warn", "TRACE_NOT_RECEIVED"),)
    shop.code_notes[trace(1, 8)] = (Note(words + "block", told, "block", "TRACE_NOT_RECEIVED"),)
    window.window.take_scan(trace(1, 9))
    window.lanes.run()
    window.window.take_scan(trace(1, 8))
    window.lanes.run()
    (line,) = window.window.till.lines
    assert (line.trace_codes, line.quantity.plain()) == ((trace(1, 9),), "2")
    assert window.window.till.notes[0].message_id == words + "block"


@pytest.mark.rule("S-19")
def test_a_reason_is_asked_once_and_remembered_for_the_lot(window: Window, shop: FakeShop) -> None:
    window.enter()
    main = window.window
    for typed in ("9", "2"):
        if not main.till.lines:
            main.till.type_text("amxl")
            main.till.enter("amxl", 0)
        main.router.perform(Action.NO_CODE)
        window.lanes.run()
        assert main.till_view.field.placeholderText() == main.session.say("till.prompt_reason")
        main.till.enter(typed)
        window.lanes.run()
        if typed == "9":
            assert shop.uncoded == []
            main.till.back()
    assert [one.reason for one in shop.uncoded] == [NoCodeReason.UNREADABLE]
    main.till.reset()
    main.till.type_text("amxl")
    main.till.enter("amxl", 0)
    main.router.perform(Action.NO_CODE)
    window.lanes.run()
    assert [one.reason for one in shop.uncoded] == [NoCodeReason.UNREADABLE] * 2
    main.till.delete_line()
    main.take_scan(trace(1, 1))
    window.lanes.run()
    main.router.perform(Action.NO_CODE)
    window.lanes.run()
    assert main.till.notes[0].message_id == "till.uncoded_none"


@pytest.mark.rule("HY-1.2.3")
def test_a_case_is_examined_with_words_before_it_is_decided(
    office: TracePage, window: Window, shop: FakeShop
) -> None:
    assert not office.acts[QualityEvent.CLEARED].isEnabled()
    office.acts[QualityEvent.EXAMINED].click()
    window.lanes.run()
    assert shop.cases[0].state is QualityState.OPEN
    office.found.setText("封口完好")
    office.acts[QualityEvent.EXAMINED].click()
    window.lanes.run()
    assert shop.cases[0].state is QualityState.EXAMINED
    assert "封口完好" in office.told.text()
    office.hold.click()
    window.lanes.run()
    assert "B1" in office.note.text()
    office.acts[QualityEvent.CLEARED].click()
    window.lanes.run()
    assert office.lists["quality"].model.lines == []
    office.ended.click()
    window.lanes.run()
    assert [line.values[5] for line in office.lists["quality"].model.lines] == ["已解除"]


def test_a_cashier_looks_and_decides_nothing(window: Window, shop: FakeShop) -> None:
    shop.cases = [CASE]
    window.enter()
    window.window.open_panel("office")
    mine = page(window)
    assert len(mine.lists["quality"].model.lines) == 1
    assert not any(made.isEnabled() for made in (*mine.acts.values(), mine.hold, mine.add))


@pytest.mark.rule("LN-2.4a", "S-19")
def test_a_scan_shows_where_a_box_has_been(
    office: TracePage, window: Window, shop: FakeShop
) -> None:
    steps = (
        LifeStep(AT - timedelta(days=8), "received", "SH20261114-0001", "B1", "carton"),
        LifeStep(AT, "sold", "02-1-0132"),
    )
    shop.lives[trace(1, 7)] = CodeLife(trace(1, 7), "8990001", ("药甲",), "sold", steps)
    assert office.take_scan(trace(1, 7))
    window.lanes.run()
    rows = [line.values[1:4] for line in office.lists["code"].model.lines]
    assert rows == [("收货", "SH20261114-0001", "B1"), ("售出", "02-1-0132", "")]
    assert office.state.text() == "已售出"
    office.doubt.click()
    window.lanes.run()
    assert shop.cases[-1].why == "by_hand"
    assert office.back()
    window.lanes.run()
    assert office.model.part == "quality"
    assert not office.back()
    office.take_scan("rubbish")
    window.lanes.run()
    assert office.state.text() == "没有记录"


def test_a_batch_is_listed_by_drug_and_batch_and_taken_off(
    office: TracePage, window: Window, shop: FakeShop
) -> None:
    office.parts["no_code"].click()
    window.lanes.run()
    office.add.click()
    assert shop.no_code == []
    office.drug.setText("amxl")
    office.drug.textEdited.emit("amxl")
    office.drug.returnPressed.emit()
    office.batch.setText("B0")
    office.add.click()
    window.lanes.run()
    assert [(one.medicine_id, one.batch) for one in shop.no_code] == [("m1", "B0")]
    office.drop.click()
    window.lanes.run()
    assert shop.no_code == []


def test_a_code_file_is_looked_at_taken_in_or_stopped(
    office: TracePage, window: Window, shop: FakeShop, tmp_path: Path
) -> None:
    office.parts["file"].click()
    window.lanes.run()
    path = tmp_path / "codes.csv"
    office.files.look.click()
    assert "还没有选文件" in office.note.text()
    office.files.path.setText(str(path))
    office.files.look.click()
    window.lanes.run()
    assert "codes.csv" in office.note.text()
    path.write_text("code")
    office.files.look.click()
    window.lanes.run()
    (line,) = office.lists["file"].model.lines
    assert line.values[0] == 3
    assert "两次" in str(line.values[1])
    assert shop.taken == []
    office.files.take.click()
    assert not office.files.take.isEnabled()
    window.lanes.run()
    assert shop.taken == [path]
    office.files.take.click()
    office.files.stop.click()
    window.lanes.run()
    assert shop.taken == [path]
    assert "导入半途停下了" in office.note.text()


def test_an_insured_box_without_a_code_gets_the_insurers_own(
    window: Window, shop: FakeShop
) -> None:
    window.enter()
    main, shop.virtual = window.window, True
    main.take_scan(CODE_424)
    window.lanes.run()
    main.till.type_text("amxl")
    main.till.enter("amxl", 0)
    main.router.perform(Action.NO_CODE)
    window.lanes.run()
    assert main.till.lines[0].trace_codes == ("8999999" + "0" * 13,)
    assert main.till.notes[0].message_id == "till.virtual_put"
    assert shop.uncoded == []


@pytest.mark.rule("HY-1.2.3")
def test_cash_for_a_box_without_code_or_reason_is_told_and_taken(window: Window) -> None:
    window.enter()
    main = window.window
    main.till.type_text("amxl")
    main.till.enter("amxl", 0)
    main.router.perform(Action.SETTLE)
    assert "payment.uncoded" in [note.message_id for note in main.till.notes]
    main.payment.back()
    main.router.perform(Action.NO_CODE)
    window.lanes.run()
    main.till.enter("1")
    window.lanes.run()
    main.till.notes = ()
    main.router.perform(Action.SETTLE)
    assert "payment.uncoded" not in [note.message_id for note in main.till.notes]
