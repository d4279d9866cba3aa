"""上传 in the office: what the platform was told, refused, or waits for. No widgets here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.domain.refusals import Remedy
from app.domain.staff import Right
from app.domain.upload_states import COUNTED
from app.errors import BadValue
from app.use_cases.notes import Note
from ui.operation import Lane
from ui.screens.session import notes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from app.errors import YaotaiError
    from app.use_cases.drain_outbox import Drained
    from app.use_cases.upload_list import UploadForm, UploadLine, UploadList
    from app.use_cases.upload_look import Looked
    from ui.screens.session import Session
    from ui.screens.uploads.sender import UploadSender
    from ui.widgets.figures import Value

PARTS = ("aside", "waiting", "done")


class UploadsModel(QObject):
    """Three lists and one row that is being put right."""

    changed = Signal()
    """The part, the note, the counts or what may be done."""
    listed = Signal()
    """Rows of the part in sight."""
    opened = Signal()
    """A form to put a row right, or none any more."""
    aged = Signal(tuple)
    """Minutes from which the bar is amber and red, as they count now."""

    def __init__(self, session: Session, sender: UploadSender, export: Callable[..., Path]) -> None:
        """``export``: ``ui.table_export.export_table`` with its folder bound."""
        super().__init__()
        self.session, self.shop, self.uploader = session, session.shop, sender
        self._export = export
        self.part = PARTS[0]
        self.list: UploadList | None = None
        self.form: UploadForm | None = None
        self.note: Note | None = None
        self.busy = False
        self.ages: tuple[int, int] | None = None
        self._in_sight = False
        sender.moved.connect(self._moved)
        sender.ended.connect(self._ended)

    # --- facts -----------------------------------------------------------------------------------

    @property
    def sending(self) -> bool:
        """Whether what waits is being sent because a person asked."""
        return self.uploader.sending

    def may(self, line: UploadLine | None, act: str) -> bool:
        """Whether the operator may do that to a row now."""
        allowed = self.session.may(Right.APPROVE_STOCK)
        return line is not None and allowed and act in line.may and not self.busy

    def count(self, part: str) -> str:
        """Rows of a list; beyond what is counted, with a plus."""
        rows = self.list.counts.get(part, 0) if self.list is not None else 0
        return f"{rows}+" if rows >= COUNTED else str(rows)

    @property
    def may_more(self) -> bool:
        """Whether the list has another page."""
        return self.list is not None and self.list.after > 0 and not self.busy

    # --- asked -----------------------------------------------------------------------------------

    def enter(self) -> None:
        """The page came into sight."""
        self._in_sight = True
        self.ask()
        self.session.run(Lane.STORE, lambda _: self.shop.outbox_ages(), self._aged, self._failed)

    def leave(self) -> None:
        """It goes; what was being put right is not kept."""
        self._in_sight, self.note = False, None
        self._close_form()

    def turn(self, part: str) -> None:
        """Another list."""
        self.part, self.note = part, None
        self._close_form()
        self.ask()

    def ask(self) -> None:
        """The list in sight, afresh; a key that is pressed meanwhile still acts."""
        part = self.part
        self.session.run(
            Lane.STORE, lambda _: self.shop.upload_list(part), self._listed, self._failed
        )

    def more(self) -> None:
        """The next page, under what is shown."""
        shown = self.list
        if shown is None or not self.may_more:
            return

        def add(found: UploadList) -> None:
            if found.part == self.part and self.list is shown:
                self._listed(replace(found, lines=shown.lines + found.lines))

        part, after = self.part, shown.after
        self._run(lambda _: self.shop.upload_list(part, after), add)

    def _listed(self, found: UploadList) -> None:
        if found.part == self.part:
            self.list = found
            self.listed.emit()
        self.changed.emit()

    def _moved(self, _done: Drained) -> None:
        if self._in_sight and self.form is None:
            self.ask()

    # --- acts ------------------------------------------------------------------------------------

    def send_now(self) -> None:
        """Everything that can leave; what came of it is told."""
        self.note = Note("uploads.sending", {}, "told")
        self.uploader.send_now()
        self.changed.emit()

    def _ended(self, done: Drained | YaotaiError) -> None:
        from app.use_cases.drain_outbox import Drained

        if not isinstance(done, Drained):
            self._failed(done)
        elif done.line_down:
            self._say("uploads.line_down", "warn", count=done.confirmed)
        elif done.stopped:
            self._say("uploads.stopped", "warn", text=done.stopped, count=done.confirmed)
        elif done.idle:
            self._say("uploads.nothing", "told")
        else:
            tone = "warn" if done.refused or done.unknown else "good"
            self._say(
                "uploads.sent", tone, count=done.confirmed, refused=done.refused,
                unknown=done.unknown,
            )  # fmt: skip
        if self._in_sight:
            self.ask()

    @property
    def may_map(self) -> bool:
        """Whether the operator may have the whole catalogue told."""
        return self.session.may(Right.APPROVE_STOCK) and not self.busy

    def map_catalogue(self) -> None:
        """Owe a mapping for every drug that has a national code and none yet."""
        if not self.may_map:
            return
        who, self.busy = self.session.who(), True

        def done(owed: int) -> None:
            self.busy = False
            self._say("uploads.mapped" if owed else "uploads.mapped_all", "good", count=owed)
            self.ask()

        self.session.run(Lane.RECOVERY, lambda _: self.shop.map_catalogue(who), done, self._failed)
        self.changed.emit()

    def remedy(self, line: UploadLine | None, which: Remedy, reason: str = "") -> bool:
        """Help a row that stands aside; answers whether it began."""
        if line is None or not self.may(line, which.value):
            return False
        if which is Remedy.LEAVE and not reason.strip():
            self._say("uploads.leave_reason", "warn")
            return False
        who = self.session.who()
        self._act(
            lambda _: self.shop.upload_remedy(line.key, which, reason, who),
            f"uploads.done_{which.value}",
        )
        return True

    def look(self, line: UploadLine | None) -> None:
        """Ask the platform what it holds of a row that was refused or had no answer."""
        if line is None or not self.may(line, Remedy.LOOK.value):
            return
        who = self.session.who()
        self.busy = True

        def done(made: Looked) -> None:
            self.busy = False
            tone = {"equal": "good", "silent": "warn", "differs": "block"}.get(made.found, "warn")
            names = [self.session.say(f"uploads.side_{one.name}") for one in made.different]
            self._say(
                f"uploads.looked_{made.found}",
                tone,
                text=made.text,
                fields=self.session.say("list.comma").join(names),
            )
            self.ask()
            self.uploader.go_on()

        self._say("uploads.looking", "told")
        self.session.run(
            Lane.RECOVERY, lambda _: self.shop.look_after_upload(line.key, who), done, self._failed
        )

    # --- ages ------------------------------------------------------------------------------------

    @property
    def may_age(self) -> bool:
        """Whether the operator may say how old a row may become."""
        return self.session.may(Right.APPROVE_STOCK) and not self.busy

    def keep_ages(self, warn: str, late: str) -> None:
        """As typed, in minutes."""
        try:
            ages = int(warn), int(late)
        except ValueError:
            self._say("uploads.ages_bad", "warn")
            return
        self._set_ages(ages, "uploads.ages_kept")

    def default_ages(self) -> None:
        """What counts where nobody set anything."""
        self._set_ages(None, "uploads.ages_back")

    def _set_ages(self, ages: tuple[int, int] | None, said: str) -> None:
        if not self.may_age:
            return
        who = self.session.who()

        def done(now: tuple[int, int]) -> None:
            self._aged(now)
            self._say(said, "good", warn=now[0], late=now[1])

        def failed(error: YaotaiError) -> None:
            self._failed(error)
            if isinstance(error, BadValue):
                self._say("uploads.ages_bad", "warn")

        self.session.run(Lane.STORE, lambda _: self.shop.set_outbox_ages(ages, who), done, failed)

    def _aged(self, ages: tuple[int, int]) -> None:
        self.ages = ages
        self.aged.emit(ages)

    def alike_again(self, line: UploadLine | None) -> None:
        """All that were refused for the same cause."""
        if line is None or not self.may(line, Remedy.AGAIN.value):
            return
        who = self.session.who()

        def done(rows: int) -> None:
            self._say("uploads.done_alike", "good", count=rows)
            self.ask()
            self.uploader.go_on()

        self._run(lambda _: self.shop.uploads_alike_again(line.key, who), done)

    def open_form(self, line: UploadLine | None) -> None:
        """Put a row right."""
        if line is not None and self.may(line, "correct"):
            who = self.session.who()
            self._run(lambda _: self.shop.upload_form(line.key, who), self._opened)

    def _opened(self, form: UploadForm) -> None:
        self.form = form
        self.opened.emit()
        self.changed.emit()

    def close_form(self) -> bool:
        """Back to the list; False = it is there already."""
        held = self.form is not None
        self._close_form()
        return held

    def _close_form(self) -> None:
        if self.form is not None:
            self.form = None
            self.opened.emit()

    def correct(self, typed: Mapping[str, str]) -> None:
        """Say the row by a new one."""
        form = self.form
        if form is None or self.busy:
            return
        who, key, given = self.session.who(), form.line.key, dict(typed)

        def done(made: tuple[str, int]) -> None:
            self._close_form()
            said = "uploads.corrected_more" if made[1] else "uploads.corrected"
            self._say(said, "good", count=made[1])
            self.ask()
            self.uploader.go_on()

        self._run(lambda _: self.shop.correct_upload(key, given, who), done)

    def delete(self, line: UploadLine | None, reason: str) -> None:
        """Have the platform delete a row."""
        if line is None or not self.may(line, "delete"):
            return
        if not reason.strip():
            self._say("uploads.reason_needed", "warn")
            return
        who = self.session.who()
        self._act(lambda _: self.shop.delete_upload(line.key, reason, who), "uploads.delete_asked")

    def export(self, form: str, headings: Sequence[str], rows: Sequence[tuple[Value, ...]]) -> None:
        """The rows in sight as a file."""
        title, now = self.session.say("office.page_uploads"), self.shop.now()
        name, work = f"uploads-{self.part}", self._export
        self.session.run(
            Lane.RECOVERY,
            lambda _: work(name, title, headings, rows, form, now),
            lambda path: self._say("figures.written", "good", file=path.name),
            self._failed,
        )

    # --- common ----------------------------------------------------------------------------------

    def _act(self, work: Callable[[Any], object], said: str) -> None:
        def done(_answer: object) -> None:
            self._say(said, "good")
            self.ask()
            self.uploader.go_on()

        self._run(work, done)

    def _run(self, work: Callable[[Any], object], done: Callable[[Any], None]) -> None:
        self.busy = True

        def finished(value: object) -> None:
            self.busy = False
            done(value)
            self.changed.emit()

        self.session.run(Lane.STORE, work, finished, self._failed)

    def _failed(self, error: YaotaiError) -> None:
        self.busy = False
        self.note = notes_of(error)[0]
        self.changed.emit()

    def _say(self, message_id: str, severity: str, **params: object) -> None:
        self.note = Note(message_id, dict(params), severity)
        self.changed.emit()
