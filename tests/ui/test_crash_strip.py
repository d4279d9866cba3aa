"""The manager is told what broke, sees where, puts it aside; a cashier is not told."""

from __future__ import annotations

from app.domain.crash import CrashReport, Raised
from app.ports_log import Broken
from app.use_cases.notes import Note
from tests.ui.conftest import Window
from ui.screens.crash.log_watch import LogWatch
from ui.screens.crash.strip import CrashStrip

REPORTS = tuple(
    CrashReport(
        "2026-11-22T04:00:00+00:00", "2026-11-22T05:00:00+00:00", 3, "0.1.0", "yaotai-store",
        (Raised("ValueError", "", (f"ui/shop.py:{line} act",)),), ("sale.done",),
    )
    for line in range(1, 8)
)  # fmt: skip


def test_the_manager_sees_what_broke_and_puts_it_aside(window: Window) -> None:
    window.shop.crashes = REPORTS
    window.enter("3001")
    strip = window.window.findChild(CrashStrip)
    assert strip is not None and strip.isVisible()
    assert "7 处" in strip.words.text() and "13:00" in strip.words.text()
    assert "ui/shop.py" not in strip.means.text()
    strip.open.click()
    assert "ui/shop.py:1 act　共 3 次" in strip.means.text()
    assert "另有 2 处" in strip.means.text()
    strip.open.click()
    assert "ui/shop.py" not in strip.means.text()
    strip.aside.click()
    window.lanes.run()
    assert not strip.isVisible() and window.shop.crashes == ()
    window.enter("3001")
    assert not strip.isVisible()


def test_a_cashier_is_not_told(window: Window) -> None:
    window.shop.crashes = REPORTS
    window.enter()
    assert window.window.findChild(CrashStrip) is None


def test_what_is_wrong_with_the_log_is_told_once_to_who_keeps_the_shop(window: Window) -> None:
    def said() -> list[str]:
        return [one.params["what"] for one in notes if one.message_id == "log.at_counter"]

    notes: list[Note] = []
    window.window.session.told.connect(notes.append)
    watch = LogWatch(window.window.session)
    window.shop.trouble = Broken("S/01", 12, "cut", "file", "2026-11-22")
    window.enter()
    watch.look()
    assert said() == []
    window.enter("3001")
    watch.look()
    told = said()
    watch.look()
    assert said() == told and "2026-11-22" in told[-1] and "印记文件" in told[-1]
