"""Lamps of the devices, what is said of them, and a card at the counter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import pytest
from pytestqt.qtbot import QtBot

from app.domain.device_plan import (
    DeviceKind,
    DevicePlan,
    DeviceSaid,
    DeviceState,
    Lamp,
    Placed,
)
from app.domain.identity_card import IdentityCard, IdentityCardType, Sex
from app.errors import BadFile, DeviceFailed, DeviceSilent, NotConnected
from app.use_cases.spool import Spool
from tests.fakes.shop import trace
from tests.ui.conftest import Window
from ui.main_window import MainWindow
from ui.screens.payment.view_model import Stage
from ui.screens.returns.panel import ReturnPanel
from ui.widgets.lamps import Lamps, LampShown
from ui.widgets.status_bar import StatusBar

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

READER, PRINTER = DeviceKind.CARD_READER, DeviceKind.RECEIPT_PRINTER
PLACE = Placed("serial:COM3")
CARD = IdentityCard(
    IdentityCardType.RESIDENT, name="练习张小兰", sex=Sex.MALE, birth_date=date(1980, 3, 12),
    id_number="999900198003120116", valid_until=date(2040, 1, 1),
)  # fmt: skip
OTHER = replace(CARD, name="练习乙", birth_date=date(1992, 7, 8), sex=Sex.FEMALE,
                id_number="999900199207080229")  # fmt: skip


@dataclass
class Room:
    """The window with a card reader and a printer planned; a test says how they do."""

    window: Window
    qtbot: QtBot

    @property
    def main(self) -> MainWindow:
        return self.window.window

    def state(self, kind: DeviceKind, lamp: Lamp, **more: object) -> None:
        self.window.shop.hear(DeviceState(kind, PLACE, lamp, **more))  # type: ignore[arg-type]
        self.qtbot.wait(1)

    def give(self, what: object, kind: DeviceKind = READER) -> None:
        self.window.shop.hear(DeviceSaid(kind, what))
        self.qtbot.wait(1)
        self.window.lanes.run()

    def said(self) -> list[str]:
        return [note.message_id for note in self.main.till.notes]

    def lamps(self) -> list[str]:
        assert self.main.bar.lamps is not None
        return self.main.bar.lamps.texts()


@pytest.fixture
def room(window: Window, qtbot: QtBot) -> Room:
    window.shop.plan = DevicePlan({READER: PLACE, PRINTER: PLACE})
    window.enter()
    window.window.devices.start()
    return Room(window, qtbot)


# --- lamps ----------------------------------------------------------------------------------------


def test_each_planned_device_has_a_lamp_with_a_sign_and_a_name(room: Room) -> None:
    assert room.lamps() == ["…身份证", "…小票"]
    room.state(READER, Lamp.THERE)
    room.state(PRINTER, Lamp.GONE, why=NotConnected(device="device_name.receipt_printer"))
    assert room.lamps() == ["✓身份证", "✕小票"]
    assert room.main.bar.lamps is not None
    words = room.main.bar.lamps.accessibleName()
    assert "“身份证阅读器”已连上" in words
    assert "没有连上“小票打印机”" in words
    room.state(PRINTER, Lamp.ATTENTION, attention="device_printer.paper_near_end")
    room.state(READER, Lamp.SILENT, why=DeviceSilent(device="device_name.idcard"))
    assert room.lamps() == ["?身份证", "!小票"]


def test_it_is_said_once_when_it_goes_and_once_when_it_is_back(room: Room) -> None:
    room.state(READER, Lamp.THERE)
    assert room.said() == [], "there from the beginning: nothing to say"
    room.state(READER, Lamp.GONE, why=NotConnected(device="device_name.idcard"))
    assert room.said() == ["device_lamp.told_gone"]
    room.main.till.notes = ()
    room.state(READER, Lamp.SILENT, why=DeviceSilent(device="device_name.idcard"))
    room.state(READER, Lamp.GONE, why=NotConnected(device="device_name.idcard"))
    assert room.said() == [], "another reason for the same absence is no news"
    room.state(READER, Lamp.THERE)
    assert room.said() == ["device_lamp.told_there"]


def test_what_is_back_stands_no_longer_there_as_gone(room: Room) -> None:
    room.state(READER, Lamp.GONE, why=NotConnected(device="device_name.idcard"))
    room.state(READER, Lamp.THERE)
    assert room.said() == ["device_lamp.told_there"]


def test_two_that_went_are_said_apart_and_one_that_is_back_takes_its_own_sentence(
    room: Room,
) -> None:
    for kind in (READER, PRINTER):
        room.state(kind, Lamp.GONE, why=NotConnected(device=kind.name_id))
    assert room.said() == ["device_lamp.told_gone", "device_lamp.told_gone"]
    room.state(PRINTER, Lamp.THERE)
    left = [note for note in room.main.till.notes if note.message_id == "device_lamp.told_gone"]
    assert [note.params["device"] for note in left] == ["身份证阅读器"]


def test_what_was_put_right_is_no_longer_asked_for(room: Room) -> None:
    room.state(PRINTER, Lamp.ATTENTION, attention="device_printer.paper_near_end")
    assert room.said() == ["device_lamp.told_attention"]
    room.state(PRINTER, Lamp.THERE)
    assert room.said() == []


def test_what_the_strip_over_the_basket_asks_for_is_not_asked_twice(room: Room) -> None:
    room.state(PRINTER, Lamp.ATTENTION, attention="device_printer.paper_out")
    assert room.said() == ["device_lamp.told_attention"]
    room.main.printing.spool = Spool(waiting=1, trouble="device_printer.paper_out")
    room.main.printing.changed.emit()
    assert room.said() == []


def test_a_device_that_is_taken_out_of_the_plan_loses_its_lamp(room: Room) -> None:
    room.window.shop.hear(DeviceState(PRINTER, Placed()))
    room.qtbot.wait(1)
    assert room.lamps() == ["…身份证"]


def test_a_plan_that_cannot_be_read_is_said(window: Window) -> None:
    window.shop.plan_trouble = BadFile(file="devices.toml", why="TOMLDecodeError")
    window.enter()
    window.window.devices.start()
    assert [note.message_id for note in window.window.till.notes] == ["error.bad_file"]


def test_a_failed_reading_is_said_in_the_devices_words(room: Room) -> None:
    room.give(DeviceFailed(device="device_name.idcard", why="device_idcard.sw_41"))
    assert room.said() == ["error.device_failed"]
    text = room.main.session.say_note(room.main.till.notes[0])
    assert "证件可能放偏或拿早了" in text


def _environment(bar: StatusBar) -> None:
    bar.show_environment("test", "医保测试环境", "地区规则包是草稿")


def _waiting(bar: StatusBar) -> None:
    bar.show_review("审方台(12) !!", "bad")


@pytest.mark.parametrize("grow", [_environment, _waiting])
def test_lamps_say_less_when_something_beside_them_grows(
    qtbot: QtBot, grow: Callable[[StatusBar], None]
) -> None:
    bar = StatusBar()
    qtbot.addWidget(bar)
    bar.put("shop", "练习药店 · 1 号机")
    bar.show_review("审方台")
    bar.put_lamps(Lamps("设备"))
    shown = [LampShown(str(no), "✓", f"第{no}台设备", "good", "在", True) for no in range(6)]
    bar.show_lamps(shown)
    bar.show()
    assert bar.lamps is not None
    bar.resize(2_000, bar.height())
    qtbot.waitUntil(lambda: bar.lamps is not None and len(bar.lamps.texts()) == 6)
    taken = bar.lamps.geometry().right() + bar.width() - bar._texts.width()
    bar.resize(taken + 4, bar.height())
    qtbot.waitUntil(lambda: bar._texts.width() < 2_000)
    assert len(bar.lamps.texts()) == 6
    grow(bar)
    qtbot.waitUntil(lambda: bar.lamps is not None and bar.lamps.texts() == ["✓设备 6"])
    # On the line of the other texts: had they wrapped, they would stand below.
    qtbot.waitUntil(lambda: bar.lamps is not None and bar.lamps.y() == bar._labels["shop"].y())


def test_lamps_say_as_much_as_there_is_room_for(qtbot: QtBot) -> None:
    lamps = Lamps("设备")
    qtbot.addWidget(lamps)
    shown = [
        LampShown("a", "✓", "身份证", "good", "甲好。", True),
        LampShown("b", "✓", "扫码", "good", "乙好。", True),
        LampShown("c", "✕", "小票", "bad", "丙不好。", False),
    ]
    lamps.show_lamps(shown, 10_000)
    assert lamps.texts() == ["✓身份证", "✓扫码", "✕小票"]
    whole = lamps.sizeHint().width()
    lamps.fit(whole - 1)
    assert lamps.texts() == ["✓设备 2", "✕小票"]
    lamps.fit(1)
    assert lamps.texts() == ["✕设备 1/3"], "the worst sign, and how many of how many"
    lamps.show_lamps([], 10_000)
    assert lamps.isHidden()


# --- a card at the counter ------------------------------------------------------------------------


@pytest.mark.rule("S-15")
def test_a_card_opens_the_patient_panel_and_is_no_typed_number(room: Room) -> None:
    room.give(CARD)
    patient = room.main.till.patient
    assert patient is not None
    assert (patient.credential.kind.value, patient.credential.typed) == ("02", False)
    assert room.main.panel() is room.main.panels["patient"]
    assert room.said() == []


def test_the_name_of_the_card_stands_there_before_the_platform_has_answered(room: Room) -> None:
    room.window.shop.hear(DeviceSaid(READER, CARD))
    room.qtbot.wait(1)
    assert room.main.till.reading
    assert room.main.panels["patient"].person.text() == CARD.name  # type: ignore[attr-defined]
    room.give(CARD)
    assert room.said() == ["card.busy"], "the second card came before the first was answered"
    room.window.lanes.run()
    assert not room.main.till.reading


def test_another_name_at_the_platform_is_said(room: Room) -> None:
    room.give(replace(CARD, name="练习张晓兰"))
    assert room.said() == ["card.name_differs"]
    assert room.main.till.patient is not None


def test_a_line_that_is_down_leaves_the_basket_and_says_so(room: Room) -> None:
    shop = room.window.shop
    room.main.take_scan(trace(3, 1))
    room.window.lanes.run()
    refused = replace(CARD, id_number="999900198003120116"[:-2] + "99")
    room.give(refused)
    assert room.said() == ["card.doubtful"], "its number cannot be true: nobody is asked"
    assert shop.calls == []
    assert room.main.till.patient is None
    assert len(room.main.till.lines) == 1


def test_a_card_that_ran_out_proves_nobody(room: Room) -> None:
    room.give(replace(CARD, valid_until=date(2026, 11, 21)))
    assert room.said() == ["card.expired"]
    assert room.main.till.patient is None


def test_a_card_laid_while_a_sale_is_paid_changes_nothing(room: Room) -> None:
    room.give(CARD)
    room.main.patient.confirm()
    room.main.take_scan(trace(3, 1))
    room.window.lanes.run()
    room.main.payment.quote()
    room.window.lanes.run()
    assert room.main.payment.stage is Stage.QUOTED
    quoted, patient = room.main.payment.view, room.main.till.patient
    room.give(OTHER)
    assert "card.in_payment" in room.said()
    assert room.main.payment.stage is Stage.QUOTED
    assert room.main.payment.view is quoted
    assert room.main.till.patient is patient
    assert "abandon_quote" not in room.window.shop.calls


@pytest.mark.rule("HY-1.5.6a")
def test_a_card_of_somebody_else_than_the_prescriptions_changes_nothing(room: Room) -> None:
    room.give(CARD)
    patient = room.main.till.patient
    assert patient is not None
    rx, _ = room.window.shop.rx_take("code", patient, room.main.session.who())
    room.main.rx.rx = rx
    room.give(OTHER)
    assert room.said() == ["card.other_person"]
    assert room.main.till.patient is patient
    room.main.rx.rx = replace(rx, live=False)
    room.give(OTHER)
    assert room.main.till.patient is not patient, "a prescription that is over binds nobody"


def test_a_card_after_the_sale_is_the_next_customers(room: Room) -> None:
    room.main.take_scan("m5")
    room.window.lanes.run()
    room.main.payment.settle()
    room.window.lanes.run()
    room.main.payment.complete("")
    room.window.lanes.run()
    assert room.main.payment.stage is Stage.DONE
    room.give(CARD)
    assert room.main.payment.stage is Stage.SELLING
    assert room.main.till.patient is not None
    assert room.main.till.lines == ()


def test_while_the_screen_is_locked_nothing_is_read_and_that_is_said(room: Room) -> None:
    room.main.session.lock()
    room.give(CARD)
    assert room.main.till.patient is None
    assert room.window.shop.calls == []
    assert room.said() == []
    room.window.enter()
    assert room.said() == ["card.while_locked"]
    room.main.session.lock()
    room.window.enter()
    assert room.said().count("card.while_locked") == 1


def test_a_card_at_the_return_panel_is_the_credential_of_the_return(room: Room) -> None:
    room.main.open_panel("return")
    room.window.lanes.run()
    panel = room.main.panel()
    assert isinstance(panel, ReturnPanel)
    room.give(CARD)
    assert room.main.returns.credential is None, "no sale is open yet"
    assert room.main.till.patient is None
    room.main.returns.sale = room.window.shop.open_basket(room.main.session.who())
    room.give(CARD)
    credential = room.main.returns.credential
    assert credential is not None
    assert not credential.typed
    assert room.main.till.patient is None


def test_what_nobody_consumes_is_forgotten(room: Room) -> None:
    room.give("something", DeviceKind.PIN_PAD)
    assert room.main.till.patient is None
    assert room.said() == []
