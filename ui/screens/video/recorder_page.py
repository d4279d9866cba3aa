"""The recorder of the day: what it shows, what is wrong, what is done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QCheckBox, QListWidget, QScrollArea, QWidget

from app.domain.clock import shop_time
from app.domain.recorder import RecorderAnswer, RecorderWay
from app.domain.staff import Right
from ui.widgets.flow import FlowLayout
from ui.widgets.parts import button, check_box, column, label, line_edit, retone, row, rule

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QShowEvent
    from PySide6.QtWidgets import QVBoxLayout

    from app.domain.recorder import RecorderCheck
    from ui.screens.video.recorder import RecorderModel

CLOCK_MS = 1_000


class RecorderPage(QWidget):
    """Today above, the form below it, the setting and the weeks before at the end."""

    def __init__(self, model: RecorderModel) -> None:
        super().__init__()
        self._model, self._session = model, model.session
        holder, area = QWidget(), QScrollArea()
        lines = column(holder, space=8)
        lines.setContentsMargins(0, 0, 6, 0)
        self._add_today(lines)
        self._add_form(lines)
        self._add_rest(lines)
        area.setWidgetResizable(True)
        area.setWidget(holder)
        area.setAccessibleName(self._session.say("video.page_recorder"))
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column(self).addWidget(area)
        self._tick = QTimer(self)
        self._tick.setInterval(CLOCK_MS)
        self._tick.timeout.connect(self._show_clock)
        model.changed.connect(self.refresh)

    def _add_today(self, lines: QVBoxLayout) -> None:
        say = self._session.say
        self.today = label("", "strong", wrap=True)
        lines.addWidget(self.today)
        self.doubts = label("", "", "warn", wrap=True)
        lines.addWidget(self.doubts)
        self.ask = label(say("video.answer_ask"), "strong")
        lines.addWidget(self.ask)
        self.answer_row = QWidget()
        acts = FlowLayout(self.answer_row, space=8)
        acts.setContentsMargins(0, 0, 0, 0)
        self.answers = {one: button(say(f"recorder_answer.{one}")) for one in RecorderAnswer}
        for answer, made in self.answers.items():
            made.clicked.connect(lambda _=False, what=answer: self._model.answer(what))
            acts.addWidget(made)
        lines.addWidget(self.answer_row)
        lines.addWidget(rule())

    def _add_form(self, lines: QVBoxLayout) -> None:
        say = self._session.say
        self.form = QWidget()
        inner = column(self.form)
        inner.addWidget(label(say("video.form_title"), "strong"))
        inner.addWidget(label(say("video.form_channels"), "", "second", wrap=True))
        self.channel_row = QWidget()
        self._channel_flow = FlowLayout(self.channel_row, space=14)
        self._channel_flow.setContentsMargins(0, 0, 0, 0)
        self.channels: dict[int, QCheckBox] = {}
        inner.addWidget(self.channel_row)
        pair = row(space=8)
        self.oldest = line_edit(say("video.form_oldest"), code=True, hint=say("video.form_oldest"))
        self.ahead = line_edit(say("video.form_ahead"), code=True, hint=say("video.form_ahead"))
        self.oldest.returnPressed.connect(self.ahead.setFocus)
        self.ahead.returnPressed.connect(self._look)
        pair.addWidget(self.oldest, 1)
        pair.addWidget(self.ahead, 1)
        inner.addLayout(pair)
        self.needed = label("", "small", "second", wrap=True)
        inner.addWidget(self.needed)
        self.clock = label("", "", "second", wrap=True)
        inner.addWidget(self.clock)
        acts = row(space=8)
        self.keep = button(say("video.form_keep"), "commit")
        self.keep.clicked.connect(self._look)
        self.read = button(say("video.form_read"))
        self.read.clicked.connect(self._model.read)
        acts.addWidget(self.keep)
        acts.addWidget(self.read)
        acts.addStretch(1)
        inner.addLayout(acts)
        lines.addWidget(self.form)
        self.unplanned = label(say("video.unplanned"), "", "second", wrap=True)
        lines.addWidget(self.unplanned)

    def _add_rest(self, lines: QVBoxLayout) -> None:
        say = self._session.say
        lines.addWidget(rule())
        self.setting = QWidget()
        line = row(self.setting)
        line.addWidget(label(say("video.drift")))
        self.drift = line_edit(say("video.drift"), code=True)
        self.drift.setMaximumWidth(120)
        self.drift.returnPressed.connect(self._set_drift)
        self.keep_drift = button(say("video.drift_keep"))
        self.keep_drift.clicked.connect(self._set_drift)
        line.addWidget(self.drift)
        line.addWidget(self.keep_drift)
        line.addStretch(1)
        lines.addWidget(self.setting)
        lines.addWidget(label(say("video.history"), "strong"))
        self.history = QListWidget()
        self.history.setAccessibleName(say("video.history"))
        self.history.setWordWrap(True)
        self.history.setMinimumHeight(96)
        lines.addWidget(self.history, 1)
        self.no_history = label(say("video.no_history"), "", "second")
        lines.addWidget(self.no_history)

    # --- acts ------------------------------------------------------------------------------------

    def first(self) -> None:
        """The page came into sight."""
        self._make_channels()
        self.oldest.clear()
        self.ahead.clear()
        self._model.load()
        self.oldest.setFocus()

    def _make_channels(self) -> None:
        """A tick for each camera of the recorder, all recording until somebody says otherwise."""
        cameras = self._session.shop.recorder_cameras()
        if tuple(self.channels) == cameras:
            return
        for made in self.channels.values():
            self._channel_flow.removeWidget(made)
            made.deleteLater()
        self.channels = {}
        for no in cameras:
            self.channels[no] = check_box(self._session.say("video.channel", no=no))
            self.channels[no].setChecked(True)
            self._channel_flow.addWidget(self.channels[no])

    def _look(self) -> None:
        live = {no: made.isChecked() for no, made in self.channels.items()}
        self._model.look(live, self.oldest.text(), self.ahead.text())

    def _set_drift(self) -> None:
        self._model.set_drift(self.drift.text())

    def showEvent(self, event: QShowEvent) -> None:
        """The till's clock runs while somebody compares it."""
        super().showEvent(event)
        self._show_clock()
        self._tick.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        super().hideEvent(event)
        self._tick.stop()

    def _show_clock(self) -> None:
        now = f"{shop_time(self._session.shop.now()):%H:%M:%S}"
        self.clock.setText(self._session.say("video.form_clock", now=now))

    # --- showing ---------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Today, what may be done, and the looks before."""
        model, say, shop = self._model, self._session.say, self._session.shop
        planned = shop.has_recorder()
        self.form.setVisible(planned)
        self.unplanned.setVisible(not planned)
        self.read.setVisible(planned and shop.recorder_way() is not RecorderWay.BY_HAND)
        self.keep.setEnabled(not model.busy)
        self.read.setEnabled(not model.busy)
        day = model.day
        check = day.check if day is not None else None
        self.today.setText(self._today(check))
        retone(self.today, "tone", "" if check is None else "warn" if check.doubts else "good")
        told = [f"• {model.sentence(one)}" for one in (day.doubts if day is not None else ())]
        self.doubts.setText("\n".join(told))
        self.doubts.setVisible(bool(told))
        open_ = check is not None and check.is_open
        self.ask.setVisible(open_)
        self.answer_row.setVisible(open_)
        self.setting.setVisible(self._session.may(Right.DEVICES))
        if day is not None:
            if not self.drift.hasFocus():
                self.drift.setText(str(day.limits.drift_seconds))
            days = day.limits.keep_days
            self.needed.setText(
                say("video.needed", days=days) if days is not None else say("video.needed_unknown")
            )
        self._show_history()

    def _today(self, check: RecorderCheck | None) -> str:
        say, model = self._session.say, self._model
        if not self._session.shop.has_recorder() or model.day is None:
            return ""
        if check is None:
            return say("video.today_unseen")
        if check.answer:
            return say("video.today_answered", answer=say(f"recorder_answer.{check.answer}"))
        return say("video.today_wrong" if check.doubts else "video.today_well")

    def _show_history(self) -> None:
        rows = self._model.day.history if self._model.day is not None else ()
        self.history.clear()
        self.history.addItems([self._line(one) for one in rows])
        self.history.setVisible(bool(rows))
        self.no_history.setVisible(not rows)

    def _line(self, check: RecorderCheck) -> str:
        say, state = self._session.say, check.state
        live = sum(state.channels.values())
        doubts = say("list.comma").join(say(f"recorder_doubt.short_{one}") for one in check.doubts)
        answered = say(f"recorder_answer.{check.answer}") if check.answer else ""
        return say(
            "video.history_row",
            at=f"{shop_time(check.at):%Y-%m-%d %H:%M}",
            way=say(f"video.way_{check.way}"),
            live=live,
            all=len(state.channels),
            oldest=state.oldest or "—",
            ahead="—" if state.ahead_seconds is None else f"{state.ahead_seconds:+d}",
            found=" · ".join(part for part in (doubts or say("video.in_order"), answered) if part),
        )
