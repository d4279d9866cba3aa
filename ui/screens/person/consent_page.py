"""The page on which a consent is given: by pen, by a photographed paper, by a scanned file."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedLayout, QWidget

from app.domain.device_plan import DeviceKind
from ui.screens.person.sheet import ConsentSheet
from ui.widgets.parts import button, check_box, column, label, line_edit, row

if TYPE_CHECKING:
    from PySide6.QtWidgets import QHBoxLayout

    from app.domain.picture import Still
    from ui.screens.camera.page import CameraPage
    from ui.screens.person.view_model import PersonViewModel


class ConsentPage(QWidget):
    """The sheet, who signs, and the ways of paper below."""

    def __init__(self, model: PersonViewModel) -> None:
        super().__init__()
        self._model, self._session = model, model.session
        say = self._session.say
        self._pages = QStackedLayout(self)
        sheet_page = QWidget()
        self._pages.addWidget(sheet_page)
        lines = column(sheet_page, space=8)
        self.sheet = ConsentSheet(model)
        lines.addWidget(self.sheet, 1)
        self.at_pad = label(say("person.at_pad"), "strong", "accent", wrap=True)
        lines.addWidget(self.at_pad)
        self.guardian = check_box(say("person.guardian"))
        self.guardian.clicked.connect(model.set_guardian)
        lines.addLayout(self._on_paper())
        model.changed.connect(self.refresh)

    def _on_paper(self) -> QHBoxLayout:
        say, line = self._session.say, row(space=8)
        line.addWidget(self.guardian)
        line.addWidget(label(say("person.on_paper"), "", "second"))
        self.photograph = button(say("person.photograph"))
        self.photograph.clicked.connect(self._photograph)
        line.addWidget(self.photograph)
        self.file = line_edit(say("person.file"), code=True, hint=say("person.file_hint"))
        self.file.returnPressed.connect(self._scanned)
        line.addWidget(self.file, 1)
        self.keep = button(say("person.file_keep"))
        self.keep.clicked.connect(self._scanned)
        line.addWidget(self.keep)
        return line

    @cached_property
    def camera(self) -> CameraPage:
        """What the document camera sees; made when it is first wanted."""
        from ui.screens.camera.page import CameraPage
        from ui.screens.camera.view_model import CameraViewModel

        model = CameraViewModel(self._session, DeviceKind.DOCUMENT_CAMERA)
        page = CameraPage(model)
        model.kept.connect(self._photographed)
        page.left.connect(self._leave_camera)
        self._pages.addWidget(page)
        return page

    def begin(self) -> None:
        """A sheet came into sight: nothing of the last one is left."""
        self.file.clear()
        self._pages.setCurrentIndex(0)
        pad = bool(self._session.shop.pad_screen())
        self.sheet.pen.setVisible(not pad)
        self.at_pad.setVisible(pad)
        states = self._session.shop.device_states()
        self.photograph.setVisible(any(one.kind is DeviceKind.DOCUMENT_CAMERA for one in states))
        self.guardian.setFocus()
        self.refresh()

    def back(self) -> bool:
        """Esc: from the camera to the sheet; False = the sheet itself is left."""
        return self._pages.currentIndex() != 0 and self.camera.back()

    def refresh(self) -> None:
        """Who signs."""
        page = self._model.page
        asked = page is not None and page.guardian
        self.guardian.setText(
            self._session.say("person.guardian_needed" if asked else "person.guardian")
        )
        self.guardian.setChecked(self._model.guardian)
        for each in (self.photograph, self.file, self.keep):
            each.setEnabled(not self._model.busy)

    def _photograph(self) -> None:
        self._pages.setCurrentWidget(self.camera)
        self.camera.first()

    def _photographed(self, still: Still) -> None:
        self._leave_camera()
        self._model.photographed(still.jpeg)

    def _leave_camera(self) -> None:
        self._pages.setCurrentIndex(0)
        self.guardian.setFocus()

    def _scanned(self) -> None:
        self._model.scanned(self.file.text())
