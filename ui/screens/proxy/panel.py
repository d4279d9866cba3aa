"""Shift+F3 代购: five steps with their ticks, and the page of the one that is due."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedLayout, QWidget

from ui.screens.proxy.pages import ListPage, TypedPage, WhyPage, WordsPage
from ui.screens.proxy.steps import StepList
from ui.widgets.flow import FlowLayout
from ui.widgets.panel import Panel
from ui.widgets.parts import button, card, column, label, retone, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent, QResizeEvent

    from app.domain.insurance import Credential
    from ui.screens.camera.page import CameraPage
    from ui.screens.proxy.archive import ArchivePage
    from ui.screens.proxy.view_model import ProxyModel

TONES = {"good": "good", "warn": "warn", "block": "bad", "told": "second"}
ACTS = ("rename", "again", "typed", "void", "archive", "undo")
"""Beside the step that is due, on Alt+1 ... Alt+6."""
STEPS_WIDTH = 330
TIGHT_LINES = 20
"""A panel of fewer lines of text has no room for a picture under its steps and acts."""


class ProxyPanel(Panel):
    """The page follows the record; what is looked up is a part of its own."""

    def __init__(self, model: ProxyModel, archive: Callable[[], ArchivePage]) -> None:
        """``archive``: makes the page where records are looked up; wanted by few."""
        self._model, self._make_archive = model, archive
        say = model.session.say
        super().__init__(say("proxy.title"), say("panel.esc"))
        self.words = label("", "", "second", wrap=True)
        self.body.addWidget(self.words)
        self._whole = QStackedLayout()
        self.body.addLayout(self._whole, 1)
        self.work = QWidget()
        self._whole.addWidget(self.work)
        self._build_work()
        self._holders: dict[str, QWidget] = {}
        self._typing = False
        self._shut: str = ""
        """The step whose camera somebody left: it is not opened again by itself."""
        model.changed.connect(self.refresh)

    def _build_work(self) -> None:
        lines, say = column(self.work, space=10), self._model.session.say
        both = row(space=16)
        self.steps = StepList(self._model)
        self._beside = self._scrolled(self.steps)
        self._beside.setFixedWidth(STEPS_WIDTH)
        both.addWidget(self._beside)
        holder = card()
        self._stack = QStackedLayout()
        column(holder, margin=14).addLayout(self._stack)
        both.addWidget(holder, 1)
        lines.addLayout(both, 1)
        self.list = ListPage(self._model)
        self.plain = WordsPage(say("proxy.offer_print"), self._scrolled(self.list))
        self.plain.act.clicked.connect(self._plain_act)
        self.why, self.typed = WhyPage(self._model), TypedPage(self._model)
        self.typed.left.connect(lambda: self._type(False))
        self._asking = self._scrolled(self.why)
        for each in (self.plain, self._asking, self.typed):
            self._stack.addWidget(each)
        self.acts = {}
        self._foot = QWidget()
        flow = FlowLayout(self._foot, 6)
        for number, name in enumerate(ACTS, 1):
            made = button(say(f"proxy.act_{name}", key=f"Alt+{number}"))
            made.clicked.connect(partial(self._act, name))
            keys = QShortcut(QKeySequence(f"Alt+{number}"), self)
            keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            keys.activated.connect(partial(self._act, name))
            flow.addWidget(made)
            self.acts[name] = made
        lines.addWidget(self._foot)

    @staticmethod
    def _scrolled(page: QWidget) -> QScrollArea:
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(page)
        return area

    @cached_property
    def archive(self) -> ArchivePage:
        """Where records are looked up."""
        made = self._make_archive()
        self._whole.addWidget(made)
        made.left.connect(lambda: self._look_up(False))
        return made

    @cached_property
    def paper(self) -> CameraPage:
        """The signed paper under a camera."""
        return self._camera("paper")

    @cached_property
    def face(self) -> CameraPage:
        """The proxy with the signed list."""
        return self._camera("face")

    def _camera(self, which: str) -> CameraPage:
        from ui.screens.camera.page import CameraPage

        made = CameraPage(getattr(self._model, which))
        made.left.connect(self._camera_left)
        holder = QWidget()
        lines = column(holder)
        lines.addWidget(
            label(self._model.session.say(f"proxy.before_{which}"), "heading", wrap=True)
        )
        lines.addWidget(made, 1)
        self._stack.addWidget(holder)
        self._holders["signature" if which == "paper" else "still"] = holder
        return made

    # --- what the window asks --------------------------------------------------------------------

    def opened(self) -> None:
        """The record of this sale; who has none and may look up gets the archive."""
        self._typing, self._shut = False, ""
        self._whole.setCurrentWidget(self.work)
        self.setFocus()
        self._model.begin()

    def scan_part(self) -> str:
        """Other codes are wanted while somebody is looked up or typed, or a camera looks."""
        if self._finding():
            return "archive"
        if self._typing:
            return "typed"
        return "" if self._model.step == "identity" else "steps"

    def take_scan(self, text: str) -> bool:
        """The proxy's e-certificate, or whom to look for."""
        if self._finding():
            self.archive.take_text(text)
            return True
        return self._model.code(text)

    @property
    def takes_others(self) -> bool:
        """A card of somebody else than the prescription's patient: the proxy's."""
        return not self._finding() and self._model.waits_for_card

    def take_credential(self, credential: Credential, name: str) -> bool:
        """While the panel waits, the next card is the proxy's."""
        if self._finding():
            self.archive.take_text(credential.number)
            return True
        return self._model.waits_for_card and self._model.card(credential, name)

    def back(self) -> bool:
        """Esc: one step back inside, then away; the record stays as it is."""
        if self._finding():
            return self.archive.back() or self._look_up(False)
        if self._typing:
            return self._type(False)
        for name in ("paper", "face"):
            if name in vars(self) and getattr(self, name).isVisible():
                return bool(getattr(self, name).back())
        return self._model.unchoose()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A digit answers the question that stands; Enter does what the page offers."""
        text = event.text()
        if self._model.question and text.isdigit() and text.isascii() and not event.isAutoRepeat():
            self._model.choose(int(text))
            return
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and not event.isAutoRepeat() and self.plain.act.isVisible():
            self.plain.act.click()
            return
        super().keyPressEvent(event)

    # --- acts ------------------------------------------------------------------------------------

    def _act(self, name: str, _checked: bool = False) -> None:
        if not self.acts[name].isEnabled() or self.acts[name].isHidden():
            return
        if name == "typed":
            self._type(True)
        elif name == "archive":
            self._look_up(True)
        elif name == "again":
            self._shut = ""
            self._model.make_list()
        elif name == "rename":
            self._model.rename()
            self.setFocus()
        elif name == "undo":
            self._model.payment.cannot_pay()
        else:
            self._model.void()

    def _type(self, typing: bool) -> bool:
        self._typing = typing
        self.refresh()
        if typing:
            self.typed.first()
        else:
            self.setFocus()
        return True

    def _finding(self) -> bool:
        return self._whole.currentWidget() is not self.work

    def _look_up(self, finding: bool) -> bool:
        self._whole.setCurrentWidget(self.archive if finding else self.work)
        if finding:
            self.archive.first()
        else:
            self.setFocus()
            self.refresh()
        return True

    def _camera_left(self) -> None:
        self._shut = self._model.step
        self.refresh()
        self.setFocus()

    def _plain_act(self) -> None:
        step = self._model.step
        self._shut = ""
        if step == "list":
            self._model.make_list()
        elif step == "signature" and self._model.on_pad:
            self._model.off_pad()
        self.refresh()

    # --- showing ---------------------------------------------------------------------------------

    def refresh(self) -> None:
        """The page that is due."""
        model, session = self._model, self._model.session
        note = model.note
        words, tone = self._warning()
        if note is not None:
            words, tone = session.say_note(note), TONES.get(note.severity, "")
        self.words.setText(words)
        retone(self.words, "tone", tone)
        self.words.setVisible(bool(self.words.text()))
        if model.step != "identity":
            self._typing = False
        self.steps.refresh()
        self._show_page()
        self._show_acts()

    def _warning(self) -> tuple[str, str]:
        """What stands over the record, with its tone; empty = nothing."""
        view, say = self._model.view, self._model.session.say
        if view is None:
            return "", ""
        if view.settled and view.differs and view.missing:
            return say("proxy.answer_differs"), "bad"
        if view.many:
            return say("proxy.many", patients=view.patients, days=view.days), "warn"
        return "", ""

    def _show_page(self) -> None:
        model = self._model
        page: QWidget = self.plain
        camera: CameraPage | None = None
        if self._typing:
            page = self.typed
        elif model.question:
            self.why.refresh()
            page = self._asking
        elif self._opens_camera():
            camera = self.paper if model.step == "signature" else self.face
            page = self._holders[model.step]
        else:
            self._show_plain()
        before = self._stack.currentWidget()
        self._give_room(camera is not None)
        if before is page:
            return
        self._stack.setCurrentWidget(page)
        if page is self.plain or page is self._asking:
            if self.isVisible() and not self._finding():
                self.setFocus()
        elif camera is not None:
            camera.first()

    def _give_room(self, looking: bool) -> None:
        """At large type a camera has the page to itself; the acts keep their keys."""
        alone = looking and self.height() < TIGHT_LINES * self.fontMetrics().height()
        self._beside.setVisible(not alone)
        self._foot.setVisible(not alone)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or less room: another type size, or a strip that came or went."""
        super().resizeEvent(event)
        holder = self._stack.currentWidget()
        self._give_room(holder in self._holders.values())

    def _opens_camera(self) -> bool:
        model = self._model
        if model.step not in ("signature", "still") or model.busy or self._shut == model.step:
            return False
        if not self.isVisible() or (model.step == "signature" and model.on_pad):
            return False
        return (model.paper if model.step == "signature" else model.face).is_planned()

    def _show_plain(self) -> None:
        model, say = self._model, self._model.session.say
        step = "busy" if model.busy else model.step or "nobody"
        if step == "signature":
            step = "signature_pad" if model.on_pad else "signature_none"
        elif step == "still":
            step = "still_none"
        elif step == "done" and model.view is not None and model.view.settled:
            step = "done_settled"
        self.plain.say(say(f"proxy.do_{step}"), say(f"proxy.how_{step}"))
        offers = {"list": "print", "signature_pad": "on_paper"}
        if step in ("signature_none", "still_none") and self._shut:
            offers[step] = "camera"
        act = offers.get(step, "")
        self.plain.act.setVisible(bool(act))
        if act:
            self.plain.act.setText(say(f"proxy.offer_{act}"))
            self.plain.act.setAccessibleName(self.plain.act.text())
        self.plain.act.setEnabled(not model.busy)
        # Amounts that changed are on paper only once they were listed anew.
        stands = model.view is not None and not model.view.differs
        self.list.refresh(shown=stands and step not in ("identity", "nobody", "busy", "quote"))

    def _show_acts(self) -> None:
        model, view = self._model, self._model.view
        open_ = view is not None and not view.settled
        shown = {
            "rename": open_ and model.step not in ("identity", "why", ""),
            "again": view is not None and bool(view.digest) and not model.renaming,
            "typed": model.step == "identity" and not self._typing,
            "void": open_,
            "archive": model.may_find(),
            # Other amounts than were signed: the way out beside signing again.
            "undo": view is not None and view.settled and view.differs,
        }
        for name, made in self.acts.items():
            made.setVisible(shown[name])
            made.setEnabled(not model.busy)
