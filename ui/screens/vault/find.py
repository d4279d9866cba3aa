"""Looking for a piece, looking at it, and saying that it must not be deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox, QFrame, QScrollArea, QStackedLayout, QWidget

from app.domain.clock import shop_time
from app.domain.evidence import EvidenceKind
from app.domain.evidence_keeping import HoldReason, HoldScope
from app.use_cases.export_evidence import trace_in
from ui.screens.camera.page import CameraPicture
from ui.screens.vault.tables import Cell, chosen, fill, minute, plain, table
from ui.screens.vault.view_model import PDF
from ui.widgets.flow import FlowLayout
from ui.widgets.parts import button, column, label, line_edit, row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QPushButton

    from app.use_cases.vault_view import FoundPiece
    from ui.screens.vault.view_model import VaultModel

COLUMNS = ("at", "kind", "receipt", "state", "look")
LARGEST = 60_000_000
"""Pixels of a picture that is drawn at all."""


class FindPage(QWidget):
    """The list, the piece, or the form of a hold."""

    export_asked = Signal(object)
    """The chosen piece: what of it is to be exported is asked on the page of exports."""

    def __init__(self, model: VaultModel) -> None:
        super().__init__()
        self._model = model
        self._at = 0
        """Which page of the piece is in sight."""
        self._pages = QStackedLayout(self)
        self._pages.setContentsMargins(0, 0, 0, 0)
        self.list_page, self.piece_page = self._list(), self._piece()
        self.hold_page = HoldForm(model)
        for page in (self.list_page, self.piece_page, self.hold_page):
            self._pages.addWidget(page)
        model.found.connect(self._fill)
        model.opened_piece.connect(self._show_piece)
        model.closed_hold.connect(self.to_list)

    # --- building --------------------------------------------------------------------------------

    def _list(self) -> QWidget:
        say, page = self._model.session.say, QWidget()
        lines = column(page, space=8)
        wanted = row(space=8)
        self.receipt = line_edit(say("vault.receipt_no"), code=True, hint=say("vault.receipt_no"))
        self.first = line_edit(say("vault.first"), code=True, hint=say("vault.first"))
        self.last = line_edit(say("vault.last"), code=True, hint=say("vault.last"))
        self.kind = QComboBox()
        self.kind.setAccessibleName(say("vault.kind"))
        self.kind.view().setAccessibleName(say("vault.kind"))
        self.kind.addItem(say("vault.any_kind"), None)
        for kind in EvidenceKind:
            self.kind.addItem(say(f"vault_kind.{kind}"), kind)
        self.go = button(say("vault.find"), "commit")
        self.go.clicked.connect(self.search)
        for field in (self.receipt, self.first, self.last):
            field.returnPressed.connect(self.search)
            wanted.addWidget(field, 3)
        wanted.addWidget(self.kind, 3)
        wanted.addWidget(self.go)
        lines.addLayout(wanted)
        heads = [say(f"vault.find_column_{name}") for name in COLUMNS]
        self.table = table(say("vault.find"), heads, COLUMNS.index("state"))
        self.table.itemActivated.connect(lambda _: self._model.see(self.chosen()))
        lines.addWidget(self.table, 1)
        self.empty = label(say("vault.find_hint"), "", "second", wrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        lines.addWidget(self.empty, 1)
        lines.addWidget(self._acts())
        self.table.hide()
        return page

    def _acts(self) -> QWidget:
        say, holder = self._model.session.say, QWidget()
        flow = FlowLayout(holder, space=6, even=True)
        flow.setContentsMargins(0, 0, 0, 0)
        self.see = button(say("vault.see"))
        self.see.clicked.connect(lambda: self._model.see(self.chosen()))
        flow.addWidget(self.see)
        self.holds: dict[HoldScope, QPushButton] = {}
        for scope in (HoldScope.EXHIBIT, HoldScope.SALE, HoldScope.PERSON):
            made = self.holds[scope] = button(say(f"vault.hold_{scope}"))
            made.clicked.connect(lambda _=False, what=scope: self._ask_hold(what))
            flow.addWidget(made)
        self.export_sale = button(say("vault.export_sale"))
        self.export_sale.clicked.connect(lambda: self._ask_export("sale"))
        self.export_person = button(say("vault.export_of_person"))
        self.export_person.clicked.connect(lambda: self._ask_export("person"))
        flow.addWidget(self.export_sale)
        flow.addWidget(self.export_person)
        self.acts = holder
        holder.hide()
        return holder

    def _piece(self) -> QWidget:
        say, page = self._model.session.say, QWidget()
        lines = column(page, space=8)
        self.about = label("", "strong", wrap=True)
        lines.addWidget(self.about)
        self.picture = CameraPicture(say("vault.picture"))
        lines.addWidget(self.picture, 1)
        self.text = label("", "", "second", wrap=True)
        self.words = QScrollArea()
        self.words.setFrameShape(QFrame.Shape.NoFrame)
        self.words.setWidgetResizable(True)
        self.words.setWidget(self.text)
        lines.addWidget(self.words, 1)
        foot = row(space=8)
        self.to_list_button = button(say("vault.to_list"))
        self.to_list_button.clicked.connect(self.to_list)
        self.turn_page = button(say("vault.next_page"))
        self.turn_page.clicked.connect(self._next_page)
        foot.addWidget(self.to_list_button)
        foot.addWidget(self.turn_page)
        foot.addStretch(1)
        lines.addLayout(foot)
        return page

    # --- acts ------------------------------------------------------------------------------------

    def clear(self) -> None:
        """Nothing that somebody else typed or looked at is left."""
        for field in (self.receipt, self.first, self.last):
            field.clear()
        self.kind.setCurrentIndex(0)
        self._forget_piece()
        self._pages.setCurrentWidget(self.list_page)
        self._fill()

    def put_away(self) -> None:
        """Somebody else may stand here next: no piece stays in sight or in memory."""
        self._forget_piece()
        self._pages.setCurrentWidget(self.list_page)

    def enter(self) -> None:
        """The newest pieces stand there at once; the focus is where one narrows them."""
        self._pages.setCurrentWidget(self.list_page)
        if self._model.pieces is None:
            self.search()
        self.receipt.setFocus()

    def back(self) -> bool:
        """From a piece or a form to the list; False = it is the list."""
        if self._pages.currentWidget() is self.list_page:
            return False
        self.to_list()
        return True

    def to_list(self) -> None:
        """The list again, with the same row chosen."""
        self._forget_piece()
        if self._pages.currentWidget() is not self.list_page:
            self._pages.setCurrentWidget(self.list_page)
            self._model.find_again()
            self.table.setFocus()

    def _forget_piece(self) -> None:
        self._model.forget_piece()
        self.picture.show_image(QImage())
        self.about.clear()
        self.text.clear()

    def search(self) -> None:
        """By what is typed."""
        # Qt gives the plain text of what was put into its list.
        name = self.kind.currentData()
        kind = EvidenceKind(name) if name else None
        self._model.find(self.receipt.text(), self.first.text(), self.last.text(), kind)

    def chosen(self) -> FoundPiece | None:
        """The row that is meant."""
        pieces, place = self._model.pieces or (), chosen(self.table)
        return pieces[place] if 0 <= place < len(pieces) else None

    def _ask_hold(self, scope: HoldScope) -> None:
        piece = self.chosen()
        target = self._model.target_of(scope, piece)
        if target and piece is not None:
            self.hold_page.ask(scope, target, piece)
            self._pages.setCurrentWidget(self.hold_page)
            self.hold_page.file_no.setFocus()

    def _ask_export(self, what: str) -> None:
        piece = self.chosen()
        scope = HoldScope.SALE if what == "sale" else HoldScope.PERSON
        if self._model.target_of(scope, piece):
            self.export_asked.emit((what, piece))

    def _next_page(self) -> None:
        """The next one, and after the last the first."""
        pages = self._model.drawn
        if pages:
            self._at = (self._at + 1) % len(pages)
            self.picture.show_image(image_of("image/png", pages[self._at]) or QImage())

    # --- showing ---------------------------------------------------------------------------------

    def _fill(self) -> None:
        model, say = self._model, self._model.session.say
        pieces = model.pieces or ()
        before = self.table.currentRow()
        fill(self.table, [self._cells(one) for one in pieces])
        if 0 <= before < len(pieces):
            self.table.selectRow(before)
        self.table.setVisible(bool(pieces))
        self.acts.setVisible(bool(pieces))
        self.empty.setVisible(not pieces)
        nothing = "vault.find_hint" if model.pieces is None else "vault.nothing_found"
        self.empty.setText(say(nothing))

    def _cells(self, one: FoundPiece) -> Sequence[Cell]:
        say, look = self._model.session.say, one.look
        seen = say("vault.look_none")
        if look is not None:
            seen = say("vault.look_row", name=one.looked_by, at=minute(look.at)[0])
        where = "" if one.here else say("vault.elsewhere")
        return (
            minute(one.exhibit.at),
            plain(say(f"vault_kind.{one.exhibit.kind}")),
            plain(one.receipt_no or "—"),
            plain(self.state(one) + where),
            (seen, f"{look.at.timestamp():020.3f}" if look else ""),
        )

    def state(self, one: FoundPiece) -> str:
        """What will become of it."""
        say, gone = self._model.session.say, one.exhibit.deleted_at
        if gone is not None:
            return say("vault.state_deleted", day=f"{shop_time(gone):%Y-%m-%d}")
        if one.hold is not None:
            return say("vault.state_held", reason=say(f"vault.reason_{one.hold.reason}"))
        if one.due is None:
            view = self._model.view
            unknown = {line.kind for line in view.kinds if line.missing} if view else set()
            running = (
                "vault.state_unknown" if one.exhibit.kind in unknown else "vault.state_running"
            )
            return say(running)
        if one.due <= self._model.shop.now():
            return say("vault.state_due")
        return say("vault.state_kept", day=f"{shop_time(one.due):%Y-%m-%d}")

    def _show_piece(self) -> None:
        model, say = self._model, self._model.session.say
        if model.piece is None or model.content is None:
            return
        one, (exhibit, content) = model.piece, model.content
        told = {
            "kind": say(f"vault_kind.{exhibit.kind}"),
            "at": minute(exhibit.at)[0],
            "by": one.taken_by,
        }
        if one.look is not None:
            when = minute(one.look.at)[0]
            self.about.setText(say("vault.seen_before", **told, name=one.looked_by, when=when))
        else:
            self.about.setText(say("vault.seen", **told))
        self._at = 0
        pages = model.drawn
        image = image_of("image/png", pages[0]) if pages else image_of(exhibit.media, content)
        self.picture.show_image(image if image is not None else QImage())
        self.picture.setVisible(image is not None)
        words = text_of(exhibit.media, content)
        self.text.setText(words if words or image is not None else say("vault.no_picture"))
        if exhibit.media == PDF and not pages:
            self.text.setText(say("vault.drawing"))
        self.turn_page.setVisible(len(pages) > 1)
        self.words.setVisible(bool(self.text.text()))
        self.words.setAccessibleName(told["kind"])
        self.words.verticalScrollBar().setValue(0)
        self._pages.setCurrentWidget(self.piece_page)
        self.to_list_button.setFocus()


def image_of(media: str, content: bytes) -> QImage | None:
    """A picture, or the ink of a trace; None = it cannot be shown."""
    if media == "application/json":
        trace = trace_in(content)
        if trace is None:
            return None
        from ui.widgets.signature_area import trace_picture

        return trace_picture(trace)
    if not media.startswith("image/"):
        return None
    from PySide6.QtCore import QBuffer, QByteArray
    from PySide6.QtGui import QImageReader

    held = QByteArray(content)
    source = QBuffer(held)
    reader = QImageReader(source)
    size = reader.size()
    # What was sealed is ours; a picture of the vault is all the same not trusted with the memory.
    if not size.isValid() or size.width() * size.height() > LARGEST:
        return None
    reader.setAutoTransform(True)
    image = reader.read()
    return None if image.isNull() else image


def text_of(media: str, content: bytes) -> str:
    """The words that were signed, where the piece holds them."""
    import json

    if media != "application/json":
        return ""
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        return ""
    words = told.get("text", "") if isinstance(told, dict) else ""
    return words if isinstance(words, str) else ""


class HoldForm(QWidget):
    """Why something is held, and under which number."""

    def __init__(self, model: VaultModel) -> None:
        super().__init__()
        self._model, say = model, model.session.say
        self._scope, self._target = HoldScope.EXHIBIT, ""
        lines = column(self, space=10)
        self.what = label("", "strong", wrap=True)
        lines.addWidget(self.what)
        lines.addWidget(label(say("vault.reason"), "small", "second"))
        self.reason = QComboBox()
        self.reason.setAccessibleName(say("vault.reason"))
        self.reason.view().setAccessibleName(say("vault.reason"))
        for reason in HoldReason:
            self.reason.addItem(say(f"vault.reason_{reason}"), reason)
        lines.addWidget(self.reason)
        lines.addWidget(label(say("vault.file_no"), "small", "second"))
        self.file_no = line_edit(say("vault.file_no"), hint=say("vault.file_no_hint"))
        self.file_no.returnPressed.connect(self._hold)
        lines.addWidget(self.file_no)
        self.commit = button(say("vault.hold"), "commit")
        self.commit.clicked.connect(self._hold)
        lines.addWidget(self.commit, 0, Qt.AlignmentFlag.AlignLeft)
        lines.addStretch(1)

    def ask(self, scope: HoldScope, target: str, piece: FoundPiece) -> None:
        """What is to be held."""
        say = self._model.session.say
        self._scope, self._target = scope, target
        kind = say(f"vault_kind.{piece.exhibit.kind}")
        what = say(f"vault.hold_what_{scope}", kind=kind, receipt=piece.receipt_no or "—")
        self.what.setText(say("vault.hold_title", what=what))
        self.file_no.clear()
        self.reason.setCurrentIndex(0)

    def _hold(self) -> None:
        reason = HoldReason(self.reason.currentData())
        self._model.hold(self._scope, self._target, reason, self.file_no.text())
