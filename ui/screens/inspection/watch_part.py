"""What the manager keeps an eye on: the ledger of a drug, accounts, looks, packs."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtWidgets import QWidget

from app.domain.clock import shop_time
from ui.widgets.figures import Figures, Line, packs
from ui.widgets.flow import FlowLayout
from ui.widgets.parts import button, column, combo, label, line_edit, row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from PySide6.QtGui import QColor

    from app.use_cases.inspection import LookLine, PackLine, PassLine
    from app.use_cases.item_ledger import LedgerRow
    from ui.screens.inspection.view_model import InspectionModel

    Colour = Callable[[str], QColor]

ACCOUNT_FIELDS = ("first", "last", "authority", "order_no")


def _figures(
    model: InspectionModel, name: str, columns: Sequence[str], colour: Colour, wide: int
) -> Figures:
    say = model.session.say
    titles = [say(f"inspection.column_{column}") for column in columns]
    empty = say(f"inspection.empty_{name}")
    return Figures(
        say(f"inspection.tab_{name}"), titles, say, empty=empty, colour=colour, wide=wide
    )


class LedgerPart(QWidget):
    """商品台账 of one drug."""

    def __init__(self, model: InspectionModel, colour: Colour) -> None:
        super().__init__()
        self.model, say = model, model.session.say
        lines = column(self, space=8)
        form = QWidget()
        line = FlowLayout(form, space=6, even=True, grow=True)
        self.fields = {
            name: line_edit(
                say(f"inspection.field_{name}"), code=True,
                hint=say(f"inspection.field_{name}"), whole=True,
            )
            for name in ("drug", "first", "last")
        }  # fmt: skip
        for each in self.fields.values():
            each.returnPressed.connect(self.ask)
            line.addWidget(each)
        self.go = button(say("inspection.show_ledger"), "commit")
        self.go.clicked.connect(lambda: self.ask())
        line.addWidget(self.go)
        lines.addWidget(form)
        self.told = label("", "", "second", wrap=True)
        lines.addWidget(self.told)
        columns = ("time", "what", "batch", "quantity", "balance", "paper", "staff", "reason")
        self.list = _figures(model, "ledger", columns, colour, 7)
        lines.addWidget(self.list, 1)
        foot = row(space=8)
        self.exports = {kind: button(say(f"figures.{kind}")) for kind in ("xlsx", "csv")}
        for kind, made in self.exports.items():
            made.setEnabled(False)
            made.clicked.connect(partial(self._take, kind))
            foot.addWidget(made)
        foot.addStretch(1)
        lines.addLayout(foot)
        model.ledger_came.connect(self._fill)

    def enter(self) -> None:
        """The drug is what is typed."""
        self.fields["drug"].setFocus()

    def ask(self) -> None:
        """As typed."""
        if self.model.ask_ledger({name: field.text() for name, field in self.fields.items()}):
            self.list.reading()

    def _take(self, form: str, _checked: bool = False) -> None:
        shown = self.list
        self.model.take_ledger(self.told.text(), shown.model.titles, shown.shown_rows(), form)

    def _fill(self) -> None:
        ledger, say = self.model.ledger, self.model.session.say
        for made in self.exports.values():
            made.setEnabled(ledger is not None)
        if ledger is None:
            self.told.clear()
            self.list.show_lines(())
            return
        words = say(
            "inspection.ledger_told", name=ledger.name, spec=ledger.spec, maker=ledger.maker,
            before=ledger.before.plain(), after=ledger.after.plain(), unit=ledger.unit,
        )  # fmt: skip
        self.told.setText(words)
        self.list.show_lines([self._line(one) for one in ledger.rows])

    def _line(self, one: LedgerRow) -> Line:
        kind = self.model.session.say(f"shelf.kind_{one.kind}")
        values = (one.at, kind, one.batch, packs(one.quantity), packs(one.balance), one.number,
                  one.staff, one.reason)  # fmt: skip
        return Line(values, key=one.move_id)


class AccountsPart(QWidget):
    """Accounts of inspectors: opened for days, ended by themselves or here."""

    def __init__(self, model: InspectionModel, colour: Colour) -> None:
        super().__init__()
        self.model, say = model, model.session.say
        lines = column(self, space=8)
        lines.addWidget(label(say("inspection.accounts_how"), "", "second", wrap=True))
        form = QWidget()
        line = FlowLayout(form, space=6, even=True, grow=True)
        self.who = combo(say("inspection.field_inspector"))
        line.addWidget(self.who)
        self.fields = {
            name: line_edit(
                say(f"inspection.field_{name}"), code=name in ("first", "last"),
                hint=say(f"inspection.field_{name}"), whole=True,
            )
            for name in ACCOUNT_FIELDS
        }  # fmt: skip
        for each in self.fields.values():
            each.returnPressed.connect(self._open)
            line.addWidget(each)
        self.go = button(say("inspection.open_account"), "commit")
        self.go.clicked.connect(lambda: self._open())
        line.addWidget(self.go)
        self.end = button(say("inspection.end_account"))
        self.end.clicked.connect(lambda: self._end())
        line.addWidget(self.end)
        lines.addWidget(form)
        columns = ("inspector", "authority", "order_no", "first", "last", "account_state", "looks",
                   "opened_by")  # fmt: skip
        self.list = _figures(model, "accounts", columns, colour, 1)
        lines.addWidget(self.list, 1)
        model.viewed.connect(self._fill)

    def enter(self) -> None:
        """The days from today on."""
        today = self.model.ready_days()[1].isoformat()
        for name in ("first", "last"):
            if not self.fields[name].text():
                self.fields[name].setText(today)
        self.fields["authority"].setFocus()

    def _open(self) -> None:
        typed = {name: field.text() for name, field in self.fields.items()}
        self.model.open_account(str(self.who.currentData() or ""), typed)

    def _end(self) -> None:
        self.model.end_account(cast("PassLine | None", self.list.chosen()))

    def _fill(self) -> None:
        view = self.model.view
        if view is None:
            return
        chosen = self.who.currentData()
        self.who.clear()
        for one in view.inspectors:
            self.who.addItem(f"{one.number} {one.name}", one.id)
        at = self.who.findData(chosen)
        self.who.setCurrentIndex(max(0, at))
        self.list.show_lines([self._line(one) for one in view.passes])

    def _line(self, line: PassLine) -> Line:
        say, one = self.model.session.say, line.one
        state = "holds" if line.holds else "ended" if one.closed_at else "over"
        if not line.holds and one.closed_at is None and one.begins_at > self.model.shop.now():
            state = "waits"
        last = one.closed_at or one.ends_at
        first, ended = shop_time(one.begins_at).date().isoformat(), _day(last)
        told = say(f"inspection.account_{state}")
        who = f"{line.number} {line.name}"
        values = (
            *(who, one.authority, one.order_no, first, ended),
            *(told, line.looks, line.opened_by),
        )
        tones = tuple("good" if place == _STATE and line.holds else "" for place in range(8))
        return Line(values, tones, line, key=one.staff_id)


_STATE = 5
"""Place of the state among the columns of accounts."""


class LooksPart(QWidget):
    """Every look of an inspector and of who makes packs."""

    def __init__(self, model: InspectionModel, colour: Colour) -> None:
        super().__init__()
        self.model = model
        lines = column(self, space=8)
        lines.addWidget(label(model.session.say("inspection.looks_how"), "", "second", wrap=True))
        self.list = _figures(model, "looks", ("time", "who", "did", "term", "hits"), colour, 3)
        lines.addWidget(self.list, 1)
        model.viewed.connect(self._fill)

    def enter(self) -> None:
        """The list."""
        self.list.search.setFocus()

    def _fill(self) -> None:
        view = self.model.view
        if view is not None:
            self.list.show_lines([self._line(one) for one in view.looks])

    def _line(self, line: LookLine) -> Line:
        look = line.look
        did = self.model.session.say(f"inspection.look_{look.kind}")
        return Line((look.at, line.who, did, look.term, look.found))


class PacksPart(QWidget):
    """Packs that were made before."""

    def __init__(self, model: InspectionModel, colour: Colour) -> None:
        super().__init__()
        self.model = model
        lines = column(self, space=8)
        lines.addWidget(label(model.session.say("inspection.packs_how"), "", "second", wrap=True))
        columns = ("time", "who", "purpose", "period", "sheets", "gap_count", "masked", "digest",
                   "place")  # fmt: skip
        self.list = _figures(model, "packs", columns, colour, 2)
        lines.addWidget(self.list, 1)
        model.viewed.connect(self._fill)

    def enter(self) -> None:
        """The list."""
        self.list.search.setFocus()

    def _fill(self) -> None:
        view = self.model.view
        if view is not None:
            self.list.show_lines([self._line(one) for one in view.packs])

    def _line(self, line: PackLine) -> Line:
        say, pack = self.model.session.say, line.pack
        masked = say("inspection.is_masked" if pack.masked else "inspection.is_whole")
        who = " / ".join(name for name in (line.who, line.second) if name)
        values = (pack.at, who, pack.purpose, _period(line), pack.sheets, pack.gaps, masked,
                  pack.digest, pack.place)  # fmt: skip
        return Line(values, key=pack.id)


def _day(at: datetime) -> str:
    """The shop's day of a moment; midnight is the end of the day before."""
    return (shop_time(at) - timedelta(microseconds=1)).date().isoformat()


def _period(line: PackLine) -> str:
    first = shop_time(line.pack.begins).date()
    return f"{first} — {_day(line.pack.ends)} {line.drug}".rstrip()
