"""A delivery note or a trace-code file for the open draft: path, progress, what columns mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QFileDialog, QWidget

from app.use_cases.delivery_note import HEADINGS
from ui.widgets.parts import button, column, label, line_edit, row

if TYPE_CHECKING:
    from ui.screens.receiving.view_model import ReceivingModel

_ASKED = ("name", "batch", "made", "expires", "quantity", "cost")
"""What a person is asked for where the file calls its columns otherwise."""


class NoteFile(QWidget):
    """Nothing is received by reading: the lines stand in the grid as if they had been typed."""

    def __init__(self, model: ReceivingModel) -> None:
        super().__init__()
        self._model, say = model, model.session.say
        lines = column(self, space=6)
        top = row(space=6)
        self.path = line_edit(say("receiving.file"), hint=say("receiving.file_hint"))
        self.browse = button(say("receiving.browse"))
        self.read = button(say("receiving.read_note"))
        self.codes = button(say("receiving.read_codes"))
        self.stop = button(say("receiving.stop_reading"))
        self.browse.clicked.connect(self._browse)
        self.read.clicked.connect(self._read)
        self.path.returnPressed.connect(self._read)
        self.codes.clicked.connect(lambda: model.take_codes(self.path.text()))
        self.stop.clicked.connect(lambda: model.give_up())
        top.addWidget(self.path, 1)
        for each in (self.browse, self.read, self.codes, self.stop):
            top.addWidget(each)
        lines.addLayout(top)
        self.progress = label("", "", "second")
        lines.addWidget(self.progress)
        self.meaning = QWidget()
        places = row(self.meaning, space=6)
        self.boxes: dict[str, QComboBox] = {}
        for name in _ASKED:
            places.addWidget(label(HEADINGS[name][0], "small", "second"))
            box = QComboBox()
            box.setAccessibleName(HEADINGS[name][0])
            self.boxes[name] = box
            places.addWidget(box, 1)
        lines.addWidget(self.meaning)
        model.files.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Everything from the model."""
        model, say = self._model, self._model.session.say
        self.progress.setVisible(model.reading)
        self.progress.setText(say("receiving.reading", rows=model.rows_read))
        self.stop.setVisible(model.reading)
        for each in (self.read, self.codes, self.browse):
            each.setEnabled(not model.reading)
        self.meaning.setVisible(bool(model.headings))
        for name, box in self.boxes.items():
            if [box.itemText(at) for at in range(1, box.count())] != list(model.headings):
                box.clear()
                box.addItem("", "")
                for heading in model.headings:
                    box.addItem(heading, heading)
                known = [one for one in model.headings if one.casefold() in HEADINGS[name]]
                box.setCurrentIndex(box.findData(known[0]) if known else 0)

    def _read(self) -> None:
        mapping = {
            name: str(box.currentData())
            for name, box in self.boxes.items()
            if self._model.headings and box.currentData()
        }
        self._model.import_note(self.path.text(), mapping)

    def _browse(self) -> None:
        say = self._model.session.say
        path, _kind = QFileDialog.getOpenFileName(
            self, say("receiving.browse"), self.path.text(), "CSV, xlsx (*.csv *.txt *.xlsx)"
        )
        if path:
            self.path.setText(path)
