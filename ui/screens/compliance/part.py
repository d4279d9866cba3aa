"""What every part of the page 合规档案 has: a list, its files, and fields below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from ui.screens.compliance.view_model import ComplianceModel
from ui.screens.office.parts_page import PagePart
from ui.screens.stock.sheet import Sheet, Table
from ui.widgets.figures import Figures
from ui.widgets.flow import FlowLayout
from ui.widgets.parts import button, line_edit

if TYPE_CHECKING:
    from PySide6.QtWidgets import QHBoxLayout, QLineEdit


class CompliancePart(PagePart[ComplianceModel]):
    """A list, its files and fields under words of this page."""

    list: Figures
    name = ""
    columns: tuple[str, ...] = ()
    widths: tuple[int, ...] = ()
    """Shares of the paper's width."""

    def facts(self) -> tuple[str, ...]:
        """Lines under the title of the paper."""
        return ()

    def titles(self) -> tuple[str, ...]:
        """Headings of the list."""
        return tuple(self.say(f"compliance.column_{one}") for one in self.columns)

    def figures(self, wide: int) -> Figures:
        """A list with its columns' words."""
        return Figures(
            self.say(f"compliance.part_{self.name}"), self.titles(), self.say,
            empty=self.say(f"compliance.empty_{self.name}"), colour=self._colour, wide=wide,
        )  # fmt: skip

    def form(self) -> tuple[QWidget, FlowLayout]:
        """A row of fields that begins another line where it must."""
        holder = QWidget()
        return holder, FlowLayout(holder, space=8, grow=True)

    def field(self, lines: FlowLayout, name: str) -> QLineEdit:
        """A field with its hint."""
        words = self.say(f"compliance.field_{name}")
        made = line_edit(words, hint=words, whole=True)
        lines.addWidget(made)
        return made

    def files(self, line: QHBoxLayout) -> None:
        """Buttons that write what is in sight."""
        self.file_keys(
            line, lambda rows, form: self.model.export(self.name, self.titles(), rows, form)
        )
        self.pdf = button(self.say("figures.pdf"))
        self.pdf.clicked.connect(lambda: self._print())
        line.addWidget(self.pdf)

    def _print(self) -> None:
        say, day = self.say, self.model.today
        title = say(f"compliance.paper_{self.name}", day=f"{day}")
        rows = tuple(self.list.shown_rows())
        table = Table(say(f"compliance.part_{self.name}"), self.titles(), rows, self.widths)
        signs = (say("compliance.sign_maker"), say("compliance.sign_manager"))
        name = f"{self.name}-{day}"
        self.model.print_sheet(Sheet(name, title, self.facts(), (table,), signs))
