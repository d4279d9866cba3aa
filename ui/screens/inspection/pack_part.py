"""A pack made of what was looked for last: how much it will be, what for, where to, with whom."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QGridLayout, QLineEdit, QScrollArea, QWidget

from ui.widgets.badge import takes_badge
from ui.widgets.parts import button, check_box, column, label, line_edit, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from ui.screens.inspection.view_model import InspectionModel

FIELDS = ("purpose", "folder", "number", "pin")


class PackPart(QWidget):
    """One form; its numbers stand above it before anything is made."""

    def __init__(
        self, model: InspectionModel, open_folder: Callable[[str], None] | None = None
    ) -> None:
        """``open_folder`` shows where a pack lies; None = this person has no business there."""
        super().__init__()
        self.model, self._say, self._open_folder = model, model.session.say, open_folder
        say = self._say
        # At large type the form is longer than the page.
        area, holder = QScrollArea(), QWidget()
        area.setWidgetResizable(True)
        area.setWidget(holder)
        column(self).addWidget(area)
        lines = column(holder, space=10)
        lines.setContentsMargins(0, 0, 8, 0)
        self.counted = label("", "strong", wrap=True)
        lines.addWidget(self.counted)
        lines.addWidget(label(say("inspection.pack_how"), "", "second", wrap=True))
        grid = QGridLayout()
        grid.setVerticalSpacing(4)
        self.fields = {
            name: line_edit(
                say(f"inspection.pack_{name}"), code=name in ("number", "pin"),
                hint=say(f"inspection.pack_{name}_hint"),
            )
            for name in FIELDS
        }  # fmt: skip
        self.fields["pin"].setEchoMode(QLineEdit.EchoMode.Password)
        takes_badge(self.fields["number"], self.fields["pin"])
        self._labels = {name: label(say(f"inspection.pack_{name}"), "small", "second")
                        for name in FIELDS}  # fmt: skip
        for name, (line, at, span) in {
            "purpose": (0, 0, 2), "folder": (1, 0, 2), "number": (3, 0, 1), "pin": (3, 1, 1),
        }.items():  # fmt: skip
            grid.addWidget(self._labels[name], 2 * line, at, 1, span)
            grid.addWidget(self.fields[name], 2 * line + 1, at, 1, span)
            self.fields[name].returnPressed.connect(self._make)
        self.whole = check_box(say("inspection.pack_whole"))
        self.whole.toggled.connect(lambda _: self.refresh())
        grid.addWidget(self.whole, 4, 0, 1, 2)
        lines.addLayout(grid)
        acts = row(space=8)
        self.make = button(say("inspection.make"), "commit")
        self.make.clicked.connect(lambda: self._make())
        self.show_folder = button(say("inspection.open_folder"))
        self.show_folder.clicked.connect(lambda: self._folder())
        self.progress = label("", "", "told")
        for each in (self.make, self.show_folder, self.progress):
            acts.addWidget(each)
        acts.addStretch(1)
        lines.addLayout(acts)
        lines.addStretch(1)
        model.changed.connect(self.refresh)
        self.refresh()

    def enter(self) -> None:
        """What it is for is typed first."""
        self.fields["purpose"].setFocus()

    def clear(self) -> None:
        """Number and PIN of the second person go when it goes out of sight."""
        for name in ("number", "pin"):
            self.fields[name].clear()
        self.whole.setChecked(False)

    def _make(self) -> None:
        if self.model.running:
            self.model.stop()
            return
        typed = {name: field.text() for name, field in self.fields.items()}
        self.fields["pin"].clear()
        self.model.make(typed, whole=self.whole.isChecked())

    def _folder(self) -> None:
        if self._open_folder is not None and self.model.place:
            self._open_folder(self.model.place)

    def refresh(self) -> None:
        """How much it will be, whether one is made, and how far it is."""
        model, say = self.model, self._say
        found = model.found
        if found is None or not found.count.sales:
            self.counted.setText(say("inspection.search_first"))
        else:
            count = found.count
            words = say(
                "inspection.found", count=f"{count.sales:,}", insured=f"{count.insured:,}",
                total=f"{Decimal(count.total_fen).scaleb(-2):,}",
            )  # fmt: skip
            self.counted.setText(words)
        whole = self.whole.isChecked()
        self.whole.setVisible(self._open_folder is not None)
        for name in ("number", "pin"):
            self.fields[name].setVisible(whole)
            self._labels[name].setVisible(whole)
        self.make.setText(say("inspection.stop" if model.running else "inspection.make"))
        tally = model.tally
        if model.running and tally is not None:
            words = say("inspection.progress", done=f"{tally.done:,}", of=f"{tally.sheets:,}",
                        gaps=f"{tally.gaps:,}")  # fmt: skip
            self.progress.setText(words)
        self.progress.setVisible(model.running and tally is not None)
        self.show_folder.setVisible(bool(model.place) and self._open_folder is not None)
