"""The middle: the prescription as issued, nothing added and nothing left out; earlier purchases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from app.domain.clock import shop_time
from ui.screens.review.settled import paint_settled
from ui.widgets.parts import button, clear_layout, column, label, row, rule

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QLabel, QVBoxLayout

    from app.domain.rx_case import RxLine, RxSheet
    from app.use_cases.rx_page import RxPage
    from ui.screens.session import Session

PICTURES = ("png", "jpg", "jpeg")


def usage_words(line: RxLine, say: Callable[..., str]) -> str:
    """How it is taken: dose x frequency x days, by the sheet's own words."""
    dose = f"{line.dose}{line.dose_unit}" if line.dose else ""
    often = line.frequency or line.frequency_code
    days = say("review.days", days=line.days) if line.days else ""
    told = " × ".join(part for part in (dose, often, days) if part)
    return "，".join(part for part in (line.route, told) if part) or say("review.no_usage")


def prescriber_words(sheet: RxSheet) -> str:
    """Who wrote it, as far as the sheet says: department, name, code."""
    code = f"({sheet.doctor_code})" if sheet.doctor_code else ""
    return " ".join(part for part in (sheet.dept_name, sheet.doctor_name, code) if part)


class SheetView(QScrollArea):
    """One prescription; everything can be selected, nothing can be changed."""

    def __init__(self, session: Session, open_original: Callable[[], None]) -> None:
        super().__init__()
        self._session, self._open_original = session, open_original
        self.setObjectName("sheet")
        self.setWidgetResizable(True)
        self.setAccessibleName(session.say("review.sheet"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        holder = QWidget()
        self._lines: QVBoxLayout = column(holder, margin=16, space=8)
        self.setWidget(holder)
        self.pictures: list[QLabel] = []

    def show_page(self, page: RxPage | None) -> None:
        """Draw it anew; without one a word on how to begin."""
        clear_layout(self._lines)
        paint_settled(self)
        self.pictures = []
        if page is None:
            self._add(self._session.say("review.choose"), "", "second")
            self._lines.addStretch(1)
            return
        self._head(page)
        self._patient(page)
        self._lines.addWidget(rule())
        self._drugs(page)
        self._lines.addWidget(rule())
        self._prescriber(page)
        self._lines.addWidget(rule())
        self._history(page)
        self._lines.addStretch(1)
        self.verticalScrollBar().setValue(0)

    def show_pictures(self, pages: tuple[bytes, ...]) -> bool:
        """The original under the sheet, brought into sight; False = nothing that can be shown."""
        shown = [QPixmap() for _ in pages]
        loaded = [made.loadFromData(page) for made, page in zip(shown, pages, strict=True)]
        if not shown or not all(loaded):
            return False
        width = max(200, self.viewport().width() - 40)
        for old in self.pictures:
            old.deleteLater()
        self.pictures = []
        for number, one in enumerate(shown, 1):
            made = label("")
            told = self._session.say("review.original_page", page=number, pages=len(shown))
            made.setAccessibleName(told)
            made.setPixmap(
                one.scaledToWidth(
                    min(width, one.width()), Qt.TransformationMode.SmoothTransformation
                )
            )
            self._lines.insertWidget(self._lines.count() - 1, made)
            self.pictures.append(made)
        # Two rounds of events: wrapped labels know their height only after the first.
        QTimer.singleShot(0, lambda: QTimer.singleShot(0, self._to_original))
        return True

    def _to_original(self) -> None:
        if self.pictures:
            self._lines.activate()
            self.verticalScrollBar().setValue(self.pictures[0].y() - 8)

    def texts(self) -> list[str]:
        """Every word in sight, for tests and for reading aloud."""
        from PySide6.QtWidgets import QLabel

        return [one.text() for one in self.findChildren(QLabel) if one.text()]

    # --- parts -----------------------------------------------------------------------------------

    def _add(self, text: str, role: str = "", tone: str = "") -> QLabel:
        made = label(text, role, tone, wrap=True)
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._lines.addWidget(made)
        return made

    def _head(self, page: RxPage) -> None:
        say, sheet = self._session.say, page.sheet
        top = row()
        title = say(f"review.form_{sheet.form.value}")
        top.addWidget(label(f"{sheet.issuer_name} {title}", "heading", wrap=True), 1)
        state = label(say(f"review.state_{page.state}"), "chip")
        top.addWidget(state, 0, Qt.AlignmentFlag.AlignTop)
        self._lines.addLayout(top)
        until = f"{shop_time(sheet.expires_at):%Y-%m-%d %H:%M}" if sheet.expires_at else "—"
        issued = f"{shop_time(sheet.issued_at):%Y-%m-%d %H:%M}"
        words = say("review.issued", number=sheet.number, issued=issued, until=until)
        more = say("review.is_long") if sheet.long else ""
        if sheet.issuer_type:
            more += say(f"review.issuer_{sheet.issuer_type}")
        if sheet.source_reason:
            more += say(f"review.reason_{sheet.source_reason}")
        self._add(words + more, "", "second")

    def _patient(self, page: RxPage) -> None:
        say, patient, sheet = self._session.say, page.sheet.patient, page.sheet
        gender = say(f"review.gender_{patient.gender}" if patient.gender in "12" else
                     "review.gender_0")  # fmt: skip
        parts = [patient.name, gender]
        if patient.age:
            parts.append(say("review.age", age=patient.age))
        if patient.weight:
            parts.append(say("review.weight", weight=patient.weight))
        self._add("  ".join(parts), "total")
        marks = [
            say("review.pregnant", weeks=patient.gestation_weeks)
            if patient.gestation_weeks
            else "",
            say("review.lactating") if patient.lactating else "",
            say("review.newborn") if patient.newborn else "",
        ]
        if any(marks):
            self._add("  ".join(mark for mark in marks if mark), "strong", "warn")
        if page.cert_no:
            self._add(say("review.cert", number=page.cert_no), "", "second")
        allergies = patient.allergies or say("review.no_allergies")
        tone = "bad" if patient.allergies else "second"
        self._add(say("review.allergies", text=allergies), "strong" if patient.allergies else "",
                  tone)  # fmt: skip
        names = "；".join(f"{one.name}（{one.code}）" for one in sheet.diagnoses)
        self._add(say("review.diagnosis", text=names or say("review.none")), "strong")

    def _drugs(self, page: RxPage) -> None:
        say = self._session.say
        for line in page.sheet.lines:
            # In a widget of its own: that is taken away whole with the page.
            holder = QWidget()
            grid = QGridLayout(holder)
            grid.setContentsMargins(0, 0, 0, 0)
            grid.setColumnStretch(1, 1)
            grid.setHorizontalSpacing(10)
            grid.setVerticalSpacing(2)
            no = label(f"{line.no}", "strong", "second")
            grid.addWidget(no, 0, 0, Qt.AlignmentFlag.AlignTop)
            name = f"{line.generic_name}  {line.spec}"
            grid.addWidget(label(name, "strong", wrap=True), 0, 1)
            amount = f"{line.quantity.plain()} {line.unit}"
            grid.addWidget(label(amount, "strong"), 0, 2, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(label(usage_words(line, say), wrap=True), 1, 1)
            if line.packs and line.pack_unit:
                grid.addWidget(label(f"= {line.packs} {line.pack_unit}", "small", "second"), 1, 2)
            beside = [line.form, line.product_name, line.maker, line.national_code, line.herb_note]
            if line.self_pay_reason:
                beside.append(say("review.self_pay", why=line.self_pay_reason))
            if line.taken:
                beside.append(say("review.taken"))
            words = " · ".join(part for part in beside if part)
            grid.addWidget(label(words, "small", "second", wrap=True), 2, 1, 1, 2)
            self._lines.addWidget(holder)

    def _prescriber(self, page: RxPage) -> None:
        say, sheet = self._session.say, page.sheet
        self._add(say("review.doctor", text=prescriber_words(sheet) or say("review.none")))
        mark = sheet.hospital_reviewer or say("review.no_mark")
        self._add(say("review.hospital_mark", text=mark), "", "second")
        if page.has_file:
            line = row()
            more = button(f"{say('review.open_original')}  Ctrl+O")
            more.clicked.connect(self._open_original)
            line.addWidget(more)
            line.addStretch(1)
            self._lines.addLayout(line)

    def _history(self, page: RxPage) -> None:
        say = self._session.say
        self._add(say("review.history", days=page.history_days), "strong")
        if not page.buyer_known:
            self._add(say("review.history_nobody"), "", "second")
        elif not page.history:
            self._add(say("review.history_empty"), "", "second")
        for one in page.history:
            at = f"{shop_time(one.at):%Y-%m-%d}"
            rest = say("review.days", days=one.supply_days) if one.supply_days else ""
            words = f"{at}  {one.name}  {one.quantity.plain()} {one.unit}  {rest}".strip()
            self._add(words)
