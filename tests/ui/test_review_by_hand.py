"""At the station: what a person heard from a centre that can neither be asked nor take back."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.domain.rx_states import RxState
from app.domain.staff import Role
from app.use_cases.rx_counter import rx_of_case
from app.use_cases.sign_in import add_staff
from tests.fakes.lanes import HandLanes
from tests.fakes.practice_rx import RxTill
from tests.fakes.practice_till import practice_till
from tests.fakes.station import StationShop
from ui.review_window import ReviewWindow
from ui.screens.review.waiting import WaitingViewModel
from ui.screens.session import Session
from ui.theme import theme

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.mark.rule("SJZ-A.4")
def test_a_manager_writes_down_what_the_centre_said(qtbot: QtBot, tmp_path: Path) -> None:
    for till in practice_till(tmp_path, "CN-999903"):
        rx, shop, lanes = RxTill(till), StationShop(till), HandLanes()
        add_staff(rx.doors, "3001", "练习·店长", Role.MANAGER, "300300", "test")
        sale, case, patient = rx.ready()
        till.quote(sale, patient)
        till.fault(kind="not_arrived", infno=rx.doors.profile.eprescription_of("dispense"))
        till.settle(sale, patient)
        assert rx_of_case(rx.doors, case.id).by_hand
        counter = Session(shop, lanes)  # type: ignore[arg-type]
        window = ReviewWindow(
            shop,  # type: ignore[arg-type]
            lanes,  # type: ignore[arg-type]
            WaitingViewModel(counter),
            folder=tmp_path,
            look=theme,
        )
        qtbot.addWidget(window)
        counter.sign_in(shop.sign_in("2001", "200200"))
        window.show()
        window.enter(counter)
        window.model.open_tab("dispense")
        lanes.run()
        assert [row.case_id for row in window.model.rows()] == [case.id]
        window.model.choose(case.id)
        lanes.run()
        acts, box = window.acts, window.acts.box
        shown = [one.text() for one in acts.findChildren(QLabel)]
        assert any("请打电话问处方中心" in text for text in shown)
        seen = {name for name, made in acts.acts.items() if made.isVisible()}
        assert seen == {"stands", "gone"}
        acts.acts["gone"].click()
        assert (
            window.focusWidget() is box.text
            and box.number.isVisible()
            and box.text.accessibleName()
        )
        box.number.setText("3001")
        box.pin.setText("300300")
        box.submit()
        assert window.model.note.message_id == "review.ground_first"
        box.text.setText("练习：中心值班员答复没有记录")
        box.pin.setText("300300")
        box.submit()
        lanes.run()
        assert rx.case(case.id).state is RxState.CHECKED
        assert window.model.note.message_id == "review.done_gone"
        shown = [one.text() for one in acts.findChildren(QLabel)]
        assert any("练习：中心值班员答复没有记录" in text for text in shown)
        assert not rx_of_case(rx.doors, case.id).by_hand
