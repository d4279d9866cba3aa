"""The papers of a receiving, or of goods that left: attached, and looked at again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QComboBox, QFileDialog, QWidget

from app.domain.clock import shop_time
from app.use_cases.goods_files import KINDS
from ui.operation import Lane
from ui.widgets.parts import button, clear_layout, column, label, line_edit, row

if TYPE_CHECKING:
    from app.domain.evidence import Exhibit
    from app.errors import YaotaiError
    from ui.screens.session import Session

_WIDTH = 700


class FilesModel(Protocol):
    """Whoever holds the document whose papers these are."""

    session: Session

    def say_note(self, message_id: str, severity: str, **params: object) -> None:
        """Say something above the page."""


class FilesRow(QWidget):
    """Kind and path of a new one; the others beside it."""

    def __init__(self, model: FilesModel) -> None:
        super().__init__()
        self._model, say = model, model.session.say
        self._about = ""
        self.kept: list[Exhibit] = []
        lines = column(self, space=6)
        lines.addWidget(label(say("receiving.files_words"), "small", "second", wrap=True))
        top = row(space=6)
        self.kind = QComboBox()
        self.kind.setAccessibleName(say("receiving.file_kind"))
        for each in KINDS:
            self.kind.addItem(say(f"vault_kind.{each.value}"), each.value)
        self.path = line_edit(say("receiving.file_path"), hint=say("receiving.file_path"))
        self.browse = button(say("receiving.browse"))
        self.attach = button(say("receiving.attach"))
        self.files = QComboBox()
        self.files.setAccessibleName(say("receiving.attached"))
        self.look = button(say("receiving.open_file"))
        self.browse.clicked.connect(self._browse)
        self.attach.clicked.connect(self._attach)
        self.path.returnPressed.connect(self._attach)
        self.look.clicked.connect(self._look)
        for widget, share in ((self.kind, 1), (self.path, 2), (self.browse, 0), (self.attach, 0),
                              (self.files, 1), (self.look, 0)):  # fmt: skip
            top.addWidget(widget, share)
        lines.addLayout(top)
        self.view = QWidget()
        self._pages = column(self.view, space=8)
        self.view.hide()
        lines.addWidget(self.view)

    def show_of(self, document_id: str) -> None:
        """The papers of this document; asked for once, when it comes into sight."""
        if document_id == self._about:
            return
        self._about = document_id
        self._close()
        self._have([])
        if not document_id:
            return
        work = lambda _: self._model.session.shop.goods_files(document_id)  # noqa: E731
        self._model.session.run(Lane.STORE, work, self._have)

    def _have(self, kept: list[Exhibit]) -> None:
        say = self._model.session.say
        self.kept = kept
        self.files.clear()
        for one in kept:
            at = f"{shop_time(one.at):%m-%d %H:%M}"
            self.files.addItem(f"{say(f'vault_kind.{one.kind.value}')} {at}")
        if not kept:
            self.files.addItem(say("receiving.no_files"))
        self.look.setEnabled(bool(kept))
        self.files.setCurrentIndex(self.files.count() - 1)

    def _attach(self) -> None:
        text = self.path.text().strip().strip("'\"")
        if not text:
            return
        session, about = self._model.session, self._about
        kind, who = KINDS[self.kind.currentIndex()], session.who()
        file = Path(text).expanduser()

        def done(kept: list[Exhibit]) -> None:
            self.path.clear()
            self._have(kept)
            words = session.say(f"vault_kind.{kind.value}")
            self._model.say_note("receiving.file_attached", "good", kind=words)

        work = lambda _: session.shop.attach_goods_file(about, kind, file, who)  # noqa: E731
        session.run(Lane.STORE, work, done, self._failed)

    def _look(self) -> None:
        if not self.view.isHidden():
            self._close()
            return
        at = self.files.currentIndex()
        if not 0 <= at < len(self.kept):
            return
        session, one = self._model.session, self.kept[at]
        who = session.who()
        work = lambda _: session.shop.open_goods_file(one, who)  # noqa: E731
        session.run(Lane.RECOVERY, work, self._show, self._failed)

    def _show(self, pages: tuple[bytes, ...]) -> None:
        for content in pages:
            sheet = label("")
            image = QImage.fromData(content)
            smooth = Qt.TransformationMode.SmoothTransformation
            sheet.setPixmap(QPixmap.fromImage(image).scaledToWidth(_WIDTH, smooth))
            self._pages.addWidget(sheet)
        self.view.show()
        self.look.setText(self._model.session.say("receiving.close_file"))

    def _close(self) -> None:
        clear_layout(self._pages)
        self.view.hide()
        self.look.setText(self._model.session.say("receiving.open_file"))

    def _failed(self, error: YaotaiError) -> None:
        why = str(error.params.get("why", ""))
        said = why if why.startswith(("receiving.", "import.")) else error.message_id
        self._model.say_note(said, "block", **error.params)

    def _browse(self) -> None:
        say = self._model.session.say
        kinds = "PDF, JPEG, PNG (*.pdf *.jpg *.jpeg *.png)"
        path, _kind = QFileDialog.getOpenFileName(
            self, say("receiving.browse"), self.path.text(), kinds
        )
        if path:
            self.path.setText(path)
