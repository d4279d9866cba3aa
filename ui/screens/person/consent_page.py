"""The page on which a consent is given: by pen, by a photographed paper, by a scanned file."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedLayout, QWidget

from app.domain.device_plan import DeviceKind
from app.errors import YaotaiError
from ui.screens.person.sheet import ConsentSheet
from ui.widgets.flow import FlowLayout
from ui.widgets.parts import button, check_box, column, label, line_edit

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.domain.consent import ConsentText
    from app.domain.picture import Still
    from ui.screens.camera.page import CameraPage
    from ui.screens.person.view_model import PersonViewModel


class ConsentPage(QWidget):
    """The sheet, who signs, and the ways of paper below."""

    def __init__(self, model: PersonViewModel, paper: Callable[[ConsentText], str]) -> None:
        """``paper`` makes a page to sign of the text and answers the name of its file."""
        super().__init__()
        self._model, self._session, self._paper = model, model.session, paper
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
        lines.addWidget(self._on_paper())
        model.changed.connect(self.refresh)

    def _on_paper(self) -> QWidget:
        """In as few rows as the type allows: the room belongs to the text."""
        say, holder = self._session.say, QWidget()
        flow = FlowLayout(holder, space=8)
        flow.setContentsMargins(0, 0, 0, 0)
        self.make = button(say("person.paper"))
        self.make.clicked.connect(self._make_paper)
        self.photograph = button(say("person.photograph"))
        self.photograph.clicked.connect(self._photograph)
        self.file = line_edit(say("person.file"), code=True, hint=say("person.file_hint"))
        self.file.setMinimumWidth(18 * self.fontMetrics().horizontalAdvance("人"))
        self.file.returnPressed.connect(self._scanned)
        self.keep = button(say("person.file_keep"))
        self.keep.clicked.connect(self._scanned)
        for each in (self.guardian, self.make, self.photograph, self.file, self.keep):
            flow.addWidget(each)
        return holder

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

    def _make_paper(self) -> None:
        text = self._model.text
        if text is None:
            return
        try:
            name = self._paper(text)
        except YaotaiError as error:
            self._model.say_error(error)
        else:
            self._model.say("person.paper_saved", "good", name=name)

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
