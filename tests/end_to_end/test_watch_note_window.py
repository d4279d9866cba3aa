"""The counter's window: a watched drug is stopped, the pharmacist notes why, the sale goes on."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.use_cases.sign_in import sign_in
from app.use_cases.watched import set_watched
from tests.fakes.practice_window import practice_window
from ui.keys import Action
from ui.screens.payment.view_model import Stage
from ui.screens.watchnote.panel import WatchNotePanel


@pytest.mark.rule("LN-5.2")
def test_the_note_is_written_at_the_counter(qtbot: QtBot, tmp_path: Path) -> None:
    with practice_window(qtbot, tmp_path) as (opened, window, lanes):

        def rest() -> None:
            for _ in range(8):
                lanes.run()

        window.sign_in.sign_in("1001", "100100")
        rest()
        drug = next(hit.medicine for hit in opened.shop.search("创可贴", 9))
        manager = sign_in(opened.shop.doors, "3001", "300300")
        set_watched(opened.shop.doors, manager, drug.id, "练习：金额大")
        window.till.add(drug)
        rest()
        window.payment.settle()
        rest()
        window.payment.complete("")
        rest()
        assert [note.code for note in window.till.notes] == ["WATCH_NOTE"]
        window.router.perform(Action.WATCH_NOTE)
        rest()
        panel = window.panel()
        assert isinstance(panel, WatchNotePanel) and "创可贴" in panel.what.text()
        QTest.keyClick(panel.fields["pin"], Qt.Key.Key_Return)
        assert "请写明用药理由" in panel.said.text()
        for name, text in (("words", "练习：家中备用"), ("number", "2001"), ("pin", "200200")):
            panel.fields[name].setText(text)
            QTest.keyClick(panel.fields[name], Qt.Key.Key_Return)
        rest()
        assert panel.fields["pin"].text() == "" and "都写好了" in panel.what.text()
        if folder := os.environ.get("YAOTAI_TEST_PICTURES"):
            window.grab().save(f"{folder}/watch-note.png")
        assert window.till.notes == ()
        window.close_panel()
        if window.payment.stage is not Stage.TENDER:
            window.payment.settle()
            rest()
        window.payment.complete("")
        rest()
        assert window.payment.stage is Stage.DONE
