"""备份 in the office: how the last one went, what is kept, where. No widgets here."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.clock import shop_time
from app.use_cases.backups import failure
from app.use_cases.notes import Note
from ui.operation import Lane

if TYPE_CHECKING:
    from app.errors import YaotaiError
    from app.use_cases.backups import BackupDone, BackupView
    from ui.screens.session import Session


class BackupModel(QObject):
    """Asked on a lane; what was there stays in sight until the answer comes."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.view: BackupView | None = None
        self.note: Note | None = None
        self.busy = self.making = False

    def ask(self) -> None:
        """What is there now."""
        shop = self.session.shop
        self.session.run(Lane.RECOVERY, lambda _: shop.backup_view(), self._came, self._unread)
        self.changed.emit()

    def make(self) -> None:
        """One now, proved by putting it back for a trial."""
        if self.making:
            return
        shop, who = self.session.shop, self.session.who()
        self.making, self.note = True, None
        self.session.run(Lane.OUTBOX, lambda _: shop.back_up(who), self._made, self._failed)
        self.changed.emit()

    def choose(self, text: str | None) -> None:
        """Another folder; None = beside the books again."""
        if self.busy or (text is not None and not text.strip()):
            return
        shop, who = self.session.shop, self.session.who()
        place = None if text is None else Path(text.strip()).expanduser()

        def work(_tell: object) -> BackupView:
            shop.choose_backup_place(place, who)
            return shop.backup_view()

        self.busy = True
        self.session.run(Lane.RECOVERY, work, self._chosen, self._failed)
        self.changed.emit()

    def said(self) -> tuple[str, str]:
        """How it stands, in a sentence, and its tone."""
        say, view = self.session.say, self.view
        if self.making:
            return say("backup.working"), "second"
        if view is None:
            return "", "second"
        last = view.last
        if last is None:
            return say("backup.state_none"), "warn"
        if last.good and last.proved is not None:
            until = _wall_of(last.proved.newest_at) or "—"
            words = say(
                "backup.state_good", when=_wall(last.at), sales=last.proved.sales, until=until
            )
            return words, "warn" if view.old else "good"
        missing = last.proved.missing if last.proved else 0
        why = say(last.why or "backup.fail_evidence", count=missing)
        words = say("backup.state_failed", when=_wall(last.at), why=why)
        if view.good_at is not None:
            words += say("backup.state_last_good", when=_wall(view.good_at))
        return words, "bad"

    def _came(self, view: BackupView) -> None:
        self.view = view
        self.changed.emit()

    def _chosen(self, view: BackupView) -> None:
        self.busy, self.note = False, Note("backup.chosen", {"place": view.place}, "good")
        self._came(view)

    def _made(self, _done: BackupDone) -> None:
        self.making = False
        self.ask()

    def _failed(self, error: YaotaiError) -> None:
        self.busy = self.making = False
        self._unread(error)

    def _unread(self, error: YaotaiError) -> None:
        self.note = Note(failure(error), dict(error.params), "block")
        self.changed.emit()


def _wall(at: datetime) -> str:
    return f"{shop_time(at):%m-%d %H:%M}"


def _wall_of(iso: str) -> str:
    return _wall(datetime.fromisoformat(iso)) if iso else ""
