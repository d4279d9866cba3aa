"""清算与拨付: the month's rows above, what came and what was refused below, one line to enter."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QWidget

from app.domain.clearing import MonthRow, RefusedFee
from app.domain.clearing_states import ClaimState, FeeState
from app.domain.clock import shop_time
from app.domain.money import ZERO
from ui.screens import note_line
from ui.widgets.figures import Figures, Line, yuan
from ui.widgets.flow import FlowLayout
from ui.widgets.parts import button, column, combo, label, line_edit, row, tabs

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QColor
    from PySide6.QtWidgets import QHBoxLayout, QLineEdit

    from app.domain.clearing import Remittance
    from app.use_cases.remittances import MonthView
    from ui.screens.reconcile.clearing_model import ClearingModel

ROWS = (
    "insutype", "clr_type", "count", "total", "fund", "account", "refused", "expected",
    "remitted", "missing", "due", "claim",
)  # fmt: skip
MOVES = ("kind", "insutype", "clr_type", "day", "amount", "said", "state")
LISTS = ("rows", "moves")
_FEE_TONES = {
    FeeState.TOLD: "warn", FeeState.APPEALED: "warn", FeeState.GRANTED: "good",
    FeeState.UPHELD: "bad", FeeState.ACCEPTED: "bad",
}  # fmt: skip


class ClearingPart(QWidget):
    """A month; everything acts on the chosen row of the upper or the lower list."""

    def __init__(self, model: ClearingModel, colour: Callable[[str], QColor]) -> None:
        super().__init__()
        self.model, self._say = model, model.session.say
        self.part = LISTS[0]
        lines = column(self, space=8)
        lines.addLayout(self._head())
        self.note = label("", "", "second", wrap=True)
        lines.addWidget(self.note)
        self.rows = self._list("rows", ROWS, colour, len(ROWS) - 1)
        self.moves = self._list("moves", MOVES, colour, 5)
        self.copy = label("", "", "second", wrap=True)
        self.copy.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.stack = QStackedWidget()
        self.stack.addWidget(self._one(self.rows, self.copy, self._claims()))
        self.stack.addWidget(self._one(self.moves, self._entry(), self._appeals()))
        lines.addWidget(self.stack, 1)
        self.rows.moved.connect(self.refresh)
        self.moves.moved.connect(self.refresh)
        model.changed.connect(self.refresh)
        model.listed.connect(self._fill)
        model.kept.connect(self._clear)

    # --- building --------------------------------------------------------------------------------

    def _list(
        self, name: str, columns: tuple[str, ...], colour: Callable[[str], QColor], wide: int
    ) -> Figures:
        titles = [self._say(f"clearing.column_{one}") for one in columns]
        return Figures(
            self._say(f"clearing.list_{name}"), titles, self._say,
            empty=self._say(f"clearing.empty_{name}"), colour=colour, wide=wide,
        )  # fmt: skip

    def _one(self, listed: QWidget, *below: QWidget) -> QWidget:
        """A list with what acts on it."""
        made = QWidget()
        lines = column(made, space=8)
        lines.addWidget(listed, 1)
        for each in below:
            lines.addWidget(each)
        return made

    def _head(self) -> QHBoxLayout:
        line = row(space=6)
        texts = {part: self._say(f"clearing.list_{part}") for part in LISTS}
        self.tabs = tabs(line, texts, self.turn)
        line.addStretch(1)
        line.addWidget(label(self._say("clearing.month"), "", "second"))
        self.before = button("←", name=self._say("clearing.month_before"))
        self.before.clicked.connect(lambda: self.model.step(-1))
        self.month = line_edit(
            self._say("clearing.month"), code=True, hint=self._say("clearing.month_hint"),
            whole=True,
        )  # fmt: skip
        self.month.returnPressed.connect(lambda: self.model.turn(self.month.text()))
        self.after = button("→", name=self._say("clearing.month_after"))
        self.after.clicked.connect(lambda: self.model.step(1))
        for made in (self.before, self.month, self.after):
            line.addWidget(made)
        return line

    def _field(self, flow: FlowLayout, name: str) -> QLineEdit:
        words = self._say(f"clearing.{name}")
        made = line_edit(words, hint=words, whole=True)
        flow.addWidget(made)
        return made

    def _press(self, flow: FlowLayout, name: str, act: Callable[[], None], role: str = "") -> None:
        made = button(self._say(f"clearing.{name}"), role)
        made.clicked.connect(lambda: act())
        self.presses[name] = made
        flow.addWidget(made)

    def _flow(self) -> tuple[QWidget, FlowLayout]:
        holder = QWidget()
        return holder, FlowLayout(holder, space=8, even=False, grow=True)

    def _claims(self) -> QWidget:
        holder, flow = self._flow()
        self.presses: dict[str, QWidget] = {}
        self.number = self._field(flow, "portal_number")
        self._press(flow, "declare", lambda: self.model.declare(self._row(), self.number.text()))
        self._press(flow, "withdraw", lambda: self.model.withdraw(self._row()))
        self._press(flow, "found", lambda: self._settle_claim(there=True))
        self._press(flow, "not_there", lambda: self._settle_claim(there=False))
        return holder

    def _entry(self) -> QWidget:
        holder, flow = self._flow()
        self.key = combo(self._say("clearing.key"))
        flow.addWidget(self.key)
        self.day = self._field(flow, "day")
        self.amount = self._field(flow, "amount")
        self.reference = self._field(flow, "reference")
        self._press(flow, "add", lambda: self.model.came(self._keyed(), self._typed()))
        self._press(flow, "refuse", lambda: self.model.refused(self._keyed(), self._typed()))
        self._press(flow, "import", self._browse)
        self.reference.returnPressed.connect(lambda: self.model.came(self._keyed(), self._typed()))
        return holder

    def _appeals(self) -> QWidget:
        self.appeals, flow = self._flow()
        self.words = self._field(flow, "words")
        self.granted = self._field(flow, "granted")
        for step in ("appeal", "accept", "grant", "uphold"):
            self._press(flow, step, partial(self._step, step))
        return self.appeals

    def turn(self, part: str, _checked: bool = False) -> None:
        """The month's rows, or what came and was refused."""
        self.part = part
        for name, tab in self.tabs.items():
            tab.setChecked(name == part)
        self.stack.setCurrentIndex(LISTS.index(part))
        self.list.search.setFocus()

    @property
    def list(self) -> Figures:
        """The list in sight."""
        return self.rows if self.part == LISTS[0] else self.moves

    # --- acts ------------------------------------------------------------------------------------

    def enter(self) -> None:
        """Asked afresh."""
        if not self.day.text():
            self.day.setText(f"{shop_time(self.model.shop.now()).date()}")
        self.model.enter()
        self.turn(self.part)
        self.refresh()

    def _row(self) -> MonthRow | None:
        return cast("MonthRow | None", self.rows.chosen())

    def _keyed(self) -> MonthRow | None:
        """The insurance and clearing type that something is entered for."""
        return cast("MonthRow | None", self.key.currentData())

    def _fee(self) -> RefusedFee | None:
        found = self.moves.chosen()
        return found if isinstance(found, RefusedFee) else None

    def _typed(self) -> tuple[str, str, str]:
        return self.day.text(), self.amount.text(), self.reference.text()

    def _step(self, step: str) -> None:
        self.model.step_fee(self._fee(), step, self.words.text(), self.granted.text())

    def _settle_claim(self, *, there: bool) -> None:
        self.model.settle_claim(self._row(), self.number.text(), there=there)

    def _browse(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, self._say("clearing.import"), "", self._say("clearing.files")
        )
        if path:
            self.model.take_file(path)

    def _clear(self) -> None:
        for one in (self.amount, self.reference, self.number, self.words, self.granted):
            one.clear()

    # --- showing ---------------------------------------------------------------------------------

    def refresh(self) -> None:
        """The sentence, the figures to copy, what may be done."""
        model, view, note = self.model, self.model.view, self.model.note
        law = self._say("clearing.law")
        note_line.tell(self.note, model.session, note, law)
        if not self.month.hasFocus():
            self.month.setText(model.month)
        chosen, fee = self._row(), self._fee()
        interface = view is not None and view.by_interface
        open_one = model.unanswered(chosen) if interface else None
        self.number.setVisible(not interface or open_one is not None)
        for name in ("found", "not_there"):
            self.presses[name].setVisible(open_one is not None)
            self.presses[name].setEnabled(not model.busy)
        for name in ("declare", "withdraw"):
            self.presses[name].setEnabled(chosen is not None and not model.busy)
        for name in ("add", "refuse"):
            self.presses[name].setEnabled(self.key.count() > 0 and not model.busy)
        self.copy.setVisible(chosen is not None)
        if chosen is not None and view is not None:
            words = [self._figures(view, chosen.key.clr_type), self._due_said(view, chosen)]
            if open_one is not None:
                what = "claim" if open_one.state is ClaimState.WRITTEN else "withdrawal"
                again = self._say(f"clearing.{what}_again_said", text=open_one.text)
                words += [again if open_one.text else "", self._say(f"clearing.{what}_open")]
            self.copy.setText("\n".join(one for one in words if one))
        self.appeals.setVisible(fee is not None)
        if fee is not None:
            told, appealed = fee.state is FeeState.TOLD, fee.state is FeeState.APPEALED
            self.words.setVisible(told or appealed)
            self.granted.setVisible(appealed)
            for name, on in (
                ("appeal", told), ("accept", told), ("grant", appealed), ("uphold", appealed),
            ):  # fmt: skip
                self.presses[name].setVisible(on)

    def _figures(self, view: MonthView, clr_type: str) -> str:
        """What 3203 sends, or what is copied into the portal: all insurances of the type."""
        mine = [one for one in view.rows if one.key.clr_type == clr_type]
        sums = {
            name: sum((getattr(one.figures, name) for one in mine), ZERO)
            for name in ("total", "fund", "account", "cash")
        }
        said = "clearing.by_interface" if view.by_interface else "clearing.by_portal"
        return self._say(
            said, month=view.month, clr_type=clr_type, count=sum(one.count for one in mine),
            **{name: f"{money}" for name, money in sums.items()},
        )  # fmt: skip

    def _due_said(self, view: MonthView, one: MonthRow) -> str:
        """Until when it is paid, and how the days were counted; empty once all of it came."""
        due = view.dues.get(one.key.clr_type)
        if due is None or one.missing <= ZERO:
            return ""
        said = "overdue" if due.left < 0 else "due"
        told = self._say(f"clearing.{said}", day=due.on, days=abs(due.left))
        if not due.plain_years:
            return told
        years = self._say("list.comma").join(f"{year}" for year in due.plain_years)
        return f"{told} {self._say('papers.plain_years', years=years)}"

    def _fill(self) -> None:
        view = self.model.view
        if view is None:
            return
        self.rows.show_lines([self._month_line(view, one) for one in view.rows])
        at = max(0, self.key.currentIndex())
        self.key.clear()
        for one in view.rows:
            self.key.addItem(f"{one.key.insutype} · {one.key.clr_type}", one)
        self.key.setCurrentIndex(min(at, self.key.count() - 1))
        lines = [self._came_line(one) for one in view.remittances]
        self.moves.show_lines([*lines, *(self._fee_line(one) for one in view.fees)])
        self.refresh()

    def _month_line(self, view: MonthView, one: MonthRow) -> Line:
        claim = view.claim_of(one.key.clr_type)
        # One that the portal does not have was never declared, whatever was sent.
        none = claim is None or (claim.state is ClaimState.REFUSED and not claim.text)
        told = "clearing.claim_none" if claim is None or none else f"clearing.claim_{claim.state}"
        said = self._say(told, text=claim.text if claim is not None else "")
        number = claim.event_id if claim is not None else ""
        figures, due = one.figures, view.dues.get(one.key.clr_type)
        late = due is not None and due.left < 0 and one.missing > ZERO
        until = "" if due is None else f"{due.on}"
        values = (
            one.key.insutype, one.key.clr_type, one.count, yuan(figures.total),
            yuan(figures.fund), yuan(figures.account), yuan(one.refused), yuan(one.expected),
            yuan(one.remitted), yuan(one.missing),
            self._say("clearing.late", day=until) if late else until, f"{said} {number}".strip(),
        )  # fmt: skip
        tone = "good" if not one.missing else "warn" if one.missing > ZERO else "bad"
        tones = (*("",) * 9, tone, "bad" if late else "", "")
        return Line(values, tones, one, key=f"{one.key}")

    def _came_line(self, one: Remittance) -> Line:
        kind = "back" if one.amount < ZERO else "came"
        values = (
            self._say(f"clearing.kind_{kind}"), one.key.insutype, one.key.clr_type, one.paid_on,
            yuan(one.amount), one.reference, one.batch,
        )  # fmt: skip
        return Line(values, (), one, key=one.id)

    def _fee_line(self, fee: RefusedFee) -> Line:
        said = [fee.reason, fee.appeal, fee.outcome]
        state = self._say(f"clearing.state_{fee.state}", granted=fee.granted)
        values = (
            self._say("clearing.kind_refused"), fee.key.insutype, fee.key.clr_type, fee.told_on,
            yuan(-fee.amount), " → ".join(part for part in said if part), state,
        )  # fmt: skip
        return Line(values, (*("",) * 6, _FEE_TONES[fee.state]), fee, key=fee.id)
