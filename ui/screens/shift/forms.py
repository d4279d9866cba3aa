"""The forms of the shift's panel: counting grid, cash in and out, after the count, rules."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from app.domain.money import ZERO, Money
from app.domain.shift import FACES, Rounding
from app.errors import YaotaiError
from app.use_cases.shift import Counted
from ui.screens.shift.form import Form
from ui.widgets.flow import FlowLayout
from ui.widgets.parts import AmountRow, button, column, label, line_edit, row, rule, tabs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ui.screens.shift.view_model import ShiftModel


class CountForm(Form):
    """Notes and coins, or their sum; Enter jumps on, the whole goes along."""

    ems = 25

    def __init__(self, model: ShiftModel) -> None:
        super().__init__(model, "shift.count_put")
        self.grid = grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        self.subtotals = {}
        for place, face in enumerate(FACES):
            unit = "yuan" if face >= 100 else "jiao"
            many = face // 100 if face >= 100 else face // 10
            name = self._say(f"shift.face_{unit}", face=many)
            made = line_edit(name, code=True)
            made.setAlignment(Qt.AlignmentFlag.AlignRight)
            made.textChanged.connect(lambda _: self.refresh())
            made.returnPressed.connect(partial(self._next, f"{face}"))
            caption = label(name)
            caption.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            caption.setBuddy(made)
            told = label("0.00", "", "second")
            told.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            column_at = 0 if place < len(FACES) // 2 else 4
            line = place % (len(FACES) // 2)
            for offset, widget in enumerate((caption, made, told)):
                grid.addWidget(widget, line, column_at + offset)
            self.fields[f"{face}"], self.subtotals[face] = made, told
        grid.setColumnStretch(3, 1)  # between the two halves
        self.lines.addLayout(grid)
        self.lines.addWidget(self.field("count_sum", "money", hint="count_sum_hint"))
        self.fields["count_sum"].textChanged.connect(lambda _: self.refresh())
        self.lines.addWidget(rule())
        self.total = AmountRow(self._say("shift.count_total"), "total")
        self.lines.addWidget(self.total)
        self.lines.addWidget(self.field("second_number"))
        self.lines.addWidget(self.field("second_pin", "pin"))
        self.lines.addLayout(self.primary())
        self.lines.addStretch(1)

    def measure(self) -> None:
        """Room for how many of a face, and for what they are worth."""
        super().measure()
        wide = self.fontMetrics().horizontalAdvance("000,000.00")
        for face, told in self.subtotals.items():
            self.room(self.fields[f"{face}"], 6)
            told.setMinimumWidth(wide)

    def first(self) -> None:
        """An empty grid."""
        floats = self._model.page == "float"
        self.heading.setText(self._say("shift.count_float" if floats else "shift.count_blind"))
        self.show_second(self._model.wants_second())
        super().first()
        self.refresh()

    def counted(self) -> Counted | None:
        """What was typed; None while it cannot be, or nothing was."""
        try:
            pieces = {face: _many(self.text(f"{face}")) for face in FACES}
            if self.text("count_sum").strip():
                wrong = any(pieces.values())
                return None if wrong else Counted.of_sum(Money.of(self.text("count_sum")))
            return Counted.of_pieces(pieces)
        except (YaotaiError, ValueError):
            return None

    def refresh(self) -> None:
        """Sums beside the faces, the total below; what cannot be is not taken."""
        for face, told in self.subtotals.items():
            try:
                told.setText(str(Money(face * _many(self.text(f"{face}")))))
            except ValueError:
                told.setText("—")
        counted = self.counted()
        self.total.show_amount(f"¥ {counted.total}" if counted is not None else "—")
        self.commit.setEnabled(counted is not None)

    def put(self) -> None:
        """Write the count down."""
        counted = self.counted()
        if counted is not None:
            self._model.put_count(counted, self.text("second_number"), self.text("second_pin"))


class MoveForm(Form):
    """Cash in or out."""

    def __init__(self, model: ShiftModel) -> None:
        super().__init__(model, "shift.move_put")
        self.lines.addWidget(self.field("move_amount", "money"))
        self.lines.addWidget(label(self._say("shift.move_reason")))
        self.choices = QWidget()
        self.flow = FlowLayout(self.choices, space=6)
        self.flow.setContentsMargins(0, 0, 0, 0)
        self.lines.addWidget(self.choices)
        self.lines.addWidget(self.field("move_note", "words"))
        self.lines.addWidget(rule())
        self.second_hint = label("", "small", "second", wrap=True)
        self.lines.addWidget(self.second_hint)
        self.lines.addWidget(self.field("second_number"))
        self.lines.addWidget(self.field("second_pin", "pin"))
        self.lines.addLayout(self.primary())
        self.lines.addStretch(1)
        self.reasons = tabs(
            self.flow,
            {
                f"{kind}_{reason}": self._say(f"shift.reason_{kind}_{reason}")
                for kind, reasons in _REASONS.items()
                for reason in reasons
            },
            self._choose,
        )

    def _choose(self, name: str, *_: object) -> None:
        self._model.choose_reason(name.partition("_")[2])
        self.fields["move_note"].setFocus()

    def _next(self, name: str) -> None:
        if name == "move_amount" and not self._model.reason:
            shown = [made for made in self.reasons.values() if made.isVisibleTo(self)]
            shown[0].setFocus()
            return
        super()._next(name)

    def first(self) -> None:
        """An empty form with the reasons of its way."""
        page, state = self._model.page, self._model.state
        self.heading.setText(self._say(f"shift.move_head_{page}"))
        for name, made in self.reasons.items():
            made.setVisible(name.startswith(f"{page}_"))
        limit = state.rules.second_from if state is not None else ZERO
        self.second_hint.setText(self._say("shift.second_hint", limit=limit))
        super().first()
        self.refresh()

    def refresh(self) -> None:
        """Which reason is meant."""
        for name, made in self.reasons.items():
            made.setChecked(name == f"{self._model.page}_{self._model.reason}")

    def put(self) -> None:
        """Write the move down."""
        typed = ("move_amount", "move_note", "second_number", "second_pin")
        self._model.put_move(*(self.text(name) for name in typed))


class CountedForm(Form):
    """After the count: what should be there, the difference, and how the shift ends."""

    ems = 50

    def __init__(self, model: ShiftModel) -> None:
        super().__init__(model, "shift.close_put")
        self.amounts = {name: AmountRow(self._say(f"shift.{name}")) for name in _AMOUNTS}
        self.difference = AmountRow(self._say("shift.difference"), "total")
        halves = row(space=40)
        figures, acts = column(), column()
        for shown in (*self.amounts.values(), self.difference):
            figures.addWidget(shown)
        self.words = label("", "", "second", wrap=True)
        figures.addWidget(self.words)
        figures.addStretch(1)
        for name in ("release_reason", "release_number", "release_pin"):
            kind = "words" if name == "release_reason" else _kind(name)
            acts.addWidget(self.field(name, kind))
        self.again = button(self._say("shift.count_again"))
        self.again.clicked.connect(model.count_again)
        acts.addLayout(self.primary(self.again))
        acts.addWidget(rule())
        acts.addWidget(label(self._say("shift.hand_over_head"), "", "second", wrap=True))
        for name in _SIGN:
            acts.addWidget(self.field(name, _kind(name)))
        ends = row()
        self.hand = button(self._say("shift.hand_over_put"))
        self.hand.clicked.connect(self._hand_over)
        ends.addWidget(self.hand)
        ends.addStretch(1)
        acts.addLayout(ends)
        acts.addStretch(1)
        halves.addLayout(figures, 4)
        halves.addLayout(acts, 7)
        self.lines.addLayout(halves)
        self.lines.addStretch(1)
        # To count once more is wanted least: Tab comes to it last.
        QWidget.setTabOrder(self.hand, self.again)

    def first(self) -> None:
        """The figures; the focus where something is wanted."""
        seen = self._model.seen
        if seen is None:
            return
        drawer = seen.drawer
        told = (drawer.opening, drawer.cash_sales, -drawer.cash_back, drawer.came_in,
                -drawer.went_out, drawer.expected, seen.count.total)  # fmt: skip
        for name, amount in zip(_AMOUNTS, told, strict=True):
            self.amounts[name].show_amount(f"{amount}")
        sign = "+" if seen.difference > ZERO else ""
        self.difference.show_amount(f"{sign}{seen.difference}")
        words = "shift.over" if seen.over_limit else "shift.within"
        text = self._say(words)
        if not drawer.float_known:
            text += self._say("shift.float_unknown_means")
        self.heading.setText(self._say("shift.counted_head", number=seen.shift.number))
        self.words.setText(text)
        for name in ("release_reason", "release_number", "release_pin"):
            self.rows[name].setVisible(seen.over_limit)
        for made in self.fields.values():
            made.clear()
        self.fields["from_number"].setText(self._model.session.who().staff.number)
        self.refresh()
        if seen.over_limit:
            self.fields["release_reason"].setFocus()
        else:
            self.commit.setFocus()

    def _next(self, name: str) -> None:
        if name == "release_pin":
            self.commit.setFocus()
            return
        super()._next(name)

    def last(self) -> None:
        """The last field is the taker's PIN."""
        self.hand.setFocus()

    def refresh(self) -> None:
        """The figures stand; what was said stands above."""

    def _release(self) -> dict[str, str]:
        return {name: self.text(f"release_{name}") for name in ("reason", "number", "pin")}

    def put(self) -> None:
        """关班."""
        self._model.close(self._release())

    def _hand_over(self) -> None:
        self._model.hand_over({name: self.text(name) for name in _SIGN}, self._release())


