"""The page 备份, and what a restored till says at the counter."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from app.ports_backup import BackupProved, BackupSeen
from app.use_cases.backups import BackupDone, BackupView, CaughtUp
from tests.fakes.backups import NOON
from tests.fakes.lanes import HandLanes
from tests.fakes.shop import FakeShop
from ui.screens.backup.page import BackupPage
from ui.screens.backup.view_model import BackupModel
from ui.screens.backup.watch import BackupWatch
from ui.screens.session import Session


class Kept(FakeShop):
    """A till with two backups, the newer one proved."""

    def backup_view(self) -> BackupView:
        proved = BackupProved(1203, 48211, 311, 0, NOON.isoformat())
        last = self.last or BackupDone(NOON, "b.yaotai-backup", proved)
        seen = tuple(
            BackupSeen(f"{name}.yaotai-backup", NOON - timedelta(hours=at), 31_000_000)
            for at, name in ((0, "b"), (6, "a"))
        )
        return BackupView(self.place, True, last, NOON, False, seen)


@pytest.fixture
def lanes() -> HandLanes:
    return HandLanes()


def opened(shop: FakeShop, lanes: HandLanes, qtbot, lang: str = "zh_CN") -> BackupPage:
    session = Session(shop, lanes, lang)
    session.sign_in(shop.sign_in("3001", "123456"))
    page = BackupPage(BackupModel(session), lambda _token: QColor())
    qtbot.addWidget(page)
    page.show()
    page.enter()
    lanes.run()
    return page


def test_the_page_says_how_it_stands_and_how_one_is_put_back(qtbot, lanes: HandLanes) -> None:
    page = opened(Kept(), lanes, qtbot)
    assert "试恢复通过：1203 笔" in page.state.text()
    assert page.state.property("tone") == "good"
    assert "同一块盘" in page.place.text()
    assert page.list.model.rowCount() == 2
    assert page.command.text() == 'yaotai backup restore "/backups/b.yaotai-backup"'
    qtbot.keyClick(page.now, Qt.Key.Key_Return)
    assert "正在备份" in page.state.text()
    lanes.run()
    lanes.run()
    assert "没有插上" in page.state.text()
    assert "最近一份好的" in page.state.text()
    assert page.state.property("tone") == "bad"


def test_another_place_is_typed_and_kept_by_enter(qtbot, lanes: HandLanes) -> None:
    shop = Kept()
    page = opened(shop, lanes, qtbot, "en")
    qtbot.keyClick(page.elsewhere, Qt.Key.Key_Return)
    qtbot.keyClicks(page.folder, " /media/stick ")
    qtbot.keyClick(page.folder, Qt.Key.Key_Return)
    lanes.run()
    assert shop.place == "/media/stick"
    assert "Backups go to /media/stick" in page.note.text()
    assert page.form.isHidden()
    qtbot.keyClick(page.elsewhere, Qt.Key.Key_Return)
    assert page.back() and not page.back()


def test_a_place_typed_while_the_page_is_still_read_is_kept(qtbot, lanes: HandLanes) -> None:
    shop = Kept()
    page = opened(shop, lanes, qtbot)
    page.enter()
    qtbot.keyClick(page.elsewhere, Qt.Key.Key_Return)
    qtbot.keyClicks(page.folder, "/media/stick")
    qtbot.keyClick(page.folder, Qt.Key.Key_Return)
    lanes.run()
    assert shop.place == "/media/stick"


def test_a_restored_till_says_what_waits_and_what_came(qtbot, lanes: HandLanes) -> None:
    shop = FakeShop()
    shop.behind_now, shop.brought = "all", CaughtUp(1, 2, 1)
    session, told = Session(shop, lanes, "zh_CN"), []
    session.told.connect(lambda note: told.append(session.say_note(note)))
    watch = BackupWatch(session)
    watch.look()
    watch.look()
    shop.behind_now = "insured"
    watch.look()
    shop.behind_now = ""
    watch.look()
    lanes.run()
    watch.look()
    assert len(told) == 3
    assert "核对完才能卖第一单" in told[0] and "现金、扫码可以卖" in told[1]
    assert "补记 2 笔，1 处要看" in told[2]
