"""Whether a living head stands before the camera: framing, turns drawn at random, one face.

Fed with figures of frames; knows no picture. Numbers are whole: offsets, ratios, scores and
distances in ten-thousandths, times in milliseconds of a timer that never goes back. What it stops
and what it does not is said in face.md 5: no attack with real material was ever measured.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from app.domain.liveness_states import LIVE, LiveEvent, LivePhase
from app.errors import BadValue

LEAST_WIDTH: Final = 100
"""Pixels of a frame 640 wide; the models were measured on faces of this size (face.md 1)."""
DARKEST: Final = 60
"""Mean light of the face, 0 to 255; 98 of 100 pictures of the test set lie between 83 and 167."""
BRIGHTEST: Final = 215
WASHED: Final = 400
"""White pixels of the face in thousandths."""
LEAST_SHARP: Final = 18
"""Variance of the Laplacian of the face at 112 pixels: 99 of 100 pictures of the test set lie
above 22, the same ones blurred by two pixels below 16."""
LEAST_MESH: Final = 5000
STRAIGHT: Final = 2000
"""Nose offset up to which a face looks at the camera: 7 degrees (0.029 per degree, face.md 5)."""
STILL: Final = 1000
"""How much it may move over the frames of which one is kept."""
STILL_FRAMES: Final = 5
TURN: Final = 5000
"""Change of the nose offset that no flat picture up to 35 degrees comes near (face.md 5)."""
ON_THE_WAY: Final = 1200
"""From here on a head is turning: a turn without one frame between here and there is a cut."""
BACK: Final = 1500
HELD: Final = 2
"""Frames in a row that show the turn: one alone may be an error of the mesh."""
TURN_MS: Final = 4000
FRAMING_MS: Final = 40_000
STALLED_MS: Final = 1500
OPENING_MS: Final = 10_000
MOST_LOST: Final = 5
"""Frames in a row in which a turning head may not be found."""
MOST_COMPARED: Final = 3
"""Pictures that are compared before a face counts as another one, in one phase."""
MOST_STEPS: Final = 3
_LEAST_STEPS: Final = 2
_CLOSED, _OPEN_AGAIN, _LONGEST_BLINK = 7500, 9000, 6


class Side(StrEnum):
    """Where the head is turned to, as the person feels it."""

    LEFT = "left"
    """To the right of the picture: offsets grow."""
    RIGHT = "right"


class Advice(StrEnum):
    """What to put right before anything is asked; each has a sentence ``live.advice_*``."""

    NONE_FOUND = "none_found"
    SEVERAL = "several"
    TOO_SMALL = "too_small"
    DARK = "dark"
    BRIGHT = "bright"
    BLURRED = "blurred"
    TURNED = "turned"
    MOVING = "moving"


class LiveFault(StrEnum):
    """Why a check failed; each has a sentence ``live.fault_*``."""

    NOT_FRAMED = "not_framed"
    TOO_SLOW = "too_slow"
    WRONG_SIDE = "wrong_side"
    SEVERAL = "several"
    LOST = "lost"
    OTHER_FACE = "other_face"
    STOPPED = "stopped"
    """The camera gives no frames."""
    GIVEN_UP = "given_up"


class Want(StrEnum):
    """What the check needs of the frame that it was just shown."""

    NOTHING = "nothing"
    KEEP = "keep"
    """Its face is the one that all others are compared with: answer :meth:`LiveSession.kept`."""
    COMPARE = "compare"
    """Its distance to that one: answer :meth:`LiveSession.compared`."""


@dataclass(frozen=True, slots=True)
class FrameSeen:
    """The figures of one frame; those behind ``faces`` are of the widest face."""

    faces: int
    width: int = 0
    """Pixels, of a frame 640 wide."""
    light: int = 0
    washed: int = 0
    sharp: int = 0
    nose_e4: int = 0
    """Where the nose stands between the cheeks: 0 in the middle, positive to the person's left."""
    eyes_e4: int = 0
    """How open the eyes are, height to width; only a person's own ratio says something."""
    mesh_e4: int = 0
    """How sure the mesh is that this is a face."""

    def fault(self) -> Advice | None:
        """The first thing that is wrong with it, whatever the head does."""
        if self.faces != 1:
            return Advice.SEVERAL if self.faces else Advice.NONE_FOUND
        if self.width < LEAST_WIDTH:
            return Advice.TOO_SMALL
        if self.light < DARKEST:
            return Advice.DARK
        if self.light > BRIGHTEST or self.washed > WASHED:
            return Advice.BRIGHT
        return None if self.mesh_e4 >= LEAST_MESH else Advice.TURNED

    def framing(self) -> Advice | None:
        """What is wrong with it as a straight picture; None = it can be compared with another."""
        wrong = self.fault()
        if wrong is not None:
            return wrong
        if abs(self.nose_e4) > STRAIGHT:
            return Advice.TURNED
        return Advice.BLURRED if self.sharp < LEAST_SHARP else None


