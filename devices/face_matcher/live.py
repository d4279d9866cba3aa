"""The driver of a live check: frames of a camera into the machine, and what it comes to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Condition
from typing import Final

from app.domain.face import FaceFault, Landmarks, Pixels, Template
from app.domain.face_check import (
    ENROL_AGREE,
    ENROL_WIDTH,
    MOST_PICTURES,
    Compared,
    LiveOutcome,
    judge,
)
from app.domain.liveness import (
    LEAST_WIDTH,
    FrameSeen,
    LiveFault,
    LiveSession,
    LiveView,
    Want,
    drawn_sides,
)
from app.domain.liveness_states import LivePhase
from app.domain.picture import Glimpse
from app.errors import BadPicture, PictureTooLarge
from app.ports_devices import Timer
from app.ports_face import FaceEngine
from devices.face_matcher.compare import template_of
from devices.face_matcher.measure import FaceMeter, distance_e4, pixels_of, thresholds_e4

_LOOK_EVERY: Final = 0.2
"""Seconds: so often the time is looked at while no frame comes."""
_MORE_WITHIN_MS: Final = 6000
"""For the pictures that are wanted once the turns were seen."""
_APART_MS: Final = 300
"""Two pictures of one blink of the camera say no more than one."""

Tell = Callable[[LiveView], None]


@dataclass
class LiveCheck:
    """One check. :meth:`offer` and :meth:`give_up` from any thread, :meth:`run` once, on one.

    Whether it is one face throughout is judged by the engine that measures: it knows turned heads,
    which not every engine that compares does. Only the newest frame is kept: a slow machine looks
    at fewer frames, never at old ones.
    ``draw(n)`` answers 0 to n - 1 by chance nobody can foresee.
    """

    meter: FaceMeter
    engine: FaceEngine
    timer: Timer
    draw: Callable[[int], int]
    references: tuple[Template, ...] = field(default=(), repr=False)
    """Who it should be; empty = nothing is compared, pictures for a template are taken."""
    _newest: Glimpse | None = field(default=None, repr=False)
    _gave_up: bool = False
    _frames: int = 0
    _taken_at: int = 0
    _changed: Condition = field(default_factory=Condition, repr=False)
    _first: Template | None = field(default=None, repr=False)
    """Of the straight face before the turns, as the measuring engine sees it."""
    _straight: list[Template] = field(default_factory=list, repr=False)
    """Of the straight pictures before and after, as the comparing engine sees them."""

    def offer(self, glimpse: Glimpse) -> None:
        """A frame of the camera; returns at once."""
        with self._changed:
            self._newest = glimpse
            self._changed.notify_all()

    def give_up(self) -> None:
        """Nobody waits for it any more; :meth:`run` ends soon."""
        with self._changed:
            self._gave_up = True
            self._changed.notify_all()

    def run(self, tell: Tell) -> LiveOutcome:
        """Until it passed or failed; never raises for what a camera sends."""
        accept, _ = thresholds_e4(self.engine.thresholds)
        session = LiveSession(self._same_e4, drawn_sides(self.draw), self._now())
        try:
            while not session.is_over:
                self._next(session)
                tell(session.view(self._now()))
            compared, distances, made = self._conclude(session)
        finally:
            self._newest = None
        return LiveOutcome(
            view=session.view(self._now()),
            model_id=self.engine.model_id,
            accept_e4=accept,
            compared=compared,
            distances_e4=distances,
            templates=made,
            frames=self._frames,
        )

    # --- the turns ----------------------------------------------------------------------------

    def _next(self, session: LiveSession) -> None:
        picture = self._picture()
        if self._gave_up:
            session.fail(LiveFault.GIVEN_UP)
        elif picture is None:
            session.tick(self._now())
        else:
            seen, landmarks = self._look(picture)
            self._answer(session, session.see(seen, self._taken_at), picture, landmarks)

    def _answer(
        self, session: LiveSession, want: Want, picture: Pixels, landmarks: Landmarks | None
    ) -> None:
        """What the session wants of this frame; without a template it asks the next one."""
        if want is Want.NOTHING or landmarks is None:
            return
        face = self.meter.engine.embed(picture, landmarks)
        made = None
        if session.phase is not LivePhase.TURNING:
            made = face if self._measures_alone else self._template(picture)
            if made is None:
                return
        if want is Want.KEEP or self._first is None:
            self._first = face
            session.kept()
        else:
            session.compared(distance_e4(self.meter.engine, self._first, face))
        if made is not None and (want is Want.KEEP or session.phase is LivePhase.PASSED):
            self._straight.append(made)

    # --- who it is ----------------------------------------------------------------------------

    def _conclude(
        self, session: LiveSession
    ) -> tuple[Compared | None, tuple[int, ...], tuple[Template, ...]]:
        """Compare with the references, or take the pictures of a template."""
        if session.fault is not None:
            return None, (), ()
        if not self.references:
            return None, (), self._enrolled()
        accept, retake = thresholds_e4(self.engine.thresholds)
        distances: list[int] = []
        for made in (*self._straight, None):
            one = made or self._another(LEAST_WIDTH)
            if one is None:
                break
            distances.append(min(distance_e4(self.engine, r, one) for r in self.references))
            if judge(distances, accept, retake) is not Compared.RETAKE:
                break
        told = judge(distances, accept, retake)
        if told is Compared.RETAKE:  # the third picture did not come
            told = Compared.UNCLEAR
        return told, tuple(distances), ()

    def _enrolled(self) -> tuple[Template, ...]:
        """Three pictures that agree with each other; empty = there were not so many in time."""
        made: list[Template] = []
        over = self._now() + _MORE_WITHIN_MS
        while len(made) < MOST_PICTURES and self._now() < over:
            one = self._another(ENROL_WIDTH)
            if one is None:
                break
            if all(distance_e4(self.engine, one, other) <= ENROL_AGREE for other in made):
                made.append(one)
        return tuple(made) if len(made) == MOST_PICTURES else ()

    def _another(self, width: int) -> Template | None:
        """One more straight picture of the person who turned the head; None = not in time."""
        over, since = self._now() + _MORE_WITHIN_MS, self._taken_at
        while self._now() < over and not self._gave_up:
            picture = self._picture()
            if picture is None or self._taken_at < since + _APART_MS:
                continue
            seen, landmarks = self._look(picture)
            if seen.framing() is not None or seen.width < width:
                continue
            if self._first is None or landmarks is None:
                continue
            face = self.meter.engine.embed(picture, landmarks)
            if distance_e4(self.meter.engine, self._first, face) > self._same_e4:
                continue
            made = face if self._measures_alone else self._template(picture)
            if made is not None:
                return made
        return None

    # --- frames -------------------------------------------------------------------------------

    def _now(self) -> int:
        return int(self.timer.now() * 1000)

    def _picture(self) -> Pixels | None:
        """The newest frame that was not looked at; None = none came for a moment."""
        with self._changed:
            if self._newest is None and not self._gave_up:
                self.timer.wait(self._changed, _LOOK_EVERY)
            glimpse, self._newest = self._newest, None
        if glimpse is None:
            return None
        self._taken_at = self._now()
        try:
            return pixels_of(glimpse)
        except (BadPicture, PictureTooLarge):
            return None  # not looked at: a camera that sends nothing else has stopped

    def _look(self, picture: Pixels) -> tuple[FrameSeen, Landmarks | None]:
        self._frames += 1
        return self.meter.look(picture)

    @property
    def _measures_alone(self) -> bool:
        """Whether the engine that measures is the one that compares too."""
        return self.engine is self.meter.engine

    @property
    def _same_e4(self) -> int:
        """Distance up to which the measuring engine sees one face."""
        return thresholds_e4(self.meter.engine.thresholds)[0]

    def _template(self, picture: Pixels) -> Template | None:
        """As the comparing engine sees it, by its own points; None = it finds no face."""
        made = template_of(self.engine, picture)
        return None if isinstance(made, FaceFault) else made