class RulesForm(Form):
    """What the shop decides."""

    def __init__(self, model: ShiftModel) -> None:
        super().__init__(model, "shift.rules_put")
        self.heading.setText(self._say("shift.rules_head"))
        for name in ("rule_limit", "rule_second", "rule_turns"):
            self.lines.addWidget(self.field(name, "time" if name == "rule_turns" else "money"))
        self.lines.addWidget(label(self._say("shift.rule_rounding"), wrap=True))
        line = row()
        texts = {each.value: self._say(f"shift.rounding_{each.value}") for each in Rounding}
        self.rounding = tabs(line, texts, lambda name, *_: model.choose_rounding(name))
        line.addStretch(1)
        self.lines.addLayout(line)
        self.lines.addWidget(label(self._say("shift.rules_means"), "small", "second", wrap=True))
        self.lines.addLayout(self.primary())
        self.lines.addStretch(1)

    def first(self) -> None:
        """As they hold now."""
        super().first()
        state = self._model.state
        if state is not None:
            self.fields["rule_limit"].setText(str(state.rules.limit))
            self.fields["rule_second"].setText(str(state.rules.second_from))
            self.fields["rule_turns"].setText(f"{state.rules.turns_at:%H:%M}")
        self.refresh()

    def last(self) -> None:
        """On to 抹零."""
        self.rounding[self._model.rounding.value].setFocus()

    def refresh(self) -> None:
        """Which rounding is meant."""
        for name, made in self.rounding.items():
            made.setChecked(name == self._model.rounding.value)

    def put(self) -> None:
        """Keep them."""
        self._model.keep_rules(
            self.text("rule_limit"), self.text("rule_second"), self.text("rule_turns")
        )


_AMOUNTS = ("opening", "cash_sales", "cash_back", "came_in", "went_out", "expected", "counted")
_SIGN = ("from_number", "from_pin", "to_number", "to_pin")
_REASONS: dict[str, Sequence[str]] = {
    "in": ("change", "back", "other"),
    "out": ("bank", "expense", "change", "other"),
}


def _kind(name: str) -> str:
    return "pin" if name.endswith("pin") else "code"


def _many(text: str) -> int:
    """How many of a face; :raises ValueError: no plain number (int would read 1_0 as ten)."""
    text = text.strip() or "0"
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise ValueError(text)
    return int(text)
