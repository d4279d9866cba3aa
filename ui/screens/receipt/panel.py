"""The slip on the screen, as a PDF, and once more on paper."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QImage, QPixmap
from PySide6.QtWidgets import QLabel, QScrollArea

from app.domain.clock import shop_time
from app.domain.staff import Right
from app.errors import YaotaiError
from app.use_cases.views import Receipt
from ui.operation import Lane
from ui.screens.session import notes_of
from ui.widgets.panel import Panel
from ui.widgets.parts import button, label, row

if TYPE_CHECKING:
    from app.domain.signature import PenTrace
    from ui.screens.session import Session

_WIDTH = 480
Picture = Callable[[Receipt], QImage]
Save = Callable[[Receipt, Path], None]
Print = Callable[[str], None]
"""Takes the number of the slip."""


class ReceiptPanel(Panel):
    """Shows one slip; saving asks no questions: the file lies in the folder of slips."""

    def __init__(
        self, session: Session, picture: Picture, save: Save, folder: Path, reprint: Print
    ) -> None:
        self._session, self._picture, self._save = session, picture, save
        self._folder = folder
        self._receipt: Receipt | None = None
        say = session.say
        super().__init__(say("receipt.title"), say("panel.esc"))
        self.portal = label("", "", "warn", wrap=True)
        self.portal.hide()
        self.body.addWidget(self.portal)
        self.paper = QLabel()
        self.paper.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.paper.setAccessibleName(say("receipt.title"))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(self.paper)
        area.setAccessibleName(say("receipt.title"))
        self.body.addWidget(area, 1)
        self.words = label("", "", "second", wrap=True)
        self.body.addWidget(self.words)
        foot = row()
        self.pdf = button(say("receipt.save"))
        self.pdf.clicked.connect(self.save)
        self.folder = button(say("receipt.folder"))
        self.folder.clicked.connect(self.open_folder)
        self.paper_again = button(say("printing.reprint"))
        self.paper_again.clicked.connect(lambda: self._print(reprint))
        self.paper_again.setVisible(session.shop.has_printer())
        foot.addWidget(self.paper_again)
        foot.addWidget(self.pdf)
        foot.addWidget(self.folder)
        self.signature = button(say("receipt.signature"))
        self.signature.clicked.connect(self._ask_signature)
        foot.addWidget(self.signature)
        foot.addStretch(1)
        self.body.addLayout(foot)

    def show_receipt(self, receipt: Receipt) -> None:
        """Draw a slip."""
        self._receipt = receipt
        image = self._picture(receipt)
        width = min(_WIDTH, image.width())
        self.paper.setPixmap(
            QPixmap.fromImage(image).scaledToWidth(
                width, Qt.TransformationMode.SmoothTransformation
            )
        )
        self.words.setText("")
        self.portal.setText(self._keyed(receipt))
        self.portal.setVisible(bool(receipt.keyed))
        may_see = self._session.may(Right.SEE_PERSON)
        self.signature.setVisible(bool(receipt.settlements) and may_see)

    def _keyed(self, receipt: Receipt) -> str:
        """That it went by the insurer's portal, and who keyed that in."""
        say = self._session.say
        told = [
            say(
                "portal.keyed_cancel" if one.cancel else "portal.keyed",
                setl_id=one.setl_id,
                name=one.by or "—",
                at=f"{shop_time(one.at):%m-%d %H:%M}",
            )
            for one in receipt.keyed
        ]
        return "\n".join(told)

    def _ask_signature(self) -> None:
        receipt = self._receipt
        if receipt is None:
            return
        shop, viewer = self._session.shop, self._session.who()
        self._session.run(
            Lane.STORE,
            lambda _: shop.signature_of(receipt.receipt_no, viewer),
            lambda trace: self._show_signature(receipt, trace),
            self._no_signature,
        )

    def _show_signature(self, receipt: Receipt, trace: PenTrace | None) -> None:
        if receipt is not self._receipt:
            return  # another slip is looked at by now
        if trace is None:
            self.words.setText(self._session.say("receipt.signature_none"))
            return
        from ui.widgets.signature_area import trace_picture

        width = min(_WIDTH, trace.width)
        self.paper.setPixmap(
            QPixmap.fromImage(trace_picture(trace)).scaledToWidth(
                width, Qt.TransformationMode.SmoothTransformation
            )
        )
        self.words.setText(self._session.say("receipt.signature_of", number=receipt.receipt_no))

    def _no_signature(self, error: YaotaiError) -> None:
        self.words.setText(self._session.say_note(notes_of(error)[0]))

    def opened(self) -> None:
        """The first thing to do here is to save."""
        self.pdf.setFocus()

    def _print(self, reprint: Print) -> None:
        if self._receipt is not None:
            reprint(self._receipt.receipt_no)
            self.words.setText(self._session.say("printing.queued"))

    def save(self) -> None:
        """Write the PDF."""
        if self._receipt is None:
            return
        name = "".join(sign for sign in self._receipt.receipt_no if sign.isalnum() or sign in "-_")
        path = self._folder / f"{name}.pdf"
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._save(self._receipt, path)
        except (OSError, YaotaiError):
            self.words.setText(self._session.say("receipt.not_saved"))
            return
        self.words.setText(self._session.say("receipt.saved", name=path.name))

    def open_folder(self) -> None:
        """Show the folder of slips in the desktop's file manager."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))
