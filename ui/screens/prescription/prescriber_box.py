"""Who prescribed and where, typed from the original where the centre names neither."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame

from ui.widgets.parts import button, column, label, line_edit, row

if TYPE_CHECKING:
    from ui.screens.prescription.counter import RxCounterViewModel

FIELDS = ("doctor_code", "doctor_name", "dept_code")


class PrescriberBox(QFrame):
    """Three fields and one key; in sight only while nobody has named the prescriber."""

    def __init__(self, model: RxCounterViewModel) -> None:
        super().__init__()
        self.setProperty("finding", "warn")
        self._model, say = model, model.session.say
        lines = column(self, margin=8, space=6)
        lines.addWidget(label(say("rx_counter.prescriber"), "", "", wrap=True))
        line = row(space=8)
        self.fields = {
            name: line_edit(
                say(f"prescription.{name}"),
                code=name.endswith("code"),
                hint=say(f"prescription.{name}"),
            )
            for name in FIELDS
        }
        for each in self.fields.values():
            each.returnPressed.connect(self._next)
            line.addWidget(each, 1)
        self.commit = button(say("rx_counter.prescriber_keep"))
        self.commit.clicked.connect(self._keep)
        line.addWidget(self.commit)
        lines.addLayout(line)
        self._case = ""

    def _next(self) -> None:
        """Enter goes to the first field that is empty, at last it keeps."""
        empty = next((one for one in self.fields.values() if not one.text().strip()), None)
        if empty is not None:
            empty.setFocus()
        else:
            self._keep()

    def _keep(self) -> None:
        self._model.name_prescriber(*(one.text() for one in self.fields.values()))

    def refresh(self) -> None:
        """Of another prescription nothing typed before stands here."""
        rx = self._model.rx
        if rx is not None and rx.case_id != self._case:
            self._case = rx.case_id
            for each in self.fields.values():
                each.clear()
        self.setVisible(rx is not None and rx.prescriber_wanted)
        self.commit.setEnabled(not self._model.busy)
