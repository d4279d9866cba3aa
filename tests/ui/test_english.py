"""The till in English: longer words than the Chinese ones, and none of them cut."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QScrollArea
from pytestqt.qtbot import QtBot

from tests.fakes.lanes import HandLanes
from tests.fakes.shop import FakeShop, trace
from tests.ui.test_window import crowded
from ui.main_window import MainWindow
from ui.shelf import MAKERS
from ui.widgets.lamps import Lamps, LampShown


def _seen(main: MainWindow) -> list[str]:
    for _ in range(4):
        QApplication.processEvents()
    return crowded(main)


def low_window(
    qtbot: QtBot, folder: Path, lang: str, scale: int = 100
) -> tuple[MainWindow, HandLanes]:
    """A screen of 1366 x 768, before anybody signed in."""
    shop: Any = FakeShop()
    lanes = HandLanes()
    main = MainWindow(shop, lanes, folder=folder / "slips", lang=lang)
    qtbot.addWidget(main, before_close_func=lambda each: each.stop())
    main.show()
    main.looks.choose_look("light", scale)
    main.resize(1366, 768)
    return main, lanes


@pytest.mark.parametrize("scale", [100, 125, 150])
def test_nothing_is_cut_in_english(qtbot: QtBot, tmp_path: Path, scale: int) -> None:
    main, lanes = low_window(qtbot, tmp_path, "en", scale)
    pages = {"sign_in": _seen(main)}
    main.sign_in.sign_in("3001", "123456")
    lanes.run()
    main.open_panel("help")
    pages["help"] = _seen(main)
    main.till.scan(trace(1, 1))
    lanes.run()
    main.payment.settle()
    lanes.run()
    main.money.tender.cash.setText("100")
    main.money.tender.cash.returnPressed.emit()
    lanes.run()
    main.open_panel("return")
    lanes.run()
    pages["return, the slips"] = _seen(main)
    main.returns.choose_sale(0)
    lanes.run()
    pages["return, what comes back"] = _seen(main)
    assert main.returns.sale is not None
    assert {name: bad for name, bad in pages.items() if bad} == {}


@pytest.mark.parametrize("lang", ["en", "zh_CN"])
def test_no_panel_is_wider_than_its_place(qtbot: QtBot, tmp_path: Path, lang: str) -> None:
    main, lanes = low_window(qtbot, tmp_path, lang, 150)
    main.sign_in.sign_in("3001", "123456")
    lanes.run()
    wide = []
    for name in MAKERS:
        main.open_panel(name)
        lanes.run()
        _seen(main)
        for area in main.panels[name].findChildren(QScrollArea):
            inner = area.widget()
            if inner is not None and area.isVisible():
                spare = area.viewport().width() - inner.minimumSizeHint().width()
                wide += [f"{name}: {-spare} too wide"] if spare < 0 else []
        main.close_panel()
    assert wide == []


@pytest.mark.parametrize("lang", ["en", "zh_CN"])
def test_a_typed_prescription_shows_its_drugs_on_a_low_screen(
    qtbot: QtBot, tmp_path: Path, lang: str
) -> None:
    main, lanes = low_window(qtbot, tmp_path, lang)
    main.sign_in.sign_in("1001", "123456")
    lanes.run()
    for drug in (1, 3):
        main.till.scan(trace(drug, 1))
        lanes.run()
    main.open_panel("prescription")
    lanes.run()
    panel: Any = main.panel()
    panel.turn("form")
    for scale, drugs in ((100, 2), (150, 0), (100, 2)):
        main.looks.choose_look("light", scale)
        assert _seen(main) == []
        lines = panel.form.lines
        seen = lines.viewport().visibleRegion().boundingRect().bottom()
        whole = [
            row
            for row in range(2)
            if lines.visualRect(lines.model().index(row, 0)).bottom() <= seen
        ]
        assert len(whole) == drugs


def test_what_the_scanner_test_looks_at_is_told_whole(qtbot: QtBot, tmp_path: Path) -> None:
    main, lanes = low_window(qtbot, tmp_path, "en", 150)
    main.sign_in.sign_in("1001", "123456")
    lanes.run()
    main.open_panel("scanner")
    lanes.run()
    assert _seen(main) == []


@pytest.mark.parametrize("lang", ["en", "zh_CN"])
@pytest.mark.parametrize("scale", [100, 125, 150])
def test_a_full_bar_grows_a_row_and_cuts_nothing(
    qtbot: QtBot, tmp_path: Path, lang: str, scale: int
) -> None:
    main, lanes = low_window(qtbot, tmp_path, lang, scale)
    main.sign_in.sign_in("3001", "123456")
    lanes.run()
    bar, say = main.bar, main.session.say
    bar.put_lamps(Lamps(say("device_lamp.title")))
    bar.put("shop", say("status.shop", shop="练习市练习区一家名字很长的练习大药房", till="2"))
    bar.put("line", say("status.line_down"), "bad")
    bar.put("waiting", "待上传 1284（最早 37 分钟前）", "warn")
    bar.show_review(say("key.review") + "(12) !!", "bad")
    bar.show_environment("practice", say("status.practice"), say("status.draft"))
    lamp = LampShown("reader", "✕", say("device_lamp.card_reader"), "bad", "", is_well=False)
    bar.show_lamps([lamp] * 12)
    _seen(main)
    texts = [*bar.findChildren(QLabel), *bar.findChildren(QAbstractButton)]
    shown = [each for each in texts if each.isVisible() and each.text()]
    short = [each.text() for each in shown if each.width() < each.sizeHint().width() - 2]
    low = [each.text() for each in shown if each.height() < each.sizeHint().height() - 2]
    assert (short, low) == ([], [])
    assert main.width() == 1366 and main.height() == 768
