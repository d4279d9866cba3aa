"""监管提醒: what waits first; a row, what it says in full, and one key that answers it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.domain.supervision import MAX_ANSWER
from ui.screens.watch.part import WatchPart
from ui.screens.watch.view_model import FILTERS, PRESETS
from ui.widgets.figures import Line, yuan
from ui.widgets.flow import FlowLayout
from ui.widgets.parts import button, card, column, label, line_edit, row, tabs

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QObject
    from PySide6.QtGui import QColor
    from PySide6.QtWidgets import QPushButton

    from app.use_cases.alerts import AlertRow
    from ui.screens.watch.view_model import WatchModel

COLUMNS = ("at", "state", "rule", "severity", "text", "slip", "owner", "answer", "told")
_SEVERITY_TONES = {"1": "bad", "2": "warn", "3": "second"}


class AlertsPart(WatchPart):
    """Digits 1 to 4 on the list answer the chosen row; Enter goes into the field of own words."""

    def __init__(self, model: WatchModel, colour: Callable[[str], QColor]) -> None:
        super().__init__(model, colour)
        lines = column(self, space=8)
        head = row(space=6)
        texts = {name: self.say(f"watch.filter_{name}") for name in FILTERS}
        self.filters = tabs(head, texts, lambda name, _=False: model.narrow(name))
        self.count = label("", "", "second")
        head.addWidget(self.count)
        head.addStretch(1)
        self.files(head, "alerts", COLUMNS)
        lines.addLayout(head)
        self.list = self.figures("alerts", COLUMNS, COLUMNS.index("text"), "watch.empty_alerts")
        lines.addWidget(self.list, 1)
        lines.addWidget(self._detail())
        self.list.moved.connect(self.refresh)
        self.list.opened.connect(lambda _: self.words.setFocus())
        self.list.table.installEventFilter(self)
        model.said.connect(self.forget)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A digit on the list is a ready answer; a held one is one."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            at = event.key() - Qt.Key.Key_1
            plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            if plain and 0 <= at < len(PRESETS):
                if not event.isAutoRepeat():
                    self._preset(at)
                return True
        return super().eventFilter(watched, event)

    def _detail(self) -> QWidget:
        holder = card()
        lines = column(holder, margin=10, space=6)
        self.what = label("", "strong", wrap=True)
        self.text = label("", "", "second", wrap=True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        lines.addWidget(self.what)
        lines.addWidget(self.text)
        self.acts = QWidget()
        flow = FlowLayout(self.acts, space=8, even=False, grow=True)
        self.presets: list[QPushButton] = []
        for at, (name, _way) in enumerate(PRESETS):
            made = button(f"{at + 1}  {self.say(f'watch.preset_{name}')}")
            made.clicked.connect(partial(self._preset, at))
            self.presets.append(made)
            flow.addWidget(made)
        hint = self.say("watch.own_words")
        self.words = line_edit(hint, hint=hint, whole=True)
        self.words.setMaxLength(MAX_ANSWER)
        self.words.returnPressed.connect(self._answer)
        flow.addWidget(self.words)
        self.send = button(self.say("watch.answer"), "commit")
        self.send.clicked.connect(lambda: self._answer())
        flow.addWidget(self.send)
        self.again = button(self.say("watch.again"))
        self.again.clicked.connect(lambda: self._again())
        flow.addWidget(self.again)
        lines.addWidget(self.acts)
        return holder

    # --- acts ------------------------------------------------------------------------------------

    def chosen(self) -> AlertRow | None:
        """The row in hand."""
        return cast("AlertRow | None", self.list.chosen())

    def _preset(self, at: int, _checked: bool = False) -> None:
        found = self.chosen()
        if found is not None:
            self.model.preset(found, at)

    def _answer(self) -> None:
        found = self.chosen()
        if found is not None:
            self.model.answer(found, self.words.text())

    def _again(self) -> None:
        found = self.chosen()
        if found is not None:
            self.model.ask_again(found)

    def forget(self) -> None:
        """The words of one alert are not another's."""
        self.words.clear()
        if self.words.hasFocus():
            self.list.table.setFocus()

    def back(self) -> bool:
        """From the field to the list."""
        if not self.words.hasFocus():
            return False
        self.words.clear()
        self.list.table.setFocus()
        return True

    # --- showing ---------------------------------------------------------------------------------

    def fill(self) -> None:
        """The rows of the filter; an area that asks nobody says so."""
        view = self.model.alerts
        if view is not None and not view.asks and not view.rows:
            self.list.say_empty(self.say("watch.not_open"))
        else:
            self.list.say_empty(self.say("watch.empty_alerts"))
        self.list.show_lines([self._line(one) for one in self.model.rows()])
        self.refresh()

    def _line(self, row: AlertRow) -> Line:
        one, say = row.alert, self.say
        state = "late" if row.late else one.state.value
        tones = [""] * len(COLUMNS)
        tones[1] = {"open": "warn", "late": "bad", "answered": "good"}.get(state, "second")
        tones[3] = _SEVERITY_TONES.get(one.severity, "")
        severity = say(f"watch.severity_{one.severity}") if one.severity in _SEVERITY_TONES else ""
        told = say(f"uploads.state_{row.told}") if row.told else ""
        answer = f"{row.answered_by} {one.answer}".strip()
        return Line(
            (one.at, say(f"watch.state_{state}"), self.model.rule_of(row), severity,
             one.text or say("watch.no_text"), row.receipt_no, row.owner, answer, told),
            tuple(tones), carries=row, key=one.id,
        )  # fmt: skip

    def refresh(self) -> None:
        """The chosen row in full, and what may be said to it."""
        model, view, found = self.model, self.model.alerts, self.chosen()
        for name, made in self.filters.items():
            made.setChecked(name == model.filter)
        if view is not None:
            words = "watch.waiting_days" if view.days is not None else "watch.waiting"
            self.count.setText(
                self.say(words, count=view.waiting, late=view.overdue, days=view.days)
            )
        is_open = found is not None and found.alert.state == "open"
        self.acts.setVisible(is_open)
        self.again.setVisible(is_open and found is not None and found.alert.silent)
        for made in (*self.presets, self.send, self.again):
            made.setEnabled(not model.busy)
        if found is None:
            self.what.setText(self.say("watch.choose"))
            self.text.setText("")
            return
        one = found.alert
        slip = found.receipt_no or self.say("watch.no_slip")
        amount = yuan(one.amount)
        said = "watch.detail" if one.amount else "watch.detail_plain"
        call = one.phase.infno
        rule = model.rule_of(found)
        self.what.setText(self.say(said, rule=rule, slip=slip, call=call, amount=amount))
        parts = [one.text, one.grounds if one.grounds != rule else ""]
        if one.answer:
            way = self.say(f"watch.way_{one.way}")
            parts.append(self.say("watch.said", by=found.answered_by, way=way, words=one.answer))
        self.text.setText("  ".join(part for part in parts if part))
