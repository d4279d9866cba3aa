"""What broke since somebody looked: in words over the basket, for who keeps the shop."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from app.domain.clock import shop_time
from ui.operation import Lane
from ui.widgets.notice_strip import NoticeStrip
from ui.widgets.parts import strip_button

if TYPE_CHECKING:
    from app.domain.crash import CrashReport
    from ui.screens.session import Session

SHOWN = 5
"""Reports that the strip tells one by one."""


class CrashStrip(NoticeStrip):
    """Show, put aside; in sight until somebody put them aside."""

    def __init__(self, session: Session) -> None:
        super().__init__(session.say("crash.show"))
        self._session = session
        self._reports: tuple[CrashReport, ...] = ()
        self.shows = False
        self.aside = strip_button(session.say("crash.put_aside"))
        self.aside.clicked.connect(self._put_aside)
        line = self.layout()
        if line is not None:
            line.addWidget(self.aside)
        self.panel_asked.connect(self._turn)

    def show_reports(self, reports: tuple[CrashReport, ...], *, may: bool) -> None:
        """``may``: whoever is here keeps the shop; nobody else is told."""
        self._reports = reports
        self.setVisible(may and bool(reports))
        self._write()

    def _turn(self) -> None:
        self.shows = not self.shows
        self._write()

    def _write(self) -> None:
        say = self._session.say
        if not self._reports:
            return
        words = say("crash.words", count=len(self._reports), at=_at(self._reports[0]))
        told = [say("crash.means")]
        if self.shows:
            told += [self._line(one) for one in self._reports[:SHOWN]]
            if len(self._reports) > SHOWN:
                told.append(say("crash.more", count=len(self._reports) - SHOWN))
        self.open.setText(say("crash.hide" if self.shows else "crash.show"))
        self.write(words, "\n".join(told), blocks=False)

    def _line(self, one: CrashReport) -> str:
        return self._session.say(
            "crash.line", at=_at(one), times=one.times, kind=one.kind, place=one.place
        )

    def _put_aside(self) -> None:
        session = self._session
        who = session.who()
        session.run(
            Lane.STORE, lambda _: session.shop.put_crashes_aside(who), lambda _: self.hide()
        )


def _at(one: CrashReport) -> str:
    try:
        return f"{shop_time(datetime.fromisoformat(one.last_at)):%Y-%m-%d %H:%M}"
    except ValueError:
        return one.last_at[:16]
