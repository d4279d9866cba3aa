"""Certificate keys through the real windows: station, counter's panel, register of pharmacists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.domain.rx_case import RxCase
from tests.fakes.ca_till import WANG, ZHOU, CaTill, ca_till
from tests.fakes.lanes import HandLanes
from tests.fakes.skf_key import ISSUER, PIN, TRIES, needs_keys
from tests.fakes.station import StationShop
from ui.review_window import ReviewWindow
from ui.rx_print import rx_picture, save_rx_pdf, signature_boxes
from ui.screens.duty.panel import DutyPanel
from ui.screens.duty.view_model import DutyViewModel
from ui.screens.review.waiting import WaitingViewModel
from ui.screens.session import Session
from ui.theme import dress, theme
from ui.words import say

pytestmark = needs_keys
OWN_PIN = "200200"


@dataclass
class Station:
    """The window of the pharmacist 2001, the keys behind it."""

    shop: CaTill
    lanes: HandLanes
    window: ReviewWindow

    def answered(self, case: RxCase) -> None:
        """The page with all ten answers, the signature box open."""
        self.window.model.choose(case.id)
        self.lanes.run()
        for item in self.window.model.open_items():
            QTest.keyClick(self.window.acts.buttons[item], Qt.Key.Key_Space)
        QTest.keyClick(self.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    def sign(self, key_pin: str) -> None:
        """PIN, Enter, the key's PIN, Enter: the focus goes by itself."""
        box = self.window.acts.box
        box.pin.setFocus()
        QTest.keyClicks(box.pin, OWN_PIN)
        QTest.keyClick(box.pin, Qt.Key.Key_Return)
        assert box.key_pin.hasFocus() and not self.lanes.waiting
        QTest.keyClicks(box.key_pin, key_pin)
        QTest.keyClick(box.key_pin, Qt.Key.Key_Return)
        assert (box.pin.text(), box.key_pin.text()) == ("", "")
        self.lanes.run()

    def words(self) -> str:
        """All that stands on the station's right side."""
        return "\n".join(self.window.acts.texts())


@pytest.fixture
def station(tmp_path: Path, qtbot: QtBot, qapp) -> Iterator[Station]:
    look = theme()
    dress(qapp, look)
    for made in ca_till(tmp_path):
        made.bench.add("wang", WANG, serial=0xC0FFEE)
        made.bind("2001", WANG)
        shop, lanes = StationShop(made.till), HandLanes()
        shop.key_planned = True
        counter = Session(shop, lanes)  # type: ignore[arg-type]
        waiting = WaitingViewModel(counter)
        window = ReviewWindow(shop, lanes, waiting, folder=tmp_path / "slips", look=lambda: look)  # type: ignore[arg-type]
        qtbot.addWidget(window)
        counter.sign_in(shop.sign_in("2001", OWN_PIN))
        window.show()
        window.enter(counter)
        qtbot.waitActive(window)
        lanes.run()
        yield Station(made, lanes, window)


@pytest.mark.rule("SJZ-A.3")
def test_a_pass_is_signed_by_the_key_and_says_which(station: Station, tmp_path: Path) -> None:
    case = station.shop.sheets.arrive()
    station.answered(case)
    assert station.window.acts.box.key_pin.isVisible()
    station.sign(PIN)
    assert station.shop.sheets.state(case) == "passed"
    told = station.words()
    for part in ("CA 数字签名", "签名有效", WANG, "C0FFEE", ISSUER, "SM2-SM3", "2028-01-01"):
        assert part in told, part
    page = station.window.model.page
    assert page is not None
    boxes = dict(signature_boxes(page, say))
    printed = "\n".join(boxes[say("review.box_review")])
    for part in ("C0FFEE", ISSUER, "SM2-SM3", "CA 数字签名"):
        assert part in printed, part
    save_rx_pdf(page, say, tmp_path / "rx.pdf")
    assert (tmp_path / "rx.pdf").stat().st_size > 10_000
    assert not rx_picture(page, say).isNull()


@pytest.mark.rule("SJZ-A.3")
def test_a_wrong_pin_says_how_many_tries_are_left_and_signs_nothing(station: Station) -> None:
    case = station.shop.sheets.arrive()
    station.answered(case)
    station.sign("wrong-5555")
    assert station.shop.sheets.state(case) == "arrived"
    assert f"还可以试 {TRIES - 1} 次" in station.words()
    assert "wrong-5555" not in station.words()
    station.sign(PIN)
    assert station.shop.sheets.state(case) == "passed"


