"""The list of clips and the missing stills: fetched, searched, shown, answered. No widgets."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from app.domain.clock import SHOP_ZONE, shop_time
from app.domain.staff import Right
from app.errors import YaotaiError
from app.use_cases.notes import Note
from ui.operation import Lane
from ui.screens.session import notes_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.domain.purchase_still import GapAnswer
    from app.use_cases.gaps_list import GapRow
    from app.use_cases.video_marks import ClipRow
    from ui.screens.session import Session

COLUMNS: Final = ("at", "receipt", "cameras", "clip", "kind", "person", "still")
"""Of the list, on the screen, on paper and in the file; a receipt number begins with its till."""
_LONGEST: Final = 366
"""Days of one list."""
Period = tuple[date, date]


class VideoModel(QObject):
    """One period's clips, one picture of them, and the gaps that wait for an answer."""

    changed = Signal()
    fetched = Signal()
    pictured = Signal(bytes)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session, self._shop = session, session.shop
        self.rows: tuple[ClipRow, ...] = ()
        self.gaps: tuple[GapRow, ...] = ()
        self.counted = False
        """Whether :attr:`gaps` was asked for at all."""
        today = shop_time(session.shop.now()).date()
        self.period: Period = (today, today)
        self.note: Note | None = None

    def may_answer(self) -> bool:
        """Whether the operator answers for missing stills."""
        return self.session.may(Right.ANSWER_GAPS)

    def may_look(self) -> bool:
        """Whether the operator may see a picture of a person."""
        return self.session.may(Right.SEE_PERSON)

    # --- asking ----------------------------------------------------------------------------------

    def fetch(self, first: str, last: str, cert_no: str = "") -> None:
        """The clips of the days, both whole; ``cert_no``: of one person alone."""
        try:
            begins, ends = date.fromisoformat(first.strip()), date.fromisoformat(last.strip())
        except ValueError:
            self.say("video.wrong_period", "block")
            return
        if ends < begins or (ends - begins).days > _LONGEST:
            self.say("video.wrong_period", "block")
            return
        self.period, who = (begins, ends), self.session.who()
        opens, closes = _midnight(begins), _midnight(ends + timedelta(days=1))

        def found(rows: tuple[ClipRow, ...]) -> None:
            self.rows, self.note = rows, None
            self.fetched.emit()
            self.changed.emit()

        person = cert_no.strip().upper()
        self._run(lambda: self._shop.clips(opens, closes, who, person), found)

    def load_gaps(self) -> None:
        """Missing stills that nobody has answered."""
        self._run(self._shop.still_gaps, self._took)

    def _took(self, gaps: tuple[GapRow, ...]) -> None:
        self.gaps, self.counted = gaps, True
        self.changed.emit()

    def answer(self, sale_id: str, answer: GapAnswer) -> None:
        """What is said of a missing still."""
        who = self.session.who()

        def work() -> tuple[GapRow, ...]:
            self._shop.answer_gap(sale_id, answer, who)
            return self._shop.still_gaps()

        def done(gaps: tuple[GapRow, ...]) -> None:
            self.note = Note("video.gap_answered", {}, "good")
            self._took(gaps)

        self._run(work, done)

    def look_at(self, sale_id: str) -> None:
        """The picture of a sale; the look is logged before it is shown."""
        who = self.session.who()
        self._run(lambda: self._shop.still_picture(sale_id, who), self.pictured.emit)

    def save(self, write: Callable[[tuple[ClipRow, ...], Period], str]) -> None:
        """Put the list that is in hand into a file; ``write`` answers its name."""
        if self.rows:
            self.write(lambda: write(self.rows, self.period))

    def write(self, write: Callable[[], str]) -> None:
        """Put something on paper or into a file; ``write`` answers its name."""
        try:
            name = write()
        except YaotaiError as error:
            self._failed(error)
            return
        self.say("video.saved", "good", name=name)

    def _run(self, work: Callable[[], object], done: Callable[..., None]) -> None:
        self.session.run(Lane.STORE, lambda _: work(), done, self._failed)

    def _failed(self, error: YaotaiError) -> None:
        self.note = notes_of(error)[0]
        self.changed.emit()

    def say(self, message_id: str, severity: str, **params: object) -> None:
        """One sentence under the list."""
        self.note = Note(message_id, dict(params), severity)
        self.changed.emit()

    # --- words -----------------------------------------------------------------------------------

    def cells(self, row: ClipRow, *, whole: bool = False) -> tuple[str, ...]:
        """The texts of a line, in the order of :data:`COLUMNS`; ``whole``: with the year."""
        say = self.session.say
        kinds = " + ".join(say(f"payment.type_{kind}") for kind in row.settlement_types)
        cameras = ", ".join(str(no) for no in row.channels)
        return (
            f"{shop_time(row.ends):{'%Y-%m-%d' if whole else '%m-%d'} %H:%M}",
            row.receipt_no,
            cameras or say("video.no_camera"),
            clip_text(row),
            kinds or say("video.uninsured"),
            row.person or "—",
            say(f"video.still_{row.still}") if row.still else "—",
        )


def clip_text(row: ClipRow) -> str:
    """From and to on the recorder's clock; with its day where that is not the day of the sale."""
    day = shop_time(row.ends).date()
    ends = [
        f"{at:%H:%M:%S}" if at.date() == day else f"{at:%m-%d %H:%M:%S}"
        for at in (shop_time(row.clip_begins), shop_time(row.clip_ends))
    ]
    return " – ".join(ends)


def csv_of(heads: tuple[str, ...], lines: list[tuple[str, ...]]) -> bytes:
    """A file that spreadsheets open: what could be a formula is made a text."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(heads)
    for line in lines:
        writer.writerow([f"'{cell}" if cell[:1] in "=+-@\t\r" and cell else cell for cell in line])
    return out.getvalue().encode("utf-8-sig")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHOP_ZONE)