@dataclass(frozen=True, slots=True)
class LiveView:
    """How far a check is, for the screen."""

    phase: LivePhase
    advice: Advice | None = None
    side: Side | None = None
    """The turn that is asked now."""
    step: int = 0
    """Of which turn it is, from 1; 0 = none was asked yet."""
    steps: int = 0
    left_ms: int = 0
    too_quick: bool = False
    """The head jumped: it has to come back and turn more slowly."""
    fault: LiveFault | None = None
    blinked: bool = False

    @property
    def signals(self) -> str:
        """What was asked and seen, as a record keeps it; empty = not passed."""
        if self.phase is not LivePhase.PASSED:
            return ""
        return "turns+blink" if self.blinked else "turns"


@dataclass(slots=True)
class _Blink:
    """Support only: the rate at which true closed eyes are found was never measured (face.md 5)."""

    usual_e4: int
    low: int = 0
    seen: bool = False

    def look(self, eyes_e4: int) -> None:
        ratio = 10_000 * eyes_e4 // max(1, self.usual_e4)
        if ratio < _CLOSED:
            self.low += 1
        elif ratio > _OPEN_AGAIN:
            self.seen = self.seen or 1 <= self.low <= _LONGEST_BLINK
            self.low = 0


def drawn_sides(draw: Callable[[int], int]) -> tuple[Side, ...]:
    """Two or three turns at random; ``draw(n)`` answers 0 to n - 1, each as likely."""
    count = _LEAST_STEPS + draw(MOST_STEPS - _LEAST_STEPS + 1)
    return tuple((Side.LEFT, Side.RIGHT)[draw(2)] for _ in range(count))


