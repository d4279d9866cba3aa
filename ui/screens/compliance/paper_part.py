"""档案 and 材料: papers of some kinds with their dates, and what is typed below them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QFileDialog, QScrollArea, QWidget

from app.domain.papers import VAULT, PaperKind, PaperState, StorePaper
from ui.screens.compliance.part import CompliancePart
from ui.widgets.figures import Line, Value
from ui.widgets.parts import button, clear_layout, column, combo, label, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QColor

    from app.use_cases.admission import StoreFile
    from app.use_cases.store_papers import PaperLine
    from ui.screens.compliance.view_model import ComplianceModel

FILE = (
    PaperKind.OPENING, PaperKind.DUAL_CHANNEL, PaperKind.AGREEMENT, PaperKind.LICENCE,
    PaperKind.QUALIFICATION, PaperKind.SANCTION, PaperKind.SUSPENSION,
)  # fmt: skip
TONES = {
    PaperState.OVER: "bad", PaperState.ACTIVE: "bad", PaperState.ENDS: "warn",
}  # fmt: skip
_WIDTH = 700


class PaperPart(CompliancePart):
    """A list of papers of these kinds; a paper is added, renewed or withdrawn below it."""

    kinds: tuple[PaperKind, ...] = ()
    columns = ("kind", "title", "number", "holder", "begins", "ends", "days", "state", "note")
    widths = (2, 3, 2, 2, 2, 2, 1, 2, 3)

    def __init__(self, model: ComplianceModel, colour: Callable[[str], QColor]) -> None:
        super().__init__(model, colour)
        self._sure = ""
        lines = column(self, space=8)
        head = row(space=6)
        self.told = label("", "", wrap=True)
        head.addWidget(self.told, 1)
        self.files(head)
        lines.addLayout(head)
        self.list = self.figures(1)
        self.list.moved.connect(self._moved)
        lines.addWidget(self.list, 1)
        self.below = lines
        lines.addWidget(self._fields())
        model.kept.connect(self._kept)

    def _fields(self) -> QWidget:
        holder, flow = self.form()
        say = self.say
        self.kind = combo(say("compliance.column_kind"))
        for kind in self.kinds:
            self.kind.addItem(say(f"papers.kind_{kind.value}"), kind.value)
        flow.addWidget(self.kind)
        self.title = self.field(flow, "title")
        self.number = self.field(flow, "number")
        self.begins = self.field(flow, "begins")
        self.ends = self.field(flow, "ends")
        self.holder = combo(say("compliance.column_holder"))
        flow.addWidget(self.holder)
        self.note = self.field(flow, "note")
        self.add, self.renew = button(say("papers.add")), button(say("papers.renew"))
        self.withdraw = button(say("papers.withdraw"))
        self.add.clicked.connect(partial(self._add, False))
        self.renew.clicked.connect(partial(self._add, True))
        self.withdraw.clicked.connect(self._withdraw)
        for made in (self.add, self.renew, self.withdraw):
            flow.addWidget(made)
        return holder

    def chosen(self) -> StorePaper | None:
        """The paper of the row."""
        found = self.list.chosen()
        return found if isinstance(found, StorePaper) else None

    def _add(self, renew: bool, _checked: bool = False) -> None:
        old = self.chosen() if renew else None
        if renew and old is None:
            return
        kind = old.kind.value if old else str(self.kind.currentData())
        texts = (
            self.title.text() or (old.title if old else ""), self.number.text(),
            self.begins.text(), self.ends.text(), self.note.text(),
        )  # fmt: skip
        holder = old.holder if old else str(self.holder.currentData() or "")
        self.model.add_paper(kind, texts, holder, old.id if old else "")

    def _withdraw(self) -> None:
        """Pressed twice: the first press says what it will do."""
        paper = self.chosen()
        if paper is None:
            return
        if self._sure != paper.id:
            self._sure = paper.id
            self.withdraw.setText(self.say("papers.withdraw_sure", title=paper.title))
            return
        self.back()
        self.model.withdraw(paper.id)

    def back(self) -> bool:
        """A withdrawal that was begun is not done."""
        begun = bool(self._sure)
        self._sure = ""
        self.withdraw.setText(self.say("papers.withdraw"))
        return begun

    def _moved(self) -> None:
        self.back()

    def _kept(self) -> None:
        if self.model.part == self.name:
            for made in (self.title, self.number, self.ends, self.note):
                made.clear()

    def forget(self) -> None:
        """What was typed goes."""
        self.back()
        for made in (self.title, self.number, self.begins, self.ends, self.note):
            made.clear()

    # --- showing ---------------------------------------------------------------------------------

    def fill(self) -> None:
        """Other papers came."""
        seen = self.model.file
        if seen is None:
            return
        if not self.begins.text():
            self.begins.setText(f"{self.model.today}")
        was = self.holder.currentData()
        self.holder.clear()
        self.holder.addItem(self.say("papers.the_store"), "")
        for staff_id, name in seen.staff.items():
            self.holder.addItem(name, staff_id)
        self.holder.setCurrentIndex(max(0, self.holder.findData(was)))
        self.told.setText("\n".join(self.facts()))
        mine = [one for one in seen.lines if one.paper.kind in self.kinds]
        self.list.show_lines([self._line(one) for one in mine])

    def _line(self, one: PaperLine) -> Line:
        paper, state = one.paper, one.state
        counts = state in (PaperState.GOOD, *TONES)
        values: tuple[Value, ...] = (
            self.say(f"papers.kind_{paper.kind.value}"), paper.title, paper.number, one.holder,
            paper.begins, paper.counts_until(), one.days if counts else None,
            self.say(f"papers.state_{state.value}"), paper.note,
        )  # fmt: skip
        tone = TONES.get(state, "")
        return Line(values, ("",) * 6 + (tone, tone, ""), paper, key=paper.id)


class FilePart(PaperPart):
    """档案: opening, licences, agreement, dual channel, sanctions, suspension."""

    name = "file"
    kinds = FILE

    def facts(self) -> tuple[str, ...]:
        """The two periods, the agreement, dual channel, and whether service is suspended."""
        seen = self.model.file
        return () if seen is None else (self._period(seen), self._years(seen), self._rights(seen))

    def _period(self, seen: StoreFile) -> str:
        found = seen.eligibility
        if found.opened is None:
            return self.say("compliance.not_opened")
        told = {"day": f"{found.opened}", "months": found.months}
        if found.need_months is None or found.full_on is None:
            return self.say("compliance.traded", **told)
        words = "traded_enough" if found.months >= found.need_months else "traded_short"
        need = {"need": found.need_months, "full": f"{found.full_on}"}
        return self.say(f"compliance.{words}", **told, **need)

    def _years(self, seen: StoreFile) -> str:
        found = seen.eligibility
        count = len(found.store) + len(found.staff)
        if found.need_years is None:
            return self.say("compliance.years_unknown", count=count)
        told = {"years": found.need_years, "store": len(found.store), "staff": len(found.staff)}
        if not count:
            return self.say("compliance.clean", years=found.need_years)
        return self.say("compliance.not_clean", **told, clear=f"{found.clear_on}")

    def _rights(self, seen: StoreFile) -> str:
        say, agreement, dual = self.say, seen.agreement, seen.dual_channel
        parts = [
            say("compliance.agreement", number=agreement.number or agreement.title,
                ends=f"{agreement.ends or '—'}")
            if agreement else say("compliance.no_agreement"),
            say("compliance.dual", number=dual.number or "—", day=f"{dual.begins}")
            if dual else say("compliance.not_dual"),
        ]  # fmt: skip
        if seen.suspension is not None:
            ends = f"{seen.suspension.ends or '—'}"
            parts.append(say("compliance.suspended", reason=seen.suspension.title, ends=ends))
        return " ".join(parts)


class DocumentsPart(PaperPart):
    """材料: what an application is made of, each with its end and its scans (HY-1.4)."""

    name = "documents"
    kinds = VAULT

    def __init__(self, model: ComplianceModel, colour: Callable[[str], QColor]) -> None:
        super().__init__(model, colour)
        say = self.say
        holder, flow = self.form()
        self.path = self.field(flow, "path")
        self.browse, self.attach = button(say("receiving.browse")), button(say("compliance.attach"))
        self.scans = combo(say("compliance.scans"))
        self.look = button(say("receiving.open_file"))
        self.browse.clicked.connect(self._browse)
        self.attach.clicked.connect(self._attach)
        self.path.returnPressed.connect(self._attach)
        self.look.clicked.connect(self._look)
        for made in (self.browse, self.attach, self.scans, self.look):
            flow.addWidget(made)
        self.below.addWidget(holder)
        inner = QWidget()
        self._pages = column(inner, space=8)
        self.view = QScrollArea()
        self.view.setWidgetResizable(True)
        self.view.setWidget(inner)
        self.view.setAccessibleName(say("compliance.scans"))
        self.view.hide()
        self.below.addWidget(self.view, 3)
        model.shown.connect(self._show)

    def facts(self) -> tuple[str, ...]:
        """What the reminder does."""
        return (self.say("compliance.documents_words"),)

    def fill(self) -> None:
        """Papers with how many scans each has."""
        super().fill()
        self._moved()

    def _line(self, one: PaperLine) -> Line:
        made = super()._line(one)
        count = len(self.model.scans.get(one.paper.id, ()))
        words = self.say("compliance.scan_count", count=count) if count else ""
        values = (*made.values[:-1], " ".join(part for part in (words, one.paper.note) if part))
        return Line(values, made.tones, made.carries, key=made.key)

    def _moved(self) -> None:
        super()._moved()
        paper = self.chosen()
        kept = self.model.scans.get(paper.id, ()) if paper else ()
        self._close()
        self.scans.clear()
        for number, one in enumerate(kept, 1):
            at = f"{number} · {one.at.date()}"
            self.scans.addItem(at)
        if not kept:
            self.scans.addItem(self.say("receiving.no_files"))
        self.look.setEnabled(bool(kept))

    def _attach(self) -> None:
        paper = self.chosen()
        self.model.attach(paper.id if paper else "", self.path.text())

    def _kept(self) -> None:
        super()._kept()
        self.path.clear()

    def forget(self) -> None:
        """What was typed goes, and no scan stays in sight."""
        super().forget()
        self.path.clear()
        self._close()

    def back(self) -> bool:
        """A scan in sight is closed first."""
        if hasattr(self, "view") and not self.view.isHidden():
            self._close()
            return True
        return super().back()

    def _look(self) -> None:
        paper = self.chosen()
        kept = self.model.scans.get(paper.id, ()) if paper else ()
        at = self.scans.currentIndex()
        if not self.view.isHidden():
            self._close()
        elif 0 <= at < len(kept):
            self.model.look(kept[at])

    def _show(self, pages: tuple[bytes, ...]) -> None:
        clear_layout(self._pages)
        for content in pages:
            image = QImage.fromData(content)
            sheet = label(self.say("compliance.unreadable") if image.isNull() else "", wrap=True)
            if not image.isNull():
                smooth = Qt.TransformationMode.SmoothTransformation
                sheet.setPixmap(QPixmap.fromImage(image).scaledToWidth(_WIDTH, smooth))
            self._pages.addWidget(sheet)
        self.view.show()
        self.look.setText(self.say("receiving.close_file"))

    def _close(self) -> None:
        clear_layout(self._pages)
        self.view.hide()
        self.look.setText(self.say("receiving.open_file"))

    def _browse(self) -> None:
        kinds = "PDF, JPEG, PNG (*.pdf *.jpg *.jpeg *.png)"
        path, _kind = QFileDialog.getOpenFileName(
            self, self.say("receiving.browse"), self.path.text(), kinds
        )
        if path:
            self.path.setText(path)
