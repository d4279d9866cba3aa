"""The screens' tests: Qt's offscreen platform, a small shop, lanes that run by hand."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.fakes.lanes import HandLanes
from tests.fakes.shop import FakeShop
from ui.main_window import MainWindow
from ui.screens.held.view_model import HeldViewModel
from ui.screens.patient.view_model import PatientViewModel
from ui.screens.payment.open_items import OpenItemsViewModel
from ui.screens.payment.view_model import PaymentViewModel
from ui.screens.session import Session
from ui.screens.till.view_model import TillViewModel


@dataclass
class Counter:
    """The view models of one counter over one small shop."""

    shop: FakeShop
    lanes: HandLanes
    session: Session
    till: TillViewModel
    held: HeldViewModel
    payment: PaymentViewModel
    patient: PatientViewModel
    open_items: OpenItemsViewModel

    def scan(self, *texts: str) -> None:
        for text in texts:
            self.till.scan(text)
        self.lanes.run()

    def said(self) -> list[str]:
        return [note.message_id for note in self.till.notes]


def make_counter(shop: FakeShop, number: str = "1001") -> Counter:
    lanes = HandLanes()
    session = Session(shop, lanes)
    session.sign_in(shop.sign_in(number, "123456"))
    till = TillViewModel(session)
    held = HeldViewModel(session, till)
    payment = PaymentViewModel(session, till)
    return Counter(
        shop, lanes, session, till, held, payment, PatientViewModel(session, till),
        OpenItemsViewModel(session, payment, held),
    )  # fmt: skip


@pytest.fixture
def shop() -> FakeShop:
    return FakeShop()


@pytest.fixture
def counter(shop: FakeShop, qapp: QApplication) -> Counter:
    return make_counter(shop)


@dataclass
class Window:
    """The real window over the small shop."""

    shop: FakeShop
    lanes: HandLanes
    window: MainWindow

    def enter(self, number: str = "1001") -> None:
        self.window.sign_in.sign_in(number, "123456")
        self.lanes.run()


@pytest.fixture
def window(shop: FakeShop, qtbot: QtBot, tmp_path: Path) -> Iterator[Window]:
    lanes = HandLanes()
    made = MainWindow(shop, lanes, folder=tmp_path / "slips")
    qtbot.addWidget(made, before_close_func=lambda each: each.stop())
    made.show()
    qtbot.waitActive(made)
    qtbot.waitUntil(lambda: made.looks_at_keys)
    lanes.run()
    yield Window(shop, lanes, made)
