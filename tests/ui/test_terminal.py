"""A customer at the insurance terminal: asked, waited for, given up, compared, told the result."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.abort import Abort
from app.domain.e_certificate import (
    CertificateUse,
    ECertificate,
    FaceEvidence,
    SettledNotice,
    Shown,
)
from app.errors import Cancelled, DeviceFailed, LibraryGone
from tests.fakes.shop import CODE_424, trace
from tests.ui.conftest import Counter, Window
from ui.screens.patient.panel import PatientPanel
from ui.screens.patient.terminal import TerminalViewModel
from ui.screens.returns.panel import ReturnPanel

BOTH = frozenset({Shown.CODE, Shown.FACE})
TOKEN = "999900ec" + "A" * 30


def certificate(id_number: str = "") -> ECertificate:
    return ECertificate(TOKEN, "练习张小兰", "01", id_number, number="P99990000001202611220001")


def asked(counter: Counter, shown: Shown = Shown.CODE) -> TerminalViewModel:
    counter.shop.ways = BOTH
    terminal = counter.patient.terminal
    terminal.ask(shown)
    assert terminal.waiting is shown
    return terminal


def test_a_till_without_a_terminal_asks_none(counter: Counter) -> None:
    counter.patient.terminal.ask(Shown.CODE)
    assert counter.patient.terminal.waiting is None
    assert counter.shop.uses == []


@pytest.mark.rule("S-14")
def test_the_person_of_a_code_fills_the_patient(counter: Counter, qtbot: QtBot) -> None:
    terminal = asked(counter)
    counter.shop.code.set_result(certificate())
    qtbot.waitUntil(lambda: terminal.waiting is None)
    counter.lanes.run()
    assert counter.till.patient is not None
    assert counter.till.patient.credential.number == TOKEN
    assert counter.shop.uses == [CertificateUse.BUYING]
    assert terminal.face is None
    assert TOKEN not in repr(counter.till.patient.credential)


def test_a_face_is_evidence_for_this_customer_alone(counter: Counter, qtbot: QtBot) -> None:
    terminal = asked(counter, Shown.FACE)
    evidence = FaceEvidence(certificate(), "ano" + "1" * 25, datetime(2026, 11, 22, tzinfo=UTC))
    counter.shop.face.set_result(evidence)
    qtbot.waitUntil(lambda: terminal.waiting is None)
    counter.lanes.run()
    assert terminal.face is evidence
    counter.till.reset()
    assert terminal.face is None


def found_by_terminal(counter: Counter, qtbot: QtBot) -> TerminalViewModel:
    """Somebody whose document the platform told."""
    terminal = asked(counter)
    counter.shop.code.set_result(certificate())
    qtbot.waitUntil(lambda: terminal.waiting is None)
    counter.lanes.run()
    found = counter.patient.found
    assert found is not None
    person = replace(found.person, cert_no="99990019980101002X")
    counter.patient.found = replace(found, person=person)
    return terminal


def evidence(number: str) -> FaceEvidence:
    return FaceEvidence(certificate(number), "ano" + "1" * 25, datetime(2026, 11, 22, tzinfo=UTC))


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("99990019980101002x", "terminal.face_same"),
        ("9999**********002X", "terminal.face_starred"),
        ("", "terminal.face_starred"),
    ],
)
def test_what_a_face_proves_is_said(
    counter: Counter, qtbot: QtBot, number: str, words: str
) -> None:
    terminal = found_by_terminal(counter, qtbot)
    assert terminal.face_words() == ""
    terminal.face = evidence(number)
    counter.patient.changed.emit()
    assert terminal.face_words() == words


def test_another_persons_face_does_not_count(counter: Counter, qtbot: QtBot) -> None:
    terminal = found_by_terminal(counter, qtbot)
    terminal.face = evidence("999900190001010000")
    counter.patient.changed.emit()
    assert terminal.face is None
    assert terminal.face_words() == ""
    assert terminal.note is not None
    assert terminal.note.message_id == "terminal.other_person"
    assert "terminal.other_person" in counter.said()


def test_given_up_nothing_of_it_is_listened_to(counter: Counter, qtbot: QtBot) -> None:
    terminal = asked(counter)
    terminal.cancel()
    abort = counter.shop.aborts[-1]
    assert isinstance(abort, Abort)
    assert abort.tripped
    counter.shop.code.set_result(certificate())
    QApplication.processEvents()
    counter.lanes.run()
    assert counter.till.patient is None


def test_a_customer_who_left_takes_the_answer_along(counter: Counter, qtbot: QtBot) -> None:
    terminal = asked(counter)
    counter.till.reset()
    assert terminal.waiting is None
    counter.shop.code.set_result(certificate())
    QApplication.processEvents()
    assert counter.till.patient is None


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Cancelled(device="device_name.terminal"), "terminal.cancelled"),
        (
            DeviceFailed(device="device_name.terminal", why="device_terminal.code_500159"),
            "error.device_failed",
        ),
        (
            LibraryGone(
                device="device_name.terminal", library="x.dll", why="device_library.crashed"
            ),
            "error.device_library",
        ),
    ],
)
def test_what_fails_is_said_in_the_panel(
    counter: Counter, qtbot: QtBot, error: Exception, said: str
) -> None:
    terminal = asked(counter)
    counter.shop.code.set_exception(error)
    qtbot.waitUntil(lambda: terminal.waiting is None)
    assert terminal.note is not None
    assert terminal.note.message_id == said
    assert counter.session.say_note(terminal.note)
    assert counter.till.patient is None


def test_after_settling_the_terminal_shows_it_once(counter: Counter, qtbot: QtBot) -> None:
    terminal = asked(counter)
    counter.payment.answered.connect(counter.patient.settled)
    counter.shop.code.set_result(certificate())
    qtbot.waitUntil(lambda: terminal.waiting is None)
    counter.lanes.run()
    counter.scan(trace(1, 1))
    counter.payment.quote()
    counter.lanes.run()
    counter.payment.settle()
    counter.lanes.run()
    assert len(counter.shop.shown) == 1
    notice = counter.shop.shown[0]
    assert isinstance(notice, SettledNotice)
    assert notice.number == "P99990000001202611220001"
    assert notice.total == counter.till.sale.total  # type: ignore[union-attr]
    counter.payment.answered.emit(counter.payment.view)
    assert len(counter.shop.shown) == 1


def test_who_was_not_at_the_terminal_reads_nothing_there(counter: Counter) -> None:
    counter.shop.ways = BOTH
    counter.payment.answered.connect(counter.patient.settled)
    assert counter.patient.terminal.waiting is None
    counter.scan(trace(1, 1))
    counter.scan(CODE_424)
    counter.payment.quote()
    counter.lanes.run()
    counter.payment.settle()
    counter.lanes.run()
    assert counter.shop.shown == []


# --- the panel ---------------------------------------------------------------------------------


def panel_of(window: Window) -> PatientPanel:
    window.enter()
    window.window.open_panel("patient")
    panel = window.window.panel()
    assert isinstance(panel, PatientPanel)
    return panel


@pytest.mark.rule("EZ-9b")
def test_enter_on_an_empty_field_asks_the_terminal_and_esc_gives_up(
    window: Window, qtbot: QtBot
) -> None:
    window.shop.ways = frozenset({Shown.CODE})
    panel = panel_of(window)
    assert panel.terminal[Shown.CODE].isVisible()
    assert not panel.terminal[Shown.FACE].isVisible()
    panel.field.returnPressed.emit()
    assert window.window.patient.terminal.waiting is Shown.CODE
    assert panel.give_up.isVisible()
    assert not panel.terminal[Shown.CODE].isEnabled()
    window.window.router.back()
    assert window.window.patient.terminal.waiting is None
    assert window.window.panel() is panel
    window.window.router.back()
    assert window.window.panel() is None


def test_without_a_terminal_the_panel_shows_none(window: Window) -> None:
    panel = panel_of(window)
    assert not any(made.isVisible() for made in panel.terminal.values())
    panel.field.returnPressed.emit()
    assert window.shop.uses == []


def test_a_prescription_that_waits_for_proof_is_what_the_code_is_for(window: Window) -> None:
    window.shop.ways = frozenset({Shown.CODE})
    panel_of(window)
    window.window.rx.proof_needed = True
    window.window.patient.terminal.ask(Shown.CODE)
    assert window.shop.uses == [CertificateUse.OUTSIDE_PRESCRIPTION]


def test_closing_the_window_lets_go_of_the_terminal(window: Window) -> None:
    window.shop.ways = BOTH
    panel_of(window)
    window.window.patient.terminal.ask(Shown.CODE)
    abort = window.shop.aborts[-1]
    assert isinstance(abort, Abort)
    window.window.stop()
    assert abort.tripped


def test_locking_the_till_lets_go_of_the_terminal(window: Window) -> None:
    window.shop.ways = BOTH
    panel_of(window)
    window.window.patient.terminal.ask(Shown.FACE)
    window.window.session.lock()
    assert window.window.patient.terminal.waiting is None


# --- at a return -------------------------------------------------------------------------------


def return_of(window: Window) -> ReturnPanel:
    """The panel with an insured sale that comes back."""
    window.enter()
    main = window.window
    main.till.scan("m3")
    assert main.till.sale is not None
    lines = tuple(replace(one, settlement_type="ordinary") for one in main.till.sale.lines)
    sale = replace(main.till.sale, lines=lines)
    main.open_panel("return")
    window.lanes.run()
    panel = main.panel()
    assert isinstance(panel, ReturnPanel)
    main.returns.sale = sale
    main.returns.chosen = {line.no: line.quantity for line in sale.lines}
    main.returns.changed.emit()
    return panel


@pytest.mark.rule("EZ-9b")
def test_at_a_return_the_code_is_asked_for_at_the_terminal(window: Window, qtbot: QtBot) -> None:
    window.shop.ways = frozenset({Shown.CODE})
    panel = return_of(window)
    assert panel.read_code.isVisible()
    assert not panel.give_up.isVisible()
    panel.credential.returnPressed.emit()
    assert panel.terminal.waiting
    assert panel.give_up.isVisible()
    window.shop.code.set_result(certificate())
    qtbot.waitUntil(lambda: not panel.terminal.waiting)
    credential = window.window.returns.credential
    assert credential is not None
    assert (credential.number, credential.typed) == (TOKEN, False)
    assert TOKEN not in panel.credential.text()
    assert window.window.till.patient is None


def test_a_return_gives_the_terminal_up(window: Window, qtbot: QtBot) -> None:
    window.shop.ways = frozenset({Shown.CODE})
    panel = return_of(window)
    panel.read_code.click()
    assert panel.back()
    assert window.window.returns.sale is not None, "Esc only stopped the waiting"
    assert not panel.terminal.waiting
    window.shop.code.set_result(certificate())
    QApplication.processEvents()
    assert window.window.returns.credential is None
    panel.read_code.click()
    window.shop.code.set_exception(
        DeviceFailed(device="device_name.terminal", why="device_terminal.code_500159")
    )
    qtbot.waitUntil(lambda: not panel.terminal.waiting)
    assert window.window.returns.note is not None
    panel.read_code.click()
    panel.take_scan(CODE_424)
    assert window.window.returns.credential is not None
    assert not panel.terminal.waiting, "the scanner was faster"


def test_without_a_terminal_a_return_asks_none(window: Window) -> None:
    panel = return_of(window)
    panel.credential.returnPressed.emit()
    assert not panel.read_code.isVisible()
    assert window.shop.uses == []
