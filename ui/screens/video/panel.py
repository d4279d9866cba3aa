"""Ctrl+Shift+O: clips of sales, the recorder of the day, missing stills; three pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QPushButton, QStackedLayout

from ui.screens.video.clips_page import ClipsPage
from ui.screens.video.gaps_page import GapsPage
from ui.screens.video.recorder_page import RecorderPage
from ui.widgets.panel import Panel
from ui.widgets.parts import button, label, retone, row

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QShowEvent

    from ui.screens.video.clips_page import Papers
    from ui.screens.video.recorder import RecorderModel
    from ui.screens.video.view_model import VideoModel

PAGES = ("clips", "recorder", "gaps")
TONES = {"good": "good", "warn": "warn", "block": "bad", "told": "told"}


class VideoPanel(Panel):
    """``papers`` write the list and the signs; each answers the name of its file."""

    def __init__(self, model: VideoModel, recorder: RecorderModel, papers: Papers) -> None:
        self._model, self._recorder, self._session = model, recorder, model.session
        say = self._session.say
        super().__init__(say("video.title"), say("panel.esc"))
        head = row(space=8)
        self.tabs: dict[str, QPushButton] = {}
        for name in PAGES:
            made = button(say(f"video.page_{name}"))
            made.setCheckable(True)
            made.clicked.connect(lambda _=False, what=name: self.turn(what))
            self.tabs[name] = made
            head.addWidget(made)
        self.clips = ClipsPage(model, papers)
        head.addWidget(self.clips.sought, 1)
        head.addStretch(0)
        self.body.addLayout(head)
        self.words = label("", "strong", wrap=True)
        self.words.hide()
        self.body.addWidget(self.words)
        self._pages = QStackedLayout()
        # First: a page put into a layout of no widget would be a window for a moment.
        self.body.addLayout(self._pages, 1)
        self.recorder = RecorderPage(recorder)
        self.gaps = GapsPage(model)
        for page in (self.clips, self.recorder, self.gaps):
            self._pages.addWidget(page)
        self.page = PAGES[0]
        model.changed.connect(self.refresh)
        recorder.changed.connect(self.refresh)

    def turn(self, name: str) -> None:
        """Another page."""
        self.page = name
        self._model.note = self._recorder.note = None
        pages: dict[str, ClipsPage | RecorderPage | GapsPage] = {
            "clips": self.clips, "recorder": self.recorder, "gaps": self.gaps,
        }  # fmt: skip
        self._pages.setCurrentWidget(pages[name])
        pages[name].first()
        self.refresh()

    def opened(self) -> None:
        """The page where something waits, else the list."""
        self._model.load_gaps()
        self.turn("recorder" if self._recorder.is_due() else "clips")

    def showEvent(self, event: QShowEvent) -> None:
        """What the strip over the basket says stands here."""
        super().showEvent(event)
        self._recorder.turn(is_open=True)

    def hideEvent(self, event: QHideEvent) -> None:
        """The strip speaks again."""
        super().hideEvent(event)
        self._recorder.turn(is_open=False)

    def back(self) -> bool:
        """From a picture to its list."""
        return self.page == "clips" and self.clips.back()

    def refresh(self) -> None:
        """Which page, how many wait, and what was said last."""
        say, gaps = self._session.say, len(self._model.gaps)
        if self._model.counted:
            self._recorder.count_gaps(gaps)
        for name, made in self.tabs.items():
            made.setChecked(name == self.page)
        self.clips.sought.setVisible(self.page == "clips")
        words = say("video.page_gaps")
        self.tabs["gaps"].setText(f"{words} ({gaps})" if gaps else words)
        self.tabs["gaps"].setAccessibleName(self.tabs["gaps"].text())
        note = self._recorder.note if self.page == "recorder" else self._model.note
        self.words.setText(self._session.say_note(note) if note is not None else "")
        self.words.setVisible(note is not None)
        retone(self.words, "tone", TONES.get(note.severity, "") if note is not None else "")
