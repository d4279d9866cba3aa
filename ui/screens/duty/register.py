"""The manager's part: who is bound as a pharmacist, suspensions, 5102, attendance."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QGridLayout, QListWidget, QWidget

from app.domain.clock import shop_time
from ui.screens.duty.ca_key import CaKeyPart
from ui.widgets.flow import FlowLayout
from ui.widgets.parts import button, check_box, column, label, line_edit, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QLineEdit

    from app.domain.pharmacist import Pharmacist
    from app.use_cases.duty_view import RegisterRow
    from app.use_cases.ephedrine_register import EphedrineRow
    from ui.screens.duty.view_model import DutyViewModel, Period

FIELDS = ("name", "cert_no", "code", "licence_no", "filing_no", "filed_on", "valid_from",
          "valid_to")  # fmt: skip


class RegisterPart(QWidget):
    """Attendance above; the list on the left, the chosen one's binding on the right."""

    def __init__(
        self,
        model: DutyViewModel,
        write: Callable[[bytes], str],
        draw: Callable[[tuple[EphedrineRow, ...], Period], str],
    ) -> None:
        """``write`` keeps the attendance, ``draw`` the register of ephedrine; each says where."""
        super().__init__()
        self._model, self._write, self._draw = model, write, draw
        self._sure = ""
        say = model.session.say
        lines = column(self, space=10)
        # Above the register: what is fetched every month must not be scrolled for.
        lines.addWidget(label(say("duty.attendance"), "strong"))
        lines.addLayout(self._attendance())
        lines.addWidget(label(say("duty.register"), "strong"))
        body = row(space=12)
        left = column(space=8)
        self.list = QListWidget()
        self.list.setAccessibleName(say("duty.register"))
        self.list.setMinimumHeight(160)
        self.list.setWordWrap(True)
        self.list.currentRowChanged.connect(self._chosen)
        left.addWidget(self.list, 1)
        self.empty = label(say("duty.reg_empty"), "", "second", wrap=True)
        left.addWidget(self.empty)
        self.confirm = button(say("duty.confirm"))
        self.confirm.clicked.connect(model.confirm)
        left.addWidget(self.confirm)
        body.addLayout(left, 2)
        right = column(space=8)
        right.addWidget(self._form())
        self.ca = CaKeyPart(model)
        right.addWidget(self.ca)
        body.addLayout(right, 3)
        lines.addLayout(body)
        model.registered.connect(self.refresh)

    def _form(self) -> QWidget:
        model, form = self._model, QWidget()
        say = model.session.say
        grid = QGridLayout(form)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(4)
        self.fields: dict[str, QLineEdit] = {}
        for place, name in enumerate(FIELDS):
            said = say(f"duty.field_{name}")
            self.fields[name] = line_edit(said, code=name != "name")
            at = place // 2, place % 2 * 2
            grid.addWidget(label(said, "small", "second", wrap=True), *at)
            grid.addWidget(self.fields[name], at[0], at[1] + 1)
        below = len(FIELDS) // 2
        self.remote = check_box(say("duty.field_remote"))
        grid.addWidget(self.remote, below, 0, 1, 4)
        acts = row(space=8)
        self.bind = button(say("duty.bind"), "commit")
        self.bind.clicked.connect(self._bind)
        self.unbind = button(say("duty.unbind"))
        self.unbind.clicked.connect(self._unbind)
        acts.addWidget(self.bind, 1)
        acts.addWidget(self.unbind)
        grid.addLayout(acts, below + 1, 0, 1, 4)
        self.sanctions = label("", "", "warn", wrap=True)
        grid.addWidget(self.sanctions, below + 2, 0, 1, 4)
        stop = row(space=8)
        self.stops = {
            name: line_edit(say(f"duty.{name}"), code=name != "sanction_why",
                            hint=say(f"duty.{name}"))
            for name in ("sanction_from", "sanction_to", "sanction_why")
        }  # fmt: skip
        for field in self.stops.values():
            stop.addWidget(field, 1)
        grid.addLayout(stop, below + 3, 0, 1, 4)
        more = row(space=8)
        self.sanction = button(say("duty.sanction"))
        self.sanction.clicked.connect(self._sanction)
        self.end = button(say("duty.sanction_end"))
        self.end.clicked.connect(
            lambda: model.end_sanctions(shop_time(model.shop.now()).date() - timedelta(days=1))
        )
        more.addWidget(self.sanction)
        more.addWidget(self.end)
        more.addStretch(1)
        grid.addLayout(more, below + 4, 0, 1, 4)
        return form

    def _attendance(self) -> QGridLayout:
        say = self._model.session.say
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        self.first = line_edit(say("duty.first"), code=True, hint=say("duty.first"))
        self.last = line_edit(say("duty.last"), code=True, hint=say("duty.last"))
        self.export = button(say("duty.export"))
        self.export.clicked.connect(
            lambda: self._model.export(self.first.text(), self.last.text(), self._write)
        )
        self.hours = line_edit(say("duty.hours"), code=True, hint=say("duty.hours"))
        self.keep = button(say("duty.hours_keep"))
        self.keep.clicked.connect(lambda: self._model.keep_hours(self.hours.text()))
        self.ephedrine = button(say("ephedrine.print"))
        self.ephedrine.clicked.connect(
            lambda: self._model.print_ephedrine(self.first.text(), self.last.text(), self._draw)
        )
        grid.addWidget(self.first, 0, 0)
        grid.addWidget(self.last, 0, 1)
        files = QWidget()
        line = FlowLayout(files, space=8)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.export)
        line.addWidget(self.ephedrine)
        grid.addWidget(files, 1, 0, 1, 3)
        grid.addWidget(self.hours, 2, 0, 1, 2)
        grid.addWidget(self.keep, 2, 2)
        self.history = line_edit(say("duty.history"), code=True, hint=say("duty.history"))
        self.keep_history = button(say("duty.history_keep"))
        self.keep_history.clicked.connect(lambda: self._model.keep_history(self.history.text()))
        grid.addWidget(label(say("duty.history"), "small", "second", wrap=True), 3, 0)
        grid.addWidget(self.history, 3, 1)
        for place in (0, 1):
            grid.setColumnStretch(place, 1)
        grid.addWidget(self.keep_history, 3, 2)
        return grid

    def opened(self) -> None:
        """The month up to today is the period that is asked for most."""
        today = shop_time(self._model.shop.now()).date()
        self.first.setText(today.replace(day=1).isoformat())
        self.last.setText(today.isoformat())

    # --- acts ------------------------------------------------------------------------------------

    def _chosen(self, place: int) -> None:
        self._sure = ""
        if 0 <= place < len(self._model.rows) and self._model.chosen is not self._model.rows[place]:
            self._model.choose(place)

    def _bind(self) -> None:
        typed = {name: field.text() for name, field in self.fields.items()}
        self._model.bind(typed, self.remote.isChecked())

    def _unbind(self) -> None:
        """Pressed twice: the binding ends, and a duty that runs with it."""
        chosen = self._model.chosen
        if chosen is not None and self._sure != chosen.staff_id:
            self._sure = chosen.staff_id
            self.unbind.setText(self._model.session.say("duty.unbind_sure"))
            return
        self._sure = ""
        self._model.unbind()

    def _sanction(self) -> None:
        self._model.sanction(*(field.text() for field in self.stops.values()))

    # --- drawing ---------------------------------------------------------------------------------

    def refresh(self) -> None:
        """List and form."""
        model, say = self._model, self._model.session.say
        self.list.blockSignals(True)
        self.list.clear()
        for one in model.rows:
            self.list.addItem(self._row(one))
        chosen = model.chosen
        self.list.setCurrentRow(model.rows.index(chosen) if chosen else -1)
        self.list.blockSignals(False)
        self.empty.setVisible(not model.rows)
        if not self._sure:
            self.unbind.setText(say("duty.unbind"))
        binding = chosen.binding if chosen else None
        bound = binding is not None and binding.unbound_at is None
        self.unbind.setEnabled(bound)
        self.sanction.setEnabled(bound)
        self.end.setEnabled(bound)
        self._fill(chosen, binding)
        hours = model.view.business_hours if model.view else ""
        if not self.hours.text():
            self.hours.setText(hours)
        if model.view and not self.history.hasFocus():
            self.history.setText(str(model.view.history_days))

    def _fill(self, chosen: RegisterRow | None, binding: Pharmacist | None) -> None:
        person = binding.professional if binding else None
        shown = {
            "name": person.name if person else chosen.name if chosen else "",
            "cert_no": person.cert_no if person else "",
            "code": person.code if person else "",
            "licence_no": binding.licence_no if binding else "",
            "filing_no": binding.filing_no if binding else "",
            "filed_on": str(binding.filed_on or "") if binding else "",
            "valid_from": str(binding.valid_from or "") if binding else "",
            "valid_to": str(binding.valid_to or "") if binding else "",
        }
        for name, text in shown.items():
            self.fields[name].setText(text)
        self.remote.setChecked(binding.remote if binding else False)
        say = self._model.session.say
        told = [
            say("duty.sanction_row", begins=one.begins, ends=one.ends or "—", reason=one.reason)
            for one in (binding.sanctions if binding else ())
        ]
        self.sanctions.setText("\n".join(told))
        self.sanctions.setVisible(bool(told))

    def _row(self, one: RegisterRow) -> str:
        say, binding = self._model.session.say, one.binding
        if binding is None:
            state = say("duty.reg_unbound")
        elif binding.unbound_at is not None:
            state = say("duty.reg_gone")
        else:
            state = say("duty.reg_bound" if one.bound_today else "duty.reg_not_today")
            at = binding.confirmed_at
            known = say("duty.confirmed", at=f"{shop_time(at):%m-%d}") if at else ""
            state += f" · {known or say('duty.not_confirmed')}"
        return say("duty.reg_row", name=one.name, number=one.number, state=state)
