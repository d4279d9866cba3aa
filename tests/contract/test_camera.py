"""Cameras: one suite for the practice camera and for OpenCV over films, then what each adds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.picture import FrameFault, FrameQuality, Gate, Glimpse
from app.errors import DeviceBusy, DeviceFailed, NotConnected
from devices.camera.driver import LOST_AFTER, Source, VideoCamera, _bounded
from devices.camera.emulator import PracticeCamera, Scene
from devices.camera.opencv import FILM, OpenCvSource, found_cameras
from devices.camera.quality import Frame, fitted, measure
from tests.fakes.timer import HandTimer

DEVICE = "device_name.document_camera"
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class _Clock:
    def now(self) -> datetime:
        return AT


def _sheets(count: int) -> list[Frame]:
    camera = PracticeCamera(HandTimer(), DEVICE)
    return [frame for n in range(count) if (frame := camera.frame(n)) is not None]


def _practice(tmp_path: Path) -> Source:
    return PracticeCamera(HandTimer(), DEVICE)


def _pictures(tmp_path: Path) -> Source:
    for number, frame in enumerate(_sheets(24)):
        cv2.imwrite(str(tmp_path / f"{number:04d}.png"), frame)
    return OpenCvSource(f"{FILM}{tmp_path}/%04d.png", DEVICE)


def _film(tmp_path: Path) -> Source:
    frames = _sheets(24)
    size = frames[0].shape[1], frames[0].shape[0]
    writer = cv2.VideoWriter(str(tmp_path / "film.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 15, size)
    for frame in frames:
        writer.write(frame)
    writer.release()
    return OpenCvSource(f"{FILM}{tmp_path}/film.avi", DEVICE)


@pytest.fixture(params=[_practice, _pictures, _film], ids=["practice", "pictures", "film"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Source:
    made: Callable[[Path], Source] = request.param
    return made(tmp_path)


def _camera(source: Source) -> VideoCamera:
    return VideoCamera(source, HandTimer(), _Clock(), DEVICE)


def test_it_shows_frames_while_somebody_looks_and_takes_a_still(source: Source) -> None:
    camera, seen = _camera(source), list[Glimpse]()
    camera.look(seen.append)
    camera.watch()
    camera.watch()
    still = camera.take()
    camera.rest()
    assert [len(one.rgb) for one in seen] == [one.width * one.height * 3 for one in seen]
    assert seen[-1].fault is None
    read = cv2.imdecode(np.frombuffer(still.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert read is not None
    assert read.shape[:2] == (still.height, still.width) == (720, 1280)
    assert still.digest == hashlib.sha256(still.jpeg).hexdigest()
    assert (still.at, still.fault) == (AT, None)


def test_a_still_that_nobody_looks_at_is_refused(source: Source) -> None:
    camera = _camera(source)
    with pytest.raises(NotConnected):
        camera.take()


def test_it_can_be_looked_at_again(source: Source) -> None:
    camera, seen = _camera(source), list[Glimpse]()
    for _ in range(2):
        camera.look(seen.append)
        camera.watch()
        camera.rest()
    assert len(seen) == 2


def test_the_end_of_the_frames_is_a_camera_that_went(source: Source) -> None:
    camera = _camera(source)
    camera.look(lambda _: None)
    if isinstance(source, PracticeCamera):
        source.unplug()
    with pytest.raises(NotConnected):
        for _ in range(30):
            camera.watch()
    camera.close()
    camera.close()


# --- the practice camera --------------------------------------------------------------------------


def test_its_light_burns_only_while_somebody_looks() -> None:
    source = PracticeCamera(HandTimer(), DEVICE)
    camera = _camera(source)
    assert not source.is_lit()
    camera.look(lambda _: None)
    assert source.is_lit()
    camera.rest()
    assert not source.is_lit()


def test_pulled_out_while_nobody_looks_is_noticed() -> None:
    source = PracticeCamera(HandTimer(), DEVICE)
    camera = _camera(source)
    camera.watch()
    source.unplug()
    with pytest.raises(NotConnected):
        camera.watch()
    with pytest.raises(NotConnected):
        _camera(source)
    source.plug()
    _camera(source).watch()


def test_one_camera_is_opened_once() -> None:
    source = PracticeCamera(HandTimer(), DEVICE)
    _camera(source).look(lambda _: None)
    with pytest.raises(DeviceBusy):
        _camera(source).look(lambda _: None)


@pytest.mark.parametrize(
    "scene", [Scene.DARK, Scene.BRIGHT, Scene.BLURRED, Scene.MOVING], ids=lambda one: one.value
)
def test_a_bad_frame_is_refused_by_name_and_taken_when_a_person_insists(scene: Scene) -> None:
    source = PracticeCamera(HandTimer(), DEVICE)
    source.scene = scene
    camera, seen = _camera(source), list[Glimpse]()
    camera.look(seen.append)
    camera.watch()
    assert seen[-1].fault == FrameFault(scene.value)
    with pytest.raises(DeviceFailed) as refused:
        camera.take()
    assert refused.value.params["why"] == f"camera.fault_{scene.value}"
    assert camera.take(anyhow=True).fault == FrameFault(scene.value)


def test_a_camera_that_stops_is_gone_after_a_few_frames_and_given_back() -> None:
    source, timer = PracticeCamera(HandTimer(), DEVICE), HandTimer()
    camera = VideoCamera(source, timer, _Clock(), DEVICE)
    camera.look(lambda _: None)
    source.scene = Scene.STOPPED
    with pytest.raises(NotConnected):
        camera.take()
    assert not source.is_lit()
    assert LOST_AFTER < 10


def test_a_camera_that_gets_better_is_waited_for() -> None:
    source = PracticeCamera(HandTimer(), DEVICE)
    sharp, dark = _sheets(1)[0], np.zeros((720, 1280, 3), np.uint8)
    source.paint = lambda number: dark if number < 9 else sharp
    camera = _camera(source)
    camera.look(lambda _: None)
    assert camera.take().fault is None


@pytest.mark.parametrize(
    "shape", [(0, 0, 3), (720, 1280), (5000, 6000, 3)], ids=["empty", "grey", "30 megapixels"]
)
def test_strange_frames_are_no_pictures(shape: tuple[int, ...]) -> None:
    source = PracticeCamera(HandTimer(), DEVICE)
    strange = np.zeros(shape, np.uint8)
    source.paint = lambda _: strange
    with pytest.raises((NotConnected, DeviceFailed)):
        _camera(source).look(lambda _: None)


# --- OpenCV ---------------------------------------------------------------------------------------


def test_a_camera_that_is_not_there_says_so(tmp_path: Path) -> None:
    for address in (str(tmp_path / "video9"), "no-such-thing"):
        with pytest.raises(NotConnected):
            _camera(OpenCvSource(address, DEVICE))


def test_a_file_that_is_no_camera_is_held_or_gone(tmp_path: Path) -> None:
    broken = tmp_path / "video0"
    broken.write_bytes(b"no camera")
    with pytest.raises(DeviceBusy):
        _camera(OpenCvSource(str(broken), DEVICE)).look(lambda _: None)
    with pytest.raises(NotConnected):
        _camera(OpenCvSource(f"{FILM}{broken}", DEVICE)).look(lambda _: None)


def test_cameras_are_listed_by_stable_names(tmp_path: Path) -> None:
    by_id, names, dev = tmp_path / "by-id", tmp_path / "names", tmp_path / "dev"
    for folder in (by_id, dev, names / "video2"):
        folder.mkdir(parents=True)
    (dev / "video2").touch()
    (dev / "video3").touch()
    (names / "video2" / "name").write_text("Doc camera: Doc\n")
    (by_id / "usb-doc-video-index0").symlink_to(dev / "video2")
    (by_id / "usb-doc-video-index1").symlink_to(dev / "video3")
    (by_id / "usb-face-video-index0").symlink_to(dev / "video3")
    told = [(Path(one.address).name, one.name) for one in found_cameras(by_id, names)]
    assert told == [
        ("usb-doc-video-index0", "Doc camera: Doc"),
        ("usb-face-video-index0", "usb-face-video-index0"),
    ]
    assert found_cameras(tmp_path / "none", names) == []


# --- measures -------------------------------------------------------------------------------------


@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 255))
def test_even_frames_have_the_light_they_have(height: int, width: int, light: int) -> None:
    frame = np.full((height, width, 3), light, np.uint8)
    told = measure(frame, None)
    assert abs(told.light - light) <= 1
    assert (told.motion, told.sharpness) == (0, 0)
    assert told.washed == (1000 if light >= 250 else 0)
    assert fitted(frame, 30).shape[1] <= 30 or width <= 30


def test_the_gate_names_light_before_sharpness() -> None:
    good = FrameQuality(light=120, washed=0, sharpness=500, motion=0)
    assert Gate().fault(good) is None
    assert Gate().fault(FrameQuality(10, 0, 0, 99)) is FrameFault.DARK
    assert Gate().fault(FrameQuality(200, 900, 0, 99)) is FrameFault.BRIGHT
    assert Gate().fault(FrameQuality(120, 0, 500, 20)) is FrameFault.MOVING
    assert Gate(sharpness=600).fault(good) is FrameFault.BLURRED


def test_one_picture_in_one_go_is_bounded_and_gives_the_camera_back() -> None:
    source = PracticeCamera(HandTimer(), DEVICE)
    still = _camera(source).snap((640, 480))
    assert (still.width, still.height) == (640, 360), "in its own shape"
    assert still.fault is None and still.jpeg[:2] == b"\xff\xd8"
    assert len(still.jpeg) < 120_000
    assert not source.is_lit()


def test_one_picture_in_one_go_takes_nobody_s_view_away() -> None:
    source = PracticeCamera(HandTimer(), DEVICE)
    camera, seen = _camera(source), list[Glimpse]()
    camera.look(seen.append)
    assert camera.snap((640, 480)).width == 640
    assert source.is_lit()
    camera.watch()
    assert len(seen) == 1


def test_one_picture_in_one_go_fails_by_name_and_still_gives_the_camera_back() -> None:
    source = PracticeCamera(HandTimer(), DEVICE)
    source.scene = Scene.DARK
    camera = _camera(source)
    with pytest.raises(DeviceFailed) as refused:
        camera.snap((640, 480))
    assert refused.value.params["why"] == "camera.fault_dark"
    assert not source.is_lit()
    insisted = camera.snap((640, 480), anyhow=True)
    assert insisted.fault is FrameFault.DARK and insisted.height <= 480
    source.unplug()
    with pytest.raises(NotConnected):
        camera.snap((640, 480))


@given(st.integers(64, 3000), st.integers(64, 3000))
def test_a_bounded_frame_fits_whatever_its_shape(width: int, height: int) -> None:
    small = _bounded(np.zeros((height, width, 3), np.uint8), (640, 480))
    assert small.shape[1] <= 640 and small.shape[0] <= 480
