"""The four parts of the page 保存期限."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.clock import shop_time
from app.domain.evidence_keeping import HoldReason, HoldScope
from app.domain.record_kinds import RECORDS, Ending
from ui.screens.office.parts_page import PagePart
from ui.screens.retention.view_model import RetentionModel
from ui.screens.stock.sheet import Sheet, Table
from ui.screens.vault.kinds import kind_words
from ui.widgets.badge import takes_badge
from ui.widgets.figures import Figures, Line
from ui.widgets.flow import FlowLayout
from ui.widgets.parts import button, column, combo, label, line_edit, row
from ui.words import size_words

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from PySide6.QtGui import QColor
    from PySide6.QtWidgets import QHBoxLayout

    from app.use_cases.record_plan import KindPlan
    from app.use_cases.retention_page import HeldRow

PLAN = (
    "kind", "period", "rule", "rows", "due", "held", "unfinished", "next", "ending", "counted",
    "oldest", "size",
)  # fmt: skip
PROOFS = ("at", "kind", "id", "rule", "begun", "due", "size", "run", "digest")
HOLDS = ("what", "reason", "file", "set", "blocks")
SCOPES = (HoldScope.KIND, HoldScope.PERIOD, HoldScope.SALE)
_WIDTHS = (13, 10, 22, 9, 9, 9, 5, 8, 15)


class RetentionPart(PagePart[RetentionModel]):
    """A list under words of this page."""

    def figures(self, name: str, stem: str, columns: tuple[str, ...], wide: int) -> Figures:
        """A list with its columns' words."""
        titles = [self.say(f"retention.{stem}_{one}") for one in columns]
        return Figures(
            self.say(f"retention.part_{name}"), titles, self.say,
            empty=self.say("retention.loading"), colour=self._colour, wide=wide,
        )  # fmt: skip

    def files(self, line: QHBoxLayout, stem: str, columns: tuple[str, ...]) -> None:
        """Buttons that write what is in sight."""
        headings = [self.say(f"retention.{stem}_{one}") for one in columns]
        self.file_keys(line, lambda rows, form: self.model.export(headings, rows, form))


class PlanPart(RetentionPart):
    """The dry run: each kind with its rule and what would go."""

    def __init__(self, model: RetentionModel, colour: Callable[[str], QColor]) -> None:
        super().__init__(model, colour)
        lines = column(self, space=8)
        head = row(space=6)
        self.words = label("", "", "second", wrap=True)
        head.addWidget(self.words, 1)
        self.again = button(self.say("retention.plan_again"))
        self.again.clicked.connect(lambda: model.ask())
        head.addWidget(self.again)
        self.files(head, "column", PLAN)
        lines.addLayout(head)
        self.plan = self.list = self.figures("plan", "column", PLAN, 0)
        lines.addWidget(self.plan, 1)
        self.why = label("", "", "second", wrap=True)
        lines.addWidget(self.why)
        self.plan.moved.connect(self._explain)

    def fill(self) -> None:
        """Kinds that can go first, in the order of the run."""
        self.words.setText("\n".join(self.model.plan_words()))
        seen = self.model.plan
        self.plan.show_lines([self._line(one) for one in seen.plan.kinds] if seen else [])
        self._explain()

    def refresh(self) -> None:
        """Not twice at once."""
        self.words.setText("\n".join(self.model.plan_words()))
        self.again.setEnabled(not self.model.asking)

    def _line(self, one: KindPlan) -> Line:
        say, run = self.say, one.ending in (Ending.ERASED, Ending.REMOVED)
        rule, period = "", say("retention.period_own")
        if one.missing:
            rule, period = say("list.comma").join(one.missing), say("retention.period_missing")
        elif one.rule:
            rule = say(f"retention.rule_{one.rule}")
            period = say("retention.days", days=one.days)
        tones = [""] * len(PLAN)
        if one.missing:
            tones[1] = "warn"
        return Line(
            (
                say(f"record_kind.{one.kind}"), period, rule, one.rows if run else None,
                one.due if run else None, one.held if run else None,
                one.unfinished if run else None, _day(one.next_due),
                say(f"retention.ending_{one.ending}"), say(f"retention.counted_{one.counted}"),
                _day(one.oldest), size_words(one.size) if one.size else None,
            ),
            tuple(tones), carries=one, key=one.kind.value,
        )  # fmt: skip

    def _explain(self) -> None:
        """Why the chosen kind ends as it does."""
        one = cast("KindPlan | None", self.plan.chosen())
        self.why.setText(self.say(f"record_why.{one.kind}") if one is not None else "")


