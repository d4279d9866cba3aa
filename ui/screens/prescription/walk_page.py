"""The prescription of this basket: its sheet, where it stands, and the act that is due now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QLineEdit,
    QScrollArea,
    QWidget,
)

from app.domain.masking import mask_name
from ui.screens.prescription.fill_page import usage_of
from ui.screens.prescription.prescriber_box import PrescriberBox
from ui.screens.prescription.words import strip_words
from ui.widgets.badge import takes_badge
from ui.widgets.parts import button, column, label, line_edit, retone, row

if TYPE_CHECKING:
    from app.use_cases.rx_counter import CounterRx
    from ui.screens.prescription.counter import RxCounterViewModel


RENEWABLE = ("arrived", "passed", "picked", "checked")
"""States in which the centre may be asked for a fresh authority."""


class WalkPage(QWidget):
    """审方, 调配, 核对发药 for a shop with one screen; each signed with number and PIN."""

    def __init__(self, model: RxCounterViewModel) -> None:
        super().__init__()
        self._model, self._session = model, model.session
        self._act, self._case = "", ""
        say = self._session.say
        outer = column(self, space=8)
        self.state = label("", "strong", wrap=True)
        outer.addWidget(self.state)
        self.area = scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        holder = QWidget()
        lines = column(holder, space=8)
        lines.setContentsMargins(0, 0, 14, 0)
        scroll.setWidget(holder)
        for widget in (scroll.viewport(), holder):
            widget.setAutoFillBackground(False)
        outer.addWidget(scroll, 1)
        self.who = label("", "", "second", wrap=True)
        lines.addWidget(self.who)
        self.sheet = label("", "", "", wrap=True)
        self.sheet.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        lines.addWidget(self.sheet)
        self.owed = label("", "", "warn", wrap=True)
        lines.addWidget(self.owed)
        self.prescriber = PrescriberBox(model)
        lines.addWidget(self.prescriber)
        self.review = self._review_box()
        lines.addWidget(self.review)
        self.boxes = self._check_box()
        lines.addWidget(self.boxes)
        lines.addStretch(1)
        self.words = label("", "", "bad", wrap=True)
        outer.addWidget(self.words)
        self.sign = self._sign_box()
        outer.addWidget(self.sign)
        foot = row(space=8)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.leave = button(say("rx_counter.leave"))
        self.leave.clicked.connect(model.leave)
        self.fill = button(say("rx_counter.fill_again"))
        self.fill.clicked.connect(model.fill_again)
        self.reopen = button(say("rx_counter.reopen"))
        self.reopen.clicked.connect(model.reopen)
        self.renew = button(say("rx_counter.renew"))
        self.renew.clicked.connect(lambda: model.renew())
        for each in (self.leave, self.fill, self.reopen, self.renew):
            foot.addWidget(each)
        foot.addStretch(1)
        outer.addLayout(foot)

    def _review_box(self) -> QFrame:
        say = self._session.say
        box = QFrame()
        box.setProperty("finding", "told")
        lines = column(box, margin=8, space=6)
        lines.addWidget(label(say("rx_counter.ten"), "", "second", wrap=True))
        grid = QGridLayout()
        grid.setVerticalSpacing(4)
        self.ten: dict[str, QCheckBox] = {}
        from app.domain.rx_acts import REASONS, TEN_QUESTIONS

        for place, item in enumerate(TEN_QUESTIONS):
            made = QCheckBox(say(f"rx_item.{item}"))
            made.setAccessibleName(made.text())
            self.ten[item] = made
            grid.addWidget(made, place // 5, place % 5)
            grid.setColumnStretch(place % 5, 1)
        lines.addLayout(grid)
        line = row(space=8)
        self.stamp = QCheckBox(say("rx_counter.stamp"))
        self.stamp.setAccessibleName(self.stamp.text())
        self.all = button(say("rx_counter.ten_all"))
        self.all.clicked.connect(self._tick_all)
        self.reason = QComboBox()
        self.reason.setAccessibleName(say("rx_counter.reason"))
        self.reason.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.reason.setMinimumContentsLength(9)
        self.reason.view().setAccessibleName(say("rx_counter.reason"))
        self.reason.addItem(say("rx_counter.reason"), "")
        for code in REASONS:
            self.reason.addItem(say(f"rx_reason.{code}"), code)
        self.back_to_doctor = button(say("rx_counter.return"))
        self.back_to_doctor.clicked.connect(lambda: self._review("return"))
        self.refuse = button(say("rx_counter.refuse"))
        self.refuse.clicked.connect(lambda: self._review("refuse"))
        line.addWidget(self.all)
        line.addWidget(self.stamp)
        line.addStretch(1)
        for each in (self.reason, self.back_to_doctor, self.refuse):
            line.addWidget(each)
        lines.addLayout(line)
        return box

    def _check_box(self) -> QFrame:
        """What 核对发药 compares, box by box; it is kept with the signature."""
        say = self._session.say
        box = QFrame()
        box.setProperty("finding", "told")
        lines = column(box, margin=8, space=6)
        lines.addWidget(label(say("rx_counter.five"), "", "second", wrap=True))
        line = row(space=24)
        self.five: dict[str, QCheckBox] = {}
        from app.domain.rx_acts import CHECK_QUESTIONS

        for item in CHECK_QUESTIONS:
            made = QCheckBox(say(f"rx_item.{item}"))
            made.setAccessibleName(made.text())
            self.five[item] = made
            line.addWidget(made)
        line.addStretch(1)
        lines.addLayout(line)
        beside = row(space=8)
        self.all_five = button(say("rx_counter.five_all"))
        self.all_five.clicked.connect(self._tick_five)
        beside.addWidget(self.all_five)
        beside.addStretch(1)
        lines.addLayout(beside)
        return box

    def _tick_five(self) -> None:
        for each in self.five.values():
            each.setChecked(True)
        self.guidance.setFocus()

    def _sign_box(self) -> QWidget:
        say, box = self._session.say, QWidget()
        lines = column(box, space=6)
        self.guidance = line_edit(say("rx_counter.guidance"), hint=say("rx_counter.guidance_hint"))
        lines.addWidget(self.guidance)
        line = row(space=8)
        self.act = label("", "strong")
        line.addWidget(self.act)
        self.number = line_edit(say("sign_in.number"), code=True, hint=say("sign_in.number"))
        self.pin = line_edit(say("sign_in.pin"), code=True, hint=say("sign_in.pin"))
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        takes_badge(self.number, self.pin)
        self.guidance.returnPressed.connect(self._next)
        self.number.returnPressed.connect(self.pin.setFocus)
        self.pin.returnPressed.connect(self._after_pin)
        self.key_pin = line_edit(say("review.key_pin"), code=True, hint=say("review.key_pin_short"))
        self.key_pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.key_pin.returnPressed.connect(self.submit)
        self.key_pin.hide()
        self.commit = button(say("rx_counter.sign_review"), "commit")
        self.commit.clicked.connect(self.submit)
        line.addWidget(self.number, 1)
        line.addWidget(self.pin, 1)
        line.addWidget(self.key_pin, 1)
        line.addWidget(self.commit)
        lines.addLayout(line)
        return box

    def _next(self) -> None:
        (self.pin if self.number.text() else self.number).setFocus()

    def _tick_all(self) -> None:
        for each in self.ten.values():
            each.setChecked(True)
        self._next()

    def submit(self) -> None:
        """The act that is due, signed by whose number and PIN these are."""
        if self._act == "review":
            self._review("pass")
            return
        number, pin, key_pin = self._typed()
        if self._act == "pick":
            self._model.pick(number, pin, key_pin)
        elif self._act == "check":
            compared = tuple((item, made.isChecked()) for item, made in self.five.items())
            self._model.check(number, pin, self.guidance.text(), compared, key_pin)

    def _after_pin(self) -> None:
        """Where a certificate's key may sign, its PIN is typed last; the field may stay empty."""
        if self.key_pin.isVisible() and self.pin.text():
            self.key_pin.setFocus()
        else:
            self.submit()

    def _typed(self) -> tuple[str, str, str]:
        """Number, PIN and the PIN of a key; neither PIN stays in its field."""
        typed = self.number.text(), self.pin.text(), self.key_pin.text()
        self.pin.clear()
        self.key_pin.clear()
        return typed

    def _review(self, verdict: str) -> None:
        from app.domain.rx_case import Verdict
        from app.use_cases.rx_views import ReviewInput

        number, pin, key_pin = self._typed()
        passed = verdict == "pass"
        said = ReviewInput(
            verdict=Verdict(verdict),
            answers=tuple((item, made.isChecked()) for item, made in self.ten.items()),
            reason="" if passed else str(self.reason.currentData() or ""),
            stamp_seen=self.stamp.isChecked(),
        )
        if passed and not all(made.isChecked() for made in self.ten.values()):
            self._model.object_to("rx_counter.ten_first")
        elif passed and self.stamp.isVisible() and not said.stamp_seen:
            self._model.object_to("rx_counter.stamp_first")
        elif not passed and not said.reason:
            self._model.object_to("rx_counter.reason_first")
        else:
            self._model.review(said, number, pin, key_pin)

    def first(self) -> None:
        """Where the keys go for the act that is due."""
        self.refresh()
        self._focus()

    def _focus(self) -> None:
        if self._act == "review":
            self.ten["department"].setFocus()
            bar = self.area.verticalScrollBar()
            bar.setValue(bar.maximum())
        elif self._act == "check":
            next(iter(self.five.values())).setFocus()
            self.area.ensureWidgetVisible(self.boxes)
        elif self._act == "pick":
            self._next()
        else:
            # Nothing is due: an Enter in the air must not give the prescription back.
            self.setFocus()

    def refresh(self) -> None:
        """Show where it stands."""
        model = self._model
        rx = model.rx
        if rx is None:
            return
        text, tone = strip_words(model)
        self.state.setText(text)
        retone(self.state, "tone", tone)
        self._show_sheet(rx)
        self.prescriber.refresh()
        note = model.note
        self.words.setText(self._session.say_note(note) if note is not None else "")
        self.words.setVisible(note is not None)
        self._show_act(rx)
        held = rx.state in ("reporting", "reported", "undoing", "used")
        self.leave.setEnabled(not model.busy and not held)
        self.fill.setVisible(rx.circulated and rx.state in ("arrived", "passing", "passed"))
        self.reopen.setVisible(rx.state in ("picked", "checked"))
        # The centre may end an authority before its time: then only its refusal tells.
        self.renew.setVisible(rx.live and rx.circulated and rx.state in RENEWABLE)
        self.renew.setEnabled(not model.busy)

    def _show_sheet(self, rx: CounterRx) -> None:
        say, sheet = self._session.say, rx.sheet
        name = mask_name(sheet.patient.name) if sheet.patient.name else "—"
        shown = sheet.diagnoses[0].name if sheet.diagnoses else "—"
        if not self._model.confirmed:
            shown = say("rx_counter.disease_hidden")
        self.who.setText(
            say("rx_counter.who", name=name, age=sheet.patient.age.removesuffix(".0") or "—",
                diagnosis=shown, issuer=sheet.issuer_name, dept=sheet.dept_name or "—",
                doctor=sheet.doctor_name or "—")
            + (say(f"review.reason_{sheet.source_reason}") if sheet.source_reason else "")
        )  # fmt: skip
        rows = []
        for line in sheet.lines:
            given = sum(g.quantity.ten_thousandths for g in rx.given if g.line_no == line.no)
            handed = type(line.quantity)(given).plain()
            wanted = f"{handed} / {line.quantity.plain()}" if rx.given else line.quantity.plain()
            usage = usage_of(self._model, line)
            rows.append(
                f"{line.no}. {line.generic_name} {line.spec}　{wanted} {line.unit}　{usage}"
            )
        self.sheet.setText("\n".join(rows))
        self.owed.setVisible(bool(rx.owed))
        if rx.owed:
            told = say("list.comma").join(
                f"{one.name} {one.quantity.plain()} {one.unit}" for one in rx.owed
            )
            due = f"{rx.due:%Y-%m-%d}" if rx.due else "—"
            self.owed.setText(say("rx_counter.owed", drugs=told, due=due))

    def _show_act(self, rx: CounterRx) -> None:
        say, act = self._session.say, rx.needs if rx.live else ""
        if act == "fill":
            act = "review" if rx.waiting else ""
        fresh = (act, rx.case_id) != (self._act, self._case)
        self._act, self._case = act, rx.case_id
        self.review.setVisible(act == "review")
        self.boxes.setVisible(act == "check")
        self.stamp.setVisible(act == "review" and not rx.electronic)
        self.sign.setVisible(bool(act))
        self.key_pin.setVisible(self._model.shop.key_pin_asked())
        self.guidance.setVisible(act == "check")
        self.commit.setEnabled(not self._model.busy)
        if act:
            self.act.setText(say(f"rx_counter.act_{act}"))
            self.commit.setText(say(f"rx_counter.sign_{act}"))
            self.commit.setAccessibleName(self.commit.text())
        if fresh:
            self._begin(act)
            if self.isVisible():
                # What had the keys belonged to the act before; the next person types at once.
                self._focus()

    def _begin(self, act: str) -> None:
        for each in (*self.ten.values(), *self.five.values()):
            each.setChecked(False)
        self.stamp.setChecked(False)
        self.reason.setCurrentIndex(0)
        self.pin.clear()
        self.key_pin.clear()
        operator = self._session.operator
        own = operator.staff.number if operator is not None and act == "pick" else ""
        self.number.setText(own)
        self.guidance.clear()
