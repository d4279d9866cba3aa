"""价格 in the office: find a drug, type its new price, have it approved; what bounds it beside."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedLayout, QWidget

from ui.screens.office.page import OfficePage
from ui.screens.prices.imports import ImportPart
from ui.screens.prices.tag_row import TagRow
from ui.screens.prices.view_model import FILTERS
from ui.screens.prices.words import bounds_words, change_words, graver, marks_of, term_words
from ui.widgets.badge import takes_badge
from ui.widgets.figures import Figures, Line
from ui.widgets.parts import button, clear_layout, column, label, line_edit, retone, row, tabs

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QColor
    from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout

    from app.domain.money import Money, UnitPrice
    from app.use_cases.price_page import PriceRow
    from ui.screens.prices.imports import ImportModel
    from ui.screens.prices.tags import TagsModel
    from ui.screens.prices.view_model import PricesModel

TONES = {"good": "good", "warn": "warn", "block": "bad", "told": "second"}
COLUMNS = ("code", "name", "spec", "price", "new", "most", "listed", "marks")


class PricesPage(OfficePage):
    """Filters over a list, the chosen drug beside it; imports are a filter of their own."""

    def __init__(
        self,
        model: PricesModel,
        imports: ImportModel,
        tags: TagsModel,
        colour: Callable[[str], QColor] | None = None,
    ) -> None:
        super().__init__()
        self._model, say = model, model.session.say
        lines = column(self, space=8)
        lines.addLayout(self._head())
        self.note = label("", "", "", wrap=True)
        self.note.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.note.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.note.hide()
        lines.addWidget(self.note)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        both = QWidget()
        beside = row(both, space=12)
        self.list = Figures(
            say("prices.list"),
            [say(f"prices.column_{each}") for each in COLUMNS],
            say,
            empty=say("prices.empty_open"),
            colour=colour,
            wide=1,
        )
        self.list.search.hide()
        self.list.home = self.search
        self.list.opened.connect(lambda _: self.new_price.setFocus())
        self.list.table.selectionModel().currentRowChanged.connect(lambda *_: self._chose())
        listed = column(space=6)
        listed.addWidget(self.list, 1)
        self.tags = TagRow(model, tags, self.list)
        listed.addWidget(self.tags)
        beside.addLayout(listed, 1)
        beside.addWidget(self._side())
        self.imports = ImportPart(imports, colour)
        self._stack.addWidget(both)
        self._stack.addWidget(self.imports)
        lines.addWidget(holder, 1)
        self._filling = False
        model.changed.connect(self.refresh)
        model.listed.connect(self._fill)
        model.turned_down.connect(self._again)
        tags.told.connect(model.tell)
        self.refresh()

    # --- how it is built -------------------------------------------------------------------------

    def _head(self) -> QHBoxLayout:
        say = self._model.session.say
        line = row(space=6)
        self.search = line_edit(say("prices.search"), code=True, hint=say("prices.search"))
        self.search.setMinimumWidth(180)
        self.search.returnPressed.connect(self._search)
        line.addWidget(self.search, 1)
        texts = {name: say(f"prices.filter_{name}") for name in (*FILTERS, "lists")}
        self.filters = tabs(line, texts, self._turn)
        return line

    def _side(self) -> QWidget:
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFixedWidth(372)
        inner = QWidget()
        lines = column(inner, space=6)
        lines.setContentsMargins(0, 0, 12, 0)
        say = self._model.session.say
        self.title = label(say("prices.nothing_chosen"), "strong", wrap=True)
        self.facts = label("", "", "second", wrap=True)
        lines.addWidget(self.title)
        lines.addWidget(self.facts)
        lines.addWidget(self._second())
        lines.addWidget(self._form())
        self.history_title = label(say("prices.history"), "strong")
        lines.addWidget(self.history_title)
        self.history = column(space=8)
        lines.addLayout(self.history)
        lines.addStretch(1)
        area.setWidget(inner)
        for widget in (area.viewport(), inner):
            widget.setAutoFillBackground(False)
        return area

    def _field(self, name: str, lines: QVBoxLayout, *, hint: bool = True) -> QLineEdit:
        say = self._model.session.say
        words = say(f"prices.{name}")
        titled = label(words, "", "second")
        made = line_edit(words, hint=say(f"prices.{name}_hint") if hint else "")
        titled.setBuddy(made)
        lines.addWidget(titled)
        lines.addWidget(made)
        return made

    def _form(self) -> QWidget:
        say = self._model.session.say
        self.form = QWidget()
        lines = column(self.form, space=4)
        self.new_price = self._field("new_price", lines)
        self.new_price.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.new_price.returnPressed.connect(self._draft)
        self.reason = self._field("reason", lines)
        self.moment = self._field("moment", lines)
        self.decision_part = QWidget()
        self.decision = self._field("decision", column(self.decision_part, space=4))
        lines.addWidget(self.decision_part)
        foot = row(space=6)
        self.submit = button(say("prices.submit", many=0), "commit")
        self.submit.clicked.connect(self._submit)
        self.drop = button(say("prices.drop"))
        self.drop.clicked.connect(lambda: self._model.drop_draft())
        keys = QShortcut(QKeySequence("Ctrl+Return"), self)
        keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        keys.activated.connect(self._submit)
        for each in (self.submit, self.drop):
            foot.addWidget(each)
        foot.addStretch(1)
        lines.addLayout(foot)
        for field in (self.reason, self.moment, self.decision):
            field.returnPressed.connect(self._submit)
        return self.form

    def _second(self) -> QWidget:
        say = self._model.session.say
        self.second = QWidget()
        lines = column(self.second, space=4)
        self.second_words = label("", "", "second", wrap=True)
        lines.addWidget(self.second_words)
        self.told_part = QWidget()
        self.told = self._field("portal_told", column(self.told_part, space=4), hint=False)
        lines.addWidget(self.told_part)
        pair = row(space=6)
        left, right = column(space=4), column(space=4)
        self.number = self._field("second", left, hint=False)
        self.pin = self._field("pin", right, hint=False)
        self.pair = QWidget()
        self.pair.setLayout(pair)
        pair.addLayout(left)
        pair.addLayout(right)
        lines.addWidget(self.pair)
        self.pin.setEchoMode(self.pin.EchoMode.Password)
        takes_badge(self.number, self.pin)
        for field in (self.number, self.pin):
            field.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.number.returnPressed.connect(self.pin.setFocus)
        self.pin.returnPressed.connect(self._approve_one)
        first, then = row(space=6), row(space=6)
        self.acts = {
            "approve": button(say("prices.approve", many=1), "commit"),
            "approve_all": button(say("prices.approve_all", many=0)),
            "accepted": button(say("prices.portal_accepted"), "commit"),
            "refused": button(say("prices.portal_refused")),
            "again": button(say("prices.portal_again")),
            "withdraw": button(say("prices.withdraw")),
        }
        for name, made in self.acts.items():
            made.clicked.connect(partial(self._act, name))
            (first if name in ("approve", "approve_all", "accepted") else then).addWidget(made)
        for line in (first, then):
            line.addStretch(1)
            lines.addLayout(line)
        return self.second

    # --- acts ------------------------------------------------------------------------------------

    def enter(self) -> None:
        """What waits for somebody first."""
        self._model.enter()
        self.imports.model.enter()
        self.search.setFocus()

    def leave(self) -> None:
        """No PIN stays behind."""
        self.pin.clear()

    def back(self) -> bool:
        """From a field to the list, then what was said goes."""
        if self._stack.currentWidget() is self.imports:
            self._turn("open")
            return True
        if self._model.notes:
            self._model.unsay()
            return True
        return False

    def _turn(self, name: str, _checked: bool = False) -> None:
        lists = name == "lists"
        self._stack.setCurrentIndex(1 if lists else 0)
        if lists:
            self._mark("lists")
            self.imports.enter()
            return
        self.list.reading()
        self._model.turn(name)
        (self.search if name == "all" else self.list.table).setFocus()

    def _search(self) -> None:
        self._stack.setCurrentIndex(0)
        self.list.reading()
        self._model.search(self.search.text())
        self.list.table.setFocus()

    def _chose(self) -> None:
        found = self.list.chosen()
        if self._filling or found is None or found is self._model.chosen:
            return
        self.new_price.clear()
        self._model.choose(found)  # type: ignore[arg-type]

    def _draft(self) -> None:
        """Enter in the price: noted, and the next drug's turn."""
        if not self._model.draft(self.new_price.text()):
            return
        self.new_price.clear()
        table = self.list.table
        place = table.currentIndex().row()
        if place + 1 < self.list.model.rowCount():
            table.selectRow(place + 1)
        else:
            self.reason.setFocus()

    def _again(self, typed: str) -> None:
        """It was not saved: the price is put right where it was typed."""
        self.new_price.setText(typed)
        self.new_price.selectAll()
        self.new_price.setFocus()

    def _submit(self) -> None:
        if self.new_price.text().strip() and not self._model.draft(self.new_price.text()):
            return
        self.new_price.clear()
        self._model.submit(self.reason.text(), self.moment.text(), self.decision.text())

    def _approve_one(self) -> None:
        name = "approve" if self.acts["approve"].isVisible() else "accepted"
        if self.acts[name].isVisible():
            self._act(name)

    def _act(self, name: str, _checked: bool = False) -> None:
        model, number, pin = self._model, self.number.text(), self.pin.text()
        self.pin.clear()
        if name == "approve":
            model.approve(model.chosen_to_approve(), number, pin)
        elif name == "approve_all":
            model.approve(model.to_approve(), number, pin)
        elif name in ("accepted", "refused"):
            model.answer(name == "accepted", self.told.text(), number, pin)
        elif name == "again":
            model.resend()
        else:
            model.withdraw()

    # --- what is seen ----------------------------------------------------------------------------

    def _mark(self, which: str) -> None:
        for name, made in self.filters.items():
            made.setChecked(name == which)

    def _fill(self) -> None:
        """The list; the chosen drug stays chosen."""
        model, say = self._model, self._model.session.say
        chosen, self._filling = model.chosen, True
        self.list.show_lines([self._line(one) for one in model.rows])
        self.list.nothing.setText(say(f"prices.empty_{model.which}"))
        if chosen is not None:
            places = [
                at
                for at, line in enumerate(self.list.model.lines)
                if getattr(line.carries, "medicine_id", "") == chosen.medicine_id
            ]
            if places:
                self.list.table.selectRow(places[0])
        self._filling = False

    def _line(self, one: PriceRow) -> Line:
        draft = self._model.drafts.get(one.medicine_id)
        waiting = next((change.price for change in one.open), None)
        new = draft.price if draft is not None else waiting
        marks = marks_of(self._model.session.say, one, drafted=draft is not None)
        most = one.ceiling.price if one.ceiling else None
        tone = "bad" if one.over else "warn" if one.missing else ""
        values = (
            one.code, one.name, one.spec, _price(one.price), _price(new), _price(most),
            _money(one.listed), marks,
        )  # fmt: skip
        return Line(values, ("", "", "", tone, "accent", "", "", tone), one)

    def refresh(self) -> None:
        """Everything but the list."""
        model, say = self._model, self._model.session.say
        if self._stack.currentIndex() == 0:
            self._mark(model.which)
        text = "\n".join(model.session.say_note(one) for one in model.notes)
        self.note.setText(text)
        self.note.setVisible(bool(text))
        retone(self.note, "tone", TONES.get(graver(model.notes), "second"))
        one = model.file.row if model.file is not None else model.chosen
        self.title.setText(f"{one.name} {one.spec}" if one else say("prices.nothing_chosen"))
        self.facts.setText(bounds_words(say, one) if one else "")
        self.facts.setVisible(one is not None)
        self.form.setVisible(one is not None and not one.by_hq)
        self.decision_part.setVisible(one is not None and one.missing)
        many = len(model.drafts) or 1
        self.submit.setText(say("prices.submit", many=many))
        self.submit.setEnabled(not model.busy)
        self.drop.setVisible(one is not None and one.medicine_id in model.drafts)
        self.tags.refresh()
        self._refresh_second()
        self._refresh_history()

    def _refresh_second(self) -> None:
        model, say = self._model, self._model.session.say
        mine, every = model.chosen_to_approve(), model.to_approve()
        sent, refused = model.waiting("sent"), model.waiting("refused")
        back = any(one.state.value != "sent" for one in model.open_changes)
        shown = {
            "approve": bool(mine),
            "approve_all": len(every) > 1 and bool(mine),
            "accepted": sent is not None,
            "refused": sent is not None,
            "again": refused is not None,
            "withdraw": back,
        }
        self.second.setVisible(any(shown.values()))
        for name, made in self.acts.items():
            made.setVisible(shown[name])
            made.setEnabled(not model.busy)
        self.acts["approve"].setText(say("prices.approve", many=len(mine)))
        self.acts["approve_all"].setText(say("prices.approve_all", many=len(every)))
        self.told_part.setVisible(sent is not None)
        operator = model.session.operator
        own = operator is not None and all(
            one.proposed_by != operator.staff.id for one in model.open_changes
        )
        words = "portal_words" if sent else "approve_own" if own else "approve_words"
        self.second_words.setText(say(f"prices.{words}"))
        asks = bool(mine) or sent is not None
        for widget in (self.second_words, self.pair):
            widget.setVisible(asks)

    def _refresh_history(self) -> None:
        clear_layout(self.history)
        model, say = self._model, self._model.session.say
        file = model.file
        self.history_title.setVisible(file is not None)
        if file is None:
            return
        for each in file.history:
            head, rest = change_words(say, each)
            self.history.addWidget(label(head, "strong", wrap=True))
            if rest:
                self.history.addWidget(label(rest, "", "second", wrap=True))
        if not file.history:
            self.history.addWidget(label(say("prices.no_history"), "", "second", wrap=True))
        for term in file.terms[:6]:
            self.history.addWidget(label(term_words(say, term), "", "second", wrap=True))


def _price(price: UnitPrice | None) -> Decimal | None:
    return None if price is None else Decimal(price.plain())


def _money(amount: Money | None) -> Decimal | None:
    return None if amount is None else Decimal(amount.fen).scaleb(-2)
