"""收货: lists, the open receiving with its faults, and every act of the page."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.domain.receiving import TypedLine
from app.domain.receiving_states import ReceivingState
from app.errors import BadValue, RuleBroken
from app.use_cases.notes import Note
from ui.operation import Lane

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from app.domain.lot_states import LotEvent
    from app.domain.receiving import LineFault, Receiving
    from app.domain.supplier import Supplier
    from app.domain.supplier_states import SupplierEvent
    from app.errors import YaotaiError
    from app.ports import Hit
    from app.use_cases.delivery_note import NoteReport
    from app.use_cases.post_receiving import Posted
    from app.use_cases.receiving import ScanResult
    from app.use_cases.receiving_check import ReceivingCheck
    from app.use_cases.sign_in import SecondPerson
    from app.use_cases.suppliers import SupplierForm
    from app.use_cases.supply_view import SupplyHome
    from app.use_cases.trace_import import CodeFile
    from ui.operation import Tell
    from ui.screens.session import Session


class ReceivingModel(QObject):
    """One receiving is open at a time; what is typed is kept as soon as a field is left."""

    listed = Signal()
    """The lists were read anew."""
    checked = Signal()
    """The open receiving, or none, with what stands against it."""
    noted = Signal()
    jumped = Signal(int)
    """A code led to the line of this number."""
    files = Signal()
    """A file is read, or was."""
    supplied = Signal(object)
    """A supplier was kept, approved or stopped."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.home: SupplyHome | None = None
        self.check: ReceivingCheck | None = None
        self.note: Note | None = None
        self._meant: frozenset[str] = frozenset()
        """New products whose warning was read."""
        self._under_way = 0
        self.reading, self._given_up, self.rows_read = False, False, 0
        self.headings: tuple[str, ...] = ()
        """Of a note whose columns nobody named yet."""

    # --- what is asked ---------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Whether a receiving is being typed or looked at."""
        return self.check is not None

    @property
    def typing(self) -> bool:
        """Whether it is a draft, which may still be changed."""
        return self.check is not None and self.check.head.state is ReceivingState.DRAFT

    @property
    def head_faults(self) -> Mapping[str, LineFault]:
        """The first fault of each field of the head."""
        found: dict[str, LineFault] = {}
        for one in self.check.faults if self.check else ():
            if one.no == 0:
                found.setdefault(one.field, one)
        return found

    def fault_words(self, one: LineFault) -> str:
        """What is wrong, in words."""
        return self.session.say(f"receiving_fault.{one.why}", **dict(one.params))

    def search(self, text: str) -> list[Hit]:
        """Drugs to add by name; memory only."""
        return self.session.shop.search(text, 8) if text.strip() else []

    # --- acts ------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the lists anew."""
        self._run(self.session.shop.supply_home, self._listed)

    def begin(self, supplier_id: str, order_id: str = "") -> None:
        """A new draft of a supplier, or against an order."""
        who = self.session.who()
        self._run(lambda: self.session.shop.begin_receiving(supplier_id, order_id, who), self._seen)

    def open(self, receiving_id: str) -> None:
        """Go on with a draft, or look at what was posted."""
        self._run(lambda: self.session.shop.receiving(receiving_id), self._seen)

    def close(self) -> None:
        """Back to the lists; a draft stays as it was typed."""
        self.check = None
        self.checked.emit()
        self.refresh()

    def keep_head(self, **fields: str) -> None:
        """A field of the head was left."""
        if self.check is None or not self.typing:
            return
        head = replace(self.check.head, **fields)  # type: ignore[arg-type]
        if head == self.check.head:
            return
        self.check = replace(self.check, head=head)
        self._keep_head(head)

    def _keep_head(self, head: Receiving) -> None:
        who = self.session.who()
        self._run(lambda: self.session.shop.keep_receiving_head(head, who), self._seen)

    def keep_line(self, line: TypedLine) -> None:
        """A field of a line was left."""
        if self.check is None or not self.typing:
            return
        head_id, who = self.check.head.id, self.session.who()
        lines = tuple(line if one.no == line.no else one for one in self.check.lines)
        if lines == self.check.lines and line.no:
            return
        self.check = replace(self.check, lines=lines)
        self._run(lambda: self.session.shop.keep_receiving_lines(head_id, [line], who), self._seen)

    def add(self, hit: Hit, current: TypedLine | None = None) -> None:
        """A line for a drug that was found by name; ``current``: the line that the grid is on.

        Where that one's drug is not known yet, it is what the note's article was.
        """
        if self.check is None:
            return
        if current is not None and not current.medicine_id:
            head_id, who = self.check.head.id, self.session.who()
            no, drug_id = current.no, hit.medicine.id
            self._run(lambda: self.session.shop.name_drug(head_id, no, drug_id, who), self._seen)
            return
        drug, head_id, who = hit.medicine, self.check.head.id, self.session.who()
        line = TypedLine(no=0, medicine_id=drug.id, name=drug.display_name)

        def added(check: ReceivingCheck) -> None:
            self._seen(check)
            self.jumped.emit(check.lines[-1].no)

        self._run(lambda: self.session.shop.keep_receiving_lines(head_id, [line], who), added)

    def strike(self, no: int) -> None:
        """Take a line out of a draft."""
        if self.check is not None and self.typing:
            head_id, who = self.check.head.id, self.session.who()
            work = lambda: self.session.shop.strike_receiving_line(head_id, no, who)  # noqa: E731
            self._run(work, self._seen)

    def scan(self, text: str) -> bool:
        """A code at the goods; False = no draft is open that it could belong to."""
        if self.check is None or not self.typing:
            return False
        head_id, who = self.check.head.id, self.session.who()
        self._run(lambda: self.session.shop.scan_goods(head_id, text, who), self._scanned)
        return True

    # --- files -----------------------------------------------------------------------------------

    def import_note(self, path: str, mapping: Mapping[str, str]) -> None:
        """Read a delivery note into the draft; long work, beside the counter's own."""
        if self.check is None or not self.typing or self.reading:
            return
        head_id, who, shop = self.check.head.id, self.session.who(), self.session.shop
        file = Path(path.strip().strip("'\"")).expanduser()

        def failed(error: YaotaiError) -> None:
            if error.params.get("why") == "import.heading_missing":
                self._ask_headings(file, error)
            else:
                self._file_failed(error)

        self._read(
            lambda told: shop.import_note(head_id, file, who, mapping, told), self._noted, failed
        )

    def take_codes(self, path: str) -> None:
        """Read the supplier's trace-code file: cartons and boxes can be scanned afterwards."""
        if self.reading:
            return
        who, shop = self.session.who(), self.session.shop
        file = Path(path.strip().strip("'\"")).expanduser()

        def done(told: CodeFile) -> None:
            unfit = len(told.unfit)
            self.say_note("receiving.codes_read", "warn" if unfit else "good", boxes=told.boxes,
                      cartons=told.cartons, unfit=unfit)  # fmt: skip

        self._read(lambda told: shop.take_receiving_codes(file, who, told), done, self._file_failed)

    def give_up(self) -> None:
        """Stop the reading: nothing of the file is kept."""
        self._given_up = True

    def _read(
        self,
        work: Callable[[Callable[[int], bool]], Any],
        done: Callable[[Any], None],
        failed: Callable[[YaotaiError], None],
    ) -> None:
        self.reading, self._given_up, self.rows_read = True, False, 0
        self.files.emit()

        def run(tell: Tell) -> Any:  # noqa: ANN401 - whatever the file says
            def progress(rows: int) -> bool:
                tell(rows)
                return not self._given_up

            return work(progress)

        def ended(then: Callable[[Any], None], told: object) -> None:
            self.reading = False
            then(told)
            self.files.emit()

        operation = self.session.run(
            Lane.RECOVERY, run, partial(ended, done), partial(ended, failed)
        )
        operation.told.connect(self._progressed)

    def _progressed(self, rows: object) -> None:
        self.rows_read = int(str(rows))
        self.files.emit()

    def _ask_headings(self, file: Path, error: YaotaiError) -> None:
        def asked(headings: tuple[str, ...]) -> None:
            self.headings = headings
            self.say_note("receiving.headings_wanted", "warn", what=error.params.get("what", ""))
            self.files.emit()

        self._run(lambda: self.session.shop.note_headings(file), asked)

    def _file_failed(self, error: YaotaiError) -> None:
        why = str(error.params.get("why", ""))
        words = self.session.say(why, **dict(error.params)) if "." in why else why
        self.say_note("receiving.file_refused", "block", why=words or error.message_id)

    def _noted(self, told: tuple[NoteReport, ReceivingCheck]) -> None:
        report, check = told
        self.headings = ()
        self._seen(check)
        rows = "；".join(f"{one.row}: {self.session.say(one.why)}" for one in report.refused[:5])
        self.say_note(
            "receiving.note_read_refused" if report.refused else "receiving.note_read",
            "warn" if report.refused or report.unknown else "good",
            read=report.read, taken=report.taken, unknown=report.unknown,
            refused=len(report.refused), rows=rows,
        )  # fmt: skip

    def post(self) -> None:
        """Post the open draft."""
        if self.check is not None and self.typing:
            head_id, who = self.check.head.id, self.session.who()
            self._run(lambda: self.session.shop.post_receiving(head_id, who), self._posted)

    def drop(self) -> None:
        """Give the open draft up."""
        if self.check is not None and self.typing:
            head_id, who = self.check.head.id, self.session.who()
            self._run(
                lambda: self.session.shop.drop_receiving(head_id, who),
                lambda _: self._closed("receiving.dropped"),
            )

    def correct(self, reason: str, second: SecondPerson | None) -> None:
        """Take the open, posted receiving back."""
        if self.check is not None and not self.typing:
            head_id, who = self.check.head.id, self.session.who()
            self._run(
                lambda: self.session.shop.correct_receiving(head_id, reason, who, second),
                lambda paper: self._closed("receiving.corrected", number=paper.number),
            )

    def approve_products(self, second: SecondPerson | None) -> None:
        """首营品种 of every line that lacks it.

        Where they would push a fraction below its target that is said first; pressed once more
        it is meant (LN-2.3a).
        """
        if self.check is None:
            return
        lacking = {one.no for one in self.check.faults if one.why == "first_product"}
        drugs = [one.medicine_id for one in self.check.lines if one.no in lacking]
        head, who, shop = self.check.head, self.session.who(), self.session.shop

        def approve() -> None:
            self._run(
                lambda: shop.approve_products(head.supplier_id, drugs, who, second),
                lambda _: self.open(head.id),
            )

        def told(notes: tuple[Note, ...]) -> None:
            if not notes:
                approve()
                return
            self._meant = frozenset(drugs)
            said = "".join(self.session.say_note(one) for one in notes)
            self.say_note("receiving.lowers", "warn", said=said)

        if self._meant == frozenset(drugs):
            approve()
        else:
            self._run(lambda: shop.lowered_by(drugs), told)

    def judge(self, lot_id: str, event: LotEvent, reason: str, second: SecondPerson | None) -> None:
        """The verdict on goods in quarantine."""
        who = self.session.who()

        def done(_lot: object) -> None:
            self.say_note(f"receiving.lot_{event.value}", "good")
            self.refresh()

        work = lambda: self.session.shop.judge_quarantined(  # noqa: E731
            lot_id, event, reason, who, second
        )
        self._run(work, done)

    def keep_supplier(self, form: SupplierForm) -> None:
        """A supplier's file as typed."""
        who = self.session.who()
        self._supply(lambda: self.session.shop.keep_supplier(form, who), "receiving.supplier_kept")

    def approve_supplier(self, supplier_id: str, second: SecondPerson | None) -> None:
        """首营企业审批."""
        who = self.session.who()
        self._supply(
            lambda: self.session.shop.approve_supplier(supplier_id, who, second),
            "receiving.supplier_approved",
        )

    def stop_supplier(self, supplier_id: str, event: SupplierEvent, why: str) -> None:
        """Stop, take up again, or close its file."""
        who = self.session.who()
        self._supply(
            lambda: self.session.shop.stop_supplier(supplier_id, event, why, who),
            f"receiving.supplier_{event.value}",
        )

    # --- what came back --------------------------------------------------------------------------

    def _run(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self._under_way += 1

        def ended(told: object) -> None:
            self._under_way -= 1
            done(told)

        self.session.run(Lane.STORE, lambda _: work(), ended, self._failed)

    def _failed(self, error: YaotaiError) -> None:
        self._under_way -= 1
        if isinstance(error, RuleBroken) and self.check is not None:
            self.say_note("receiving.not_posted", "block", count=len(error.findings))
            self.open(self.check.head.id)
            return
        known = _known(error)
        if known:
            self.say_note(known, "block", **error.params)
        else:
            self.say_note(error.message_id, "block", **error.params)

    def _listed(self, home: SupplyHome) -> None:
        self.home = home
        self.listed.emit()

    def _seen(self, check: ReceivingCheck) -> None:
        # Something else was typed meanwhile: what comes back for that says more.
        if self._under_way and self.check is not None and self.check.head.id == check.head.id:
            return
        self.check = check
        self.checked.emit()

    def _scanned(self, told: tuple[ScanResult, ReceivingCheck]) -> None:
        result, check = told
        self._seen(check)
        if result.why:
            self.say_note(result.why, "warn")
        else:
            self.clear_note()
        if result.line is not None:
            self.jumped.emit(result.line.no)

    def _posted(self, posted: Posted) -> None:
        waiting = posted.quarantined
        self._closed(
            "receiving.posted_quarantine" if waiting else "receiving.posted",
            "warn" if waiting else "good",
            number=posted.document.number,
            lots=len(posted.lots),
            waiting=waiting,
        )

    def _closed(self, message_id: str, severity: str = "good", **params: object) -> None:
        self.say_note(message_id, severity, **params)
        self.close()

    def _supply(self, work: Callable[[], Supplier], message_id: str) -> None:
        def done(supplier: Supplier) -> None:
            self.say_note(message_id, "good", name=supplier.name)
            self.supplied.emit(supplier)
            self.refresh()

        self._run(work, done)

    def clear_note(self) -> None:
        """What was said is over."""
        if self.note is not None:
            self.note = None
            self.noted.emit()

    def say_note(self, message_id: str, severity: str, **params: object) -> None:
        """Say something above the page."""
        self.note = Note(message_id, params, severity)
        self.noted.emit()

    def names(self) -> Sequence[tuple[str, str]]:
        """(id, name) of every supplier of the list."""
        lines = self.home.suppliers if self.home else ()
        return [(one.supplier.id, one.supplier.name) for one in lines]


_SAID = {
    "supplier": "receiving.supplier_wrong",
    "supplier name": "supplier.wrong_supplier_name",
    "supplier code": "supplier.wrong_supplier_code",
    "licence": "supplier.wrong_licence",
    "reason": "receiving.reason_needed",
    "receiving": "receiving.not_all_there",
    "delivery note": "receiving_fault.note_taken",
}


def _known(error: YaotaiError) -> str:
    """The page's own sentence for a value that was refused; empty = the general one."""
    if not isinstance(error, BadValue):
        return ""
    what, why = str(error.params.get("what", "")), str(error.params.get("why", ""))
    if what == "supplier" and why == "already in the books":
        return "receiving.supplier_twice"
    if what == "supplier" and " " not in why:
        return f"receiving_fault.supplier_{why}"
    return _SAID.get(what, "")