@pytest.mark.parametrize(
    ("befalls", "words"),
    [
        ("", "证书Key要口令"),
        ("pull", "证书Key被拔下了"),
        ("forge", "Key签出来的和证书对不上"),
        ("crash", "厂家驱动库崩溃了"),
    ],
)
def test_what_befalls_a_key_is_a_sentence_and_nothing_is_signed(
    station: Station, befalls: str, words: str
) -> None:
    case = station.shop.sheets.arrive()
    station.shop.bench.fault(befalls)
    station.answered(case)
    station.sign(PIN if befalls else "")
    assert station.shop.sheets.state(case) == "arrived"
    assert words in station.words()
    assert station.window.model.page is not None and not station.window.model.page.acts


def test_a_till_without_keys_asks_no_second_pin(station: Station) -> None:
    station.window.model.shop.key_planned = False  # type: ignore[attr-defined]
    station.answered(station.shop.sheets.arrive())
    assert not station.window.acts.box.key_pin.isVisible()


# --- the register ---------------------------------------------------------------------------------


@dataclass
class Register:
    """The manager at the panel of pharmacists."""

    shop: CaTill
    lanes: HandLanes
    model: DutyViewModel
    panel: DutyPanel

    def choose(self, number: str) -> None:
        place = next(at for at, one in enumerate(self.model.rows) if one.number == number)
        self.panel.register.list.setCurrentRow(place)

    def press(self, name: str) -> None:
        getattr(self.panel.register.ca, name).click()
        self.lanes.run()

    def words(self) -> str:
        return "\n".join(each.text() for each in self.panel.findChildren(QLabel))


@pytest.fixture
def register(tmp_path: Path, qtbot: QtBot) -> Iterator[Register]:
    for made in ca_till(tmp_path):
        shop, lanes = StationShop(made.till), HandLanes()
        shop.key_planned = True
        session = Session(shop, lanes)  # type: ignore[arg-type]
        session.sign_in(made.manager)
        model = DutyViewModel(session)
        panel = DutyPanel(model, tmp_path / "files", lambda *_: None, lambda *_: None)
        qtbot.addWidget(panel)
        panel.show()
        panel.opened()
        lanes.run()
        yield Register(made, lanes, model, panel)


@pytest.mark.rule("SJZ-A.3")
def test_the_manager_reads_compares_and_binds_a_key(register: Register) -> None:
    register.shop.bench.add("wang", WANG, serial=0xABC123)
    register.choose("2001")
    part = register.panel.register.ca
    assert "内部电子签名（非CA证书）" in part.now.text() and not part.bind.isVisible()
    register.press("read")
    for told in (WANG, ISSUER, "ABC123", "2028-01-01"):
        assert told in part.found.text(), told
    register.press("bind")
    assert register.model.note is not None and register.model.note.message_id == "duty.ca_bound"
    assert "ABC123" in part.now.text() and not part.bind.isVisible()
    register.press("end")
    assert "内部电子签名" in part.now.text() and not part.end.isEnabled()


def test_a_key_of_somebody_else_is_not_bound(register: Register) -> None:
    register.shop.bench.add("zhou", ZHOU)
    register.choose("2001")
    register.press("read")
    register.press("bind")
    assert f"证书的持有人是{ZHOU}" in register.words()
    assert "内部电子签名" in register.panel.register.ca.now.text()


def test_of_several_keys_the_persons_own_is_offered(register: Register) -> None:
    register.shop.bench.add("wang", WANG)
    register.shop.bench.add("zhou", ZHOU)
    register.choose("2002")
    register.press("read")
    assert register.model.offered_key is not None and register.model.offered_key.holder == ZHOU
    register.choose("2001")
    assert register.model.offered_key is None, "what was read for one is not bound to another"


def test_of_an_old_and_a_renewed_certificate_the_one_in_force_is_offered(
    register: Register,
) -> None:
    register.shop.bench.add("old", WANG, begins="20240101000000Z", ends="20260630000000Z")
    register.shop.bench.add("new", WANG, begins="20260601000000Z", serial=0x2026)
    register.choose("2001")
    register.press("read")
    assert register.model.offered_key is not None
    assert register.model.offered_key.serial == "2026"


def test_of_strangers_keys_none_is_offered(register: Register) -> None:
    for place in ("one", "two"):
        register.shop.bench.add(place, f"练习·路人{place}")
    register.choose("2001")
    register.press("read")
    assert register.model.offered_key is None and "好几个证书Key" in register.words()


def test_without_a_key_the_panel_says_what_to_do(register: Register) -> None:
    register.choose("2001")
    register.press("read")
    assert "没有插证书Key" in register.words()


def test_a_shop_without_keys_sees_nothing_of_them(register: Register) -> None:
    register.model.shop.key_planned = False  # type: ignore[attr-defined]
    register.model.changed.emit()
    assert not register.panel.register.ca.isVisible()


def test_the_shop_may_demand_certificates(register: Register) -> None:
    part = register.panel.register.ca
    assert not part.only.isChecked()
    register.press("only")
    assert part.only.isChecked() and register.model.ca_demanded
    register.press("only")
    assert not part.only.isChecked()
