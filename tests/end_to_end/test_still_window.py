"""A picture of a purchase, its marks and its gap, in the real window over the practice shop."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.consent import ConsentPurpose
from app.domain.device_plan import DeviceKind, Placed
from app.domain.evidence import EvidenceKind
from app.domain.person_check import CheckDraft, CheckVerdict, CheckWay
from app.domain.prescription import Prescription, PrescriptionForm
from app.domain.purchase_still import GapAnswer, PurchaseStill, StillState
from app.domain.recorder import RecorderWay
from app.domain.signature import PenPoint, PenTrace
from app.errors import DeviceFailed, NotAllowed
from app.use_cases.sign_in import SecondPerson
from tests.fakes.lanes import HandLanes
from tests.fakes.practice_window import practice_window
from ui.bootstrap import OpenShop
from ui.keys import Action
from ui.main_window import MainWindow
from ui.screens.payment.view_model import Stage
from ui.screens.practice.helper import persons
from ui.screens.still.view_model import StillStage
from ui.screens.video.panel import VideoPanel

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
NAME = PenTrace(700, 200, (tuple(PenPoint(20 + 12 * n, 60, 400, 8 * n) for n in range(30)),))
BOX = "89900110000000000091"
"""A box of amlodipine of the practice catalogue."""


class Counter:
    """The real window, its devices and its shop; the lanes run by hand."""

    def __init__(self, opened: OpenShop, window: MainWindow, lanes: HandLanes) -> None:
        self.shop, self.window, self.lanes = opened.shop, window, lanes

    def rest(self) -> None:
        for _ in range(4):
            self.lanes.run()
            QApplication.processEvents()

    def until(self, qtbot: QtBot, holds: Callable[[], bool]) -> None:
        """The devices have threads of their own: what they answer comes when it comes."""

        def turned() -> bool:
            self.rest()
            return holds()

        qtbot.waitUntil(turned, timeout=20_000)

    def quoted(self, *, consent: bool) -> None:
        """A special-disease basket of an invented patient, seen by two, with its figures."""
        window, shop = self.window, self.shop
        window.take_scan(BOX)
        self.rest()
        window.take_scan(next(one.code for one in persons() if "练习壬" in one.name))
        self.rest()
        window.patient.choose_filing(0)
        window.patient.confirm()
        self.rest()
        window.close_panel()
        till, who = window.till, window.session.who()
        assert till.sale is not None and till.patient is not None
        till.load(shop.attach_prescription(till.sale, _prescription(shop), "2001", "200200"))
        self.rest()
        if consent:
            text = shop.consent_text(ConsentPurpose.PURCHASE_STILL, "zh_CN")
            shop.give_consent(till.patient, text, NAME, who, False)
        draft = CheckDraft(CheckWay.BY_EYE, CheckVerdict.MATCH, "no_consent")
        second = SecondPerson("2001", "200200")
        shop.record_check(till.sale.id, till.patient, draft, who, second)
        window.payment.quote()
        self.rest()
        assert window.payment.stage is Stage.QUOTED, [note.message_id for note in till.notes]

    def row(self, sale_id: str) -> PurchaseStill | None:
        with self.shop.doors.uow() as uow:
            return uow.stills.of_sale(sale_id)


def _prescription(shop: object) -> Prescription:
    now = shop.now()  # type: ignore[attr-defined]
    return Prescription(
        number="LX-STILL-1",
        form=PrescriptionForm.ELECTRONIC,
        issued_at=now - timedelta(hours=1),
        issuer_code="H99990000001",
        issuer_name="练习医院（虚构）",
        issuer_area="999900",
        doctor_code="D999900000001",
        doctor_name="练习医师",
        dept_code="A03",
        dept_name="内科",
        diagnosis_code="I10.x00",
        diagnosis_name="练习高血压",
        days_supply=28,
        picture=b"%PDF-1.4 practice",
    )


@pytest.fixture
def counter(qtbot: QtBot, tmp_path: Path) -> Iterator[Counter]:
    with practice_window(qtbot, tmp_path) as (opened, window, lanes):
        window.devices.start()
        made = Counter(opened, window, lanes)
        window.sign_in.sign_in("1001", "100100")
        made.rest()
        yield made


@pytest.mark.rule("HY-1.1.4b")
@pytest.mark.rule("S-18")
def test_f12_and_enter_are_all_that_a_picture_takes(counter: Counter, qtbot: QtBot) -> None:
    counter.quoted(consent=True)
    window = counter.window
    sale = window.till.sale
    assert sale is not None
    window.router.perform(Action.SETTLE)
    counter.until(qtbot, lambda: window.still.stage is StillStage.TAKEN)
    assert window.payment.stage is Stage.TENDER
    window.payment.complete("")
    counter.until(qtbot, lambda: window.payment.stage is Stage.DONE)
    row = counter.row(sale.id)
    assert row is not None and row.state is StillState.TAKEN
    with counter.shop.doors.uow() as uow:
        (exhibit,) = uow.evidence.of_sale(sale.id, EvidenceKind.PURCHASE_STILL)
        mark = uow.videos.mark_of(sale.id)
    picture = QImage.fromData(counter.shop.doors.evidence.get(exhibit))
    assert 0 < picture.width() <= 640 and 0 < picture.height() <= 480
    assert mark is not None and mark.channels == (1,)
    assert mark.settlement_types == ("special",) and mark.receipt_no == row.receipt_no


@pytest.mark.rule("HY-1.1.4b")
@pytest.mark.rule("HY-1.5.4")
def test_a_dark_counter_becomes_a_gap_that_the_manager_answers(
    counter: Counter, qtbot: QtBot
) -> None:
    counter.until(qtbot, lambda: counter.shop.devices.seat(DeviceKind.CAMERA) is not None)
    counter.shop.devices.seat(DeviceKind.CAMERA).paint = lambda _: np.zeros((480, 640, 3), np.uint8)
    counter.quoted(consent=True)
    window = counter.window
    sale = window.till.sale
    assert sale is not None
    window.router.perform(Action.SETTLE)
    counter.until(qtbot, lambda: window.still.stage is StillStage.TROUBLE)
    window.payment.complete("")
    counter.until(qtbot, lambda: window.payment.stage is Stage.DONE)
    row = counter.row(sale.id)
    assert row is not None and row.is_open and row.gap == "poor"
    window.session.lock()
    window.sign_in.sign_in("3001", "300300")
    counter.rest()
    window.router.perform(Action.VIDEO)
    counter.rest()
    panel = window.panel()
    assert isinstance(panel, VideoPanel)
    assert [one.sale_id for one in panel.clips.found.shown()] == [sale.id]
    panel.turn("gaps")
    counter.rest()
    panel.gaps.answers[GapAnswer.CLIP_STANDS_IN].click()
    counter.rest()
    said = counter.row(sale.id)
    assert said is not None and said.answer == "clip_stands_in" and not said.is_open


@pytest.mark.rule("HY-1.1.4b")
def test_without_consent_the_camera_stays_dark(counter: Counter, qtbot: QtBot) -> None:
    counter.until(qtbot, lambda: counter.shop.devices.seat(DeviceKind.CAMERA) is not None)
    counter.quoted(consent=False)
    window = counter.window
    sale = window.till.sale
    assert sale is not None
    window.router.perform(Action.SETTLE)
    counter.until(qtbot, lambda: window.still.stage is StillStage.NO_CONSENT)
    assert not counter.shop.devices.seat(DeviceKind.CAMERA).is_lit()
    window.payment.complete("")
    counter.until(qtbot, lambda: window.payment.stage is Stage.DONE)
    row = counter.row(sale.id)
    assert row is not None and row.state is StillState.NO_CONSENT


@pytest.mark.rule("HY-1.5.4")
@pytest.mark.rule("S-17")
def test_the_practice_recorder_is_looked_at_by_itself_at_the_first_sign_in(
    counter: Counter, qtbot: QtBot
) -> None:
    window = counter.window
    counter.until(qtbot, lambda: window.is_made("recorder") and window.recorder.day is not None
                  and window.recorder.day.check is not None)  # fmt: skip
    day = window.recorder.day
    assert day is not None and day.check is not None
    assert day.check.way is RecorderWay.PRACTICE and day.doubts == ()
    assert window.recorder.notice("") == ("", "")


@pytest.mark.rule("HY-1.5.4")
@pytest.mark.rule("S-17")
def test_camera_numbers_are_a_setting_with_who_and_when_and_hold_from_the_next_sale_on(
    counter: Counter, tmp_path: Path
) -> None:
    shop = counter.shop
    manager = shop.sign_in("3001", "300300")
    placed = Placed("by_hand", {"channels": "3, 1", "cameras": "8"})
    with pytest.raises(DeviceFailed):
        wrong = Placed("by_hand", {"channels": "front"})
        shop.place_device(DeviceKind.RECORDER, wrong, manager)
    with pytest.raises(NotAllowed):
        shop.place_device(DeviceKind.RECORDER, placed, counter.window.session.who())
    assert shop.doors.channels() == (1,), "the practice recorder's own"
    shop.place_device(DeviceKind.RECORDER, placed, manager)
    assert shop.doors.channels() == (1, 3)
    assert shop.recorder_cameras() == tuple(range(1, 9))
    assert shop.recorder_way() is RecorderWay.BY_HAND
    with shop.doors.uow() as uow:
        (entry,) = [one for one in uow.log.tail(20) if one.act == "device.placed"]
    assert entry.actor == manager.staff.id and '"option_channels":"3, 1"' in entry.entry
    (file,) = tmp_path.rglob("devices.toml")
    assert 'channels = "3, 1"' in file.read_text("utf-8")
