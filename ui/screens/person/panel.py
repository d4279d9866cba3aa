"""Ctrl+F3: whether the person before the counter is the one whom the credential names."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QLineEdit,
    QListWidget,
    QScrollArea,
    QStackedLayout,
    QWidget,
)

from app.domain.clock import shop_time
from app.domain.consent import ConsentPurpose
from app.domain.person_check import CheckVerdict
from ui.screens.person.consent_page import ConsentPage
from ui.screens.person.view_model import RELEASES
from ui.widgets.badge import takes_badge
from ui.widgets.flow import FlowLayout
from ui.widgets.panel import Panel
from ui.widgets.parts import button, card, column, label, line_edit, retone, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent, QResizeEvent
    from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout

    from app.domain.consent import ConsentText
    from app.domain.insurance import Credential
    from app.domain.person_check import PersonCheck
    from ui.screens.face.view_model import LiveViewModel
    from ui.screens.person.view_model import PersonViewModel

ABREAST = 52
"""Characters that must stand in a row before two cards do."""
TONES = {"good": "good", "warn": "warn", "block": "bad", "told": "second"}


class Reasons(QListWidget):
    """Numbered reasons; none is chosen before a person chooses one."""

    def chosen(self) -> int:
        """The place from 0, -1 = none: Qt puts its cursor on the first one, which is no choice."""
        return self.currentRow() if self.selectedItems() else -1

    def choose(self, place: int) -> None:
        """Take one; -1 = none."""
        self.clearSelection()
        self.setCurrentRow(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A digit takes its reason; an arrow takes the first one where none is taken."""
        digit = event.text()
        if digit.isdecimal() and 1 <= int(digit) <= self.count():
            self.choose(int(digit) - 1)
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self.chosen() < 0:
            self.choose(0)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
        else:
            super().keyPressEvent(event)


