"""The faces of one till under real threads: a practice camera, the real mesh, a card's picture."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.domain.device_plan import DeviceKind, DevicePlan, DeviceSaid, Heard, Lamp, Placed
from app.domain.face import FaceFault, Template
from app.domain.face_check import Compared, LiveOutcome
from app.domain.identity_card import IdentityCard, IdentityCardType
from app.domain.liveness import LiveFault, LiveView
from app.domain.person_check import CheckWay
from app.domain.picture import Glimpse
from app.errors import BadFile, DeviceFailed, NotConnected
from app.use_cases.check_face import FacePlan
from app.use_cases.templates import Known
from devices.camera.emulator import PracticeCamera
from devices.camera.visitor import Manner, Visit, Visitor
from devices.camera.visitor_pictures import picture_of
from devices.card_reader.picture import HEIGHT, PACKED, WIDTH
from devices.connection import SystemTimer
from devices.face_matcher.compare import template_of
from devices.face_matcher.engines import make_engine
from devices.face_matcher.measure import pixels_of
from tests.fakes.c_library import build, needs_compiler
from tests.fakes.clock import FixedClock
from ui.device_room import DeviceRoom
from ui.face_counter import SETTINGS, CounterRun, FaceCounter, engine_name

CAMERA, READER = DeviceKind.CAMERA, DeviceKind.CARD_READER
NUMBER = "999900196405010020"


class Counter:
    """A room with a practice camera, who stands before it, and the till's faces."""

    def __init__(self, folder: Path, reader: Placed | None = None) -> None:
        plan = {CAMERA: Placed("practice")} | ({READER: reader} if reader else {})
        self.room = DeviceRoom(DevicePlan(plan), folder, SystemTimer(), FixedClock(), practice=True)
        heard: queue.Queue[Heard] = queue.Queue()
        self.room.listen(heard.put)
        self.room.start()
        while True:
            told = heard.get(timeout=15)
            if not isinstance(told, DeviceSaid) and told.kind is CAMERA and told.lamp is Lamp.THERE:
                break
        self.faces = FaceCounter(self.room, folder, SystemTimer(), practice=True)

    @property
    def camera(self) -> PracticeCamera:
        found = self.room.seat(CAMERA)
        assert isinstance(found, PracticeCamera)
        return found

    @property
    def visitor(self) -> Visitor:
        found = self.camera.visitor
        assert found is not None
        return found

    def check(
        self, plan: FacePlan | None, *, ends_with: threading.Event | None = None
    ) -> LiveOutcome:
        run: CounterRun = self.faces.live_run(plan)
        self.room.ask(CAMERA, lambda one: one.look(run.offer)).result(15)

        def obey(view: LiveView) -> None:
            self.visitor.ask(view.side)
            if ends_with is not None and view.step:
                ends_with.set()

        try:
            return run.run(obey)
        finally:
            with suppress(NotConnected):
                self.room.ask(CAMERA, lambda one: one.rest()).result(15)


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    made = Counter(tmp_path)
    yield made
    made.room.close()


def _plain(faces: FaceCounter, visit: Visit) -> Template:
    frame = cv2.cvtColor(picture_of(visit, 0.0, 1), cv2.COLOR_BGR2RGB)
    picture = pixels_of(Glimpse(frame.shape[1], frame.shape[0], frame.tobytes()))
    made = template_of(faces._loaded().engine, picture)
    assert not isinstance(made, FaceFault)
    return made


@pytest.mark.slow
@pytest.mark.rule("S-16")
def test_a_visitor_of_practice_turns_and_is_compared(counter: Counter) -> None:
    """Slow: a real camera's pace, about five seconds."""
    told = counter.faces.load()
    assert told.practice
    assert told.model_id.startswith("practice-")
    counter.visitor.come(Visit(5, 1))
    known = Known("c", (_plain(counter.faces, Visit(5, 1, distance=0)),))
    outcome = counter.check(FacePlan(CheckWay.TEMPLATE, known))
    assert (outcome.passed, outcome.compared) == (True, Compared.MATCH)
    assert outcome.model_id == told.model_id
    assert not counter.camera.is_lit()


