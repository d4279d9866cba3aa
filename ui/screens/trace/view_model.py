"""追溯 in the office: suspect boxes, one code's life, boxes without codes. No widgets here."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.domain.quality_states import QUALITY, QualityEvent
from app.domain.staff import Right
from app.use_cases.notes import Note
from ui.operation import Lane
from ui.screens.session import notes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.domain.catalogue import Medicine
    from app.errors import YaotaiError
    from app.use_cases.code_life import CodeLife
    from app.use_cases.quality import CaseView, Suspect
    from app.use_cases.trace_import import CodeFile
    from app.use_cases.uncoded import NoCodeView, UncodedView
    from ui.screens.session import Session
    from ui.widgets.figures import Value

PARTS = ("quality", "code", "uncoded", "no_code", "file")
HITS = 20


class TraceModel(QObject):
    """Four parts of one page; each is asked afresh when it comes into sight."""

    changed = Signal()
    """The part, the note, or what may be done."""
    listed = Signal()
    """Rows of the part in sight."""

    def __init__(self, session: Session, export: Callable[..., Path]) -> None:
        """``export``: ``ui.table_export.export_table`` with its folder bound."""
        super().__init__()
        self.session, self.shop, self._export = session, session.shop, export
        self.part = PARTS[0]
        self.with_ended = False
        """Whether decided cases are listed too."""
        self.cases: list[CaseView] = []
        self.uncoded: list[UncodedView] = []
        self.lots: list[NoCodeView] = []
        self.life: CodeLife | None = None
        self.hits: list[Medicine] = []
        self.medicine: Medicine | None = None
        """The drug that is being put on the no-code list."""
        self.file: CodeFile | None = None
        self.running = False
        """A file is being read."""
        self._stop = Event()
        self.note: Note | None = None

    @property
    def decides(self) -> bool:
        """Whether this person may decide cases and keep the no-code list."""
        return self.session.may(Right.RECEIVE_GOODS)

    # --- asking ------------------------------------------------------------------------------

    def turn(self, part: str) -> None:
        """Another part, asked afresh."""
        self.part, self.note = part, None
        self.hits, self.medicine = [], None
        self.ask()

    def ask(self) -> None:
        """The rows of the part in sight."""
        if self.part == "quality":
            live = not self.with_ended
            self._run(lambda: self.shop.quality_list(live=live), self._cases)
        elif self.part == "uncoded":
            self._run(self.shop.uncoded_lines, self._uncoded)
        elif self.part == "no_code":
            self._run(self.shop.no_code_list, self._lots)
        else:
            self.listed.emit()
        self.changed.emit()

    def show_ended(self, shown: bool) -> None:
        """List decided cases too, or not."""
        self.with_ended = shown
        self.ask()

    def look_up(self, code: str) -> None:
        """The life of one code."""
        code = code.strip()
        if not code:
            return
        self.part = "code"
        scanned = self.shop.classify(code)
        wanted = scanned.trace_code() or code
        self._run(lambda: self.shop.code_life(wanted), self._life)
        self.changed.emit()

    def _cases(self, rows: list[CaseView]) -> None:
        self.cases = rows
        self.listed.emit()

    def _uncoded(self, rows: list[UncodedView]) -> None:
        self.uncoded = rows
        self.listed.emit()

    def _lots(self, rows: list[NoCodeView]) -> None:
        self.lots = rows
        self.listed.emit()

    def _life(self, life: CodeLife) -> None:
        self.life = life
        self.listed.emit()
        self.changed.emit()

    # --- cases -------------------------------------------------------------------------------

    def may_decide(self, view: CaseView | None, event: QualityEvent) -> bool:
        """Whether the table holds the step and this person may take it."""
        return view is not None and self.decides and QUALITY.allows(view.case.state, event)

    def decide(self, view: CaseView | None, event: QualityEvent, note: str) -> None:
        """Write a decision down; an examination says what was found."""
        if view is None or not self.may_decide(view, event):
            return
        if event is QualityEvent.EXAMINED and not note.strip():
            self.say("trace.note_first", "warn")
            return
        operator, case_id = self.session.who(), view.case.id

        def decided(_case: object) -> None:
            self.say(f"trace.decided_{event}", "good", drug=view.drug)
            self.ask()

        self._run(lambda: self.shop.decide_case(operator, case_id, event, note), decided)

    def hold_lot(self, view: CaseView | None) -> None:
        """Hold the whole lot of a case on every till."""
        if view is None or not self.decides:
            return
        operator, case_id = self.session.who(), view.case.id

        def held(batch: str) -> None:
            self.say("trace.lot_held", "good", drug=view.drug, batch=batch)

        self._run(lambda: self.shop.hold_case_lot(operator, case_id), held)

    def suspect(self, found: Suspect) -> None:
        """A box that somebody doubts, from the code's own page."""
        operator = self.session.who()

        def kept(_case: object) -> None:
            self.say("trace.kept", "good", code=found.code[-6:])
            self.look_up(found.code)

        self._run(lambda: self.shop.suspect(operator, found), kept)

    # --- no-code list ------------------------------------------------------------------------

    def search(self, text: str) -> None:
        """The drug that goes on the list."""
        text = text.strip()
        self.medicine = None
        self.hits = [hit.medicine for hit in self.shop.search(text, HITS)] if text else []
        self.changed.emit()

    def choose(self, medicine: Medicine) -> None:
        """This drug."""
        self.medicine, self.hits = medicine, []
        self.changed.emit()

    def list_lot(self, batch: str) -> None:
        """Put the drug's batch on the list."""
        medicine = self.medicine
        if medicine is None or not batch.strip():
            self.say("trace.no_code_both", "warn")
            return
        operator, drug = self.session.who(), medicine.display_name

        def kept(new: int) -> None:
            words = "trace.no_code_kept" if new else "trace.no_code_there"
            self.medicine = None
            self.say(words, "good" if new else "told", drug=drug, batch=batch.strip())
            self.ask()

        lots = [(medicine.id, batch.strip())]
        self._run(lambda: self.shop.list_no_code(operator, lots), kept)

    def unlist(self, view: NoCodeView | None) -> None:
        """From now on its boxes need their codes."""
        if view is None:
            return
        operator, lot = self.session.who(), view.lot

        def dropped(_nothing: None) -> None:
            self.say("trace.no_code_dropped", "good", drug=view.drug, batch=lot.batch)
            self.ask()

        self._run(lambda: self.shop.unlist_no_code(operator, lot.medicine_id, lot.batch), dropped)

    # --- the supplier's file -----------------------------------------------------------------

    def take_file(self, text: str, *, keep: bool) -> None:
        """Look a code file through, or take it in."""
        path = text.strip().strip("'\"")
        if self.running or not self.decides:
            return
        if not path:
            self.say("trace.file_none", "warn")
            return
        file, operator = Path(path).expanduser(), self.session.who()
        stop = self._stop = Event()
        self.running, self.file = True, None
        self.say("trace.file_running")
        self.listed.emit()

        def work(_tell: object) -> CodeFile:
            return self.shop.take_code_file(
                operator, file, lambda _rows: not stop.is_set(), keep=keep
            )

        self.session.run(
            Lane.RECOVERY, work, lambda told: self._taken(told, keep), self._file_failed
        )

    def stop_file(self) -> None:
        """Given up on the way nothing is kept."""
        self._stop.set()

    def _taken(self, file: CodeFile, keep: bool) -> None:
        self.running, self.file = False, file
        words = "trace.file_taken" if keep else "trace.file_looked"
        figures = {"read": file.read, "boxes": file.boxes, "cartons": file.cartons}
        severity = "warn" if file.unfit else "good"
        self.say(words, severity, unfit=len(file.unfit), **figures)
        self.listed.emit()

    def _file_failed(self, error: YaotaiError) -> None:
        self.running = False
        why = str(error.params.get("why", ""))
        if why.startswith(("import.", "trace_file.")):
            told = {**error.params, "why": self.session.say(why, **error.params)}
            self.say(error.message_id, "block", **told)
        else:
            self._failed(error)

    # --- files and words ---------------------------------------------------------------------

    def export(self, form: str, headings: Sequence[str], rows: Sequence[tuple[Value, ...]]) -> None:
        """What is shown, as a file."""
        title, now = self.session.say(f"trace.part_{self.part}"), self.shop.now()
        name = f"trace-{self.part.replace('_', '-')}"

        def written(path: Path) -> None:
            self.say("figures.written", "good", file=path.name)

        work = self._export
        self.session.run(
            Lane.RECOVERY,
            lambda _: work(name, title, headings, rows, form, now),
            written,
            self._failed,
        )

    def say(self, message_id: str, severity: str = "told", **params: object) -> None:
        """One sentence over the page."""
        self.note = Note(message_id, dict(params), severity)
        self.changed.emit()

    def _run(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self.session.run(Lane.STORE, lambda _: work(), done, self._failed)

    def _failed(self, error: YaotaiError) -> None:
        self.note = notes_of(error)[0]
        self.changed.emit()
