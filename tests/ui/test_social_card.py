"""A social security card at the counter: taken, refused, or read when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.domain.device_plan import (
    DeviceKind,
    DevicePlan,
    DeviceSaid,
    DeviceState,
    Lamp,
    Placed,
)
from app.domain.insurance import Credential, CredentialKind
from app.domain.social_card import SocialCard
from app.errors import DeviceFailed, NotConnected
from tests.ui.conftest import Window
from ui.main_window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

KIND = DeviceKind.SOCIAL_CARD
CARD = SocialCard(
    id_code="999900D1560000050000000000000001",
    card_number="LX0000001",
    id_number="999900198003120116",
    name="练习张小兰",
    version="2.00",
    expires=date(2040, 1, 1),
)


@dataclass
class Room:
    """The window with a reader of social security cards planned."""

    window: Window
    qtbot: QtBot

    @property
    def main(self) -> MainWindow:
        return self.window.window

    def hear(self, what: DeviceSaid | DeviceState) -> None:
        self.window.shop.hear(what)
        self.qtbot.wait(1)
        self.window.lanes.run()

    def said(self) -> list[str]:
        return [note.message_id for note in self.main.till.notes]


def room_with(window: Window, qtbot: QtBot, address: str) -> Room:
    window.shop.plan = DevicePlan({KIND: Placed(address)})
    window.enter()
    window.window.devices.start()
    return Room(window, qtbot)


@pytest.fixture
def room(window: Window, qtbot: QtBot) -> Room:
    return room_with(window, qtbot, "pcsc:Practice Reader")


@pytest.mark.rule("S-15")
def test_a_card_opens_the_patient_panel_with_number_and_identification_code(room: Room) -> None:
    room.hear(DeviceSaid(KIND, CARD))
    patient = room.main.till.patient
    assert patient is not None
    assert patient.credential == Credential(
        CredentialKind.SOCIAL_CARD, CARD.card_number, CARD.id_code
    )
    assert room.main.panel() is not None


@pytest.mark.parametrize(
    ("card", "expected"),
    [
        (replace(CARD, name="", id_number=""), "social_card.needs_authentication"),
        (replace(CARD, expires=date(2020, 1, 1)), "social_card.expired"),
        (replace(CARD, id_number="999900198003120117"), "social_card.doubtful"),
    ],
)
def test_a_card_that_proves_nobody_changes_nothing(
    room: Room, card: SocialCard, expected: str
) -> None:
    room.hear(DeviceSaid(KIND, card))
    assert expected in room.said()
    assert room.main.till.patient is None
    assert room.main.panel() is None


def test_a_card_that_cannot_be_read_is_said_in_words(room: Room) -> None:
    why = "device_sscard.not_social"
    room.hear(DeviceSaid(KIND, DeviceFailed(device="device_name.sscard", why=why)))
    assert "error.device_failed" in room.said()


def test_a_reader_that_sees_its_cards_has_no_button(room: Room) -> None:
    room.main.flow.show_customer()
    panel = room.main.panel()
    assert panel is not None and panel.read_card.isHidden()  # type: ignore[attr-defined]
    room.qtbot.keyClick(panel.field, Qt.Key.Key_Return)  # type: ignore[attr-defined]
    assert room.window.shop.cards_asked == 0


def test_a_regions_driver_reads_when_it_is_told_to(window: Window, qtbot: QtBot) -> None:
    room = room_with(window, qtbot, "library:/opt/driver/libSSCardDriver.so")
    room.main.flow.show_customer()
    panel = room.main.panel()
    assert panel is not None and not panel.read_card.isHidden()  # type: ignore[attr-defined]
    qtbot.keyClick(panel.field, Qt.Key.Key_Return)  # type: ignore[attr-defined]
    assert (window.shop.cards_asked, "social_card.reading" in room.said()) == (1, True)
    qtbot.mouseClick(panel.read_card, Qt.MouseButton.LeftButton)  # type: ignore[attr-defined]
    assert window.shop.cards_asked == 2
    room.hear(DeviceSaid(KIND, CARD))
    assert room.main.till.patient is not None


def test_a_driver_that_is_gone_says_why_at_once(window: Window, qtbot: QtBot) -> None:
    place = "library:/opt/driver/libSSCardDriver.so"
    room = room_with(window, qtbot, place)
    gone = NotConnected(device="device_name.sscard")
    room.hear(DeviceState(KIND, Placed(place), Lamp.GONE, why=gone))
    window.shop.device_states = lambda: (  # type: ignore[method-assign]
        DeviceState(KIND, Placed(place), Lamp.GONE, why=gone),
    )
    room.main.patient.read_card()
    assert "error.device_not_connected" in room.said()
    assert window.shop.cards_asked == 0
