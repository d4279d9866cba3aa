"""目录变更: what a version of the insurance's list does to the shop's drugs, with the stock."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QWidget

from ui.screens.watch.part import WatchPart
from ui.widgets.figures import Line, packs
from ui.widgets.flow import FlowLayout
from ui.widgets.parts import button, column, label, line_edit, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QColor
    from PySide6.QtWidgets import QLineEdit

    from app.use_cases.insured_lists import ListRow
    from ui.screens.watch.view_model import WatchModel

COLUMNS = (
    "effective", "version", "turn", "code", "drug", "spec", "national", "before", "after",
    "on_hand", "in_force",
)  # fmt: skip
_TONES = {"left": "warn", "entered": "good", "proposed": "good"}


class ListsPart(WatchPart):
    """Version and day first, then the file; the list below is what the manager acts by."""

    def __init__(self, model: WatchModel, colour: Callable[[str], QColor]) -> None:
        super().__init__(model, colour)
        lines = column(self, space=8)
        head = row(space=6)
        head.addWidget(label(self.say("watch.lists_how"), "", "second", wrap=True), 1)
        self.files(head, "insured-list", COLUMNS)
        lines.addLayout(head)
        holder = QWidget()
        flow = FlowLayout(holder, space=8, grow=True)
        self.version = self._field(flow, "list_version")
        self.effective = self._field(flow, "list_effective")
        self.read = button(self.say("watch.list_read"), "commit")
        self.version.returnPressed.connect(self.effective.setFocus)
        self.effective.returnPressed.connect(lambda: self._browse())
        self.read.clicked.connect(lambda: self._browse())
        flow.addWidget(self.read)
        lines.addWidget(holder)
        self.list = self.figures("lists", COLUMNS, 4, "watch.empty_lists")
        lines.addWidget(self.list, 1)
        model.said.connect(self.forget)

    def _field(self, flow: FlowLayout, name: str) -> QLineEdit:
        words = self.say(f"watch.{name}")
        made = line_edit(words, hint=words, whole=True)
        flow.addWidget(made)
        return made

    def _browse(self) -> None:
        name, _kind = QFileDialog.getOpenFileName(
            self, self.say("watch.list_read"), "", "CSV / xlsx (*.csv *.xlsx *.txt)"
        )
        if name:
            self.take(Path(name))

    def take(self, path: Path) -> None:
        """Read a chosen file under what was typed."""
        self.model.read_list(path, self.version.text(), self.effective.text())

    def forget(self) -> None:
        """The next version has a name of its own."""
        self.version.clear()
        self.effective.clear()

    def fill(self) -> None:
        """The newest version first."""
        self.list.show_lines([self._line(one) for one in self.model.lists])

    def _line(self, one: ListRow) -> Line:
        say, change, plan = self.say, one.change, one.plan
        force = "yes" if plan.applied_at is not None else "no"
        tones = ("", "", _TONES.get(change.turn.value, ""), *[""] * 8)
        return Line(
            (
                plan.effective, plan.version, say(f"watch.turn_{change.turn}"), one.shop_code,
                change.name, change.spec, change.national_code, _class(change.before),
                _class(change.after), packs(one.on_hand) if one.on_hand is not None else None,
                say(f"watch.force_{force}"),
            ),
            tones, also=change.maker,
            key=f"{plan.version}/{change.medicine_id or change.national_code}",
        )  # fmt: skip

    def refresh(self) -> None:
        """One at a time."""
        self.read.setEnabled(not self.model.busy)


def _class(name: str) -> str:
    return {"A": "甲", "B": "乙"}.get(name, "丙" if name else "")
