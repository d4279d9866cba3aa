"""Missing purchase stills: the list that stands until the manager has answered each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from app.domain.clock import shop_time
from app.domain.purchase_still import GapAnswer
from ui.widgets.flow import FlowLayout
from ui.widgets.parts import button, column, label

if TYPE_CHECKING:
    from ui.screens.video.view_model import VideoModel

HEADS = ("at", "receipt", "gap", "by", "cameras")
_ID = Qt.ItemDataRole.UserRole


class GapsPage(QWidget):
    """Choose a line, press what is so."""

    def __init__(self, model: VideoModel) -> None:
        super().__init__()
        self._model, say = model, model.session.say
        lines = column(self)
        lines.addWidget(label(say("video.gaps_means"), "", "second", wrap=True))
        self.table = QTableWidget(0, len(HEADS))
        self.table.setAccessibleName(say("video.page_gaps"))
        self.table.setHorizontalHeaderLabels([say(f"video.column_{name}") for name in HEADS])
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        self.table.verticalHeader().hide()
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        lines.addWidget(self.table, 1)
        self.empty = label(say("video.no_gaps"), "", "second", wrap=True)
        lines.addWidget(self.empty)
        self.ask = label(say("video.gap_ask"), "strong")
        lines.addWidget(self.ask)
        self.holder = QWidget()
        acts = FlowLayout(self.holder, space=8)
        acts.setContentsMargins(0, 0, 0, 0)
        self.answers = {one: button(say(f"still_answer.{one}")) for one in GapAnswer}
        for answer, made in self.answers.items():
            made.clicked.connect(lambda _=False, what=answer: self._answer(what))
            acts.addWidget(made)
        lines.addWidget(self.holder)
        self.not_you = label(say("video.gap_not_you"), "", "second", wrap=True)
        lines.addWidget(self.not_you)
        lines.addStretch(0)
        model.changed.connect(self.refresh)

    def first(self) -> None:
        """The page came into sight."""
        self._model.load_gaps()
        self.table.setFocus()

    def _answer(self, answer: GapAnswer) -> None:
        item = self.table.item(self.table.currentRow(), 0)
        if item is not None:
            self._model.answer(str(item.data(_ID)), answer)

    def refresh(self) -> None:
        """The lines, and who may answer them."""
        model, say = self._model, self._model.session.say
        self.table.setSortingEnabled(False)
        self.table.setRowCount(len(model.gaps))
        for place, gap in enumerate(model.gaps):
            cameras = ", ".join(str(no) for no in gap.channels)
            cells = (
                f"{shop_time(gap.at):%m-%d %H:%M}",
                gap.receipt_no,
                say(f"still.gap_{gap.gap}"),
                gap.by or "—",
                cameras or say("video.no_camera"),
            )
            for at, text in enumerate(cells):
                item = QTableWidgetItem(text)
                item.setData(_ID, gap.sale_id)
                self.table.setItem(place, at, item)
        self.table.setSortingEnabled(True)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        some, may = bool(model.gaps), model.may_answer()
        if some and self.table.currentRow() < 0:
            self.table.selectRow(0)
        self.table.setVisible(some)
        self.empty.setVisible(not some)
        self.ask.setVisible(some and may)
        self.holder.setVisible(some and may)
        self.not_you.setVisible(some and not may)
