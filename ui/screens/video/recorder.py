"""The recorder's health: looked at once a day, answered once; what the strip says. No widgets."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.clock import shop_time
from app.domain.recorder import RecorderAnswer, RecorderState, RecorderWay
from app.domain.staff import Right
from app.errors import BadValue, DeviceError, YaotaiError
from app.use_cases.notes import Note
from ui.operation import Lane
from ui.screens.session import notes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.domain.recorder import Doubted
    from app.use_cases.recorder_day import RecorderDay
    from ui.screens.session import Session

_LONGEST_NUMBER = 6


class RecorderModel(QObject):
    """Today's look at the recorder and what is wrong with it."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session, self._shop = session, session.shop
        self.day: RecorderDay | None = None
        self.note: Note | None = None
        self.busy = False
        self.gaps = 0
        """Missing pictures that nobody has answered, as far as it was asked."""
        self._open = False
        self._seen: date | None = None
        """The day of which :attr:`day` speaks."""
        session.operator_changed.connect(self.changed)

    # --- asking ----------------------------------------------------------------------------------

    def today(self) -> date:
        """In the shop's zone."""
        return shop_time(self._shop.now()).date()

    def signed_in(self) -> None:
        """The first one of the day has the recorder looked at, as far as it can be by itself.

        Who answers for missing pictures is told of those that wait.
        """
        if self._shop.has_recorder() and self._seen != self.today() and not self.busy:
            self.load()
        if self.session.may(Right.ANSWER_GAPS):
            self.session.run(
                Lane.STORE,
                lambda _: len(self._shop.still_gaps()),
                self.count_gaps,
                lambda _: None,
            )

    def turn(self, *, is_open: bool) -> None:
        """The panel came into sight or went."""
        self._open = is_open
        self.changed.emit()

    def count_gaps(self, count: int) -> None:
        """So many pictures are missing and unanswered."""
        if count != self.gaps:
            self.gaps = count
            self.changed.emit()

    def load(self) -> None:
        """What the books say of today; a recorder that can be asked is asked where nobody did."""
        self.busy = True
        self.session.run(Lane.STORE, lambda _: self._shop.recorder_day(), self._loaded, self._fail)

    def _loaded(self, day: RecorderDay) -> None:
        self._take(day)
        alone = self._shop.recorder_way() is not RecorderWay.BY_HAND and self._shop.has_recorder()
        if day.check is None and alone and not self.session.locked:
            self.read()

    def _take(self, day: RecorderDay) -> None:
        self.day, self._seen, self.busy = day, self.today(), False
        self.changed.emit()

    def _fail(self, error: YaotaiError) -> None:
        self.busy, self.note = False, notes_of(error)[0]
        self.changed.emit()

    # --- acts ------------------------------------------------------------------------------------

    def read(self) -> None:
        """Have the recorder's own status read and kept."""
        way = self._shop.recorder_way()
        self.busy, self.note = True, None
        self.changed.emit()

        def read(state: RecorderState) -> None:
            self._keep(way, state)

        def unread(error: YaotaiError) -> None:
            if isinstance(error, DeviceError):
                self._keep(way, None, notes_of(error)[0])
            else:
                self._fail(error)

        self.session.run(Lane.DEVICES, lambda _: self._shop.read_recorder(), read, unread)

    def look(self, live: Mapping[int, bool], oldest: str, ahead: str) -> None:
        """What somebody read off the recorder's screen."""
        try:
            state = RecorderState(dict(live), _day(oldest), _seconds(ahead))
        except BadValue as error:
            self._say(f"video.wrong_{error.params['what']}", "block")
            return
        if state.oldest is not None and state.oldest > self.today():
            self._say("video.wrong_oldest", "block")
            return
        self._keep(RecorderWay.BY_HAND, state)

    def _keep(
        self, way: RecorderWay, state: RecorderState | None, note: Note | None = None
    ) -> None:
        if self.session.operator is None:
            return
        self.busy, self.note = True, note
        operator = self.session.operator

        def kept(day: RecorderDay) -> None:
            if self.note is None and not day.doubts:
                self.note = Note("video.kept", {}, "good")
            self._take(day)

        self.session.run(
            Lane.STORE, lambda _: self._shop.record_look(operator, way, state), kept, self._fail
        )

    def answer(self, answer: RecorderAnswer) -> None:
        """What is done about today's doubts."""
        check = self.day.check if self.day is not None else None
        if check is None or not check.is_open:
            return
        check_id, who = check.id, self.session.who()
        self._run(lambda: self._shop.answer_look(check_id, answer, who), "video.answered")

    def set_drift(self, text: str) -> None:
        """How far off the recorder's clock may be."""
        try:
            seconds = _seconds(text)
        except BadValue:
            seconds = None
        if seconds is None:
            self._say("video.wrong_drift", "block")
            return
        who, wanted = self.session.who(), seconds
        self._run(lambda: self._shop.set_video_drift(wanted, who), "video.drift_kept")

    def _run(self, work: Callable[[], RecorderDay], told: str) -> None:
        self.busy, self.note = True, None

        def done(day: RecorderDay) -> None:
            self.note = Note(told, {}, "good")
            self._take(day)

        self.session.run(Lane.STORE, lambda _: work(), done, self._fail)

    def _say(self, message_id: str, severity: str) -> None:
        self.note = Note(message_id, {}, severity)
        self.changed.emit()

    # --- words -----------------------------------------------------------------------------------

    def sentence(self, doubted: Doubted) -> str:
        """A doubt with its figures."""
        figures = dict(doubted.figures)
        if "ahead" in figures:
            side = "fast" if figures.pop("ahead") else "slow"
            return self.session.say(f"recorder_doubt.clock_{side}", **figures)
        return self.session.say(f"recorder_doubt.{doubted.doubt}", **figures)

    def notice(self, key: str) -> tuple[str, str]:
        """(words, tone) for the strip over the basket; empty = nothing to say."""
        if self._open:
            return "", ""
        words, tone = self._of_recorder(key)
        if not words and self._lacks_recorder():
            return self.session.say("video.strip_unplanned"), "told"
        if words or self.session.locked or not self.session.may(Right.ANSWER_GAPS):
            return words, tone
        if not self.gaps:
            return "", ""
        return self.session.say("video.strip_gaps", count=self.gaps, key=key), "warn"

    def _lacks_recorder(self) -> bool:
        """Who places devices is told that the area wants the counter on video."""
        wanted = self._shop.video_demanded() and not self._shop.has_recorder()
        return wanted and not self.session.locked and self.session.may(Right.DEVICES)

    def is_due(self) -> bool:
        """Whether somebody has to look at the recorder, or answer for it."""
        return bool(self._of_recorder("")[0])

    def _of_recorder(self, key: str) -> tuple[str, str]:
        day = self.day
        if day is None or self.session.locked or not self._shop.has_recorder():
            return "", ""
        say = self.session.say
        if self._seen != self.today() or day.check is None:
            return ("", "") if self.busy else (say("video.strip_unseen", key=key), "told")
        if not day.check.is_open or not day.doubts:
            return "", ""
        more = len(day.doubts) - 1
        words = self.sentence(day.doubts[0]) + (say("video.strip_more", count=more) if more else "")
        return say("video.strip_wrong", words=words, key=key), "warn"


def _day(text: str) -> date | None:
    """An ISO day; empty = not known. :raises BadValue: it is none."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip().replace("/", "-"))
    except ValueError:
        raise BadValue(what="oldest", why="no day") from None


def _seconds(text: str) -> int | None:
    """Whole seconds, negative = behind; empty = not looked at. :raises BadValue: no such."""
    plain = text.strip().replace("−", "-").replace("－", "-")
    if not plain:
        return None
    digits = plain.removeprefix("-").removeprefix("+")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= _LONGEST_NUMBER):
        raise BadValue(what="ahead", why="no whole number of seconds")
    return int(plain)
