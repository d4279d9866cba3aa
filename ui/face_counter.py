"""The faces of one till: its engine, made when it is first wanted, and who its card shows."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.domain.device_plan import DeviceKind
from app.domain.person_check import CheckWay
from app.errors import BadFile, DeviceFailed
from ui.screens.face_door import EngineTold

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.domain.face import Pixels, Template
    from app.domain.face_check import LiveOutcome
    from app.domain.identity_card import IdentityCard
    from app.domain.liveness import LiveView
    from app.domain.picture import Glimpse
    from app.ports_devices import Timer
    from app.ports_face import FaceEngine
    from app.use_cases.check_face import FacePlan
    from devices.face_matcher.measure import FaceMeter
    from ui.device_room import DeviceRoom

_CAMERA, _READER = DeviceKind.CAMERA, DeviceKind.CARD_READER
SETTINGS: Final = "faces.toml"
"""In the shop's folder: ``engine = "onnx"``, ``"dlib"`` or the folder of another pack."""
_LARGEST: Final = 10_000


@dataclass(frozen=True, slots=True)
class _Eyes:
    """An engine that compares, and one that measures every frame."""

    engine: FaceEngine
    meter: FaceMeter


class FaceCounter:
    """Any method from any thread; templates and pictures stay in memory and in no name."""

    def __init__(self, devices: DeviceRoom, folder: Path, timer: Timer, *, practice: bool) -> None:
        self._devices, self._folder, self._timer = devices, folder, timer
        self._practice = practice
        self._lock = threading.Lock()
        self._eyes: tuple[bool, _Eyes] | None = None
        self._card: tuple[str, bytes] | None = None

    # --- the engine ---------------------------------------------------------------------------

    def load(self) -> EngineTold:
        """Have it ready.

        :raises BadValue, BadFile, NotOffered: what is set cannot be used here.
        """
        eyes = self._loaded()
        return EngineTold(eyes.engine.model_id, self._by_marks())

    def _by_marks(self) -> bool:
        return self._practice and self._devices.plan.of(_CAMERA).is_practice

    def _loaded(self) -> _Eyes:
        """As the camera is planned now: a practice camera that was replaced changes the engine."""
        with self._lock:
            by_marks = self._by_marks()
            if self._eyes is None or self._eyes[0] is not by_marks:
                self._eyes = by_marks, self._made()
            return self._eyes[1]

    def _made(self) -> _Eyes:
        from devices.face_matcher.engines import make_engine
        from devices.face_matcher.measure import FaceMeter
        from ui.face_engines import counter_engine

        name = engine_name(self._folder)
        camera = self._devices.plan.of(_CAMERA)
        engine = counter_engine(camera, practice=self._practice, name=name)
        # The turns are measured by a mesh; packs with five points have none.
        has_mesh = name in ("", "onnx") or self._by_marks()
        return _Eyes(engine, FaceMeter(engine if has_mesh else make_engine()))

    # --- the card -----------------------------------------------------------------------------

    def card_laid(self, card: IdentityCard) -> None:
        """Its picture stays, packed as it came, where it can be decoded."""
        wanted = bool(card.photo) and bool(card.id_number) and self._can_decode(card.id_number)
        self._card = (card.id_number.upper(), card.photo) if wanted else None

    def forget_card(self) -> None:
        """The customer left."""
        self._card = None

    def has_picture_of(self, id_number: str) -> bool:
        """Whether the card that lies here, or lay here, is this person's."""
        card = self._card
        return card is not None and bool(id_number) and card[0] == id_number.upper()

    def _can_decode(self, id_number: str) -> bool:
        """By the reader maker's library; the cards of practice bear a picture that it draws."""
        if not self._draws_cards():
            return bool(self._decoder())
        from ui.practice_visits import has_card_picture

        return has_card_picture(id_number)

    def _draws_cards(self) -> bool:
        return self._by_marks() and self._devices.plan.of(_READER).is_practice

    def _decoder(self) -> str:
        return self._devices.plan.of(_READER).option(_READER, "decoder").strip()

    def card_templates(self, engine: FaceEngine) -> tuple[Template, ...]:
        """Of the card's picture, decoded for this moment.

        :raises DeviceFailed: there is none, or no face in it; :raises LibraryGone: of the decoder.
        """
        from app.domain.face import FaceFault
        from devices.card_reader.wire import DEVICE
        from devices.face_matcher.compare import template_of

        for picture in self._card_pictures():
            made = template_of(engine, picture)
            if not isinstance(made, FaceFault):
                return (made,)
        raise DeviceFailed(device=DEVICE, why="device_idcard.picture_faceless")

    def _card_pictures(self) -> tuple[Pixels, ...]:
        from pathlib import Path

        from devices.card_reader.picture import UNPACK, card_pictures
        from devices.card_reader.wire import DEVICE
        from devices.library.process import LibraryPlace, VendorLibrary
        from ui.library_host import host_command

        card, path = self._card, self._decoder()
        if card is not None and self._draws_cards():
            from ui.practice_visits import card_picture

            return (card_picture(card[0]),)
        if card is None or not path:
            raise DeviceFailed(device=DEVICE, why="device_idcard.no_picture")
        placed = self._devices.plan.of(_READER)
        host = host_command(placed.option(_READER, "host"))
        place = LibraryPlace(path, host, placed.option(_READER, "convention"))
        library = VendorLibrary(place, (UNPACK,), device=DEVICE, timer=self._timer)
        try:
            return card_pictures(library, card[1], Path(path).parent)
        finally:
            library.close()

    # --- one check ----------------------------------------------------------------------------

    def live_run(self, plan: FacePlan | None) -> CounterRun:
        """Against what was planned; None = for a template."""
        return CounterRun(self, plan)


class CounterRun:
    """:class:`ui.screens.face_door.LiveRun` at this till."""

    def __init__(self, counter: FaceCounter, plan: FacePlan | None) -> None:
        from devices.face_matcher.live import LiveCheck

        eyes = counter._loaded()
        self._counter, self._plan, self._engine = counter, plan, eyes.engine
        self._check = LiveCheck(eyes.meter, eyes.engine, counter._timer, secrets.randbelow)

    def offer(self, glimpse: Glimpse) -> None:
        """See the protocol."""
        self._check.offer(glimpse)

    def give_up(self) -> None:
        """See the protocol."""
        self._check.give_up()

    def run(self, tell: Callable[[LiveView], None]) -> LiveOutcome:
        """See the protocol."""
        plan = self._plan
        if plan is not None:
            by_card = plan.way is CheckWay.CARD_PICTURE
            card = self._counter.card_templates
            self._check.references = card(self._engine) if by_card else plan.known.templates
        return self._check.run(tell)


def engine_name(folder: Path) -> str:
    """Which engine the shop set; empty = the one that ships. :raises BadFile: it cannot be read."""
    import tomllib

    path = folder / SETTINGS
    try:
        if path.stat().st_size > _LARGEST:
            raise ValueError
        told = tomllib.loads(path.read_text("utf-8")).get("engine", "")
    except FileNotFoundError:
        return ""
    except (OSError, ValueError, RecursionError):
        raise BadFile(file=SETTINGS, why="cannot be read") from None
    if not isinstance(told, str):
        raise BadFile(file=SETTINGS, why="engine")
    return told
