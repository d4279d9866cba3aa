"""Where proxy purchases are looked up: rows to sort, one page to show, print and look at again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QScrollArea,
    QStackedLayout,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from app.domain.clock import shop_time
from ui.widgets.parts import button, column, label, line_edit, retone, row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QImage

    from app.use_cases.proxy_archive import ProxyPage, ProxyRow
    from ui.screens.proxy.archive_model import ProxyArchiveModel

    Draw = Callable[[ProxyPage], QImage]
    Save = Callable[[ProxyPage], str]

COLUMNS = ("at", "receipt", "patient", "proxy", "reason", "total", "state")
TONES = {"good": "good", "warn": "warn", "block": "bad", "told": "second"}


class ArchivePage(QWidget):
    """Three parts: the rows, the page of one, the numbers of staff."""

    left = Signal()

    def __init__(self, model: ProxyArchiveModel, draw: Draw, save: Save) -> None:
        """``draw``: the page as a picture; ``save``: as a PDF, answers where it lies."""
        super().__init__()
        self._model, self._draw, self._save = model, draw, save
        say = model.session.say
        lines = column(self, space=8)
        self.words = label("", wrap=True)
        lines.addWidget(self.words)
        self._stack = QStackedLayout()
        lines.addLayout(self._stack, 1)
        self.rows_page, self.one_page = self._rows(), self._one()
        self.staff_page = self._staff()
        for each in (self.rows_page, self.one_page, self.staff_page):
            self._stack.addWidget(each)
        self.setAccessibleName(say("proxy.archive"))
        self._saved = ""
        model.changed.connect(self.refresh)

    # --- building --------------------------------------------------------------------------------

    def _rows(self) -> QWidget:
        say, page = self._model.session.say, QWidget()
        lines = column(page)
        fields = row(space=8)
        self.text = line_edit(say("proxy.find"), hint=say("proxy.find_hint"))
        self.first_day = line_edit(say("proxy.from_day"), code=True)
        self.last_day = line_edit(say("proxy.to_day"), code=True)
        self.find_now = button(say("proxy.find_now"), "commit")
        for each in (self.text, self.first_day, self.last_day):
            each.returnPressed.connect(self._find)
        self.find_now.clicked.connect(self._find)
        fields.addWidget(self.text, 3)
        fields.addWidget(label(say("proxy.from_day"), "", "second"))
        fields.addWidget(self.first_day, 1)
        fields.addWidget(label(say("proxy.to_day"), "", "second"))
        fields.addWidget(self.last_day, 1)
        fields.addWidget(self.find_now)
        lines.addLayout(fields)
        self.table = _table(say("proxy.archive"), [say(f"proxy.column_{n}") for n in COLUMNS], 4)
        self.table.itemActivated.connect(lambda _: self._open())
        lines.addWidget(self.table, 1)
        self.empty = label("", "", "second", wrap=True)
        lines.addWidget(self.empty)
        acts = row()
        self.open = button(say("proxy.open_page"))
        self.staff = button(say("proxy.staff_numbers"))
        self.leave = button(say("proxy.leave_archive"))
        self.open.clicked.connect(self._open)
        self.staff.clicked.connect(self._show_staff)
        self.leave.clicked.connect(self.left)
        for one in (self.open, self.staff, self.leave):
            acts.addWidget(one)
        acts.addStretch(1)
        lines.addLayout(acts)
        return page

    def _one(self) -> QWidget:
        say, page = self._model.session.say, QWidget()
        lines = column(page)
        acts = row()
        self.save = button(say("proxy.save_page"), "commit")
        self.in_order = button(say("proxy.say_in_order"))
        self.doubtful = button(say("proxy.say_doubtful"))
        self.close_page = button(say("proxy.close_page"))
        self.save.clicked.connect(self._keep)
        self.in_order.clicked.connect(lambda: self._model.look("in_order"))
        self.doubtful.clicked.connect(lambda: self._model.look("doubtful"))
        self.close_page.clicked.connect(self._model.close)
        for each in (self.save, self.in_order, self.doubtful, self.close_page):
            acts.addWidget(each)
        acts.addStretch(1)
        lines.addLayout(acts)
        lines.addWidget(self._parcel())
        self.told = label("", "", "second", wrap=True)
        lines.addWidget(self.told)
        self.picture = label("")
        self.picture.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setAccessibleName(say("proxy.page"))
        area.setWidget(self.picture)
        lines.addWidget(area, 1)
        return page

    def _parcel(self) -> QWidget:
        """Where the goods went that nobody took along."""
        say, self.parcel = self._model.session.say, QWidget()
        fields = row(self.parcel, space=8)
        self.shipping = line_edit(say("proxy.shipping_no"), code=True,
                                  hint=say("proxy.shipping_hint"))  # fmt: skip
        self.post = button(say("proxy.post"))
        self.post.clicked.connect(self._post)
        self.shipping.returnPressed.connect(self._post)
        fields.addWidget(self.shipping, 1)
        fields.addWidget(self.post)
        return self.parcel

    def _staff(self) -> QWidget:
        say, page = self._model.session.say, QWidget()
        lines = column(page)
        lines.addWidget(label(say("proxy.staff_hint"), "", "second", wrap=True))
        heads = [say(f"proxy.staff_column_{n}") for n in ("number", "name", "cert", "filing")]
        self.members = _table(say("proxy.staff_numbers"), heads, 1)
        self.members.itemSelectionChanged.connect(self._member_chosen)
        lines.addWidget(self.members, 1)
        fields = row(space=8)
        self.member = line_edit(say("proxy.staff_column_number"), code=True,
                                hint=say("proxy.staff_column_number"))  # fmt: skip
        self.cert = line_edit(say("proxy.number"), code=True, hint=say("proxy.number"))
        self.filing = line_edit(say("proxy.staff_column_filing"), hint=say("proxy.filing_hint"))
        self.tell = button(say("proxy.staff_tell"), "commit")
        self.tell.clicked.connect(self._tell)
        self.filing.returnPressed.connect(self._tell)
        for each, share in ((self.member, 1), (self.cert, 3), (self.filing, 3), (self.tell, 0)):
            fields.addWidget(each, share)
        lines.addLayout(fields)
        return page

    # --- acts ------------------------------------------------------------------------------------

    def first(self) -> None:
        """The page came into sight."""
        model = self._model
        for each in (self.first_day, self.last_day):
            room = each.fontMetrics().horizontalAdvance("2026-11-22")
            each.setMinimumWidth(room + 32)  # at every type size a day can be read whole
        self.first_day.setText(f"{model.first}")
        self.last_day.setText(f"{model.last}")
        self._stack.setCurrentWidget(self.rows_page)
        model.close()
        self.text.setFocus()
        self._find()

    def back(self) -> bool:
        """Esc: from a page to the rows; False = nothing left here."""
        if self._stack.currentWidget() is self.rows_page:
            return False
        self._stack.setCurrentWidget(self.rows_page)
        self._model.close()
        self.table.setFocus()
        return True

    def take_text(self, text: str) -> None:
        """A card or a code: whom to look for; the parcel's own label while it is asked for."""
        if self.shipping.isVisible() and self.shipping.hasFocus():
            self.shipping.setText(text)
            self._post()
            return
        self._stack.setCurrentWidget(self.rows_page)
        self._model.close()
        self.text.setText(text)
        self._find()

    def _find(self) -> None:
        self._model.find(self.text.text(), self.first_day.text(), self.last_day.text())

    def _open(self) -> None:
        at = self.table.currentRow()
        item = self.table.item(at, 0) if at >= 0 else None
        if item is not None:
            self._saved = ""
            self.shipping.clear()
            self._model.open(str(item.data(Qt.ItemDataRole.UserRole)))

    def _keep(self) -> None:
        if self._model.page is not None:
            self._saved = self._save(self._model.page)
            self.refresh()

    def _post(self) -> None:
        self._model.post(self.shipping.text())

    def _show_staff(self) -> None:
        self._stack.setCurrentWidget(self.staff_page)
        self._model.load_staff()
        self.member.setFocus()

    def _member_chosen(self) -> None:
        at = self.members.currentRow()
        number, filing = self.members.item(at, 0), self.members.item(at, 3)
        if at >= 0 and number is not None and filing is not None:
            self.member.setText(number.text())
            self.filing.setText(filing.text())

    def _tell(self) -> None:
        self._model.tell_staff(self.member.text(), self.cert.text(), self.filing.text())
        self.cert.clear()

    # --- showing ---------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Rows, page or members as they are now."""
        model, session = self._model, self._model.session
        note = model.note
        words = session.say_note(note) if note else ""
        if not words and self._saved:
            words = session.say("proxy.page_saved", file=self._saved)
        self.words.setText(words)
        self.words.setVisible(bool(words))
        retone(self.words, "tone", TONES.get(note.severity, "") if note else "good")
        if model.page is not None:
            if self._stack.currentWidget() is not self.one_page:
                self._stack.setCurrentWidget(self.one_page)
                self.save.setFocus()
            self._show_one(model.page)
        elif self._stack.currentWidget() is self.one_page:
            self._stack.setCurrentWidget(self.rows_page)
        self._fill()
        self._fill_staff()
        self.staff.setVisible(model.manages)

    def _fill(self) -> None:
        model, say = self._model, self._model.session.say
        _show(self.table, [self._cells(one) for one in model.rows],
              [one.proxy_id for one in model.rows])  # fmt: skip
        self.table.setVisible(bool(model.rows))
        self.open.setVisible(bool(model.rows))
        words = say("proxy.none_found" if model.text else "proxy.none_there")
        if model.rows:
            words = say("proxy.most_shown", count=len(model.rows))
        elif model.busy and not model.found:
            words = say("proxy.searching")
        self.empty.setText(words)
        self.empty.setVisible(not model.rows or model.cut)

    def _cells(self, one: ProxyRow) -> tuple[str, ...]:
        say = self._model.session.say
        why = [say(f"proxy.relation_{one.relation}")] if one.relation else []
        why += [say(f"proxy.reason_{one.reason}")] if one.reason else []
        state = [say(f"proxy.state_{one.state}")]
        state += [say(f"proxy.mark_{one.look}")] if one.look else []
        till, _, rest = one.receipt_no.partition("-")
        # The day stands beside it; whole it is on the page. Tables do not scroll sideways.
        number = f"{till}-{rest.rpartition('-')[2]}" if rest else one.receipt_no
        return (
            f"{shop_time(one.at):%y-%m-%d %H:%M}",
            number or "—",
            one.patient,
            one.proxy or "—",
            " · ".join(why) or "—",
            str(one.total),
            " ".join(state),
        )

    def _show_one(self, page: ProxyPage) -> None:
        say = self._model.session.say
        image = self._draw(page)
        width = max(640, self._stack.geometry().width() - 60)
        scaled = image.scaledToWidth(width, Qt.TransformationMode.SmoothTransformation)
        self.picture.setPixmap(QPixmap.fromImage(scaled))
        one, state = page.row, say(f"proxy.state_{page.row.state}")
        told = say("proxy.page_told", patient=one.patient, proxy=one.proxy or "—", state=state,
                   digest=page.digest[:16] or "—")  # fmt: skip
        self.told.setText(told)
        self.picture.setAccessibleName(told)
        self.parcel.setVisible(page.may_be_posted)
        self.post.setEnabled(not self._model.busy)
        for each in (self.in_order, self.doubtful):
            each.setVisible(self._model.looks_again and one.state == "used")
            each.setEnabled(not self._model.busy)

    def _fill_staff(self) -> None:
        cells = [(one.number, one.name, one.cert_no or "—", one.filing)
                 for one in self._model.staff]  # fmt: skip
        _show(self.members, cells, [one[0] for one in cells])


def _table(name: str, heads: list[str], stretched: int) -> QTableWidget:
    made = QTableWidget(0, len(heads))
    made.setAccessibleName(name)
    made.setHorizontalHeaderLabels(heads)
    made.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    made.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    made.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    made.verticalHeader().hide()
    made.horizontalHeader().setSectionResizeMode(stretched, QHeaderView.ResizeMode.Stretch)
    made.setSortingEnabled(True)
    made.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    return made


def _show(table: QTableWidget, rows: Sequence[tuple[str, ...]], ids: Sequence[str]) -> None:
    """The same rows are left as they lie, so that a choice stays chosen."""
    told = [(*cells, one) for cells, one in zip(rows, ids, strict=True)]
    if table.property("told") == told:
        return
    table.setProperty("told", told)
    table.setSortingEnabled(False)
    table.setRowCount(len(rows))
    for at, (cells, one) in enumerate(zip(rows, ids, strict=True)):
        for place, text in enumerate(cells):
            item = QTableWidgetItem(text)
            item.setData(Qt.ItemDataRole.UserRole, one)
            table.setItem(at, place, item)
    table.setSortingEnabled(True)
    if rows and table.currentRow() < 0:
        table.setCurrentCell(0, 0)
    table.resizeColumnsToContents()