@dataclass(slots=True)
class LiveSession:
    """One live check; every frame is shown to it once, in order, by :meth:`see`."""

    accept_e4: int
    """Distance up to which two pictures show the same person: of the model's own thresholds."""
    sides: tuple[Side, ...]
    began_ms: int
    phase: LivePhase = LivePhase.FRAMING
    fault: LiveFault | None = None
    _step: int = 0
    _since: int = 0
    _seen_at: int = -1
    _advice: Advice | None = Advice.NONE_FOUND
    _still: list[FrameSeen] = field(default_factory=list)
    _usual: int = 0
    """The nose offset of the straight face."""
    _blink: _Blink = field(default_factory=lambda: _Blink(1))
    _way: int = 0
    """Frames of this turn that were seen on the way."""
    _held: int = 0
    _too_quick: bool = False
    _lost: int = 0
    _compared: int = 0
    _asked: Want = Want.NOTHING

    def __post_init__(self) -> None:
        if not _LEAST_STEPS <= len(self.sides) <= MOST_STEPS:
            raise BadValue(what="turns", why=str(len(self.sides)))
        self._since = self.began_ms

    # --- what happens -------------------------------------------------------------------------

    def see(self, frame: FrameSeen, at_ms: int) -> Want:
        """The next frame; one that is older than the last is not looked at."""
        self._asked = Want.NOTHING
        if self.is_over or at_ms < max(self._seen_at, self.began_ms):
            return self._asked
        self.tick(at_ms)
        if self.is_over:
            return self._asked
        self._seen_at = at_ms
        if self.phase in (LivePhase.FRAMING, LivePhase.BEFORE):
            self._frame(frame, at_ms)
        elif self._is_alone(frame):
            self._follow(frame, at_ms)
        return self._asked

    def tick(self, at_ms: int) -> None:
        """Time goes on, with a frame or without one."""
        if self.is_over:
            return
        waiting, limit = (
            (at_ms - self.began_ms, OPENING_MS)
            if self._seen_at < 0
            else (at_ms - self._seen_at, STALLED_MS)
        )
        if waiting > limit:
            self.fail(LiveFault.STOPPED)
        elif self.phase in (LivePhase.FRAMING, LivePhase.BEFORE):
            if at_ms - self._since > FRAMING_MS:
                self.fail(LiveFault.NOT_FRAMED)
        elif at_ms - self._since > TURN_MS:
            self.fail(LiveFault.OTHER_FACE if self._compared else LiveFault.TOO_SLOW)

    def kept(self) -> None:
        """The straight face was taken into memory: the first turn is asked."""
        self._require(Want.KEEP)
        middle = len(self._still) // 2
        self._usual = sorted(one.nose_e4 for one in self._still)[middle]
        self._blink = _Blink(sorted(one.eyes_e4 for one in self._still)[middle])
        self._go(LiveEvent.KEPT, self._seen_at)

    def compared(self, distance_e4: int) -> None:
        """How far the face of this frame is from the one that was kept."""
        self._require(Want.COMPARE)
        if distance_e4 <= self.accept_e4:
            self._same()
            return
        self._compared += 1
        if self._compared >= MOST_COMPARED:
            self.fail(LiveFault.OTHER_FACE)

    def fail(self, why: LiveFault) -> None:
        """It ends here; harmless when it has ended."""
        if not self.is_over:
            self.phase = LIVE.step(self.phase, LiveEvent.FAILED)
            self.fault, self._asked = why, Want.NOTHING

    # --- what can be asked --------------------------------------------------------------------

    @property
    def is_over(self) -> bool:
        """Whether it passed or failed."""
        return LIVE.is_final(self.phase)

    def view(self, at_ms: int) -> LiveView:
        """For the screen."""
        asked = self.phase in (LivePhase.TURNING, LivePhase.RETURNING, LivePhase.AFTER)
        limit = TURN_MS if asked else FRAMING_MS
        return LiveView(
            phase=self.phase,
            advice=self._advice if self.phase is LivePhase.FRAMING else None,
            side=self.sides[self._step] if self.phase is LivePhase.TURNING else None,
            step=self._step + 1 if asked or self.phase is LivePhase.PASSED else 0,
            steps=len(self.sides),
            left_ms=0 if self.is_over else max(0, limit - (at_ms - self._since)),
            too_quick=self._too_quick,
            fault=self.fault,
            blinked=self._blink.seen,
        )

    # --- before the first turn ----------------------------------------------------------------

    def _frame(self, frame: FrameSeen, at_ms: int) -> None:
        self._advice = frame.framing()
        if self._advice is None and self._spread(frame) > STILL:
            self._advice = Advice.MOVING
        if self._advice is not None:
            self._still.clear()
            if self.phase is LivePhase.BEFORE:
                self.phase = LIVE.step(self.phase, LiveEvent.UNFRAMED)
            return
        if self.phase is LivePhase.FRAMING:
            self.phase = LIVE.step(self.phase, LiveEvent.FRAMED)
        self._still.append(frame)
        if len(self._still) >= STILL_FRAMES:
            self._asked = Want.KEEP

    def _spread(self, frame: FrameSeen) -> int:
        offsets = [one.nose_e4 for one in (*self._still, frame)]
        return max(offsets) - min(offsets)

    # --- from the first turn on ---------------------------------------------------------------

    def _is_alone(self, frame: FrameSeen) -> bool:
        """Whether the frame can be used: one face only throughout, for a moment perhaps none."""
        if frame.faces > 1:
            self.fail(LiveFault.SEVERAL)
        elif frame.fault() is not None:
            self._lost, self._way, self._held = self._lost + 1, 0, 0
            if self._lost > MOST_LOST:
                self.fail(LiveFault.LOST)
        else:
            self._lost = 0
            return True
        return False

    def _follow(self, frame: FrameSeen, at_ms: int) -> None:
        change = frame.nose_e4 - self._usual
        if abs(change) <= BACK:
            self._blink.look(frame.eyes_e4)
        else:
            self._blink.low = 0
        if self.phase is LivePhase.TURNING:
            self._turn(change if self.sides[self._step] is Side.LEFT else -change)
        elif abs(change) > BACK:
            return
        elif self.phase is LivePhase.RETURNING:
            self._returned(at_ms)
        elif frame.framing() is None:
            self._asked = Want.COMPARE

    def _turn(self, change: int) -> None:
        """``change`` is positive towards the side that was asked."""
        self._held = self._held + 1 if change >= TURN else 0
        if change <= -TURN:
            self.fail(LiveFault.WRONG_SIDE)
        elif change < ON_THE_WAY:
            self._way, self._too_quick = 0, False
        elif change < TURN:
            self._way += 1
        elif not self._way:
            self._too_quick = True
        elif self._held >= HELD:
            self._asked = Want.COMPARE

    def _returned(self, at_ms: int) -> None:
        if self._step + 1 < len(self.sides):
            self._step += 1
            self._go(LiveEvent.NEXT_ASKED, at_ms)
        else:
            self._go(LiveEvent.ALL_SEEN, at_ms)

    def _same(self) -> None:
        turned = self.phase is LivePhase.TURNING
        self._go(LiveEvent.TURNED if turned else LiveEvent.SAME_FACE, self._seen_at)

    def _go(self, event: LiveEvent, at_ms: int) -> None:
        self.phase = LIVE.step(self.phase, event)
        self._since, self._compared, self._lost = at_ms, 0, 0
        self._way, self._held, self._too_quick = 0, 0, False
        self._asked = Want.NOTHING

    def _require(self, want: Want) -> None:
        if self._asked is not want:
            raise BadValue(what="live check", why=f"{want} was not asked")
        self._asked = Want.NOTHING
