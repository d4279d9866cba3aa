"""The live check at the counter: what is asked, said, kept, and given up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.domain.consent import Consent, ConsentHow, ConsentPurpose
from app.domain.e_certificate import ECertificate, FaceEvidence
from app.domain.face import Template
from app.domain.face_check import Compared, LiveOutcome
from app.domain.face_template import FacesKept
from app.domain.liveness import Advice, LiveFault, LiveView, Side
from app.domain.liveness_states import LivePhase
from app.domain.person_check import CheckVerdict, CheckWay
from app.domain.picture import Glimpse
from app.errors import DeviceFailed, NotConnected
from app.use_cases.check_face import FacePlan
from app.use_cases.notes import Note
from app.use_cases.templates import Known
from devices.connection import SystemTimer
from devices.face_matcher.live import LiveCheck
from devices.face_matcher.measure import FaceMeter
from tests.fakes.faces import AT, MODEL
from tests.ui.conftest import Window
from tests.ui.test_person import Hands
from tests.unit.face.script_engine import ScriptEngine
from ui.operation import Lane, ThreadLanes
from ui.screens.face.page import LivePage
from ui.screens.face.view_model import Stage
from ui.screens.face_door import EngineTold

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
Key = Qt.Key
P = LivePhase
PASSED = LiveView(P.PASSED, step=2, steps=2, blinked=True)
CONSENT = Consent(
    "consent-1", "p1", ConsentPurpose.FACE, "face-1", AT, "1001", ConsentHow.PEN, "exhibit-1"
)
WALK = (
    LiveView(P.FRAMING, Advice.SEVERAL, steps=2, left_ms=39_000),
    LiveView(P.BEFORE, steps=2, left_ms=38_000),
    LiveView(P.TURNING, side=Side.LEFT, step=1, steps=2, left_ms=3000),
    LiveView(P.TURNING, side=Side.LEFT, step=1, steps=2, left_ms=2000, too_quick=True),
    LiveView(P.RETURNING, step=1, steps=2, left_ms=4000),
    LiveView(P.TURNING, side=Side.RIGHT, step=2, steps=2, left_ms=4000),
    LiveView(P.AFTER, step=2, steps=2, left_ms=4000),
)


def _match(compared: Compared = Compared.MATCH, *distances: int) -> LiveOutcome:
    return LiveOutcome(PASSED, MODEL, 9200, compared, distances or (5123,))


def _fault(fault: LiveFault) -> LiveOutcome:
    return LiveOutcome(LiveView(P.FAILED, steps=2, fault=fault), MODEL, 9200)


class Counter(Hands):
    """The same cashier in an area that asks for the face, a customer who consented."""

    def __init__(self, window: Window, *, consent: bool = True) -> None:
        super().__init__(window)
        if consent:
            self.shop.consents.append(CONSENT)
        self.identify()

    @property
    def live(self) -> LivePage:
        return self.panel.live_page

    @property
    def stage(self) -> Stage:
        return self.main.live.stage

    def begin(self, outcome: LiveOutcome | Exception, *views: LiveView) -> None:
        self.shop.script = (views, outcome)  # type: ignore[assignment]
        self.click(self.panel.face_card.check)

    def said(self) -> str:
        return self.live.words.text()


@pytest.fixture
def counter(window: Window) -> Counter:
    return Counter(window)


@pytest.mark.rule("HY-1.1.4b")
def test_a_match_is_kept_and_the_counter_goes_on(counter: Counter) -> None:
    told: list[Note] = []
    counter.main.session.told.connect(told.append)
    counter.begin(_match(), *WALK)
    assert [one.verdict for one in counter.shop.live_kept if one] == [CheckVerdict.MATCH]
    assert not counter.is_open()
    assert [(note.message_id, note.params["distance"]) for note in told] == [
        ("live.compared_match", "0.5123")
    ]


def test_what_is_asked_stands_in_words_with_an_arrow_and_a_count(counter: Counter) -> None:
    heard: list[tuple[str, str, str]] = []
    model = counter.main.live
    model.glimpse = None

    def note() -> None:
        model.glimpse = Glimpse(2, 2, bytes(12))
        counter.live._say()
        heard.append((counter.said(), counter.live.arrow.text(), counter.live.step.text()))

    model.told.connect(note)
    counter.begin(_match(), *WALK)
    assert [arrow for _, arrow, _ in heard] == ["", "●", "→", "→", "●", "←", "●"]
    assert heard[2][2] == "第 1 次，共 2 次"
    for words, (at, _, _) in zip(
        ("不止一张脸", "保持不动", "左边", "太快", "转回正面", "右边", "同一张脸"),
        heard,
        strict=True,
    ):
        assert words in at


def test_the_customer_reads_what_to_do_on_their_own_side(counter: Counter, qtbot: QtBot) -> None:
    side = counter.main.beside.customer()
    side.toggle()
    assert side.window is not None
    model, heard = counter.main.live, list[tuple[str, str, str]]()

    def note() -> None:
        assert side.window is not None
        view, page = side.window.view, side.model.page
        heard.append((page.shows.value, view.asked.text(), view.arrow.text()))

    model.told.connect(note)
    counter.begin(_match(), *WALK)
    assert {shows for shows, _, _ in heard} == {"face"}
    assert [arrow for _, _, arrow in heard] == ["", "", "←", "", "", "→", ""]
    assert "左边" in heard[2][1] and "右边" in heard[5][1]
    qtbot.waitUntil(lambda: side.model.page.shows.value == "basket", timeout=2000)


@pytest.mark.rule("HY-1.1.4b")
def test_a_stranger_is_kept_as_a_mismatch_and_the_ways_out_are_named(counter: Counter) -> None:
    counter.begin(_match(Compared.MISMATCH, 13_000))
    assert [one.verdict for one in counter.shop.live_kept if one] == [CheckVerdict.MISMATCH]
    assert counter.is_open()
    assert "1.3000" in counter.said() and "店长" in counter.said()


@pytest.mark.parametrize("fault", LiveFault)
def test_each_failure_has_its_sentence_and_keeps_nothing(
    counter: Counter, fault: LiveFault
) -> None:
    counter.begin(_fault(fault))
    assert counter.shop.live_kept == [None]
    assert counter.stage is Stage.FAILED
    assert "什么都没有记" in counter.said()


def test_the_grey_zone_leaves_it_to_people(counter: Counter) -> None:
    counter.begin(_match(Compared.UNCLEAR, 9500, 9600, 9700))
    assert counter.shop.live_kept == [None]
    assert "人工核对" in counter.said()


def test_after_three_failures_people_decide(counter: Counter) -> None:
    counter.begin(_fault(LiveFault.TOO_SLOW))
    for _ in range(2):
        counter.click(counter.live.start)
    assert not counter.live.start.isVisible()
    counter.press(Key.Key_Escape)
    assert not counter.panel.face_card.check.isEnabled()
    assert "三次" in counter.panel.face_card.words.text()


def test_what_a_played_film_shows_has_two_chances(counter: Counter) -> None:
    counter.begin(_fault(LiveFault.WRONG_SIDE))
    counter.click(counter.live.start)
    assert not counter.live.start.isVisible()


def test_esc_gives_up_and_the_camera_goes_dark(counter: Counter) -> None:
    counter.shop.script = ((), _match())
    counter.panel.face_card.check.click()
    for _ in range(2):
        counter.window.lanes.run_one()
    assert counter.stage is Stage.RUNNING
    assert counter.shop.sensor.is_lit()
    counter.press(Key.Key_Escape)
    assert counter.shop.runs[0].given_up
    assert not counter.shop.sensor.is_lit()
    assert counter.shop.live_kept == []
    assert counter.is_open()
    assert counter.stage is Stage.READY


def test_the_panel_that_closes_takes_the_check_along(counter: Counter) -> None:
    counter.shop.script = ((), _match())
    counter.panel.face_card.check.click()
    for _ in range(2):
        counter.window.lanes.run_one()
    counter.main.close_panel()
    counter.window.lanes.run()
    assert counter.shop.live_kept == []
    assert not counter.shop.sensor.is_lit()


def test_another_customer_meanwhile_is_not_judged_by_this_face(counter: Counter) -> None:
    counter.shop.script = ((), _match())
    counter.panel.face_card.check.click()
    for _ in range(2):
        counter.window.lanes.run_one()
    patient = counter.main.till.patient
    assert patient is not None
    counter.main.till.set_patient(replace(patient, person_id="somebody else"))
    counter.window.lanes.run()
    assert counter.shop.live_kept == []


def test_frames_reach_the_check_and_the_screen(counter: Counter, qtbot: QtBot) -> None:
    counter.shop.sensor.paint = lambda number: np.full((90, 160, 3), 120 + number, np.uint8)
    counter.shop.script = ((), _match())
    counter.panel.face_card.check.click()
    for _ in range(2):
        counter.window.lanes.run_one()
    counter.shop.lens.watch()
    qtbot.waitUntil(lambda: not counter.live.picture.image.isNull(), timeout=2000)
    assert len(counter.shop.runs[0].offered) == 1
    counter.press(Key.Key_Escape)


# --- why there is no check ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "way", "words"),
    [
        (Known(), CheckWay.BY_EYE, "同意书"),
        (Known("c"), CheckWay.BY_EYE, "没有可以比对"),
        (Known("c", (), True), CheckWay.BY_EYE, "另一套比对程序"),
    ],
)
def test_nothing_to_compare_with_says_what_helps(
    counter: Counter, known: Known, way: CheckWay, words: str
) -> None:
    counter.shop.plan_of_face = FacePlan(way, known)
    counter.begin(_match())
    assert counter.stage is Stage.NOTHING
    assert words in counter.said()
    assert counter.shop.runs == []


def test_without_a_consent_or_a_camera_the_key_is_off_and_says_why(window: Window) -> None:
    counter = Counter(window, consent=False)
    assert not counter.panel.face_card.check.isEnabled()
    assert "同意书" in counter.panel.face_card.words.text()
    counter.shop.has_face_camera = False
    counter.main.person.load()
    counter.window.lanes.run()
    assert "摄像头" in counter.panel.face_card.words.text()


def test_an_engine_that_cannot_be_used_and_a_camera_that_is_gone(
    counter: Counter, qtbot: QtBot
) -> None:
    counter.shop.engine = DeviceFailed(device="device_kind.camera", why="camera.no_picture")
    counter.begin(_match())
    assert counter.stage is Stage.FAILED
    counter.shop.engine = EngineTold(MODEL, False)
    assert counter.shop.lens
    counter.shop.sensor.unplug()
    counter.shop.script = ((), NotConnected(device="device_kind.camera"))
    counter.click(counter.live.start)
    qtbot.waitUntil(lambda: counter.stage is Stage.FAILED, timeout=2000)


@pytest.mark.rule("S-16")
def test_the_engine_is_named_and_one_of_practice_as_such(counter: Counter) -> None:
    counter.begin(_fault(LiveFault.TOO_SLOW))
    assert MODEL in counter.live.engine.text() and "练习" not in counter.live.engine.text()
    counter.shop.engine = EngineTold("practice-name-mark@1", True)
    counter.click(counter.live.start)
    assert "practice-name-mark@1" in counter.live.engine.text()
    assert "不看脸" in counter.live.engine.text()


# --- enrolling ------------------------------------------------------------------------------------


def _enrolled() -> LiveOutcome:
    three = tuple(Template(MODEL, (0.1 * number,)) for number in range(3))
    return LiveOutcome(PASSED, MODEL, 9200, templates=three)


class Enrolling(Counter):
    """Two of the staff compared the person with a card that was read."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self.type("2001")
        self.enter()
        self.type("123456")
        self.enter()
        self.main.open_panel("person")
        self.window.lanes.run()

    def enrol(self, outcome: LiveOutcome) -> None:
        self.shop.script = ((), outcome)
        self.panel._to_live(True)
        self.window.lanes.run()


