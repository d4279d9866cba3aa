"""Who stands before the practice camera: chosen in the bar, the next patient by themselves."""

from __future__ import annotations

import tomllib
from datetime import date
from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QApplication

from app.domain.device_plan import PRACTICE, DeviceKind, DevicePlan, Placed
from app.domain.liveness import Side
from app.errors import NotFound
from app.resources import resource
from devices.camera.emulator import PracticeCamera
from devices.camera.visitor import NEAR_DISTANCE, Manner, Visitor
from devices.card_reader.emulator import SamV, text_block
from devices.face_matcher.arrays import array_of
from devices.name_mark import NameMark, read
from tests.fakes.shop import CODE_424
from tests.fakes.timer import HandTimer
from tests.ui.conftest import Window
from ui.practice_visits import CHOICES, card_picture, has_card_picture, identity_card, visit_of
from ui.screens.practice import camera
from ui.shop_practice import ShopPractice
from ui.stories import counter_devices

CERT = "999900199207080229"  # of the second person, a woman


def test_the_bar_offers_every_way_to_stand_there(window: Window) -> None:
    window.enter()
    bar = window.window.practice_bar
    menu = bar.before.menu()
    menu.aboutToShow.emit()
    assert len(menu.actions()) == len(set(camera.CHOICES))
    menu.actions()[camera.CHOICES.index("photo")].trigger()
    assert window.shop.stood == [("", "photo")]
    assert camera.CHOICES == CHOICES
    menu.aboutToShow.emit()
    assert len(menu.actions()) == len(camera.CHOICES), "filled once"


def test_a_new_patient_comes_themselves_whatever_was_played_before(window: Window) -> None:
    window.enter()
    window.window.practice_bar.before_chosen.emit("other")
    window.window.take_scan(CODE_424)
    window.lanes.run()
    patient = window.window.till.patient
    assert patient is not None
    assert window.shop.stood == [("", "other"), (patient.person.psn_no, "self")]
    window.window.practice.choose("near")
    window.window.patient.changed.emit()
    assert window.window.practice.choice == "near", "the same patient goes on as they stand"


def test_a_till_without_the_practice_camera_says_so(window: Window) -> None:
    window.enter()
    window.shop.practice_camera = False
    window.window.practice.choose("photo")
    assert [note.message_id for note in window.window.till.notes] == ["practice.no_camera"]


def test_an_identity_card_is_laid_from_the_bar(window: Window) -> None:
    window.enter()
    menu = window.window.practice_bar.cards.menu()
    menu.aboutToShow.emit()
    menu.actions()[1].trigger()
    assert window.shop.laid == ["active_unmet"]
    window.shop.practice_camera = False
    window.window.practice.lay_card("active_met")
    assert [note.message_id for note in window.window.till.notes] == ["practice.no_reader"]


def test_the_bar_grows_a_row_before_it_cuts_a_word(window: Window) -> None:
    window.enter()
    bar, looks = window.window.practice_bar, window.window.looks
    heights = []
    for scale in (100, 150):
        looks.choose_look("light", scale)
        QApplication.processEvents()
        heights.append(bar.height())
        for each in (bar.box, bar.persons, bar.cards, bar.hospital, bar.before):
            assert each.width() >= each.sizeHint().width()
            assert bar.rect().contains(each.geometry())
    assert heights[1] > heights[0]
    looks.choose_look("light", 100)


def test_whoever_reads_the_screen_turns(window: Window) -> None:
    window.window.practice.turn(Side.LEFT)
    window.window.practice.turn(None)
    assert window.shop.asked == [Side.LEFT, None]


# --- whom each choice brings ----------------------------------------------------------------------


def test_each_choice_brings_somebody() -> None:
    themselves = visit_of(CERT, "self")
    assert (themselves.who, themselves.looks, themselves.manner) == (1, 1, Manner.LIVE)
    assert visit_of("active_unmet", "near").distance == NEAR_DISTANCE
    other = visit_of(CERT, "other")
    assert other.who != themselves.who
    assert other.looks != themselves.looks
    assert {visit_of(CERT, one).manner for one in CHOICES} == set(Manner)
    assert visit_of("retired_met", "self").looks == 2, "an old man"
    assert visit_of(CERT, "stopped").stopped
    assert visit_of("nobody of practice", "self").who == 0
    with pytest.raises(NotFound):
        visit_of(CERT, "twin")


