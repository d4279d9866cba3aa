"""Ctrl+Shift+K: held cards (留存社保卡): how many, why, since when, what is late, what is next."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QScrollArea,
    QStackedLayout,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from app.domain.clock import shop_time
from app.domain.custody import PENDING, CustodyState
from ui.screens.custody.count import CountPage
from ui.screens.custody.form import StepForm
from ui.screens.custody.steps import STEPS
from ui.screens.custody.view_model import GAP
from ui.widgets.flow import FlowLayout
from ui.widgets.panel import Panel
from ui.widgets.parts import button, check_box, column, label, line_edit, plain_tip, retone, row

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from PySide6.QtWidgets import QPushButton

    from app.domain.insurance import Credential
    from app.use_cases.custody_page import CaseView, GapView
    from ui.screens.custody.view_model import CustodyModel

TONES = {"good": "good", "warn": "warn", "block": "bad", "told": "second"}
COLUMNS = ("name", "cause", "state", "since", "back", "next")
ACTS = ("apply", "return", "end", "count", "form", "ledger", "evening")
"""Beside Enter, which does what comes next; by Alt and their number."""
PAPERS = ("form", "ledger", "evening")
_ROW = Qt.ItemDataRole.UserRole


class _Rows(QTableWidget):
    """Grows where there is room; its usual wish would push the keys out of sight at large type."""

    def sizeHint(self) -> QSize:
        """As low as it may be."""
        return QSize(super().sizeHint().width(), self.minimumHeight())


class CustodyPanel(Panel):
    """The list, one step, the count, or the document camera."""

    def __init__(self, model: CustodyModel, papers: dict[str, Callable[[Any], str]]) -> None:
        """``papers``: draws each of :data:`PAPERS`; answers where it lies."""
        self._model, self._session, self._papers = model, model.session, papers
        say = self._session.say
        super().__init__(say("custody.title"), say("panel.esc"))
        self.words = label("", wrap=True)
        self.body.addWidget(self.words)
        holder = QWidget()
        self._pages = QStackedLayout(holder)
        self.list_page, self.form, self.count = self._list(), StepForm(model), CountPage(model)
        for page in (self.list_page, self.form, self.count):
            self._pages.addWidget(page)
        self.table.setMinimumHeight(4 * self.table.fontMetrics().height() + 40)
        self.body.addWidget(holder, 1)
        model.changed.connect(self.refresh)
        model.listed.connect(self._fill)
        model.turned.connect(self._turn)
        model.filled.connect(self.form.fill)
        self.form.photo_asked.connect(self._photograph)
        model.done.connect(self.closed)

    # --- building --------------------------------------------------------------------------------

    def _list(self) -> QWidget:
        say, page, holder = self._session.say, QScrollArea(), QWidget()
        page.setWidgetResizable(True)
        page.setFrameShape(QFrame.Shape.NoFrame)
        page.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        page.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        lines = column(holder)
        lines.setContentsMargins(0, 0, 8, 0)
        self.alarm = label("", "strong", "bad", wrap=True)
        lines.addWidget(self.alarm)
        self.summary = label("", "strong", "", wrap=True)
        lines.addWidget(self.summary)
        find = row(space=8)
        self.finder = line_edit(say("custody.find"), hint=say("custody.find_hint"))
        self.finder.textChanged.connect(lambda _: self._fill())
        self.finder.returnPressed.connect(self._next)
        self.every = check_box(say("custody.every"))
        self.every.toggled.connect(self._model.show_every)
        find.addWidget(self.finder, 1)
        find.addWidget(self.every)
        lines.addLayout(find)
        lines.addWidget(self._table(), 1)
        self.empty = label("", "", "second", wrap=True)
        lines.addWidget(self.empty)
        self.details = label("", "small", "second", wrap=True)
        lines.addWidget(self.details)
        lines.addWidget(self._acts())
        page.setWidget(holder)
        for each in (page.viewport(), holder):
            each.setAutoFillBackground(False)
        return page

    def _table(self) -> QTableWidget:
        say = self._session.say
        self.table = _Rows(0, len(COLUMNS))
        self.table.setAccessibleName(say("custody.title"))
        self.table.setHorizontalHeaderLabels([say(f"custody.column_{name}") for name in COLUMNS])
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.verticalHeader().hide()
        self.table.setTextElideMode(Qt.TextElideMode.ElideRight)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(COLUMNS.index("cause"), QHeaderView.ResizeMode.Stretch)
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.table.itemActivated.connect(lambda _: self._next())
        self.table.itemSelectionChanged.connect(self._show_row)
        return self.table

    def _acts(self) -> QWidget:
        say, holder = self._session.say, QWidget()
        flow = FlowLayout(holder, space=6)
        flow.setContentsMargins(0, 0, 0, 0)
        self.next = button(say("custody.next_nothing"))
        self.next.clicked.connect(self._next)
        flow.addWidget(self.next)
        self.acts: dict[str, QPushButton] = {}
        for number, name in enumerate(ACTS, 1):
            made = button(say(f"custody.act_{name}", number=number))
            made.clicked.connect(partial(self._act, name))
            keys = QShortcut(QKeySequence(f"Alt+{number}"), self)
            keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            keys.activated.connect(partial(self._act, name))
            self.acts[name] = made
            flow.addWidget(made)
        return holder

    # --- acts ------------------------------------------------------------------------------------

    def chosen(self) -> str:
        """The row in the list that is meant: the selected one, or the only one."""
        items = self.table.selectedItems()
        if not items and self.table.rowCount() == 1:
            items = [only for only in [self.table.item(0, 0)] if only is not None]
        return str(items[0].data(_ROW)) if items else ""

    def _next(self) -> None:
        row_id = self.chosen()
        step = self._model.next_of(row_id)
        if step:
            self._model.begin(step, row_id)

    def _act(self, name: str) -> None:
        if self._model.step:
            return
        if name in PAPERS:
            self._model.paper(name, self.chosen(), self._papers[name])
        else:
            self._model.begin(name, self.chosen())

    # --- panel -----------------------------------------------------------------------------------

    def opened(self) -> None:
        """The list, or the use of the card that the customer showed."""
        self._model.open()
        self._turn()
        self.refresh()

    def back(self) -> bool:
        """From the camera to the form, from a form to the list."""
        if self._at_camera():
            return self.form.camera.back()
        return self._model.leave()

    def scan_part(self) -> str:
        """Of the forms two take a code: a card's number, a parcel's."""
        return self._model.step if self._model.step in ("use", "apply") else ""

    def take_scan(self, text: str) -> bool:
        """The number of a parcel, or of a card."""
        field = self.form.fields.get("shipping_no" if self._model.step == "use" else "card_no")
        if field is None:
            return False
        field.setText(text.strip())
        field.setFocus()
        return True

    def take_credential(self, credential: Credential, name: str) -> bool:
        """A card fills the application."""
        return self._model.take_credential(credential, name)

    def _turn(self) -> None:
        step = self._model.step
        if step == "count":
            self.count.build()
            self._pages.setCurrentWidget(self.count)
            self.count.first()
        elif step in STEPS:
            self.form.build()
            self._pages.setCurrentWidget(self.form)
            # After the key that opened the form: else its number would be typed into a field.
            QTimer.singleShot(0, self.form, self.form.first)
        else:
            self._pages.setCurrentWidget(self.list_page)
            (self.table if self.table.rowCount() else self.finder).setFocus()

    def _photograph(self) -> None:
        camera = self.form.camera
        if self._pages.indexOf(camera) < 0:
            self._pages.addWidget(camera)
            camera.left.connect(self._from_camera)
        self._pages.setCurrentWidget(camera)
        camera.first()

    def _from_camera(self) -> None:
        self._pages.setCurrentWidget(self.form)
        self.form.first()

    def _at_camera(self) -> bool:
        current = self._pages.currentWidget()
        return current not in (self.list_page, self.form, self.count)

    # --- showing ---------------------------------------------------------------------------------

    def refresh(self) -> None:
        """What was said, what is late, what may be done."""
        model = self._model
        note = model.note
        self.words.setText(self._session.say_note(note) if note else "")
        self.words.setVisible(note is not None)
        retone(self.words, "tone", TONES.get(note.severity, "") if note else "")
        if self._at_camera() and model.photo:
            self._from_camera()
        if model.step in STEPS:
            self.form.refresh()
        elif model.step == "count":
            self.count.refresh()
        for made in (*self.acts.values(), self.next):
            made.setEnabled(not model.busy)
        self._show_summary()

    def _show_summary(self) -> None:
        page, say = self._model.page, self._session.say
        if page is None:
            return
        last = page.last_count if page.counted_today else None
        counted = say("custody.uncounted")
        if last is not None:
            at = f"{shop_time(last.at):%H:%M}"
            counted = say("custody.counted", at=at, who=page.counted_by)
        told = {
            "held": len(page.held),
            "open": sum(one.state in PENDING for one in page.cases),
            "waiting": sum(len(one.awaiting) for one in page.held),
            "counted": counted,
            "who": page.who,
        }
        self.summary.setText(say("custody.summary" if page.on else "custody.off_page", **told))
        # How many are late stands over the basket; which ones, the rows marked "!" say.
        urgent = bool(page.gaps or page.overdue or page.late)
        words = [say("custody.alarm")] if urgent else []
        words += [say("custody.alarm_key", key=key, who=page.who) for key in page.unknown]
        self.alarm.setText("\n".join(words))
        self.alarm.setVisible(bool(words))
        self.acts["apply"].setVisible(page.on)

    def _fill(self) -> None:
        """The rows that fit what is searched for; what needs somebody stands first."""
        page = self._model.page
        if page is None:
            return
        kept = self.chosen()
        sought = self.finder.text().strip().casefold()
        loose = [gap for gap in page.gaps if not gap.held_id]
        cases = sorted(page.cases, key=lambda one: not one.alarming)
        rows = [*map(self._gap_row, loose), *map(self._case_row, cases)]
        shown = [one for one in rows if sought in " ".join(one[1]).casefold()]
        self.table.setSortingEnabled(False)
        self.table.setRowCount(len(shown))
        for place, (row_id, cells, bad) in enumerate(shown):
            for at, cell in enumerate(cells):
                item = QTableWidgetItem(f"! {cell}" if bad and not at else cell)
                item.setData(_ROW, row_id)
                item.setToolTip(plain_tip(cell))
                self.table.setItem(place, at, item)
        self.table.setSortingEnabled(True)
        ids = [row_id for row_id, _, _ in shown]
        if shown:
            self.table.selectRow(ids.index(kept) if kept in ids else 0)
        self.empty.setText(self._session.say("custody.no_hit" if rows else "custody.empty"))
        self.empty.setVisible(not shown)
        self._show_row()
        if not self._model.step and shown and self.finder.text() == "":
            self.table.setFocus()

    def _gap_row(self, gap: GapView) -> tuple[str, list[str], bool]:
        say = self._session.say
        since = f"{shop_time(gap.found_at):%Y-%m-%d}"
        whose = say("custody.owned", owner=gap.owner)
        cells = [gap.note or "—", whose, say("custody.state_surplus"), since, "—",
                 say("custody.next_explain")]  # fmt: skip
        return f"{GAP}{gap.gap_id}", cells, True

    def _case_row(self, case: CaseView) -> tuple[str, list[str], bool]:
        say = self._session.say
        state = "missing" if case.missing else case.state.value
        step = self._model.next_of(case.held_id)
        cells = [
            case.name,
            say(f"custody.cause_{case.cause.value}"),
            say(f"custody.state_{state}"),
            f"{case.since}",
            f"{case.expected_return or '—'}" if case.state is CustodyState.HELD else "—",
            say(f"custody.next_{step}") if step else "—",
        ]
        return case.held_id, cells, case.alarming

    def _show_row(self) -> None:
        """What there is to know of the chosen one, and the key for what comes next."""
        say, row_id = self._session.say, self.chosen()
        step, case = self._model.next_of(row_id), self._model.case_of(row_id)
        named = say(f"custody.next_{step}") if step else say("custody.next_nothing")
        self.next.setText(say("custody.next", step=named) if step else named)
        self.next.setAccessibleName(self.next.text())
        self.next.setVisible(bool(step))
        self.details.setText(self._details(case) if case else "")
        self.details.setVisible(case is not None)

    def _details(self, case: CaseView) -> str:
        told = {
            "cert_no": case.cert_no,
            "card_no": case.card_no,
            "filing": case.filing_no or "—",
            "filed": f"{case.filed_on or '—'}",
            "consent": case.consent_no or "—",
            "on": f"{case.consent_on or '—'}",
            "place": case.place or "—",
            "envelope": case.envelope or "—",
            "disease": case.disease or "—",
            "until": f"{case.valid_until or '—'}",
            "days": case.days,
            "uses": len(case.uses),
            "waiting": len(case.awaiting),
        }
        return self._session.say("custody.details", **told)
