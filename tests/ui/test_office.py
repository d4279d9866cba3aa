"""The office's frame: pages by right, one at a time, made when first wanted."""

from __future__ import annotations

import pytest

from app.domain.staff import Right, Role, Staff
from app.use_cases.facts import Operator
from tests.fakes.lanes import HandLanes
from tests.fakes.shop import FakeShop
from ui.screens.office.page import OfficePage
from ui.screens.office.panel import OfficePanel
from ui.screens.session import Session


class Page(OfficePage):
    def __init__(self, name: str, told: list[str], takes: bool = False) -> None:
        super().__init__()
        self.name, self.told, self.takes = name, told, takes

    def enter(self) -> None:
        self.told.append(f"{self.name} in")

    def leave(self) -> None:
        self.told.append(f"{self.name} out")

    def scan_part(self) -> str:
        return "lines" if self.takes else ""

    def take_scan(self, text: str) -> bool:
        self.told.append(f"{self.name} {text}")
        return True


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def office(qtbot, told):
    def make(*rights: Right | None, role: Role = Role.MANAGER) -> OfficePanel:
        names = ("stock", "receiving", "prices")
        pages = [
            (name, right, lambda name=name: Page(name, told, takes=name == "receiving"))
            for name, right in zip(names, rights, strict=False)
        ]
        session = Session(FakeShop(), HandLanes())
        session.sign_in(Operator(Staff("staff-1", "3001", "某人", role)))
        panel = OfficePanel(session, pages)
        qtbot.addWidget(panel)
        return panel

    return make


def test_a_page_is_made_when_it_is_first_wanted_and_left_when_another_comes(office, told):
    panel = office(None, None)
    assert told == []
    panel.opened()
    assert told == ["stock in"] and panel.current == "stock"
    panel.turn("receiving")
    assert told[1:] == ["stock out", "receiving in"]
    panel.turn("receiving")
    panel.opened()
    assert panel.current == "receiving"  # where one was


def test_a_page_without_its_right_is_not_offered_nor_opened(office, told):
    panel = office(Right.APPROVE_STOCK, None, role=Role.CASHIER)
    panel.opened()
    assert panel.tabs["stock"].isHidden() and not panel.tabs["receiving"].isHidden()
    panel.turn("stock")
    assert panel.current == "receiving" and told == ["receiving in"]


def test_who_may_see_nothing_is_told_so(office, told):
    panel = office(Right.APPROVE_STOCK, role=Role.CASHIER)
    panel.opened()
    assert told == [] and not panel.nothing.isHidden()
    assert panel.scan_part() == "" and not panel.take_scan("6901")


def test_codes_go_to_the_page_in_sight_only(office, told):
    panel = office(None, None)
    panel.opened()
    assert panel.scan_part() == ""
    panel.turn("receiving")
    assert panel.scan_part() == "codes" and panel.take_scan("6901234567892")
    assert told[-1] == "receiving 6901234567892"


def test_the_office_takes_the_place_of_the_money_column_and_gives_it_back(window, qtbot):
    window.enter("3001")
    window.window.open_panel("office")
    assert window.window.money.isHidden() or not window.window.money.isVisible()
    window.window.close_panel()
    assert window.window.money.isVisible()