def test_a_practice_card_shows_its_owner_and_no_other_card_a_face() -> None:
    picture = card_picture(CERT)
    assert read(array_of(picture)) == NameMark(1)
    assert has_card_picture(CERT)
    assert not has_card_picture("999900197001010000")
    with pytest.raises(NotFound):
        card_picture("999900197001010000")


# --- at the far end -------------------------------------------------------------------------------


def _room(seat: object) -> SimpleNamespace:
    return SimpleNamespace(seat=lambda kind: seat if kind is DeviceKind.CAMERA else None)


def test_the_shop_reaches_the_practice_camera_and_no_other() -> None:
    far_end = PracticeCamera(HandTimer(), "device_kind.camera", Visitor())
    shop = ShopPractice()
    shop.devices = _room(far_end)  # type: ignore[assignment] - of a room only the seat is asked
    assert shop.practice_stand(CERT, "photo")
    shop.practice_turn(Side.RIGHT)
    assert far_end.visitor is not None
    visit = far_end.visitor.visit
    assert (visit.who, visit.manner, visit.asked) == (1, Manner.PHOTO, Side.RIGHT)
    for nobody in (None, PracticeCamera(HandTimer(), "device_kind.camera")):
        shop.devices = _room(nobody)  # type: ignore[assignment]
        assert not shop.practice_stand(CERT, "self")
        shop.practice_turn(Side.LEFT)


def test_the_shop_lays_a_card_that_the_real_driver_reads() -> None:
    seat = SimpleNamespace(far_end=SamV())
    shop = ShopPractice()
    shop.devices = SimpleNamespace(seat=lambda kind: seat)  # type: ignore[assignment]
    assert shop.practice_lay("chronic")
    assert seat.far_end._block == text_block(identity_card("chronic"))
    shop.devices = SimpleNamespace(seat=lambda kind: None)  # type: ignore[assignment]
    assert not shop.practice_lay("chronic")
    with pytest.raises(NotFound):
        identity_card("nobody")


def test_the_cards_of_practice_and_of_its_persons_tell_the_same() -> None:
    cards = tomllib.loads(resource("practice", "identity_cards.toml").read_text("utf-8"))
    for key, name in (("active_met", "ordinary"), ("chronic", "special-disease")):
        drawn, kept = identity_card(key), cards[name]
        assert [drawn[one] for one in ("name", "sex", "birth", "number")] == [
            kept[one] for one in ("name", "sex", "birth", "number")
        ]


def test_a_camera_that_was_stopped_gives_pictures_again() -> None:
    far_end = PracticeCamera(HandTimer(), "device_kind.camera", Visitor())
    assert far_end.visitor is not None
    far_end.visitor.come(visit_of(CERT, "stopped"))
    assert far_end.frame(1) is None
    far_end.visitor.come(visit_of(CERT, "self"))
    assert far_end.frame(2) is not None


def test_a_story_stands_somebody_there() -> None:
    far_end = PracticeCamera(HandTimer(), "device_kind.camera", Visitor())
    assert far_end.visitor is not None
    counter_devices.act(_room(far_end), "stand", "active_unmet photo")  # type: ignore[arg-type]
    assert far_end.visitor.visit.manner is Manner.PHOTO
    counter_devices.act(_room(far_end), "stand", "retired_met")  # type: ignore[arg-type]
    assert far_end.visitor.visit == visit_of("retired_met", "self")


def test_a_practice_till_has_such_a_camera_and_the_one_over_the_desk_sees_a_sheet() -> None:
    from ui.device_bench import Workbench
    from ui.device_makers import MAKERS

    assert MAKERS[DeviceKind.CAMERA].emulated
    assert DevicePlan({DeviceKind.CAMERA: Placed(PRACTICE)}).of(DeviceKind.CAMERA).is_practice
    for kind, person in ((DeviceKind.CAMERA, True), (DeviceKind.DOCUMENT_CAMERA, False)):
        bench = Workbench(
            kind, Placed(PRACTICE), HandTimer(), None, None, print, print  # type: ignore[arg-type]
        )  # fmt: skip
        MAKERS[kind].make(bench)
        seat = bench.belongings.seat
        assert isinstance(seat, PracticeCamera)
        assert (seat.visitor is not None) is person


def test_persons_of_practice_are_no_more_than_marks_can_name() -> None:
    from devices.name_mark import MOST_PERSONS
    from ui.practice_visits import _persons

    assert len(_persons()) <= MOST_PERSONS
    assert all(date.fromisoformat(one["birth_date"]) for one in _persons())
