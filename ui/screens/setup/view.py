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

from ui.screens.setup.view_model import ENVIRONMENTS, FIELDS, SECRET
from ui.widgets.parts import button, card, clear_layout, column, label, line_edit, row
from ui.words import say_error

if TYPE_CHECKING:
    from PySide6.QtWidgets import (
        QVBoxLayout,
    )

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
        lines.addWidget(label(say("setup.hint"), "", "second", wrap=True))
        body = row(space=16)
        body.addWidget(self._facts(), 1)
        body.addWidget(self._area(), 1)
        lines.addLayout(body, 1)
        self.words = label("", "strong", wrap=True)
        lines.addWidget(self.words)
        self.commit = button(say("setup.make"), "commit")
        self.commit.clicked.connect(model.make)
        lines.addWidget(self.commit)
        model.changed.connect(self.refresh)
        model.region_changed.connect(self._show_keys)
        self._show_keys()

    def _facts(self) -> QWidget:
        frame, holder, scroll = card(), QWidget(), QScrollArea()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 6, 0)
        self.fields: dict[str, QLineEdit] = {}
        self.environment = self._choice(
            "setup.environment",
            [(name, self._say(f"setup.environment_{name}")) for name in ENVIRONMENTS],
            self._model.set_environment,
        )
        for name in FIELDS:
            words = self._say(f"setup.field_{name.replace('.', '_')}")
            field = line_edit(words, code=not name.endswith(".name"))
            if name in SECRET:
                field.setEchoMode(QLineEdit.EchoMode.Password)
            field.textEdited.connect(partial(self._model.set_value, name))
            self._add(grid, words, field)
            self.fields[name] = field
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
        self.commit.setEnabled(not model.busy and not model.recovery_code)
        if model.recovery_code:
            told = [
                self._say("setup.recovery", code=model.recovery_code),
                self._say(f"setup.keys_{model.master_in}"),
            ]
            self.words.setText("\n".join(told))
            for name in SECRET:
                self.fields[name].clear()
        elif model.error is not None:
            self.words.setText(say_error(model.error, self._lang))
        else:
            self.words.setText(self._say("setup.making") if model.busy else "")