def test_a_telephone_alone_enrols_nobody(window: Window) -> None:
    counter = Enrolling(window)
    assert not counter.panel.face_card.enrol.isEnabled()


def test_a_second_person_keeps_the_templates(window: Window) -> None:
    counter = Enrolling(window)
    counter.enrol(_enrolled())
    assert counter.stage is Stage.SECOND
    assert counter.live.number.hasFocus()
    for number, pin, words in (("2001", "000000", "不对"), ("1001", "123456", "另一位同事")):
        counter.live.number.setText(number)
        counter.live.pin.setText(pin)
        counter.click(counter.live.keep)
        assert words in counter.said()
        assert not counter.live.pin.text()
    counter.live.number.setText("2001")
    counter.live.pin.setText("123456")
    told: list[Note] = []
    counter.main.session.told.connect(told.append)
    counter.shop.faces = FacesKept(80_000, 100_000)
    counter.click(counter.live.keep)
    assert [note.message_id for note in told] == ["live.filing"]
    assert [len(kept) for kept in counter.shop.enrolled] == [3]
    assert "3 个人脸模板" in counter.said()


def test_pictures_that_do_not_agree_enrol_nobody(window: Window) -> None:
    counter = Enrolling(window)
    counter.enrol(LiveOutcome(PASSED, MODEL, 9200))
    assert counter.stage is Stage.FAILED
    assert "什么都没有存" in counter.said()


