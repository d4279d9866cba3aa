"""对账: a day at three levels, what differs with both sides beside each other, one act a row."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QLineEdit, QSizePolicy, QStackedWidget, QWidget

from app.domain.clock import shop_time
from app.domain.statement import GroupResult
from ui.screens import note_line
from ui.screens.office.page import OfficePage
from ui.screens.reconcile.clearing_part import ClearingPart
from ui.screens.stock.sheet import Table
from ui.widgets.badge import takes_badge
from ui.widgets.figures import Figures as FigureList
from ui.widgets.figures import Line, yuan
from ui.widgets.flow import FlowLayout
from ui.widgets.parts import button, card, column, label, line_edit, retone, row, tabs

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QColor
    from PySide6.QtWidgets import QLabel

    from app.domain.money import Money
    from app.domain.statement import Difference, Figures, GroupTold
    from app.use_cases.reconcile_page import DayView, DifferenceLine
    from ui.screens.reconcile.clearing_model import ClearingModel
    from ui.screens.reconcile.view_model import ReconcileModel
    from ui.widgets.figures import Value

PARTS = ("lines", "totals", "clearing")
LINES = (
    "cause", "receipt", "insutype", "clr_type", "here_total", "there_total", "here_fund",
    "there_fund", "here_account", "there_account", "keyed", "act", "state",
)  # fmt: skip
TOTALS = (
    "agency", "insutype", "clr_type", "flag", "count", "total", "fund", "account", "result", "said",
)  # fmt: skip
_RESULTS = {
    GroupResult.LEVEL: "good", GroupResult.DIFFERS: "bad", GroupResult.UNANSWERED: "warn",
    GroupResult.REFUSED: "warn",
}  # fmt: skip
_SIDES = ("total", "fund", "account")
_BROAD = ("cause", "receipt")


class ReconcilePage(OfficePage):
    """The day chosen above, the list in the middle, the chosen row with its act below."""

    def __init__(
        self, model: ReconcileModel, clearing: ClearingModel, colour: Callable[[str], QColor]
    ) -> None:
        super().__init__()
        self.model, self._session = model, model.session
        self._say = model.session.say
        self.part, self._onward = PARTS[0], False
        lines = column(self, space=8)
        lines.addWidget(self._head())
        self.note = label("", "", "second", wrap=True)
        lines.addWidget(self.note)
        lines.addWidget(self._levels())
        self.stack = QStackedWidget()
        self.lists = {
            "lines": self._list("lines", LINES, colour, 0),
            "totals": self._list("totals", TOTALS, colour, len(TOTALS) - 1),
        }
        self.clearing = ClearingPart(clearing, colour)
        for each in (*self.lists.values(), self.clearing):
            self.stack.addWidget(each)
        lines.addWidget(self.stack, 1)
        self.below = self._below()
        lines.addWidget(self.below)
        again = QShortcut(QKeySequence("F5"), self)
        again.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        again.activated.connect(model.compare)
        self.lists["lines"].opened.connect(lambda _line: self._begin())
        self.lists["lines"].moved.connect(self._show_chosen)
        model.changed.connect(self.refresh)
        model.listed.connect(self._fill)
        model.done.connect(self._done)
        self.turn(PARTS[0])

    # --- building --------------------------------------------------------------------------------

    def _list(
        self, name: str, columns: tuple[str, ...], colour: Callable[[str], QColor], wide: int
    ) -> FigureList:
        titles = [self._say(f"reconcile.column_{one}") for one in columns]
        return FigureList(
            self._say(f"reconcile.part_{name}", count=0), titles, self._say,
            empty=self._say(f"reconcile.empty_{name}"), colour=colour, wide=wide,
            hide_empty=True,
        )  # fmt: skip

    def _head(self) -> QWidget:
        """Parts, day and files; at large type in two rows, so that no word of it is cut."""
        holder = QWidget()
        line = FlowLayout(holder, space=6, even=True)
        line.setContentsMargins(0, 0, 0, 0)
        texts = {part: self._say(f"reconcile.part_{part}", count=0) for part in PARTS}
        self.tabs = tabs(line, texts, self.turn)
        self.of_day = QWidget()
        day = row(self.of_day, space=6)
        self.before = button("←", name=self._say("reconcile.day_before"))
        self.before.clicked.connect(lambda: self.model.step(-1))
        self.day = line_edit(
            self._say("reconcile.day"), code=True, hint=self._say("reconcile.day_hint"), whole=True
        )
        self.day.returnPressed.connect(lambda: self.model.turn_to(self.day.text()))
        self.after = button("→", name=self._say("reconcile.day_after"))
        self.after.clicked.connect(lambda: self.model.step(1))
        self.compare = button(self._say("reconcile.compare"), "commit")
        self.compare.clicked.connect(lambda: self.model.compare())
        self.pdf = button(self._say("reconcile.pdf"))
        self.pdf.clicked.connect(self._print)
        for made in (self.before, self.day, self.after, self.compare, self.pdf):
            day.addWidget(made)
        line.addWidget(self.of_day)
        self.exports = {form: button(self._say(f"figures.{form}")) for form in ("xlsx", "csv")}
        for form, made in self.exports.items():
            made.clicked.connect(partial(self._export, form))
            line.addWidget(made)
        return holder

    def _levels(self) -> QWidget:
        """The three levels of the day, always in sight."""
        self.of_levels = QWidget()
        line = row(self.of_levels, space=16)
        self.levels = {name: label("", "strong") for name in ("totals", "lines", "items")}
        for made in self.levels.values():
            line.addWidget(made)
        line.addStretch(1)
        self.elsewhere = label("", "small", "warn")
        line.addWidget(self.elsewhere)
        return self.of_levels

    def _below(self) -> QWidget:
        holder = card()
        lines = column(holder, margin=10, space=8)
        beside = row(space=24)
        self.means = label("", "", "", wrap=True)
        self.means.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.means.setAlignment(Qt.AlignmentFlag.AlignTop)
        beside.addWidget(self.means, 3)
        beside.addLayout(self._sides(), 2)
        lines.addLayout(beside)
        self.form = QWidget()
        flow = FlowLayout(self.form, space=8, even=False, grow=True)
        self.ground = self._field("ground")
        self.ground.setMaxLength(200)
        self.number, self.pin = self._field("second_number"), self._field("second_pin")
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        takes_badge(self.number, self.pin)
        for at, one in enumerate((self.ground, self.number, self.pin)):
            one.returnPressed.connect(partial(self._next, at))
            flow.addWidget(one)
        self.act, self.other = button("", "commit"), button("")
        self.act.clicked.connect(lambda: self._do(0))
        self.other.clicked.connect(lambda: self._do(1))
        flow.addWidget(self.act)
        flow.addWidget(self.other)
        lines.addWidget(self.form)
        grows = QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum
        holder.setSizePolicy(*grows)
        return holder

    def _field(self, name: str) -> QLineEdit:
        words = self._say(f"reconcile.{name}")
        return line_edit(words, hint=words, whole=True, code=name != "ground")

    def _sides(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(2)
        for at, side in enumerate(("here", "there"), 1):
            head = label(self._say(f"reconcile.side_{side}"), "small", "second")
            head.setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.addWidget(head, 0, at)
        self.sides: dict[tuple[str, str], QLabel] = {}
        for down, name in enumerate(_SIDES, 1):
            grid.addWidget(label(self._say(f"reconcile.money_{name}"), "", "second"), down, 0)
            for at, side in enumerate(("here", "there"), 1):
                made = label("", "strong")
                made.setAlignment(Qt.AlignmentFlag.AlignRight)
                grid.addWidget(made, down, at)
                self.sides[(side, name)] = made
        return grid

    # --- acts ------------------------------------------------------------------------------------

    def enter(self) -> None:
        """From the books each time; the list has the focus."""
        self.lists["lines"].reading()
        self.model.enter()
        self.refresh()
        if self.part == "clearing":
            self.clearing.enter()
        else:
            self.lists[self.part].search.setFocus()

    def leave(self) -> None:
        """What was typed and not used goes, the PIN above all."""
        self._clear()
        self.model.leave()
        self.clearing.model.leave()

    def back(self) -> bool:
        """From the form to the list; else out."""
        if not any(one.hasFocus() for one in (self.ground, self.number, self.pin)):
            return False
        self.pin.clear()
        self.lists["lines"].table.setFocus()
        return True

    def turn(self, part: str, _checked: bool = False) -> None:
        """The other list."""
        self.part = part
        for name, tab in self.tabs.items():
            tab.setChecked(name == part)
        of_day = part != "clearing"
        for each in (self.of_day, self.note, self.of_levels):
            each.setVisible(of_day)
        self.stack.setCurrentWidget(self.lists[part] if of_day else self.clearing)
        if not of_day and self.isVisible():
            self.clearing.enter()
        self._show_chosen()

    def _chosen(self) -> DifferenceLine | None:
        return cast("DifferenceLine | None", self.lists["lines"].chosen())

    def _begin(self) -> None:
        """Enter on a row: its act, or first what the act wants to know."""
        acts = self.model.acts(self._chosen())
        if acts and self.model.needs_ground(acts[0]):
            self.ground.setFocus()
        elif acts:
            self._do(0)

    def _next(self, at: int) -> None:
        """Enter goes to the next field, from the last one it acts."""
        fields = (self.ground, self.number, self.pin)
        if at + 1 < len(fields):
            fields[at + 1].setFocus()
        else:
            self._do(0)

    def _do(self, which: int) -> None:
        line = self._chosen()
        acts = self.model.acts(line)
        if which < len(acts):
            self.model.act(
                line, acts[which], self.ground.text(), self.number.text(), self.pin.text()
            )
            self.pin.clear()

    def _done(self) -> None:
        self._onward = True
        self._clear()

    def _clear(self) -> None:
        for one in (self.ground, self.number, self.pin):
            one.clear()
        if self.isVisible() and self.part == "lines":
            self.lists["lines"].table.setFocus()

    def _export(self, form: str, _checked: bool = False) -> None:
        clearing = self.part == "clearing"
        shown = self.clearing.list if clearing else self.lists[self.part]
        of = self.clearing.model.month if clearing else f"{self.model.day:%Y%m%d}"
        name = f"{self.part}-{of}"
        self.model.export(form, name, shown.model.titles, shown.shown_rows())

    def _print(self) -> None:
        """Both levels as they stand, whatever a search shows."""
        view, say = self.model.view, self._say
        if view is None:
            return
        tables = []
        for name, columns, lines in (
            # The platform's own words are too long for a cell; the results say it.
            ("totals", TOTALS[:-1], [self._group(one) for one in view.groups]),
            ("lines", LINES, [self._line(one) for one in view.lines]),
        ):
            titles = tuple(say(f"reconcile.column_{one}") for one in columns)
            rows = tuple(line.values[: len(columns)] for line in lines)
            title = say(f"reconcile.part_{name}", count=len(rows))
            widths = tuple(3 if one in _BROAD else 2 for one in columns)
            tables.append(Table(title, titles, rows, widths))
        self.model.print_day(tables)

    # --- showing ---------------------------------------------------------------------------------

    def refresh(self) -> None:
        """The sentence, the levels, what may be done."""
        model, view = self.model, self.model.view
        note = model.note
        note_line.tell(self.note, self._session, note, self._state(view))
        if not self.day.hasFocus() or not self.day.text():
            self.day.setText(f"{model.day}")
        self.after.setEnabled(model.day < model.today)
        self.compare.setEnabled(not model.busy)
        self._show_levels(view)
        self._show_chosen()

    def _state(self, view: DayView | None) -> str:
        if view is None or view.statement is None:
            return self._say("reconcile.never", day=self.model.day)
        at = f"{shop_time(view.statement.at):%m-%d %H:%M}"
        told = self._say("reconcile.asked_at", at=at, lines=view.statement.lines)
        return told + (self._say("reconcile.of_portal", count=view.keyed) if view.keyed else "")

    def _show_levels(self, view: DayView | None) -> None:
        known = view is not None and view.statement is not None
        groups = len(view.statement.groups) if view is not None and view.statement else 0
        unlevel = view.unlevel if view is not None else 0
        left = view.standing if view is not None else 0
        items = sum(
            len(one.difference.items) for one in (view.lines if view else ()) if one.standing
        )
        for name, bad, params in (
            ("totals", unlevel, {"groups": groups}), ("lines", left, {}), ("items", items, {}),
        ):  # fmt: skip
            said = "unknown" if not known else "bad" if bad else "good"
            made = self.levels[name]
            made.setText(self._say(f"reconcile.level_{name}_{said}", count=bad, **params))
            retone(made, "tone", {"bad": "bad", "good": "good"}.get(said, "second"))
        others = view.elsewhere if view is not None else ()
        self.elsewhere.setVisible(bool(others))
        if others:
            days = self._say("list.comma").join(f"{day:%m-%d}" for day, _ in others[:5])
            count = sum(n for _, n in others)
            self.elsewhere.setText(self._say("reconcile.elsewhere", count=count, days=days))

    def _fill(self) -> None:
        view = self.model.view
        if view is None:
            return
        never = view.statement is None
        words = self._say("reconcile.empty_never" if never else "reconcile.empty_lines")
        self.lists["lines"].say_empty(words)
        self.lists["lines"].show_lines([self._line(one) for one in view.lines])
        if self._onward:  # what is done steps aside, the next one is chosen
            self._onward = False
            left = next((one.difference.id for one in view.lines if one.standing), "")
            self.lists["lines"].choose(left)
        self.lists["totals"].show_lines([self._group(one) for one in view.groups])
        counts = {"lines": view.standing, "totals": len(view.groups)}
        for name, count in counts.items():
            self.tabs[name].setText(self._say(f"reconcile.part_{name}", count=count))
        self._show_chosen()

    def _line(self, one: DifferenceLine) -> Line:
        say, it = self._say, one.difference
        act = it.act if it.act and not one.standing else it.proposed.value
        if one.standing and not one.choices:
            act = "in_portal"
        values = (
            say(f"reconcile.cause_{it.cause}"), one.receipt_no, _scheme(say, it),
            it.group.clr_type, _side(it.here, "total"), _side(it.there, "total"),
            _side(it.here, "fund"), _side(it.there, "fund"), _side(it.here, "account"),
            _side(it.there, "account"), say("reconcile.keyed", name=one.keyed.by or "—")
            if one.keyed else "", say(f"reconcile.act_{act}"),
            say(f"reconcile.state_{it.state}"),
        )  # fmt: skip
        tone = "bad" if one.standing else "second"
        tones = (tone, *("",) * (len(LINES) - 2), "warn" if one.standing else "good")
        return Line(values, tones, one, also=f"{it.msgid} {it.setl_id}", key=it.id)

    def _group(self, one: GroupTold) -> Line:
        say, key = self._say, one.key
        values = (
            key.agency, key.insutype, key.clr_type, say(f"reconcile.flag_{int(key.refunded)}"),
            one.count, yuan(one.figures.total), yuan(one.figures.fund),
            yuan(one.figures.account), say(f"reconcile.result_{one.result}"), one.text,
        )  # fmt: skip
        tones = (*("",) * 8, _RESULTS[one.result], "")
        return Line(values, tones, key=f"{key}")

    def _show_chosen(self) -> None:
        line = self._chosen() if self.part == "lines" else None
        self.below.setVisible(line is not None)
        if line is None:
            return
        it = line.difference
        self.means.setText(self._means(line))
        for (side, name), made in self.sides.items():
            figures = it.here if side == "here" else it.there
            money = getattr(figures, name) if figures is not None else None
            made.setText(_plain(money))
            retone(made, "tone", "bad" if line.standing and _differ(it, name) else "")
        acts = self.model.acts(line)
        asks = bool(acts) and self.model.needs_ground(acts[0])
        for field in (self.ground, self.number, self.pin):
            field.setVisible(asks)
        self.form.setVisible(bool(acts))
        for at, press in enumerate((self.act, self.other)):
            press.setVisible(at < len(acts))
            press.setEnabled(at < len(acts) and not self.model.busy)
            if at < len(acts):
                press.setText(self._say(f"reconcile.do_{acts[at]}"))

    def _means(self, line: DifferenceLine) -> str:
        """The chosen row in full words: what it is, what it means, what helps."""
        say, it = self._say, line.difference
        said = [say(f"reconcile.means_{it.cause}")]
        if line.keyed is not None:
            at = f"{shop_time(line.keyed.at):%m-%d %H:%M}"
            said.append(say("reconcile.means_keyed", name=line.keyed.by or "—", at=at))
            if line.standing and not line.choices:
                said.append(say("reconcile.means_in_portal"))
        if it.memo:
            said.append(say("reconcile.platform_says", text=it.memo))
        for item in it.items[:6]:
            said.append(
                say("reconcile.item", name=item.name or item.serial, here=_plain(item.here),
                    there=_plain(item.there))
            )  # fmt: skip
        said.append(say("reconcile.message", msgid=it.msgid))
        if not line.standing and it.closed_at is not None:
            who = "reconcile.closed_by" if line.closed_by else "reconcile.closed_by_itself"
            said.append(say(who, act=say(f"reconcile.act_{it.act}"), name=line.closed_by))
            if it.ground:
                said.append(say("reconcile.closed_why", ground=it.ground))
        return "\n".join(said)


def _scheme(say: Callable[..., str], one: Difference) -> str:
    """The insurance type in words where it is one of the two everybody has."""
    code = one.group.insutype
    return say(f"reconcile.insutype_{code}") if code in ("310", "390") else code


def _side(figures: Figures | None, name: str) -> Value:
    return yuan(getattr(figures, name)) if figures is not None else None


def _differ(one: Difference, name: str) -> bool:
    here, there = one.here, one.there
    return here is None or there is None or getattr(here, name) != getattr(there, name)


def _plain(money: Money | None) -> str:
    return f"{money}" if money is not None else "—"
