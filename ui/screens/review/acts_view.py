"""The right side: what the program found, the items of the act at hand, and the signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QWidget

from app.domain.clock import shop_time
from app.domain.rx_acts import CHECK_QUESTIONS
from ui.screens.review.certificate import certificate_words
from ui.screens.review.settled import paint_settled
from ui.screens.review.sign_box import SignBox
from ui.screens.review.view_model import BY_HAND, REVIEW, STAGE_OF
from ui.widgets.parts import Button, button, check_box, clear_layout, column, label, retone, row

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QPushButton, QVBoxLayout

    from app.domain.rx_review import ItemProof
    from app.use_cases.notes import Note
    from app.use_cases.rx_page import RxPage, SignedAct
    from ui.screens.review.view_model import ReviewViewModel

SIGNS = {"block": "✕", "warn": "!", "good": "✓", "told": "i"}
TONES = {"block": "bad", "warn": "warn", "good": "good", "told": "told"}
PROOFS = {"ok": ("✓", "good"), "doubt": ("!", "warn"), "unknown": ("?", "second")}
"""What the program can prove of an item: sign and colour; a line below says what they mean."""
HALF = 5
"""The ten items stand in two columns, so that all of them are in sight."""
KEYS = {"pass": "Ctrl+Enter", "return": "Ctrl+R", "refuse": "Ctrl+D"}


class ItemButton(Button):
    """One of the ten: Space or Enter turns it, the arrows go to its neighbours."""

    told = ""
    """What the program found of it, for who hears the screen."""

    stepped = Signal(int)

    def __init__(self, item: str) -> None:
        super().__init__()
        self.item = item
        self.setProperty("role", "item")
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows move the focus; everything else is a button's."""
        step = STEPS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.stepped.emit(step)


STEPS = {
    Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -HALF, Qt.Key.Key_Right: HALF,
}  # fmt: skip


