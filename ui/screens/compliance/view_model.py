"""合规档案 in the office: the file, the self-assessment, scans, complaints. No widgets."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal

from app.domain.clock import shop_time
from app.domain.complaint import Channel, Subject
from app.domain.complaint_states import ComplaintEvent
from app.domain.papers import STEPS, PaperKind
from app.domain.staff import Right
from app.domain.typed_date import box_date
from app.errors import BadFile, BadValue
from app.use_cases.complaints import NewComplaint
from app.use_cases.notes import Note
from app.use_cases.store_papers import NewPaper, kept_note
from ui.operation import Lane
from ui.screens.office.parts_model import PartsModel
from ui.screens.session import notes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.domain.evidence import Exhibit
    from app.errors import YaotaiError
    from app.use_cases.admission import Assessment, StoreFile
    from app.use_cases.complaints import ComplaintsView
    from app.use_cases.designation import Designation
    from ui.screens.session import Session
    from ui.screens.stock.sheet import Sheet
    from ui.widgets.figures import Value

PARTS: Final = ("file", "assess", "steps", "documents", "complaints")


class ComplianceModel(PartsModel):
    """The store's own papers, and what stands in them."""

    kept = Signal()
    """What was typed stands in the books: the fields may be emptied."""
    shown = Signal(object)
    """Pages of a scan, as pictures."""

    def __init__(
        self, session: Session, export: Callable[..., Path], paper: Callable[[Sheet], str]
    ) -> None:
        super().__init__(session, PARTS[0], export, paper)
        self.file: StoreFile | None = None
        self.assessment: Assessment | None = None
        self.designation: Designation | None = None
        self.scans: dict[str, tuple[Exhibit, ...]] = {}
        self.register: ComplaintsView | None = None

    @property
    def today(self) -> date:
        """The shop's day."""
        return shop_time(self.shop.now()).date()

    def parts(self) -> tuple[str, ...]:
        """All or none."""
        return PARTS if self.session.may(Right.APPROVE_STOCK) else ()

    def ask(self) -> None:
        """What the part in sight shows, afresh."""
        if not self.parts():
            return
        shop, who, part = self.shop, self.session.who(), self.part
        lane = Lane.RECOVERY if part == "assess" else Lane.STORE
        works: dict[str, Callable[[], object]] = {
            "file": lambda: shop.store_file(who),
            "assess": lambda: shop.assess(who),
            "steps": lambda: (shop.store_file(who), shop.designation(who)),
            "documents": lambda: (shop.store_file(who), shop.store_paper_files(who)),
            "complaints": lambda: shop.complaints(who),
        }
        self.session.run(
            lane, lambda _: works[part](), lambda found: self._came(part, found), self._failed
        )
        self.changed.emit()

    def _came(self, part: str, found: object) -> None:
        if part == "documents" and isinstance(found, tuple):
            self.file, self.scans = found
        elif part == "steps" and isinstance(found, tuple):
            self.file, self.designation = found
        else:
            name = {"assess": "assessment", "complaints": "register"}.get(part, part)
            setattr(self, name, found)
        if part == self.part:
            self.listed.emit()
        self.changed.emit()

    # --- papers ----------------------------------------------------------------------------------

    def add_paper(self, kind: str, texts: Sequence[str], holder: str, renews: str = "") -> None:
        """``texts``: title, number, first day, last day, note, as typed."""
        title, number, begins, ends, note = texts
        words = title.strip() or (self._title(kind) if kind in _SELF_TITLED else "")
        if not words:
            self._tell("papers.no_title")
            return
        try:
            first, last = box_date(begins, last_day=False), box_date(ends, last_day=True)
        except BadValue:
            first = last = None
        if first is None or (ends.strip() and last is None):
            self._tell("papers.bad_days")
            return
        if last is not None and last < first:
            self._tell("papers.ends_first")
            return
        typed = NewPaper(PaperKind(kind), words, number, first, last, holder, note, renews)
        shop, who = self.shop, self.session.who()
        self._write(lambda: shop.add_paper(who, typed), kept_note)

    def _title(self, kind: str) -> str:
        return self.session.say(f"papers.kind_{kind}")

    def withdraw(self, paper_id: str) -> None:
        """It was entered by mistake."""
        shop, who = self.shop, self.session.who()
        self._write(lambda: shop.withdraw_paper(who, paper_id), Note("papers.kept", {}, "good"))

    def attach(self, paper_id: str, text: str) -> None:
        """A scan from a file."""
        wanted = text.strip().strip("'\"")
        if not wanted or not paper_id:
            self._tell("compliance.no_file" if paper_id else "compliance.no_paper")
            return
        shop, who, path = self.shop, self.session.who(), Path(wanted).expanduser()
        done = Note("compliance.attached", {"file": path.name}, "good")
        self._write(lambda: shop.attach_store_paper(who, paper_id, path), done)

    def look(self, one: Exhibit) -> None:
        """Its pages; the look is in the log."""
        shop, who = self.shop, self.session.who()
        self.session.run(
            Lane.RECOVERY,
            lambda _: shop.open_goods_file(one, who),
            self.shown.emit,
            self._failed,
        )

    # --- the self-assessment ---------------------------------------------------------------------

    def answer(self, condition: str, yes: bool, note: str) -> None:
        """What the books do not know."""
        shop, who = self.shop, self.session.who()
        name = self.session.say(f"admission.name_{condition}")
        done = Note("compliance.answered", {"name": name}, "good")
        self._write(lambda: shop.answer_condition(who, condition, yes, note), done)

    # --- complaints ------------------------------------------------------------------------------

    def add_complaint(self, channel: str, subject: str, texts: Sequence[str]) -> None:
        """``texts``: day received, words, person, last day for the answer, as typed."""
        received, words, person, due = texts
        try:
            came, until = box_date(received, last_day=False), box_date(due, last_day=True)
        except BadValue:
            came = until = None
        if came is None or until is None or came > self.today or until < came:
            self._tell("compliance.bad_complaint_days")
            return
        if not words.strip():
            self._tell("compliance.no_words")
            return
        typed = NewComplaint(came, Channel(channel), Subject(subject), words, person, until)
        shop, who = self.shop, self.session.who()
        done = Note("compliance.complaint_kept", {"day": f"{until}"}, "good")
        self._write(lambda: shop.add_complaint(who, typed), done)

    def step(self, complaint_id: str, event: ComplaintEvent, words: str) -> None:
        """Something was done, or it is closed."""
        if not words.strip():
            self._tell("compliance.no_step_words")
            return
        shop, who = self.shop, self.session.who()
        done = Note(f"compliance.step_{event.value}", {}, "good")
        self._write(lambda: shop.step_complaint(who, complaint_id, event, words), done)

    def usual_due(self) -> str:
        """What stands in the field for the answer's last day before somebody types another."""
        return f"{self.today + timedelta(days=_USUAL)}"

    # --- files -----------------------------------------------------------------------------------

    def export(
        self, name: str, headings: Sequence[str], rows: Sequence[Sequence[Value]], form: str
    ) -> None:
        """The rows in sight as a file."""
        title, now = self.session.say(f"compliance.part_{name}"), self.shop.now()
        work, told = self._export, self._noted(name)
        self._file(lambda: f"{work(f'compliance-{name}', title, headings, rows, form, now)}", told)

    def print_sheet(self, sheet: Sheet) -> None:
        """As a paper of A4."""
        work, told = self._paper, self._noted(self.part)
        self._file(lambda: work(sheet), told)

    def _noted(self, part: str) -> Callable[[], None] | None:
        """A self-assessment that leaves is in the log."""
        shop, who, done = self.shop, self.session.who(), self.assessment
        if part != "assess" or done is None:
            return None
        return lambda: shop.assessed(who, done)

    def _file(self, work: Callable[[], str], noted: Callable[[], None] | None) -> None:
        """Written beside the till's work; what the log says of it is the store's lane's."""

        def wrote(path: str) -> None:
            note = Note("figures.written", {"file": path}, "good")
            if noted is None:
                self._told(note)
                return
            self.session.run(
                Lane.STORE, lambda _: noted(), lambda _: self._told(note), self._failed
            )

        self.session.run(Lane.RECOVERY, lambda _: work(), wrote, self._failed)

    # --- what came back --------------------------------------------------------------------------

    def _write(self, work: Callable[[], object], done: Note | Callable[[object], Note]) -> None:
        if self.busy:
            return
        self.busy = True

        def wrote(found: object) -> None:
            self.busy = False
            self.kept.emit()
            self._told(done if isinstance(done, Note) else done(found))
            self.ask()

        self.session.run(Lane.STORE, lambda _: work(), wrote, self._failed)
        self.changed.emit()

    def _tell(self, message_id: str) -> None:
        self._say(message_id, "warn")

    def _told(self, note: Note) -> None:
        self.note = note
        self.changed.emit()

    def _failed(self, error: YaotaiError) -> None:
        self.busy = False
        why = str(error.params.get("why", "")) if isinstance(error, BadFile) else ""
        if why.startswith(("receiving.", "import.")):
            self._told(Note(why, {"file": error.params.get("file", "")}, "warn"))
        elif isinstance(error, BadValue):
            self._tell("compliance.bad_value")
        else:
            self._told(notes_of(error)[0])


_SELF_TITLED: Final = frozenset(
    kind.value for kind in (PaperKind.OPENING, PaperKind.DUAL_CHANNEL, *STEPS)
)
_USUAL: Final = 7
"""Days until the answer that the field offers; no rule names any, people type their own."""
