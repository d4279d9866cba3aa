"""The list of clips: a period, a search, the picture of a sale, paper and file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStackedLayout, QTableView, QWidget

from ui.screens.camera.page import CameraPicture
from ui.screens.video.table import ClipSearch, ClipTable
from ui.screens.video.view_model import COLUMNS
from ui.widgets.flow import FlowLayout
from ui.widgets.parts import button, column, label, line_edit, row

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent

    from app.use_cases.video_marks import ClipRow
    from ui.screens.video.view_model import Period, VideoModel

Save = Callable[[tuple["ClipRow", ...], "Period"], str]
_PICTURED = ("taken", "by_proxy")


@dataclass(frozen=True, slots=True)
class Papers:
    """What writes files, each answering its name; :raises BadFile: it cannot be written."""

    pdf: Save
    csv: Save
    signs: Callable[[], str]
    """The signs for the wall: cameras, and faces."""


class ClipsPage(QWidget):
    """A list, and in its place a picture that somebody looks at."""

    def __init__(self, model: VideoModel, papers: Papers) -> None:
        super().__init__()
        self._model, self._session, self._papers = model, model.session, papers
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._list())
        self._pages.addWidget(self._picture())
        model.fetched.connect(self._fill)
        model.changed.connect(self._show_acts)
        model.pictured.connect(self._show_picture)

    def _list(self) -> QWidget:
        say, page = self._session.say, QWidget()
        lines = column(page)
        head = row(space=8)
        self.begins = line_edit(say("video.first_day"), code=True, hint=say("video.first_day"))
        self.ends = line_edit(say("video.last_day"), code=True, hint=say("video.last_day"))
        self.fetch = button(say("video.fetch"))
        self.fetch.clicked.connect(self._fetch)
        self.sought = line_edit(say("video.find"), hint=say("video.find_hint"))
        """Stands beside the names of the pages: the list keeps its room."""
        self.sought.textChanged.connect(self._seek)
        self.begins.returnPressed.connect(self._fetch)
        self.ends.returnPressed.connect(self._fetch)
        self.person = line_edit(say("video.person"), code=True, hint=say("video.person"))
        self.person.returnPressed.connect(self._fetch)
        for each, share in ((self.begins, 2), (self.ends, 2), (self.person, 3), (self.fetch, 0)):
            head.addWidget(each, share)
        lines.addLayout(head)
        self.source = ClipTable([say(f"video.column_{name}") for name in COLUMNS])
        self.found = ClipSearch(self.source)
        self.table = QTableView()
        self.table.setModel(self.found)
        self.table.setAccessibleName(say("video.page_clips"))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        self.table.verticalHeader().hide()
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show_acts())
        self.table.activated.connect(lambda _: self._look())
        self.sought.returnPressed.connect(self.table.setFocus)
        lines.addWidget(self.table, 1)
        self.empty = label("", "", "second", wrap=True)
        lines.addWidget(self.empty)
        lines.addWidget(self._acts())
        return page

    def _acts(self) -> QWidget:
        say, holder = self._session.say, QWidget()
        acts = FlowLayout(holder, space=8)
        acts.setContentsMargins(0, 0, 0, 0)
        self.look = button(say("video.look"))
        self.look.clicked.connect(self._look)
        self.pdf = button(say("video.pdf"))
        self.pdf.clicked.connect(lambda: self._save(self._papers.pdf))
        self.csv = button(say("video.csv"))
        self.csv.clicked.connect(lambda: self._save(self._papers.csv))
        self.signs = button(say("video.signs"))
        self.signs.clicked.connect(self._print_signs)
        for each in (self.look, self.pdf, self.csv, self.signs):
            acts.addWidget(each)
        return holder

    def _picture(self) -> QWidget:
        say, page = self._session.say, QWidget()
        lines = column(page)
        self.caption = label("", "strong", wrap=True)
        lines.addWidget(self.caption)
        self.picture = CameraPicture(say("still.title"))
        lines.addWidget(self.picture, 1)
        foot = row()
        self.leave = button(say("video.back"))
        self.leave.clicked.connect(self.back)
        foot.addWidget(self.leave)
        foot.addWidget(label(say("video.looked"), "small", "second", wrap=True), 1)
        lines.addLayout(foot)
        return page

    # --- acts ------------------------------------------------------------------------------------

    def first(self) -> None:
        """The page came into sight: today, or the period that was looked at last."""
        self.person.clear()
        self.person.setVisible(self._model.may_look())
        begins, ends = self._model.period
        self.begins.setText(begins.isoformat())
        self.ends.setText(ends.isoformat())
        self.sought.setFocus()
        self._fetch()

    def back(self) -> bool:
        """From the picture to the list."""
        if self._pages.currentIndex() == 0:
            return False
        self._forget_picture()
        self.table.setFocus()
        return True

    def hideEvent(self, event: QHideEvent) -> None:
        """Out of sight, by whatever key: who opens the page next sees the list."""
        self._forget_picture()
        super().hideEvent(event)

    def _forget_picture(self) -> None:
        self.picture.show_image(QImage())
        self._pages.setCurrentIndex(0)

    def chosen(self) -> ClipRow | None:
        """The line with the focus."""
        index = self.table.currentIndex()
        row_of: ClipRow | None = index.data(Qt.ItemDataRole.UserRole) if index.isValid() else None
        return row_of

    def _fetch(self) -> None:
        self._model.fetch(self.begins.text(), self.ends.text(), self.person.text())

    def _look(self) -> None:
        chosen = self.chosen()
        if chosen is not None and self.look.isEnabled():
            self.caption.setText("　".join(self._model.cells(chosen)))
            self._model.look_at(chosen.sale_id)

    def _save(self, write: Save) -> None:
        """What is in sight, in its order: a search narrows the paper as well."""
        shown = self.found.shown()
        self._model.save(lambda _, period: write(shown, period))

    def _print_signs(self) -> None:
        self._model.write(self._papers.signs)

    # --- showing ---------------------------------------------------------------------------------

    def _show_picture(self, jpeg: bytes) -> None:
        image = QImage.fromData(jpeg)
        if image.isNull():
            self._model.say("video.no_picture", "block")
            return
        self.picture.show_image(image)
        self._pages.setCurrentIndex(1)
        self.leave.setFocus()

    def _fill(self) -> None:
        rows = self._model.rows
        self.source.fill(rows, [self._model.cells(one) for one in rows])
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        self._seek(self.sought.text())

    def _seek(self, text: str) -> None:
        self.found.seek(text)
        some = self.found.rowCount() > 0
        if some:
            self.table.selectRow(0)
        say = self._session.say
        self.empty.setText(say("video.nothing_found" if self._model.rows else "video.no_clips"))
        self.empty.setVisible(not some)
        self.table.setVisible(some)
        self._show_acts()

    def _show_acts(self) -> None:
        chosen = self.chosen()
        pictured = chosen is not None and chosen.still in _PICTURED
        self.look.setVisible(self._model.may_look())
        self.look.setEnabled(pictured)
        for each in (self.pdf, self.csv):
            each.setEnabled(self.found.rowCount() > 0)