class ProofsPart(RetentionPart):
    """What went, with rule, day and digest; as a table or a paper."""

    def __init__(self, model: RetentionModel, colour: Callable[[str], QColor]) -> None:
        super().__init__(model, colour)
        lines = column(self, space=8)
        head = row(space=6)
        self.words = label("", "", "second", wrap=True)
        head.addWidget(self.words, 1)
        self.paper = button(self.say("retention.export_pdf"))
        self.paper.clicked.connect(self._print)
        head.addWidget(self.paper)
        self.files(head, "proof", PROOFS)
        lines.addLayout(head)
        self.proofs = self.list = self.figures("proofs", "proof", PROOFS, PROOFS.index("digest"))
        self.proofs.say_empty("")
        lines.addWidget(self.proofs, 1)

    def fill(self) -> None:
        """Newest first."""
        self.words.setText(self.model.proof_words())
        seen, say = self.model.proofs, self.say
        self.proofs.show_lines([
            Line(
                (
                    one.at, say(f"record_kind.{one.kind}"), one.id,
                    say(f"retention.rule_{one.rule}"), _day(one.begun_at), _day(one.due_at),
                    size_words(one.size), f"{one.run[-12:]}#{one.batch}", one.digest,
                ),
                key=f"{one.kind}/{one.id}",
            )
            for one in (seen.proofs if seen else ())
        ])  # fmt: skip

    def refresh(self) -> None:
        """A paper of nothing is none."""
        seen = self.model.proofs
        self.paper.setEnabled(not self.model.busy and bool(seen and seen.proofs))

    def _print(self) -> None:
        headings = tuple(self.say(f"retention.proof_{one}") for one in PROOFS)
        rows = tuple(self.proofs.shown_rows())
        title = self.say("retention.proofs_sheet")
        table = Table("", headings, rows, _WIDTHS)
        facts = (self.model.proof_words(),)
        self.model.print_sheet(Sheet("retention-proofs", title, facts, (table,)))