class ActsView(QWidget):
    """What is to be answered now; once it is signed, who signed what."""

    print_asked = Signal()

    def __init__(self, model: ReviewViewModel) -> None:
        super().__init__()
        self._model, self._say = model, model.session.say
        outer = column(self, space=8)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setAccessibleName(self._say("review.acts"))
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        holder = QWidget()
        lines = column(holder, space=8)
        lines.setContentsMargins(0, 0, 6, 0)
        self._findings: QVBoxLayout = column(space=4)
        lines.addLayout(self._findings)
        self.heading = label("", "strong")
        lines.addWidget(self.heading)
        self._items: QVBoxLayout = column(space=2)
        lines.addLayout(self._items)
        self.stamp = check_box(self._say("review.stamp"))
        self.stamp.clicked.connect(model.see_stamp)
        lines.addWidget(self.stamp)
        self._done: QVBoxLayout = column(space=6)
        lines.addLayout(self._done)
        lines.addStretch(1)
        self.area.setWidget(holder)
        outer.addWidget(self.area, 1)
        self.words = label("", "strong", wrap=True)
        self.words.setAccessibleName(self._say("review.said"))
        outer.addWidget(self.words)
        self.box = SignBox(model)
        outer.addWidget(self.box)
        outer.addLayout(self._acts())
        self.buttons: dict[str, ItemButton] = {}
        self._page: RxPage | None = None
        model.changed.connect(self.refresh)
        self.refresh()

    def _acts(self) -> QVBoxLayout:
        lines = column(space=6)
        self.acts: dict[str, QPushButton] = {}
        self.acts["pass"] = button(f"{self._say('review.act_pass')}  {KEYS['pass']}", "commit")
        lines.addWidget(self.acts["pass"])
        beside = row(space=6)
        for act in ("return", "refuse"):
            self.acts[act] = button(f"{self._say(f'review.act_{act}')}  {KEYS[act]}")
            beside.addWidget(self.acts[act], 1)
        lines.addLayout(beside)
        for act in ("pick", "check"):
            self.acts[act] = button(f"{self._say(f'review.act_{act}')}  {KEYS['pass']}", "commit")
            lines.addWidget(self.acts[act])
        for act in BY_HAND:
            self.acts[act] = button(self._say(f"review.act_{act}"))
            lines.addWidget(self.acts[act])
        for act, made in self.acts.items():
            made.clicked.connect(lambda _=False, what=act: self._model.begin(what))
        self.printing = button(f"{self._say('review.print')}  Ctrl+P")
        self.printing.clicked.connect(self.print_asked)
        lines.addWidget(self.printing)
        return lines

    # --- drawing ---------------------------------------------------------------------------------

    def refresh(self) -> None:
        """The page anew where it is another one; answers, note and signature each time."""
        model, page = self._model, self._model.page
        if page is not self._page:
            self._page = page
            self._draw(page)
            paint_settled(self.area)
        self._show_answers()
        note = model.note or self._waiting_word()
        self.words.setText(model.session.say_note(note) if note else "")
        self.words.setVisible(note is not None)
        retone(self.words, "tone", TONES.get(note.severity, "") if note else "")
        stage = model.stage()
        for act, made in self.acts.items():
            due = stage == STAGE_OF[act] and not model.pending
            # What stands already need not be said to stand.
            due = due and not (act == "stands" and page is not None and page.state == "reported")
            made.setVisible(due)
            made.setEnabled(not model.busy)
        self.printing.setVisible(page is not None and not model.pending)
        self.stamp.setVisible(
            stage == REVIEW and page is not None and page.sheet.form.value == "paper"
        )
        self.stamp.setChecked(model.stamp_seen)
        self.box.refresh()

    def _waiting_word(self) -> Note | None:
        from app.use_cases.notes import Note

        page = self._model.page
        if page is None or self._model.stage() != "wait":
            return None
        return Note("review.wait", {"asked": page.asked, "text": page.last_text or "—"}, "warn")

    def _draw(self, page: RxPage | None) -> None:
        for layout in (self._findings, self._items, self._done):
            clear_layout(layout)
        self.buttons = {}
        self.heading.setText("")
        if page is None:
            return
        self._draw_findings(page)
        stage = self._model.stage()
        self.heading.setText(self._say(f"review.heading_{stage}") if stage else "")
        self.heading.setVisible(bool(stage))
        if stage == REVIEW:
            self._draw_items(page.items)
        elif stage in ("pick", "check"):
            self._draw_boxes(page, stage)
        elif stage == "by_hand":
            self._items.addWidget(label(self._say("review.by_hand"), "", "warn", wrap=True))
        for one in page.decided:
            key = "decided_stands" if one.stands else "decided_gone"
            told = self._say(f"review.{key}", name=one.name, ground=one.ground,
                             at=f"{shop_time(one.at):%m-%d %H:%M}")  # fmt: skip
            self._done.addWidget(label(told, "small", "second", wrap=True))
        for act in page.acts:
            self._done.addWidget(self._signature(act))
        if page.verdict in ("return", "refuse"):
            # The pharmacist's own words stand under the signature already.
            why = self._say("review.why", why=self._say(f"rx_reason.{page.reason}"))
            self._done.addWidget(label(why, "", "warn", wrap=True))

    def _draw_findings(self, page: RxPage) -> None:
        self._findings.addWidget(label(self._say("review.findings"), "strong"))
        for note in page.findings:
            self._findings.addWidget(self._finding(note))
        if not page.findings:
            self._findings.addWidget(label(self._say("clinical.none"), "", "second", wrap=True))
        self._findings.addWidget(
            label(self._say("clinical.no_database"), "small", "second", wrap=True)
        )

    def _finding(self, note: Note) -> QFrame:
        frame = QFrame()
        frame.setProperty("finding", note.severity)
        line = row(frame)
        line.setContentsMargins(10, 4, 10, 4)
        sign = label(SIGNS.get(note.severity, "i"), "strong", TONES.get(note.severity, "told"))
        text = label(self._model.session.say_note(note), wrap=True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        text.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        line.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(text, 1)
        frame.setAccessibleName(text.text())
        return frame

    def _draw_items(self, proofs: tuple[ItemProof, ...]) -> None:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(2)
        for place, proof in enumerate(proofs):
            at = place % HALF, place // HALF * 2
            sign, tone = PROOFS[proof.proved]
            made = self._item(proof)
            mark = label(sign, "strong", tone)
            mark.setToolTip(made.told)
            grid.addWidget(made, *at)
            grid.addWidget(mark, at[0], at[1] + 1)
            grid.setColumnStretch(at[1], 1)
        self._items.addWidget(holder)
        told = [f"{sign} {self._say(f'rx_proof.{name}')}" for name, (sign, _) in PROOFS.items()]
        self._items.addWidget(label("　".join(told), "small", "second", wrap=True))

    def _item(self, proof: ItemProof) -> ItemButton:
        made = ItemButton(proof.item)
        made.told = self._say(f"rx_proof.{proof.proved}")
        made.setToolTip(made.told)
        made.clicked.connect(lambda _=False, item=proof.item: self._model.answer(item))
        made.stepped.connect(lambda step, item=proof.item: self._step(item, step))
        self.buttons[proof.item] = made
        return made

    def _step(self, item: str, step: int) -> None:
        names = list(self.buttons)
        place = names.index(item) + step
        if 0 <= place < len(names):
            self.buttons[names[place]].setFocus()
            self.area.ensureWidgetVisible(self.buttons[names[place]])

    def _draw_boxes(self, page: RxPage, stage: str) -> None:
        """What lies ready beside what was prescribed; for the check its five items."""
        for line in page.sheet.lines:
            ready = [one for one in page.handed if one.line_no == line.no]
            asked = (
                f"{line.no}  {line.generic_name} {line.spec} · {line.quantity.plain()} {line.unit}"
            )
            self._items.addWidget(label(asked, "strong", wrap=True))
            for one in ready:
                words = f"→ {one.name} {one.spec} · {one.maker} · {one.quantity.plain()} {one.unit}"
                self._items.addWidget(label(words, "", "good", wrap=True))
            if not ready:
                self._items.addWidget(label(self._say("review.not_ready"), "", "warn", wrap=True))
        if stage != "check":
            self._items.addWidget(
                label(self._say("review.pick_hint"), "small", "second", wrap=True)
            )
            return
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        for place, item in enumerate(CHECK_QUESTIONS):
            tick = check_box(self._say(f"rx_item.{item}"))
            tick.setObjectName(f"check_{item}")
            tick.clicked.connect(lambda on, what=item: self._model.tick(what, on))
            grid.addWidget(tick, place // 3, place % 3)
        self._items.addWidget(holder)

    def _signature(self, act: SignedAct) -> QFrame:
        frame = QFrame()
        frame.setProperty("finding", "good" if act.holds else "block")
        lines = column(frame, space=2)
        lines.setContentsMargins(10, 6, 10, 6)
        at = f"{shop_time(act.at):%m-%d %H:%M:%S}" if act.at else ""
        remote = self._say("review.remote") if act.remote else ""
        head = f"{self._say(f'review.signed_{act.act}')}  {act.name} {act.number}  {at} {remote}"
        lines.addWidget(label(head.strip(), "strong", wrap=True))
        kind = self._say(f"review.kind_{act.kind or 'none'}")
        held = self._say("review.holds" if act.holds else "review.holds_not")
        lines.addWidget(label(f"{kind} · {held}", "small", "second" if act.holds else "bad",
                              wrap=True))  # fmt: skip
        if act.certificate is not None:
            lines.addWidget(label(certificate_words(act, self._say), "small", "second", wrap=True))
        compared = self._say("list.comma").join(
            self._say(f"rx_item.{item}") for item, fine in act.answers if fine
        )
        if compared:
            words = self._say("review.compared", items=compared)
            lines.addWidget(label(words, "small", "second", wrap=True))
        if act.note:
            lines.addWidget(label(act.note, "", "", wrap=True))
        frame.setAccessibleName(f"{head} {kind} {held}")
        return frame

    def _show_answers(self) -> None:
        for item, made in self.buttons.items():
            answer = self._model.answers.get(item)
            sign = "○" if answer is None else "✓" if answer else "✕"
            state = "open" if answer is None else "yes" if answer else "no"
            words = f"{sign} {self._say(f'rx_item.{item}')} {self._say(f'review.answer_{state}')}"
            made.setText(words)
            made.setAccessibleName(f"{words} · {made.told}")
            made.setEnabled(not self._model.busy and not self._model.pending)

    def focus_first(self) -> None:
        """The first item that is open; else the first act that may be signed."""
        for item in self._model.open_items():
            if item in self.buttons:
                self.buttons[item].setFocus()
                self.area.ensureWidgetVisible(self.buttons[item])
                return
        for made in self.acts.values():
            if made.isVisible():
                made.setFocus()
                return

    def texts(self) -> list[str]:
        """Every word in sight."""
        return [one.text() for one in self.findChildren(QLabel) if one.text()]
