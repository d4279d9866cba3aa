"""The page on which a person decides an open item: facts, ways, ground, and who answers for it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QWidget,
)

from app.domain.clock import shop_time
from ui.screens.payment.decide import AMOUNTS, REVERSE
from ui.widgets.badge import takes_badge
from ui.widgets.flow import FlowLayout
from ui.widgets.parts import button, column, label, line_edit, retone, row
from ui.words import in_words

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from app.use_cases.views import SettlementView
    from ui.screens.payment.decide import DecideViewModel

FACTS = ("msgid", "sent", "quoted", "said")


class DecidePage(QWidget):
    """Digits choose a way while no field has the focus; Enter in the last field decides."""

    def __init__(self, model: DecideViewModel) -> None:
        super().__init__()
        self._model, self._session = model, model.session
        self.fields: dict[str, QLineEdit] = {}
        self._rows: dict[str, QWidget] = {}
        self.ways: list[QPushButton] = []
        outer = column(self, space=8)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        holder = QWidget()
        self._lines = column(holder, space=10)
        scroll.setWidget(holder)
        # The card's own ground shows through.
        for widget in (scroll.viewport(), holder):
            widget.setAutoFillBackground(False)
        outer.addWidget(scroll, 1)
        self._add_facts()
        self._add_ways()
        self._add_ids()
        self._add_second()
        self._lines.addStretch(1)
        self.words = label("", "", "bad", wrap=True)
        outer.addWidget(self.words)
        self.commit = button(self._session.say("decide.commit"), "commit")
        self.commit.clicked.connect(self._submit)
        outer.addWidget(self.commit)
        model.changed.connect(self.refresh)
        model.begun.connect(self.begin)

    # --- building --------------------------------------------------------------------------------

    def _field(self, name: str, *, code: bool = True) -> QWidget:
        """A field below its name, which stays in sight while it is filled in."""
        holder = QWidget()
        lines = column(holder, space=2)
        made = line_edit(self._session.say(f"decide.{name}"), code=code)
        made.returnPressed.connect(partial(self._entered, name))
        caption = label(made.accessibleName(), "", "second")
        caption.setBuddy(made)
        lines.addWidget(caption)
        lines.addWidget(made)
        self.fields[name], self._rows[name] = made, holder
        return holder

    def _add_facts(self) -> None:
        say = self._session.say
        self.heading = label("", "strong", wrap=True)
        self._lines.addWidget(self.heading)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        self.facts: dict[str, tuple[QLabel, QLabel]] = {}
        for place, name in enumerate(FACTS):
            told = label("", wrap=True)
            told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self.facts[name] = (label(say(f"decide.{name}"), "", "second"), told)
            grid.addWidget(self.facts[name][0], place, 0)
            grid.addWidget(told, place, 1)
        self._lines.addLayout(grid)
        self.how = label("", "", "second", wrap=True)
        self._lines.addWidget(self.how)

    def _add_ways(self) -> None:
        holder = QWidget()
        self._flow = FlowLayout(holder, space=6)
        self._flow.setContentsMargins(0, 0, 0, 0)
        self._group = QButtonGroup(self)
        self._lines.addWidget(holder)
        self.means = label("", "", "warn", wrap=True)
        self._lines.addWidget(self.means)
        self._lines.addWidget(self._field("evidence", code=False))

    def _add_ids(self) -> None:
        self.ids = QWidget()
        pair = row(self.ids, space=8)
        for name in ("setl_id", "mdtrt_id"):
            pair.addWidget(self._field(name), 1)
        self._lines.addWidget(self.ids)
        self.amounts = QWidget()
        four = row(self.amounts, space=8)
        for name in AMOUNTS:
            four.addWidget(self._field(name), 1)
            self.fields[name].setAlignment(Qt.AlignmentFlag.AlignRight)
        self._lines.addWidget(self.amounts)

    def _add_second(self) -> None:
        self.second = QWidget()
        lines = column(self.second, space=4)
        lines.addWidget(label(self._session.say("decide.second"), "strong"))
        pair = row(space=8)
        for name in ("number", "pin"):
            pair.addWidget(self._field(name), 1)
        self.fields["pin"].setEchoMode(QLineEdit.EchoMode.Password)
        takes_badge(self.fields["number"], self.fields["pin"])
        lines.addLayout(pair)
        self._lines.addWidget(self.second)

    # --- showing ---------------------------------------------------------------------------------

    def begin(self) -> None:
        """Another item: nothing of the last one is left in the fields."""
        model = self._model
        for field in self.fields.values():
            field.clear()
        _cleared(self._flow)
        self.ways = []
        for place, way in enumerate(model.ways):
            made = button(f"{place + 1} {self._session.say(f'decide.way_{way}')}")
            made.setCheckable(True)
            made.clicked.connect(partial(self._choose, place))
            self._group.addButton(made)
            self._flow.addWidget(made)
            self.ways.append(made)
        if model.one is not None:
            self._tell(model.one)

    def _tell(self, one: SettlementView) -> None:
        model, say = self._model, self._session.say
        name = model.item.name if model.item else ""
        kind = say(f"payment.type_{one.settlement_type}")
        state = say(f"payment.state_{one.state}")
        self.heading.setText(f"{name or '—'} · ¥ {one.total} · {kind} · {state}")
        split = one.split
        told = {
            "msgid": one.msgid,
            "sent": f"{shop_time(one.sent_at):%Y-%m-%d %H:%M:%S}" if one.sent_at else "",
            "quoted": say(
                "decide.quoted_row", fund=split.fund, account=split.account, cash=split.cash
            ) if split else "",
            "said": in_words(one.text, self._session.lang),
        }  # fmt: skip
        for fact, (caption, shown) in self.facts.items():
            shown.setText(told[fact])
            caption.setVisible(bool(told[fact]))
            shown.setVisible(bool(told[fact]))
        by_hand = model.ways == (REVERSE,)
        self.how.setText(say("decide.how_by_hand" if by_hand else "decide.how"))
        self._rows["evidence"].setVisible(not by_hand)
        self.fields["mdtrt_id"].setText(one.mdtrt_id)
        self.commit.setText(say("decide.commit_reverse" if by_hand else "decide.commit"))
        self.commit.setAccessibleName(self.commit.text())

    def refresh(self) -> None:
        """What was chosen, what is still wanted for it, and what stands in the way."""
        model, say = self._model, self._session.say
        if model.one is None:
            return
        for way, made in zip(model.ways, self.ways, strict=False):
            made.setChecked(way == model.way)
            made.setEnabled(not model.busy)
        settled_once = model.of_cancel and model.way == "settled"
        means = f"decide.means_{model.way}{'_cancel' if settled_once else ''}"
        self.means.setText(say(means) if model.way else "")
        self.means.setVisible(bool(model.way))
        self.ids.setVisible(model.ids_wanted)
        wanted = model.ids_wanted and model.amounts_wanted
        new = wanted and self.amounts.isHidden()
        self.amounts.setVisible(wanted)
        if new:
            self.fields[AMOUNTS[0]].setFocus()
        self.second.setVisible(model.second_wanted)
        note = model.note
        self.words.setText(self._session.say_note(note) if note else "")
        retone(self.words, "tone", "bad" if note and note.severity == "block" else "warn")
        self.commit.setEnabled(not model.busy and bool(model.way))

    # --- acting ----------------------------------------------------------------------------------

    def first(self) -> None:
        """Give the focus to what is due first."""
        if len(self.ways) > 1:
            self.ways[0].setFocus()
        else:
            self._next("").setFocus()

    def _choose(self, place: int) -> None:
        self._model.choose(place)
        self._next("").setFocus()

    def _shown(self) -> list[str]:
        """The fields that are wanted now, in the order of the page."""
        return [name for name, field in self.fields.items() if field.isVisibleTo(self)]

    def _next(self, after: str) -> QWidget:
        """The first empty field behind one, else the commit button."""
        shown = self._shown()
        left = shown[shown.index(after) + 1 :] if after in shown else shown
        empty = (self.fields[name] for name in left if not self.fields[name].text().strip())
        return next(empty, self.commit)

    def _entered(self, name: str) -> None:
        shown = self._shown()
        if shown and name == shown[-1]:
            self._submit()
            return
        self.fields[shown[shown.index(name) + 1]].setFocus()

    def _submit(self) -> None:
        typed = {name: field.text() for name, field in self.fields.items()}
        self.fields["pin"].clear()
        self._model.submit(typed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A digit that no field took chooses a way."""
        text = event.text()
        if text.isdigit() and 0 < int(text) <= len(self.ways) and not event.isAutoRepeat():
            self.ways[int(text) - 1].click()
            return
        super().keyPressEvent(event)


def _cleared(flow: FlowLayout) -> None:
    """Take every widget out of a flow."""
    while (item := flow.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