@pytest.mark.slow
def test_a_camera_that_stops_in_the_middle_ends_the_check(counter: Counter) -> None:
    """Slow: it waits for the camera's own time limits."""
    counter.visitor.come(Visit(5, 1, Manner.STILL))
    asked = threading.Event()

    def pull() -> None:
        asked.wait(15)
        counter.camera.unplug()

    threading.Thread(target=pull, daemon=True).start()
    outcome = counter.check(None, ends_with=asked)
    assert outcome.view.fault in (LiveFault.STOPPED, LiveFault.TOO_SLOW)
    assert outcome.templates == ()


# --- the card's picture ---------------------------------------------------------------------------

SOURCE = r"""
#include <stdio.h>
int unpack(char *src, char *dst, int save) {
  FILE *file = fopen("card.bgr", "rb");
  int got = file ? fread(dst, 1, 102 * 126 * 3, file) : 0;
  if (file) fclose(file);
  return got == 102 * 126 * 3 ? 1 : 0;
}
"""


def _card(number: str = NUMBER) -> IdentityCard:
    return IdentityCard(IdentityCardType.RESIDENT, id_number=number, photo=bytes(PACKED))


@needs_compiler
@pytest.mark.parametrize("upside_down", [True, False])
def test_the_cards_picture_is_found_either_way_up_and_compared(
    tmp_path: Path, upside_down: bool
) -> None:
    library = build(tmp_path, "wlt", SOURCE)
    face = picture_of(Visit(5, 1), 0.0, 1)[:, 280:1000]
    small = cv2.resize(face, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    laid = np.ascontiguousarray(small[::-1] if upside_down else small)
    (tmp_path / "card.bgr").write_bytes(laid.tobytes())
    counter = Counter(tmp_path, Placed("serial:/dev/nowhere", {"decoder": str(library)}))
    try:
        counter.faces.card_laid(_card())
        assert counter.faces.has_picture_of(NUMBER.lower())
        assert not counter.faces.has_picture_of("999900196405010039")
        (made,) = counter.faces.card_templates(make_engine())
        assert len(made.values) == 192
        (tmp_path / "card.bgr").write_bytes(bytes(3 * WIDTH * HEIGHT))
        with pytest.raises(DeviceFailed, match="picture_faceless"):
            counter.faces.card_templates(make_engine())
        counter.faces.forget_card()
        assert not counter.faces.has_picture_of(NUMBER)
        with pytest.raises(DeviceFailed, match="no_picture"):
            counter.faces.card_templates(make_engine())
    finally:
        counter.room.close()


def test_without_a_decoder_no_picture_is_kept(counter: Counter) -> None:
    counter.faces.card_laid(_card())
    assert not counter.faces.has_picture_of(NUMBER)
    assert counter.faces._card is None


# --- which engine ---------------------------------------------------------------------------------


def test_the_shop_names_its_engine_in_a_file(tmp_path: Path) -> None:
    assert engine_name(tmp_path) == ""
    (tmp_path / SETTINGS).write_text('engine = "dlib"\n')
    assert engine_name(tmp_path) == "dlib"
    for bad in ("engine = 3\n", "engine = \n", "x" * 20_000, "engine = " + "[" * 4_000):
        (tmp_path / SETTINGS).write_text(bad)
        with pytest.raises(BadFile):
            engine_name(tmp_path)


def test_an_engine_without_a_mesh_is_measured_by_the_one_that_ships(tmp_path: Path) -> None:
    pytest.importorskip("dlib")
    (tmp_path / SETTINGS).write_text('engine = "dlib"\n')
    room = DeviceRoom(DevicePlan({}), tmp_path, SystemTimer(), FixedClock(), practice=False)
    faces = FaceCounter(room, tmp_path, SystemTimer(), practice=False)
    assert faces.load() == ("dlib-resnet@1", False)
    eyes = faces._loaded()
    assert eyes.meter.engine is not eyes.engine
    assert eyes.meter.engine.model_id.startswith("blaze")