class PersonPanel(Panel):
    """The page with everything, a manager's release, a consent to sign."""

    other_credential = Signal()
    """Another credential is to be shown: F3's panel."""
    proxy_asked = Signal()
    """Somebody buys for the person: the proxy panel."""

    def __init__(
        self,
        model: PersonViewModel,
        paper: Callable[[ConsentText], str],
        *,
        has_proxy: bool = False,
    ) -> None:
        """``paper`` makes a consent to sign by hand; ``has_proxy``: there is a page for proxies."""
        self._model, self._session = model, model.session
        say = self._session.say
        super().__init__(say("person.title"), say("panel.esc"))
        self._has_proxy, self._has_face = has_proxy, False
        self.person = label("", "strong", wrap=True)
        self.state = label("", "strong", "second", wrap=True)
        self.words = label("", "", "", wrap=True)
        for each in (self.person, self.state, self.words):
            self.body.addWidget(each)
        holder = QWidget()
        self._pages = QStackedLayout(holder)
        self.main_page, self.release_page = self._main(), self._release()
        self.consent_page = ConsentPage(model, paper)
        for page in (self.main_page, self.release_page, self.consent_page):
            self._pages.addWidget(page)
        self.body.addWidget(holder, 1)
        model.changed.connect(self.refresh)
        model.consent_done.connect(self._to_main)
        model.done.connect(self.closed)

    # --- building --------------------------------------------------------------------------------

    def _main(self) -> QWidget:
        self._scroll = scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        holder = QWidget()
        self._lines = lines = column(holder, space=10)
        lines.setContentsMargins(0, 0, 10, 0)
        scroll.setWidget(holder)
        for widget in (scroll.viewport(), holder):
            widget.setAutoFillBackground(False)
        self.proof = label("", "", "second", wrap=True)
        self.order = label("", "small", "second", wrap=True)
        lines.addWidget(self.proof)
        lines.addWidget(self.order)
        self.face_slot: QVBoxLayout = column(space=0)
        lines.addLayout(self.face_slot)
        self.eye, self.ways = self._by_eye(), self._ways_out()
        lines.addWidget(self.eye)
        self._pair = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._pair.setSpacing(10)
        self._pair.addWidget(self._consents(), 1)
        self._pair.addWidget(self.ways, 1)
        lines.addLayout(self._pair)
        lines.addStretch(1)
        return scroll

    def _by_eye(self) -> QWidget:
        say, holder = self._session.say, card()
        lines = column(holder, margin=12, space=8)
        lines.addWidget(label(say("person.by_eye"), "strong"))
        lines.addWidget(label(say("person.by_eye_words"), "", "", wrap=True))
        line = row(space=8)
        self.number, self.pin = self._second_fields()
        self.number.returnPressed.connect(self._after_number)
        self.pin.returnPressed.connect(self._matches)
        self.match = button(say("person.match"), "commit")
        self.match.clicked.connect(self._matches)
        self.number.installEventFilter(self)
        holder.installEventFilter(self)
        line.addWidget(self.number, 1)
        line.addWidget(self.pin, 1)
        line.addWidget(self.match)
        lines.addLayout(line)
        return holder

    def _second_fields(self) -> tuple[QLineEdit, QLineEdit]:
        say = self._session.say
        number = line_edit(say("person.second"), code=True, hint=say("person.second"))
        pin = line_edit(say("person.second_pin"), code=True, hint=say("person.second_pin"))
        pin.setEchoMode(QLineEdit.EchoMode.Password)
        takes_badge(number, pin)
        return number, pin

    def _consents(self) -> QWidget:
        say = self._session.say
        self.consents = card()
        lines = column(self.consents, margin=12, space=6)
        lines.addWidget(label(say("person.consents"), "strong"))
        self.consent_rows: dict[ConsentPurpose, tuple[QWidget, QLabel, QPushButton]] = {}
        for purpose in ConsentPurpose:
            holder = QWidget()
            line = row(holder, space=8)
            words = label("", wrap=True)
            act = button(say("person.read"))
            act.clicked.connect(partial(self._consent_key, purpose))
            line.addWidget(words, 1)
            line.addWidget(act)
            lines.addWidget(holder)
            self.consent_rows[purpose] = (holder, words, act)
        return self.consents

    def _ways_out(self) -> QWidget:
        say, holder = self._session.say, card()
        lines = column(holder, margin=12, space=6)
        lines.addWidget(label(say("person.ways_out"), "strong"))
        flow_holder = QWidget()
        flow = FlowLayout(flow_holder, space=8)
        flow.setContentsMargins(0, 0, 0, 0)
        self.other = button(say("person.other"))
        self.other.clicked.connect(self.other_credential)
        self.proxy = button(say("person.proxy"))
        self.proxy.clicked.connect(self.proxy_asked)
        self.release = button(say("person.release"))
        self.release.clicked.connect(self._to_release)
        self.differs = button(say("person.differs"))
        self.differs.clicked.connect(self._model.not_this_person)
        for each in (self.other, self.proxy, self.release, self.differs):
            flow.addWidget(each)
        self.proxy.setVisible(self._has_proxy)
        lines.addWidget(flow_holder)
        return holder

    def _release(self) -> QWidget:
        say, page = self._session.say, QWidget()
        lines = column(page, space=8)
        lines.addWidget(label(say("person.release_title"), "strong"))
        lines.addWidget(label(say("person.release_words"), "", "", wrap=True))
        self.reasons = Reasons()
        self.reasons.setAccessibleName(say("person.reason"))
        words = [say(f"person.reason_{code}") for code in RELEASES]
        self.reasons.addItems([f"{place} {each}" for place, each in enumerate(words, 1)])
        self.reasons.itemClicked.connect(lambda _: self._to_manager())
        lines.addWidget(self.reasons, 1)
        line = row(space=8)
        self.manager, self.manager_pin = self._second_fields()
        self.manager.returnPressed.connect(self.manager_pin.setFocus)
        self.manager_pin.returnPressed.connect(self._do_release)
        self.let_go = button(say("person.release_do"), "commit")
        self.let_go.clicked.connect(self._do_release)
        line.addWidget(self.manager, 1)
        line.addWidget(self.manager_pin, 1)
        line.addWidget(self.let_go)
        lines.addLayout(line)
        return page

    def add_face(self, live: LiveViewModel) -> None:
        """The live check of a face: its part of the page, its picture on a page of its own."""
        from ui.screens.face.card import FaceCard
        from ui.screens.face.page import LivePage

        self._has_face = True
        self.face_card, self.live_page = FaceCard(live), LivePage(live)
        self.face_slot.addWidget(self.face_card)
        self._pages.addWidget(self.live_page)
        self.face_card.wanted.connect(self._to_live)
        self.live_page.left.connect(self._to_main)
        live.matched.connect(self._matched)
        self._model.changed.connect(lambda: self.face_card.refresh(self._model.page))
        live.changed.connect(lambda: self.face_card.refresh(self._model.page))
        self._model.face_ready = live.has_camera()

    # --- acts ------------------------------------------------------------------------------------

    def opened(self) -> None:
        """Ready for the second person's number: four digits, Enter, PIN, Enter."""
        for each in (self.number, self.pin):
            each.clear()
        self._pages.setCurrentWidget(self.main_page)
        self._model.opened()
        self._first_field()

    def take_credential(self, credential: Credential, name: str) -> bool:
        """A card: the till asks who that is; while a form is filled in none is taken."""
        del credential, name
        if self.scan_part():
            self._session.tell("scan_no.page_first", "warn")
            return True
        self.closed.emit()
        return False

    def scan_part(self) -> str:
        """While a form is filled in no code is taken."""
        return "" if self._pages.currentWidget() is self.main_page else "form"

    def back(self) -> bool:
        """Esc: from a form back to the page; from the page away."""
        page = self._pages.currentWidget()
        if page is self.main_page:
            return False
        if page not in (self.consent_page, self.release_page):
            return self.live_page.back()
        if page is self.consent_page:
            if not self.consent_page.back():
                self._model.leave_consent()
        else:
            self._to_main()
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter on a reason goes on to the manager's number."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and self.reasons.hasFocus():
            if not event.isAutoRepeat() and self.reasons.chosen() >= 0:
                self._to_manager()
            return
        super().keyPressEvent(event)

    def _first_field(self) -> None:
        """The second person's number; after a mismatch the first way out."""
        (self.other if self._is_mismatch() else self.number).setFocus()

    def _after_number(self) -> None:
        if self.number.text().strip():
            self.pin.setFocus()
        elif self._has_face and self.face_card.check.isEnabled():
            self.face_card.check.click()

    def _matches(self) -> None:
        pin = self.pin.text()
        self.pin.clear()
        self._model.by_eye(self.number.text(), pin)

    def _do_release(self) -> None:
        pin, place = self.manager_pin.text(), self.reasons.chosen()
        self.manager_pin.clear()
        self._model.release(RELEASES[place] if place >= 0 else "", self.manager.text(), pin)

    def _to_manager(self) -> None:
        self.manager.setFocus()

    def _to_release(self) -> None:
        for each in (self.manager, self.manager_pin):
            each.clear()
        self.reasons.choose(-1)
        self._pages.setCurrentWidget(self.release_page)
        self.reasons.setFocus()

    def _to_live(self, enrol: bool) -> None:
        self._pages.setCurrentWidget(self.live_page)
        self.live_page.first(enrol=enrol)

    def _matched(self) -> None:
        if self._pages.currentWidget() is self.live_page:
            self.closed.emit()

    def _to_main(self) -> None:
        self._pages.setCurrentWidget(self.main_page)
        self.refresh()
        self._first_field()

    def _consent_key(self, purpose: ConsentPurpose) -> None:
        if self._model.consent_of(purpose) is not None:
            self._model.withdraw(purpose)
            return
        self._model.read_consent(purpose)
        if self._model.text is not None:
            self._pages.setCurrentWidget(self.consent_page)
            self.consent_page.begin()
            self.refresh()

    # --- showing ---------------------------------------------------------------------------------

    def refresh(self) -> None:
        """What is known, and what can be done."""
        model, say = self._model, self._session.say
        self.words.setText(self._session.say_note(model.note) if model.note else "")
        self.words.setVisible(model.note is not None)
        retone(self.words, "tone", TONES.get(model.note.severity, "") if model.note else "")
        self._show_person()
        page = model.page
        self.proof.setText(say(f"person.proof_{page.shown}") if page else "")
        names = [say(f"person.method_{one}") for one in page.methods] if page else []
        self.order.setText(say("person.order", methods=" → ".join(names)) if names else "")
        for shown in (self.proof, self.order):
            shown.setVisible(bool(shown.text()))
        self._show_consents()
        self._lead_out(self._is_mismatch())
        can = model.can_record()
        for each in (self.release, self.let_go):
            each.setEnabled(can)
        # What differed is released by a manager; nobody looks again until it fits.
        self.match.setEnabled(can)
        self.differs.setEnabled(can and not self._is_mismatch())
        new = self._is_mismatch() and not self.eye.isHidden()
        self.eye.setVisible(not self._is_mismatch())
        if new and self._pages.currentWidget() is self.main_page:
            self.other.setFocus()
            QTimer.singleShot(0, self, self._show_focus)
        self.proxy.setEnabled(not model.busy)

    def _is_mismatch(self) -> bool:
        page = self._model.page
        return page is not None and page.differs

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The field with the focus stays in sight, however large the type is."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.Resize):
            QTimer.singleShot(0, self, self._show_focus)
        return super().eventFilter(watched, event)

    def _show_focus(self) -> None:
        if self.number.hasFocus():
            self._scroll.ensureWidgetVisible(self.eye)
        elif self._is_mismatch() and self.ways.isAncestorOf(self.focusWidget() or self):
            self._scroll.ensureWidgetVisible(self.ways)

    def _lead_out(self, first: bool) -> None:
        """Once it is not the person the ways out stand above everything else."""
        if first is (self._lines.indexOf(self.ways) >= 0):
            return
        if first:
            self._pair.removeWidget(self.ways)
            self._lines.insertWidget(self._lines.indexOf(self.order) + 1, self.ways)
        else:
            self._lines.removeWidget(self.ways)
            self._pair.addWidget(self.ways, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Two cards abreast where the type leaves room for both."""
        super().resizeEvent(event)
        wide = self.width() >= ABREAST * self.fontMetrics().horizontalAdvance("人")
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._pair.setDirection(across if wide else down)

    def _show_person(self) -> None:
        from app.domain.masking import mask_name

        model, say, page = self._model, self._session.say, self._model.page
        patient = model.patient
        self.person.setText(
            say("person.who", name=mask_name(patient.person.name)) if patient else ""
        )
        tone, words = "second", ""
        if patient is None:
            tone, words = "warn", say("person.nobody")
        elif not model.sale_id:
            words = say("person.no_basket")
        elif page is not None:
            tone, words = self._state()
        # A sheet that is read wants the room.
        reading = self._pages.currentWidget() is self.consent_page
        self.person.setVisible(patient is not None and not reading)
        self.state.setText(words)
        self.state.setVisible(bool(words) and not reading)
        retone(self.state, "tone", tone)

    def _state(self) -> tuple[str, str]:
        """How it stands with this sale: a tone and words."""
        page, say = self._model.page, self._session.say
        if page is not None and page.instead:
            return "good", say(f"person.by_{page.instead}")
        if page is None or page.check is None:
            if page is not None and page.differed is not None:
                return "warn", self._differed(page.differed)
            asked = page is not None and page.needed
            return ("warn", say("person.open")) if asked else ("second", say("person.not_needed"))
        check = page.check
        told = {
            "way": say(f"person.way_{check.way}"),
            "by": page.checked_by,
            "second": page.second,
            "at": f"{shop_time(check.at):%H:%M}",
            "reason": self._session.say_code("person.reason", check.reason),
        }
        if check.verdict is CheckVerdict.MISMATCH:
            return "bad", say("person.mismatch", **told)
        return "good", say("person.match_by_two" if page.second else "person.match_by_one", **told)

    def _differed(self, check: PersonCheck) -> str:
        why = self._session.say_code("person.reason", check.reason)
        return self._session.say("person.differed", at=f"{shop_time(check.at):%H:%M}", reason=why)

    def _show_consents(self) -> None:
        model, say = self._model, self._session.say
        purposes = model.purposes()
        self.consents.setVisible(bool(purposes))
        for purpose, (holder, words, act) in self.consent_rows.items():
            holder.setVisible(purpose in purposes)
            given = model.consent_of(purpose)
            if given is None:
                words.setText(say(f"person.none_{purpose}"))
                act.setText(say("person.read"))
            else:
                day = f"{shop_time(given.given_at):%Y-%m-%d}"
                how = say(f"person.how_{given.how}")
                words.setText(say(f"person.stands_{purpose}", day=day, how=how))
                sure = model.asked is purpose
                act.setText(say("person.withdraw_do" if sure else "person.withdraw"))
            act.setAccessibleName(f"{say(f'person.purpose_{purpose}')} {act.text()}")
            act.setEnabled(not model.busy and model.patient is not None)
