"""上线: a drug gets another national code on a manager's word alone, and the log tells each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.catalogue import Medicine
from app.domain.staff import Role, Staff
from app.errors import NotAllowed
from app.search.store import StoredIndex
from app.use_cases.doors import Operator
from tests.fakes.lanes import HandLanes
from tests.fakes.practice_till import PracticeTill, practice_till
from ui.screens.golive.page import GoLivePage
from ui.screens.golive.view_model import GoLiveModel
from ui.screens.session import Session
from ui.shop_golive import ShopGoLive

MANAGER = Operator(Staff("manager-1", "3001", "练习店长", Role.MANAGER))
PHARMACIST = Operator(Staff("pharm-1", "2009", "练习药师", Role.PHARMACIST))
NEW = "XA99ZZZ00000000000001"


class Door(ShopGoLive):
    """The shop's real part for the page, over the practice till's books."""

    def __init__(self, till: PracticeTill, folder: Path) -> None:
        self.doors, self._index = till.doors, StoredIndex(folder / "catalogue.idx")
        self.facts = till.doors.shop


class Desk:
    """Page and lanes; a file in which one drug has another code."""

    def __init__(self, till: PracticeTill, folder: Path, qtbot: QtBot) -> None:
        self.till, self.lanes = till, HandLanes()
        self.shop = Door(till, folder)
        session = Session(self.shop, self.lanes)  # type: ignore[arg-type]
        session.sign_in(MANAGER)
        self.model = GoLiveModel(session, lambda *_: folder)
        self.page = GoLivePage(self.model)
        qtbot.addWidget(self.page)
        self.page.show()
        self.was = till.find(sale_class="rx", insurance_class="A")
        self.file = folder / "drugs.csv"
        self.write(NEW)

    def write(self, code: str) -> None:
        rows = ("货号,品名,规格,医保编码", f"{self.was.shop_code},{self.was.display_name},"
                f"{self.was.spec},{code}")  # fmt: skip
        self.file.write_text("\n".join(rows), encoding="utf-8")

    def take(self) -> list[str]:
        self.page.file.setText(str(self.file))
        self.page.go.click()
        self.lanes.run()
        return [one.reason for one in self.model.refused]

    def drug(self) -> Medicine:
        return self.till.medicine(self.was.shop_code)

    def logged(self) -> list[tuple[str, dict[str, object]]]:
        with self.till.doors.uow() as uow:
            rows = [one for one in uow.log.tail(50) if one.act == "catalogue.national_code"]
        return [(one.actor, json.loads(one.entry)) for one in rows]


@pytest.fixture
def desk(tmp_path: Path, qtbot: QtBot, qapp: QApplication) -> Iterator[Desk]:
    for till in practice_till(tmp_path):
        yield Desk(till, tmp_path, qtbot)


@pytest.mark.rule("LN-4.3b")
def test_a_file_that_comes_along_changes_no_national_code(desk: Desk) -> None:
    assert desk.take() == ["import.code_changes"]
    assert desk.drug() == desk.was and not desk.logged()
    words = desk.model.reason(desk.model.refused[0])
    assert desk.was.national_code in words and NEW in words and "店长" in words


@pytest.mark.rule("LN-4.3b")
def test_a_manager_says_so_for_one_file_and_each_drug_stands_in_the_log(desk: Desk) -> None:
    desk.page.codes.click()
    assert desk.take() == []
    assert desk.drug().national_code == NEW
    ((actor, entry),) = desk.logged()
    assert actor == MANAGER.staff.id
    assert entry["medicine"] == desk.was.id
    assert (entry["before"], entry["after"]) == (desk.was.national_code, NEW)
    assert not desk.page.codes.isChecked(), "the word was for that file"
    desk.write("")
    assert desk.take() == ["import.code_changes"]
    assert desk.drug().national_code == NEW


@pytest.mark.rule("LN-4.3b")
def test_whoever_is_no_manager_is_not_asked_and_may_not(desk: Desk) -> None:
    desk.model.session.sign_in(PHARMACIST)
    desk.page.refresh()
    assert desk.page.codes.isHidden()
    with pytest.raises(NotAllowed):
        desk.shop.golive_items(desk.file, PHARMACIST, codes=True)
    assert desk.drug() == desk.was


@pytest.mark.rule("LN-4.3b")
def test_the_tick_belongs_to_drugs_and_goes_with_another_kind_of_file(
    desk: Desk, qtbot: QtBot
) -> None:
    qtbot.keyClick(desk.page.codes, Qt.Key.Key_Space)
    assert desk.page.codes.isChecked()
    desk.page.kinds["suppliers"].click()
    assert desk.page.codes.isHidden() and not desk.page.codes.isChecked()
    desk.page.kinds["items"].click()
    assert desk.page.codes.isVisible() and not desk.page.codes.isChecked()