class HoldsPart(RetentionPart):
    """Holds that stand, setting one, and lifting one by two people."""

    def __init__(self, model: RetentionModel, colour: Callable[[str], QColor]) -> None:
        super().__init__(model, colour)
        lines = column(self, space=8)
        self.holds = self.list = self.figures("holds", "hold_column", HOLDS, 0)
        lines.addWidget(self.holds, 1)
        lines.addWidget(self._setting())
        lines.addWidget(self._lifting())
        self._choose()

    def _setting(self) -> QWidget:
        say, holder = self.say, QWidget()
        flow = FlowLayout(holder, space=6, grow=True)
        self.scope = combo(say("retention.hold_what"))
        for scope in SCOPES:
            self.scope.addItem(say(f"retention.hold_{scope}"), scope)
        self.scope.currentIndexChanged.connect(self._choose)
        self.kind = combo(say("retention.column_kind"))
        for kind, rule in RECORDS.items():
            if rule.ending is not Ending.KEPT:
                self.kind.addItem(say(f"record_kind.{kind}"), kind.value)
        self.first = self._field("hold_first")
        self.last = self._field("hold_last")
        self.receipt = self._field("hold_receipt")
        self.reason = combo(say("retention.hold_reason"))
        for reason in HoldReason:
            self.reason.addItem(say(f"vault.reason_{reason}"), reason)
        self.file_no = self._field("hold_file")
        self.set = button(say("retention.hold_set"))
        self.set.clicked.connect(self._hold)
        for made in (
            self.scope, self.kind, self.first, self.last, self.receipt, self.reason,
            self.file_no, self.set,
        ):  # fmt: skip
            flow.addWidget(made)
        return holder

    def _lifting(self) -> QWidget:
        say, holder = self.say, QWidget()
        line = row(holder, space=6)
        self.number, self.pin = self._field("hold_lift_number"), self._field("hold_lift_pin")
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        takes_badge(self.number, self.pin)
        self.number.returnPressed.connect(self.pin.setFocus)
        self.pin.returnPressed.connect(self._lift)
        self.lift = button(say("retention.hold_lift"))
        self.lift.clicked.connect(self._lift)
        line.addWidget(self.number, 1)
        line.addWidget(self.pin, 1)
        line.addWidget(self.lift)
        self.lifting = holder
        return holder

    def _field(self, words: str) -> QLineEdit:
        text = self.say(f"retention.{words}")
        return line_edit(text, hint=text)

    def _choose(self) -> None:
        scope = HoldScope(self.scope.currentData())
        self.kind.setVisible(scope is HoldScope.KIND)
        self.first.setVisible(scope is HoldScope.PERIOD)
        self.last.setVisible(scope is HoldScope.PERIOD)
        self.receipt.setVisible(scope is HoldScope.SALE)

    def _hold(self) -> None:
        scope = HoldScope(self.scope.currentData())
        target = {
            HoldScope.KIND: str(self.kind.currentData()),
            HoldScope.PERIOD: f"{self.first.text().strip()}/{self.last.text().strip()}",
            HoldScope.SALE: self.receipt.text().strip(),
        }[scope]
        reason = HoldReason(self.reason.currentData())
        self.model.hold(scope, target, reason, self.file_no.text())

    def _lift(self) -> None:
        pin = self.pin.text()
        self.pin.clear()
        self.model.lift(cast("HeldRow | None", self.holds.chosen()), self.number.text(), pin)

    def fill(self) -> None:
        """Newest first."""
        held = self.model.holds
        loading = "retention.loading" if held is None else "retention.holds_none"
        self.holds.say_empty(self.say(loading))
        self.holds.show_lines([self._line(one) for one in held or ()])
        self.lifting.setVisible(bool(held))

    def _line(self, one: HeldRow) -> Line:
        say, hold, line = self.say, one.hold, one.line
        told = {"receipt": line.receipt_no or "—", "days": hold.target.replace("/", " — ")}
        if hold.scope is HoldScope.KIND:
            told["kind"] = say(kind_words(hold.target))
        values = (
            say(f"vault.scope_{hold.scope}", **told), say(f"vault.reason_{hold.reason}"),
            hold.file_no, hold.set_at, one.blocks,
        )  # fmt: skip
        return Line(values, carries=one, also=line.set_by, key=hold.id)

    def refresh(self) -> None:
        """Not twice at once."""
        self.set.setEnabled(not self.model.busy)
        self.lift.setEnabled(not self.model.busy)

    def forget(self) -> None:
        """What was typed goes."""
        for made in (self.first, self.last, self.receipt, self.file_no, self.number, self.pin):
            made.clear()


class RequestPart(RetentionPart):
    """A person asks to be forgotten."""

    def __init__(self, model: RetentionModel, colour: Callable[[str], QColor]) -> None:
        super().__init__(model, colour)
        say, lines = self.say, column(self, space=10)
        lines.addWidget(label(say("retention.request_words"), "", "second", wrap=True))
        line = row(space=6)
        self.receipt = line_edit(
            say("retention.request_receipt"), hint=say("retention.request_receipt")
        )
        self.document = line_edit(
            say("retention.request_document"), hint=say("retention.request_document")
        )
        self.receipt.returnPressed.connect(self._look)
        self.document.returnPressed.connect(self._look)
        self.look = button(say("retention.request_look"))
        self.look.clicked.connect(self._look)
        line.addWidget(self.receipt, 1)
        line.addWidget(self.document, 1)
        line.addWidget(self.look)
        lines.addLayout(line)
        self.told = label("", "", "", wrap=True)
        self.told.setAlignment(Qt.AlignmentFlag.AlignTop)
        lines.addWidget(self.told)
        self.do = button(say("retention.request_do"))
        self.do.clicked.connect(lambda: model.do())
        foot = row(space=6)
        foot.addWidget(self.do)
        foot.addStretch(1)
        lines.addLayout(foot)
        lines.addStretch(1)

    def home(self) -> QWidget:
        """The slip's number."""
        return self.receipt

    def _look(self) -> None:
        self.model.look(self.receipt.text(), self.document.text())

    def fill(self) -> None:
        """What was looked at."""
        self.refresh()

    def refresh(self) -> None:
        """The act only after a look."""
        self.told.setText("\n".join(self.model.request_words()))
        self.do.setVisible(self.model.request is not None)
        self.do.setEnabled(not self.model.busy)
        self.look.setEnabled(not self.model.busy)

    def forget(self) -> None:
        """Whom somebody looked at is nobody's business afterwards."""
        self.receipt.clear()
        self.document.clear()


def _day(at: datetime | None) -> date | None:
    """The shop's day."""
    return shop_time(at).date() if at is not None else None
