"""The setup screen: facts of the shop on the left, what the area leaves open on the right."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QLineEdit,
    QScrollArea,
    QWidget,
)

from ui.screens.setup.view_model import ENVIRONMENTS, FIELDS, JOIN_FIELDS, SECRET
from ui.widgets.parts import button, card, check_box, clear_layout, column, label, line_edit, row
from ui.words import say_error

if TYPE_CHECKING:
    from PySide6.QtWidgets import QVBoxLayout

    from ui.screens.setup.view_model import SetupViewModel

Say = Callable[..., str]


class SetupView(QWidget):
    """One page; 建店 makes the shop, or says which fact is wrong."""

    def __init__(self, model: SetupViewModel, say: Say, lang: str = "zh_CN") -> None:
        super().__init__()
        self.setObjectName("window")
        self._model, self._say, self._lang = model, say, lang
        self.setWindowTitle(say("setup.title"))
        self.resize(1366, 768)
        lines = column(self, margin=16, space=10)
        lines.addWidget(label(say("setup.title"), "heading"))
        self._hint = label(say("setup.hint"), "", "second", wrap=True)
        lines.addWidget(self._hint)
        self.way = self._ways()
        ways = row()
        ways.addWidget(self.way)
        ways.addStretch(1)
        lines.addLayout(ways)
        self.fields: dict[str, QLineEdit] = {}
        self._new_shop = QWidget()
        body = row(self._new_shop, space=16)
        body.addWidget(self._facts(), 1)
        body.addWidget(self._area(), 1)
        self._till_more = self._join()
        lines.addWidget(self._new_shop, 1)
        lines.addWidget(self._till_more)
        lines.addStretch(0)
        self.words = label("", "strong", wrap=True)
        lines.addWidget(self.words)
        self.commit = button(say("setup.make"), "commit")
        self.commit.clicked.connect(model.make)
        lines.addWidget(self.commit)
        model.changed.connect(self.refresh)
        model.region_changed.connect(self._show_keys)
        self._show_keys()
        self.refresh()
        self.fields[JOIN_FIELDS[0] if model.joins else FIELDS[0]].setFocus()

    def _ways(self) -> QComboBox:
        """A new shop, or a till more of one whose books lie on a server."""
        names = ("new_shop", "till_more")
        rows = [(name, self._say(f"setup.{name}")) for name in names]
        made = self._choice("setup.way", rows, lambda name: self._model.choose(name == names[1]))
        made.setCurrentIndex(int(self._model.joins))
        return made

    def _join(self) -> QWidget:
        frame = card()
        lines = column(frame, margin=12, space=10)
        lines.addWidget(label(self._say("setup.join_hint"), "", "second", wrap=True))
        grid = QGridLayout()
        for name in JOIN_FIELDS:
            self._add(grid, self._say(f"setup.field_{name.replace('.', '_')}"), self._field(name))
        lines.addLayout(grid)
        self.take_over = check_box(self._say("setup.take_over"))
        self.take_over.toggled.connect(self._take_over)
        lines.addWidget(self.take_over)
        return frame

    def _take_over(self, on: bool) -> None:
        self._model.typed.take_over = on

    def _field(self, name: str) -> QLineEdit:
        """A typed fact; secrets are shown only while they are typed."""
        words = self._say(f"setup.field_{name.replace('.', '_')}")
        field = line_edit(words, code=not name.endswith(".name"))
        if name in SECRET:
            shown = name.endswith((".database", ".recovery_code"))
            mode = QLineEdit.EchoMode
            field.setEchoMode(mode.PasswordEchoOnEdit if shown else mode.Password)
        field.textEdited.connect(partial(self._model.set_value, name))
        self.fields[name] = field
        return field

    def _facts(self) -> QWidget:
        frame, holder, scroll = card(), QWidget(), QScrollArea()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 6, 0)
        self.environment = self._choice(
            "setup.environment",
            [(name, self._say(f"setup.environment_{name}")) for name in ENVIRONMENTS],
            self._model.set_environment,
        )
        for name in FIELDS:
            self._add(grid, self._say(f"setup.field_{name.replace('.', '_')}"), self._field(name))
            if name == "shop.till":
                self._add(grid, self._say("setup.environment"), self.environment)
        scroll.setWidgetResizable(True)
        scroll.setWidget(holder)
        scroll.setAccessibleName(self._say("setup.title"))
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column(frame, margin=12).addWidget(scroll)
        return frame

    @staticmethod
    def _add(grid: QGridLayout, words: str, field: QWidget) -> None:
        caption, place = label(words), grid.rowCount()
        caption.setBuddy(field)
        grid.addWidget(caption, place, 0)
        grid.addWidget(field, place, 1)

    def _area(self) -> QWidget:
        frame = card()
        lines = column(frame, margin=12, space=8)
        regions = [(code, f"{name} {code}") for code, name in self._model.door.regions]
        self.region = self._choice("setup.region", regions, self._model.set_region)
        lines.addWidget(self.region)
        self.confirmed_by = line_edit(
            self._say("setup.confirmed_by"), hint=self._say("setup.confirmed_by")
        )
        self.confirmed_by.textEdited.connect(self._confirmed_by)
        lines.addWidget(self.confirmed_by)
        lines.addWidget(label(self._say("setup.open_hint"), "small", "second", wrap=True))
        holder, scroll = QWidget(), QScrollArea()
        self._keys: QVBoxLayout = column(holder, space=4)
        self._keys.setContentsMargins(0, 0, 6, 0)
        scroll.setWidgetResizable(True)
        scroll.setWidget(holder)
        scroll.setAccessibleName(self._say("setup.open_hint"))
        lines.addWidget(scroll, 1)
        return frame

    def _choice(
        self, name: str, rows: list[tuple[str, str]], chosen: Callable[[str], None]
    ) -> QComboBox:
        made = QComboBox()
        made.setAccessibleName(self._say(name))
        for value, words in rows:
            made.addItem(words, value)
        made.currentIndexChanged.connect(lambda place: chosen(str(made.itemData(place))))
        return made

    def _confirmed_by(self, text: str) -> None:
        self._model.typed.confirmed_by = text

    def _show_keys(self) -> None:
        clear_layout(self._keys)
        for key in self._model.open_keys():
            title = self._title(key)
            field = line_edit(f"{title} {key}", code=True)
            field.textEdited.connect(partial(self._model.set_confirmed, key))
            names = column(space=0)
            names.addWidget(label(title, wrap=True))
            names.addWidget(label(key, "small", "second"))
            line = row()
            line.addLayout(names, 3)
            line.addWidget(field, 2)
            self._keys.addLayout(line)
        self._keys.addStretch(1)

    def _title(self, key: str) -> str:
        """A key of the pack in words: what it is, and for which settlement."""
        kind, _, name = key.partition(".")
        what = self._say(f"region_key.{name.replace('.', '_')}")
        return f"{self._say(f'region_kind.{kind}')} · {what}"

    def refresh(self) -> None:
        """Busy, wrong, or made: then the recovery code is told, once."""
        model = self._model
        for each in (self._new_shop, self._hint):
            each.setVisible(not model.joins)
        self._till_more.setVisible(model.joins)
        self.commit.setText(self._say("setup.join_commit" if model.joins else "setup.make"))
        for each in (self.commit, self.way):
            each.setEnabled(not model.busy and not model.done)
        if model.joined is not None:
            told = [
                self._say("setup.joined", **{**model.joined, "environment": self._environment()}),
                self._say(f"setup.keys_{model.master_in}"),
            ]
            self.words.setText("\n".join(told))
            self._clear_secrets()
        elif model.recovery_code:
            told = [
                self._say("setup.recovery", code=model.recovery_code),
                self._say(f"setup.keys_{model.master_in}"),
            ]
            self.words.setText("\n".join(told))
            self._clear_secrets()
        elif model.error is not None:
            self.words.setText(say_error(model.error, self._lang))
        else:
            self.words.setText(self._say("setup.making") if model.busy else "")

    def _environment(self) -> str:
        told = self._model.joined or {}
        return self._say(f"setup.environment_{told.get('environment', '')}")

    def _clear_secrets(self) -> None:
        for name in SECRET:
            self.fields[name].clear()
