"""Ctrl+D: the devices of this till; on the left all of them, on the right the one in hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QListWidget, QScrollArea, QWidget

from app.domain.device_plan import NONE
from ui.screens.devices.view_model import MARKS
from ui.widgets.flow import FlowLayout
from ui.widgets.panel import Panel
from ui.widgets.parts import button, clear_layout, column, label, line_edit, retone, row

if TYPE_CHECKING:
    from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

    from app.domain.device_plan import DeviceKind, FoundPlace, Option
    from app.domain.insurance import Credential
    from ui.screens.devices.setup_model import SetUpViewModel

_TONES = {"good": "good", "warn": "warn", "block": "bad", "told": "told"}
_LIST_WIDTH = 220
_TYPED_WIDTH = 280
"""An address of a server is in sight as a whole."""
_ROWS = 5
"""Places in sight at once; more are scrolled to."""


class DevicesPanel(Panel):
    """Where each device hangs; it is found, tried and kept here."""

    def __init__(self, model: SetUpViewModel) -> None:
        self._model, self._session = model, model.session
        say = self._session.say
        super().__init__(say("device_setup.title"), say("panel.esc"))
        self._filling = False
        self._said: list[tuple[str, str]] = []
        both = row(space=14)
        self.kinds = QListWidget()
        self.kinds.setAccessibleName(say("device_setup.title"))
        self.kinds.setMinimumWidth(_LIST_WIDTH)
        self.kinds.setWordWrap(True)
        self.kinds.currentRowChanged.connect(self._picked)
        both.addWidget(self.kinds, 2)
        holder, area = QWidget(), QScrollArea()
        lines = column(holder, space=8)
        lines.setContentsMargins(0, 0, 6, 0)
        self._build_form(lines)
        lines.addStretch(1)
        area.setWidgetResizable(True)
        area.setWidget(holder)
        area.setAccessibleName(say("device_setup.title"))
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area = area
        right = column(space=8)
        right.addWidget(area, 1)
        self.words = column(space=4)
        right.addLayout(self.words)
        right.addLayout(self._build_foot())
        both.addLayout(right, 5)
        self.body.addLayout(both, 1)
        model.changed.connect(self.refresh)
        model.chosen.connect(self._fill)

    def _build_form(self, lines: QVBoxLayout) -> None:
        say = self._session.say
        self.name = label("", "heading")
        self.state = label("", "", "second", wrap=True)
        lines.addWidget(self.name)
        lines.addWidget(self.state)
        self.not_you = label(say("device_setup.not_you"), "strong", "warn", wrap=True)
        lines.addWidget(self.not_you)
        lines.addWidget(label(say("device_setup.address"), "strong"))
        self.address = line_edit(say("device_setup.address"), code=True)
        self.address.textEdited.connect(self._model.set_address)
        self.address.returnPressed.connect(self._model.try_out)
        lines.addWidget(self.address)
        self.forms = label("", "small", "second", wrap=True)
        lines.addWidget(self.forms)
        head = row(space=8)
        head.addWidget(label(say("device_setup.found"), "", "second", wrap=True), 1)
        self.again = button(say("device_setup.again"))
        self.again.clicked.connect(self._model.find)
        head.addWidget(self.again)
        lines.addLayout(head)
        self.places = QListWidget()
        self.places.setAccessibleName(say("device_setup.found"))
        self.places.itemActivated.connect(lambda _: self._take_place(self.places.currentRow()))
        self.places.itemClicked.connect(lambda _: self._take_place(self.places.currentRow()))
        lines.addWidget(self.places)
        self.options = column(space=6)
        lines.addLayout(self.options)

    def _build_foot(self) -> QHBoxLayout:
        """Always in sight, however long the form is."""
        say = self._session.say
        foot = row(space=8)
        self.try_button = button(say("device_setup.try"))
        self.try_button.clicked.connect(self._model.try_out)
        self.keep_button = button(say("device_setup.keep"), "commit")
        self.keep_button.clicked.connect(self._model.keep)
        foot.addWidget(self.try_button)
        foot.addStretch(1)
        foot.addWidget(self.keep_button)
        return foot

    # --- the panel's own doors -------------------------------------------------------------------

    def opened(self) -> None:
        """What was drafted before and not kept is forgotten."""
        self._model.open()
        self.kinds.setFocus()

    def take_scan(self, text: str) -> bool:
        """No code belongs here, and none may slip into the basket behind."""
        del text
        return True

    def take_credential(self, credential: Credential, name: str) -> bool:
        """Nor does a card: it is only tried here."""
        del credential, name
        return True

    # --- showing ---------------------------------------------------------------------------------

    def _picked(self, place: int) -> None:
        kinds = self._model.kinds()
        if not self._filling and 0 <= place < len(kinds) and kinds[place] is not self._model.kind:
            self._model.choose(kinds[place])

    def _take_place(self, place: int) -> None:
        offered = self._model.offered()
        if 0 <= place < len(offered) and self._model.may_change():
            self._model.set_address(offered[place].address)
            self._show_address()

    def _fill(self) -> None:
        """Another device: its address and options as they are planned."""
        model = self._model
        self._show_address()
        self.forms.setText(self._session.say("device_setup.forms", forms=model.forms()))
        clear_layout(self.options)
        for option in model.options():
            self.options.addWidget(self._option(option))
        self.refresh()

    def _show_address(self) -> None:
        """What is no place on this machine stands there as a hint, in words."""
        placed = self._model.draft
        self.address.setText(placed.address if ":" in placed.address else "")
        self.address.setPlaceholderText(self._model.place_words(placed))

    def _option(self, option: Option) -> QWidget:
        holder = QWidget()
        line = FlowLayout(holder, space=4)
        line.setContentsMargins(0, 0, 0, 0)
        words = self._model.option_words(option)
        line.addWidget(label(words, "", "second"))
        if not option.choices:
            line.addWidget(self._typed(option, words))
            return holder
        group = QButtonGroup(holder)
        for choice in option.choices:
            made = button(self._model.option_words(option, choice), "", f"{words} {choice}")
            made.setCheckable(True)
            made.setChecked(self._model.choice(option) == choice)
            made.setEnabled(self._model.may_change())
            made.clicked.connect(
                lambda _=False, name=option.name, to=choice: self._model.set_option(name, to)
            )
            group.addButton(made)
            line.addWidget(made)
        return holder

    def _typed(self, option: Option, words: str) -> QLineEdit:
        made = line_edit(words, code=True)
        made.setMinimumWidth(_TYPED_WIDTH)
        made.setText(self._model.choice(option))
        made.setEnabled(self._model.may_change())
        made.textEdited.connect(lambda text: self._model.set_option(option.name, text.strip()))
        return made

    def refresh(self) -> None:
        """Everything but what is being typed."""
        model, say = self._model, self._session.say
        self._show_kinds()
        self.name.setText(say(model.kind.name_id))
        self.state.setText(model.sentence_of(model.kind))
        may = model.may_change()
        self.not_you.setVisible(not may)
        self.address.setReadOnly(not may)
        self._show_places()
        free = model.busy not in ("trying", "keeping")
        self.try_button.setEnabled(may and free and model.draft.address != NONE)
        self.keep_button.setEnabled(may and free and model.is_changed())
        self._show_words()

    def _show_kinds(self) -> None:
        model, kinds = self._model, self._model.kinds()
        self._filling = True
        texts = [self._kind_text(kind) for kind in kinds]
        if self.kinds.count() != len(texts):
            self.kinds.clear()
            self.kinds.addItems(texts)
        for place, text in enumerate(texts):
            item = self.kinds.item(place)
            if item is not None and item.text() != text:
                item.setText(text)
        self.kinds.setCurrentRow(kinds.index(model.kind))
        self._filling = False

    def _kind_text(self, kind: DeviceKind) -> str:
        state = self._model.devices.states.get(kind)
        sign = MARKS[state.lamp][0] if state is not None else "–"
        placed = self._session.shop.device_plan().of(kind)
        where = self._model.place_words(placed)
        if placed.is_practice:
            where = self._session.say("device_setup.practice_short")
        return f"{sign} {self._session.say(kind.name_id)}\n    {where}"

    def _show_places(self) -> None:
        offered = self._model.offered()
        texts = [self._place_text(one) for one in offered]
        if [self.places.item(n).text() for n in range(self.places.count())] != texts:
            self.places.clear()
            self.places.addItems(texts)
            row_height = max(1, self.places.sizeHintForRow(0))
            rows = min(len(texts), _ROWS)
            self.places.setFixedHeight(row_height * rows + 2 * self.places.frameWidth() + 4)
        at = [one.address for one in offered]
        draft = self._model.draft.address
        self.places.setCurrentRow(at.index(draft) if draft in at else -1)

    def _place_text(self, one: FoundPlace) -> str:
        named = one.address if ":" in one.address else ""
        return " · ".join(part for part in (named, one.what, one.usb) if part)

    def _show_words(self) -> None:
        model, say = self._model, self._session.say
        said = [(self._session.say_note(note), note.severity) for note in model.notes]
        if model.busy in ("trying", "keeping"):
            said = [(say(f"device_setup.{model.busy}"), "told")]
        if said == self._said:
            return  # nothing blinks because a lamp elsewhere has changed
        self._said = said
        clear_layout(self.words)
        for text, severity in said:
            words = label(text, "strong", wrap=True)
            retone(words, "tone", _TONES.get(severity, ""))
            self.words.addWidget(words)
