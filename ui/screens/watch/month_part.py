"""统筹月报: sums by type, insurance, issuer, department, prescriber; refusals; what is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedWidget

from app.use_cases.month_report import BY_HAND, rows_of
from ui.screens.stock.sheet import Sheet, Table
from ui.screens.watch.part import WatchPart
from ui.widgets.figures import Line, Value, yuan
from ui.widgets.parts import button, column, label, row, tabs

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QColor

    from app.use_cases.month_report import MonthReport, Sum
    from ui.screens.watch.view_model import WatchModel

SUMS = ("group", "name", "count", "total", "fund", "account", "cash")
WHYS = ("group", "name", "count", "amount")
LISTS = ("sums", "whys")
_NAMED = ("310", "390")
"""Insurance types that have words of their own."""


class MonthPart(WatchPart):
    """Two lists of one month; a file holds the list in sight, the paper both."""

    def __init__(self, model: WatchModel, colour: Callable[[str], QColor]) -> None:
        super().__init__(model, colour)
        self.shown = LISTS[0]
        lines = column(self, space=8)
        head = row(space=6)
        texts = {name: self.say(f"watch.list_{name}") for name in LISTS}
        self.tabs = tabs(head, texts, self._turn)
        head.addStretch(1)
        for form in ("xlsx", "csv"):
            made = button(self.say(f"figures.{form}"))
            made.clicked.connect(lambda _=False, form=form: self._write(form))
            head.addWidget(made)
        self.pdf = button(self.say("figures.pdf"))
        self.pdf.clicked.connect(lambda: self._print())
        head.addWidget(self.pdf)
        lines.addLayout(head)
        self.total = label("", "strong", wrap=True)
        lines.addWidget(self.total)
        self.lists = {
            "sums": self.figures("sums", SUMS, 1, "watch.empty_month"),
            "whys": self.figures("whys", WHYS, 1, "watch.empty_whys"),
        }
        self.list = self.lists["sums"]
        self.stack = QStackedWidget()
        for made_list in self.lists.values():
            self.stack.addWidget(made_list)
        lines.addWidget(self.stack, 1)
        self._turn(LISTS[0])

    def _turn(self, name: str, _checked: bool = False) -> None:
        self.shown, self.list = name, self.lists[name]
        self.stack.setCurrentWidget(self.list)
        for each, made in self.tabs.items():
            made.setChecked(each == name)

    def _write(self, form: str) -> None:
        columns = SUMS if self.shown == "sums" else WHYS
        headings = [self.say(f"watch.column_{one}") for one in columns]
        self.model.export(f"month-{self.shown}", headings, self.list.shown_rows(), form)

    def _print(self) -> None:
        report = self.model.report
        if report is None:
            return
        say = self.say
        tables = (
            Table(say("watch.list_sums"), self._titles(SUMS), tuple(self._sums(report)),
                  (2, 4, 1, 2, 2, 2, 2)),
            Table(say("watch.list_whys"), self._titles(WHYS), tuple(self._whys(report)),
                  (2, 6, 1, 2)),
        )  # fmt: skip
        facts = (self._told(report),)
        signs = (say("watch.sign_maker"), say("watch.sign_manager"))
        title = say("watch.paper", month=report.month)
        self.model.print_sheet(Sheet(f"month-{report.month}", title, facts, tables, signs))

    def _titles(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self.say(f"watch.column_{one}") for one in columns)

    # --- showing ---------------------------------------------------------------------------------

    def fill(self) -> None:
        """Another month came."""
        report = self.model.report
        if report is None:
            return
        self.total.setText(self._told(report))
        self.lists["sums"].show_lines([Line(values) for values in self._sums(report)])
        self.lists["whys"].show_lines([Line(values) for values in self._whys(report)])

    def _told(self, report: MonthReport) -> str:
        figures = report.total.figures
        words = "watch.month_over" if report.over else "watch.month_growing"
        return self.say(
            words, month=report.month, count=report.total.count, total=figures.total,
            fund=figures.fund, account=figures.account, cash=figures.cash,
            cancelled=report.cancelled,
        )  # fmt: skip

    def _sums(self, report: MonthReport) -> list[tuple[Value, ...]]:
        return [
            (
                self.say(f"watch.sum_{part}"), self._name(part, one), one.count,
                yuan(one.figures.total), yuan(one.figures.fund), yuan(one.figures.account),
                yuan(one.figures.cash),
            )
            for part, one in rows_of(report)
        ]  # fmt: skip

    def _name(self, part: str, one: Sum) -> str:
        say = self.say
        if part == "total":
            return say("watch.all")
        if part == "type":
            return say("watch.adopted") if one.key == BY_HAND else say(f"payment.type_{one.key}")
        if part == "source":
            return say(f"watch.source_{one.key or 'none'}")
        if part == "insurance":
            insutype, _, kind = one.key.partition("|")
            named = say(f"patient.insutype_{insutype}") if insutype in _NAMED else insutype
            return say("watch.insurance", name=named, code=insutype, kind=kind)
        if not one.key:
            return say("watch.without_rx")
        return f"{one.name}（{one.key}）" if one.name else one.key

    def _whys(self, report: MonthReport) -> list[tuple[Value, ...]]:
        say = self.say
        rows: list[tuple[Value, ...]] = [
            (say(f"watch.why_{kind}"), one.words, one.count, yuan(one.amount))
            for kind, reasons in (("declined", report.declined), ("fee", report.fees))
            for one in reasons
        ]
        for each in report.open:
            name = (
                say("watch.open_alert") if each.kind == "alert" else say(f"shift.item_{each.kind}")
            )
            rows.append((say("watch.why_open"), name, each.count, yuan(each.amount) or None))
        return rows
