"""The supplier's code file: path, look, take in; the rows that stayed out, each with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QWidget

from ui.widgets.parts import button, column, label, line_edit, row

if TYPE_CHECKING:
    from ui.screens.trace.view_model import TraceModel
    from ui.widgets.figures import Figures


class FilePart(QWidget):
    """Nothing is received by it: what the file says waits for the scan of a carton."""

    def __init__(self, model: TraceModel, figures: Figures) -> None:
        super().__init__()
        self.model, say = model, model.session.say
        lines = column(self, space=8)
        lines.addWidget(label(say("trace.file_columns"), "", "second", wrap=True))
        line = row(space=6)
        self.path = line_edit(say("trace.file_path"), hint=say("trace.file_path"))
        self.path.returnPressed.connect(lambda: model.take_file(self.path.text(), keep=False))
        self.browse = button(say("trace.file_browse"))
        self.browse.clicked.connect(self._browse)
        self.look = button(say("trace.file_look"))
        self.look.clicked.connect(lambda: model.take_file(self.path.text(), keep=False))
        self.take = button(say("trace.file_take"), "commit")
        self.take.clicked.connect(lambda: model.take_file(self.path.text(), keep=True))
        self.stop = button(say("trace.file_stop"))
        self.stop.clicked.connect(model.stop_file)
        line.addWidget(self.path, 1)
        for each in (self.browse, self.look, self.take, self.stop):
            line.addWidget(each)
        lines.addLayout(line)
        lines.addWidget(figures, 1)
        self.refresh()

    def refresh(self) -> None:
        """What may be pressed now."""
        running = self.model.running
        for each in (self.path, self.browse, self.look, self.take):
            each.setEnabled(self.model.decides and not running)
        self.stop.setVisible(running)

    def _browse(self) -> None:
        say = self.model.session.say
        path, _kind = QFileDialog.getOpenFileName(
            self, say("trace.file_browse"), self.path.text(), "CSV, TXT, xlsx (*.csv *.txt *.xlsx)"
        )
        if path:
            self.path.setText(path)