# --- the terminal's own face ----------------------------------------------------------------------


@pytest.mark.rule("HY-1.1.4b")
@pytest.mark.parametrize(
    ("number", "verdict"), [("", None), ("same", "match"), ("other", "mismatch")]
)
def test_the_terminals_own_face_comes_before_every_comparison(
    window: Window, number: str, verdict: str | None
) -> None:
    counter = Counter(window)
    patient = counter.main.till.patient
    assert patient is not None
    told = patient.person.cert_no or "999900196405010020"
    person = replace(patient.person, cert_no=told)
    counter.main.till.set_patient(replace(patient, person=person))
    shown = {"": "", "same": told, "other": "999900190001010017"}[number]
    evidence = FaceEvidence(ECertificate("T", id_number=shown), "AUTH", AT)
    assert counter.main.live.by_terminal(evidence) is (verdict is not None)
    counter.window.lanes.run()
    kept = [(one.way, one.verdict) for one in counter.shop.checks]
    assert kept == ([(CheckWay.TERMINAL_FACE, verdict)] if verdict else [])


@pytest.mark.rule("HY-1.1.4b")
@pytest.mark.parametrize("same", [True, False])
def test_a_sale_that_waits_takes_the_terminals_word_and_shows_the_ways_out_else(
    window: Window, same: bool
) -> None:
    counter = Counter(window)
    counter.main.close_panel()
    patient = counter.main.till.patient
    assert patient is not None
    number = "999900196405010020"
    person = replace(patient.person, cert_no=number)
    counter.main.till.set_patient(replace(patient, person=person))
    shown = number if same else "999900190001010017"
    counter.main.patient.terminal.face = FaceEvidence(
        ECertificate("T", id_number=shown), "AUTH", AT
    )
    counter.main.flow.person_wanted()
    counter.window.lanes.run()
    assert [one.way for one in counter.shop.checks] == [CheckWay.TERMINAL_FACE]
    assert counter.is_open() is not same


# --- the lane -------------------------------------------------------------------------------------


def test_a_window_that_closes_does_not_wait_for_a_check(qtbot: QtBot) -> None:
    """By the real lanes: a check without a camera would go on for ten seconds."""
    lanes, engine = ThreadLanes(), ScriptEngine()
    check = LiveCheck(FaceMeter(engine), engine, SystemTimer(), lambda _: 0)
    ended: list[LiveOutcome] = []
    operation = lanes.start(Lane.PICTURES, check.run)
    operation.succeeded.connect(ended.append)
    with qtbot.waitSignal(lanes.closed, timeout=5000):
        check.give_up()
        lanes.close_later()
    assert [one.view.fault for one in ended] == [LiveFault.GIVEN_UP]
