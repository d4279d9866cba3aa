"""The review: what differs by money, why, posting, and the papers of what was posted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QComboBox, QHeaderView, QLineEdit, QTableView, QWidget

from app.domain.stocktake import Reason, Round
from app.domain.stocktake_states import SheetState, StocktakeEvent, StocktakeState
from app.use_cases.sign_in import SecondPerson
from app.use_cases.stocktake_papers import WAYS
from ui.widgets.badge import takes_badge
from ui.widgets.flow import FlowLayout
from ui.widgets.parts import button, column, label, line_edit, retone, row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QColor
    from PySide6.QtWidgets import QHBoxLayout

    from app.use_cases.stocktake_view import Review, ReviewRow
    from ui.screens.stocktake.view_model import StocktakeModel

Index = QModelIndex | QPersistentModelIndex
_ROLE = Qt.ItemDataRole
_NOWHERE = QModelIndex()
COLUMNS = ("name", "batch", "ledger", "counted", "variance", "worth", "look", "who", "reason")
_FIGURES = ("ledger", "counted", "variance", "worth")


class Differences(QAbstractTableModel):
    """The rows of the review; a heading sorts them."""

    def __init__(self, model: StocktakeModel, colour: Callable[[str], QColor]) -> None:
        super().__init__()
        self._model, self._colour = model, colour
        self.rows: list[ReviewRow] = []

    def show(self, rows: Sequence[ReviewRow]) -> None:
        """Anew, dearest first."""
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """One a lot."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Fixed."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole
    ) -> Any:  # noqa: ANN401 - Qt's
        """Short headings."""
        if role == _ROLE.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return self._model.session.say(f"stocktake.review_{COLUMNS[section]}")
        return None

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:  # noqa: ANN401 - Qt's
        """A cell; what lacks is red, what is too much is blue, and both have their sign."""
        one, name = self.rows[index.row()], COLUMNS[index.column()]
        if role == _ROLE.DisplayRole:
            return self._cell(one, name)
        if role == _ROLE.TextAlignmentRole and name in _FIGURES:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == _ROLE.ForegroundRole and name in ("variance", "worth"):
            return self._colour("bad" if one.variance.ten_thousandths < 0 else "told")
        if role == _ROLE.ForegroundRole and name == "reason" and not one.reason and one.variance:
            return self._colour("warn")
        return None

    def _cell(self, one: ReviewRow, name: str) -> str:
        say = self._model.session.say
        sign = "+" if one.variance.ten_thousandths > 0 else ""
        looked = f"stocktake.look_{one.why}" if one.why else ""
        if one.round is Round.SECOND:
            looked = "stocktake.look_done"
        cells = {
            "name": f"{one.name} {one.spec}",
            "batch": one.batch or say("stocktake.lot_unknown"),
            "ledger": one.ledger.plain(),
            "counted": one.counted.plain(),
            "variance": f"{sign}{one.variance.plain()}",
            "worth": f"{sign}{one.worth}" if one.worth is not None else say("stocktake.unpriced"),
            "look": say(looked) if looked else "",
            "who": say("list.comma").join(one.counters),
            "reason": say(f"stocktake.reason_{one.reason}") if one.reason
            else say("stocktake.no_reason") if one.variance else "",
        }  # fmt: skip
        return cells[name]

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By a column; figures as figures."""
        keys: dict[str, Callable[[ReviewRow], Any]] = {
            "ledger": lambda one: one.ledger,
            "counted": lambda one: one.counted,
            "variance": lambda one: one.variance,
            "worth": lambda one: one.worth.fen if one.worth is not None else 0,
        }
        name = COLUMNS[column]
        self.layoutAboutToBeChanged.emit()
        key = keys.get(name, lambda one: self._cell(one, name))
        self.rows.sort(key=key, reverse=order is Qt.SortOrder.DescendingOrder)
        self.layoutChanged.emit()


def _nothing_off(told: Review) -> str:
    """What it means that no row differs: what nobody counted agrees with nothing."""
    if not told.open_lines:
        return "stocktake.no_differences"
    some = told.open_lines < told.lines
    return "stocktake.no_differences_counted" if some else "stocktake.nothing_counted"


class ReviewView(QWidget):
    """Differences over reasons over posting; afterwards the papers."""

    def __init__(self, model: StocktakeModel, colour: Callable[[str], QColor]) -> None:
        super().__init__()
        self._model, say = model, model.session.say
        lines = column(self, space=8)
        self.head = label("", "strong", "", wrap=True)
        lines.addWidget(self.head)
        self.sampled = label("", "", "second", wrap=True)
        lines.addWidget(self.sampled)
        self.rows = Differences(model, colour)
        self.table = QTableView()
        self.table.setModel(self.rows)
        self.table.setAccessibleName(say("stocktake.differences"))
        self.table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        self.table.setWordWrap(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.horizontalHeader().setSortIndicatorShown(True)
        self.table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.DescendingOrder)
        self.table.setSortingEnabled(True)
        self.none = label(say("stocktake.no_differences"), "", "good", wrap=True)
        self.none.setAlignment(Qt.AlignmentFlag.AlignTop)
        lines.addWidget(self.none, 1)
        lines.addWidget(self.table, 1)
        lines.addWidget(self._reason_row())
        lines.addLayout(self._second_row())
        lines.addLayout(self._papers())
        lines.addLayout(self._centre())
        model.second_wanted.connect(self._want_second)
        self._wants_second = False

    def _reason_row(self) -> QWidget:
        say = self._model.session.say
        holder = QWidget()
        line = FlowLayout(holder, 8, even=True, grow=True)
        self.reason = QComboBox()
        self.reason.setAccessibleName(say("stocktake.reason"))
        for each in Reason:
            self.reason.addItem(say(f"stocktake.reason_{each.value}"), each.value)
        self.give = button(say("stocktake.give_reason"))
        self.give.clicked.connect(lambda: self._give(everything=False))
        self.give_all = button(say("stocktake.give_all"))
        self.give_all.clicked.connect(lambda: self._give(everything=True))
        self.back = button(say("stocktake.send_back"))
        self.back.clicked.connect(lambda: self._model.aside(StocktakeEvent.SENT_BACK))
        self.post = button(say("stocktake.post"), "commit")
        self.post.clicked.connect(self._post)
        self._open = (self.reason, self.give, self.give_all, self.back, self.post)
        for one in (self.reason, self.give, self.give_all):
            line.addWidget(one)
        line.addWidget(self.back)
        line.addWidget(self.post)
        return holder

    def _second_row(self) -> QHBoxLayout:
        say = self._model.session.say
        line = row(space=8)
        self.second_words = label(say("stocktake.second_words"), "", "warn", wrap=True)
        self.number = line_edit(say("stocktake.second_number"), code=True,
                                hint=say("stocktake.second_number"))  # fmt: skip
        self.pin = line_edit(say("stocktake.second_pin"), code=True,
                             hint=say("stocktake.second_pin"))  # fmt: skip
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        takes_badge(self.number, self.pin)
        self.number.returnPressed.connect(self.pin.setFocus)
        self.pin.returnPressed.connect(self._post)
        line.addWidget(self.second_words, 1)
        line.addWidget(self.number)
        line.addWidget(self.pin)
        return line

    def _papers(self) -> QHBoxLayout:
        say, model = self._model.session.say, self._model
        line = row(space=8)
        self.variances = {
            form: button(say(f"stocktake.variance_{form}")) for form in ("xlsx", "csv")
        }
        for form, made in self.variances.items():
            made.clicked.connect(lambda _=False, form=form: model.write_variance(form))
        self.bound = button(say("stocktake.bound"))
        self.bound.clicked.connect(model.write_bound)
        self.electronic = button(say("stocktake.electronic"), "commit")
        self.electronic.clicked.connect(model.write_electronic)
        self._done = (*self.variances.values(), self.bound, self.electronic)
        for each in self._done:
            line.addWidget(each)
        line.addStretch(1)
        return line

    def _centre(self) -> QHBoxLayout:
        say, model = self._model.session.say, self._model
        line = row(space=8)
        self.sheet = label("", "", "second", wrap=True)
        line.addWidget(self.sheet, 1)
        self.to = line_edit(say("stocktake.handed_to"), hint=say("stocktake.handed_to"))
        self.how = QComboBox()
        self.how.setAccessibleName(say("stocktake.handed_how"))
        for each in WAYS:
            self.how.addItem(say(f"stocktake.how_{each}"), each)
        self.hand = button(say("stocktake.hand_over"), "commit")
        self.hand.clicked.connect(lambda: model.hand_over(self.to.text(), self.how.currentData()))
        self.receipt_no = line_edit(say("stocktake.receipt_no"), hint=say("stocktake.receipt_no"))
        self.receipt_on = line_edit(say("stocktake.receipt_on"), code=True,
                                    hint=say("stocktake.receipt_on"))  # fmt: skip
        self.keep = button(say("stocktake.keep_receipt"), "commit")
        self.keep.clicked.connect(self._keep)
        self.receipt_on.returnPressed.connect(self._keep)
        self._hand = (self.to, self.how, self.hand)
        self._receipt = (self.receipt_no, self.receipt_on, self.keep)
        for one in (*self._hand, *self._receipt):
            line.addWidget(one)
        return line

    def changeEvent(self, event: QEvent) -> None:
        """Another size of type: the columns follow."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._widths()

    # --- acts ------------------------------------------------------------------------------------

    def focus(self) -> None:
        """The differences; where there are none, what comes next."""
        if self.rows.rowCount():
            if not self.table.currentIndex().isValid():
                self.table.selectRow(0)
            self.table.setFocus()
        else:
            (self.post if self.post.isVisible() else self.electronic).setFocus()

    def leave(self) -> None:
        """A PIN does not stay."""
        self.pin.clear()
        self._wants_second = False

    def _give(self, *, everything: bool) -> None:
        chosen = {index.row() for index in self.table.selectionModel().selectedRows()}
        goods = [
            one.goods for at, one in enumerate(self.rows.rows)
            if one.variance and (at in chosen or (everything and not one.reason))
        ]  # fmt: skip
        self._model.reason(goods, Reason(self.reason.currentData()))

    def _post(self) -> None:
        number = self.number.text().strip()
        second = SecondPerson(number, self.pin.text()) if number else None
        self.pin.clear()
        self._model.post(second)

    def _want_second(self) -> None:
        self._wants_second = True
        self.refresh()
        self.number.setFocus()

    def _keep(self) -> None:
        self._model.receipt(self.receipt_no.text(), self.receipt_on.text())

    # --- what is seen ----------------------------------------------------------------------------

    def refresh(self) -> None:
        """From the model."""
        model, say = self._model, self._model.session.say
        told = model.review
        if told is None:
            return
        if list(told.rows) != self.rows.rows:
            self.rows.show(told.rows)
            self._widths()
        take = told.take
        posted = take.state is StocktakeState.POSTED
        self._wants_second = self._wants_second and not posted
        words = say(
            "stocktake.review_head", number=take.number,
            status=say(f"stocktake.state_{take.state.value}"), lines=told.lines,
            rows=sum(bool(one.variance) for one in told.rows), surplus=told.surplus,
            shortage=told.shortage, open=told.open_lines,
        )  # fmt: skip
        if told.open_lines:
            words = f"{words} · {say('stocktake.open_lines', count=told.open_lines)}"
        if told.unpriced:
            words = f"{words} · {say('stocktake.some_unpriced', count=told.unpriced)}"
        self.head.setText(words)
        self.sampled.setText(self._sampled_words())
        boxes = told.sampled
        clean = boxes is not None and not (boxes.open or boxes.missing or boxes.odd)
        retone(self.sampled, "tone", "good" if clean else "warn")
        self.none.setText(say(_nothing_off(told)))
        retone(self.none, "tone", "second" if told.open_lines else "good")
        self.none.setVisible(not told.rows)
        self.table.setVisible(bool(told.rows))
        for one in self._open:
            one.setVisible(not posted)
            one.setEnabled(not model.busy)
        for each in (self.second_words, self.number, self.pin):
            each.setVisible(self._wants_second)
        for paper in self._done:
            paper.setVisible(posted)
            paper.setEnabled(not model.busy)
        handed = take.sheet in (SheetState.HANDED_OVER, SheetState.RECEIPTED)
        self.electronic.setVisible(posted and not handed)
        for part in self._hand:
            part.setVisible(posted and take.sheet is SheetState.MADE)
        for part in self._receipt:
            part.setVisible(posted and take.sheet is SheetState.HANDED_OVER)
        self.sheet.setText(self._sheet_words() if posted else "")
        self.sheet.setVisible(posted)

    def _widths(self) -> None:
        sign = self.table.fontMetrics().horizontalAdvance("0")
        self.table.verticalHeader().setDefaultSectionSize(self.table.fontMetrics().height() + 14)
        head = self.table.horizontalHeader()
        for name, signs in (("batch", 14), ("ledger", 9), ("counted", 9), ("variance", 9),
                            ("worth", 12), ("look", 14), ("who", 16), ("reason", 20)):  # fmt: skip
            self.table.setColumnWidth(COLUMNS.index(name), signs * sign + 16)
        head.setSectionResizeMode(COLUMNS.index("name"), QHeaderView.ResizeMode.Stretch)

    def _sampled_words(self) -> str:
        say, told = self._model.session.say, self._model.review
        one = told.sampled if told is not None else None
        if one is None:
            return str(say("stocktake.sampled_none"))
        return str(
            say("stocktake.sampled", lots=one.lots, done=one.lots - one.open,
                missing=one.missing, odd=one.odd)
        )  # fmt: skip

    def _sheet_words(self) -> str:
        say, told = self._model.session.say, self._model.review
        if told is None:
            return ""
        take = told.take
        how = say(f"stocktake.how_{take.handed_how}") if take.handed_how else ""
        return say(
            f"stocktake.sheet_words_{take.sheet.value}", digest=take.sheet_digest[:16],
            rows=take.sheet_rows, to=told.handed_to, how=how, receipt=take.receipt_no,
            on=take.receipt_on or "",
        )  # fmt: skip
