"""The manager's part for one pharmacist: which key of a certificate authority signs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from app.domain.clock import shop_time
from ui.widgets.parts import button, check_box, column, label, row

if TYPE_CHECKING:
    from app.domain.ca_key import Certificate
    from ui.screens.duty.view_model import DutyViewModel


class CaKeyPart(QWidget):
    """What signs now, what is plugged in, and whether the shop takes nothing else.

    Out of sight in a shop that has no such keys.
    """

    def __init__(self, model: DutyViewModel) -> None:
        super().__init__()
        self._model, say = model, model.session.say
        lines = column(self, space=6)
        self.now = label("", "", "", wrap=True)
        lines.addWidget(self.now)
        self.found = label("", "", "accent", wrap=True)
        lines.addWidget(self.found)
        acts = row(space=8)
        self.read = button(say("duty.ca_read"))
        self.read.clicked.connect(model.read_ca_key)
        self.bind = button(say("duty.ca_bind"), "commit")
        self.bind.clicked.connect(model.bind_ca_key)
        self.end = button(say("duty.ca_end"))
        self.end.clicked.connect(model.end_ca_key)
        for each in (self.read, self.end):
            acts.addWidget(each)
        acts.addStretch(1)
        lines.addLayout(acts)
        # A row of its own: three abreast are cut where the type is large.
        lines.addWidget(self.bind)
        self.only = check_box(say("duty.ca_only"))
        self.only.clicked.connect(model.demand_ca)
        lines.addWidget(self.only)
        model.registered.connect(self.refresh)
        model.changed.connect(self.refresh)

    def refresh(self) -> None:
        """What holds for the chosen one."""
        model, say = self._model, self._model.session.say
        held = any(one.binding is not None and one.binding.ca_key for one in model.rows)
        self.setVisible(model.shop.key_pin_asked() or model.ca_demanded or held)
        binding = model.chosen.binding if model.chosen else None
        bound = binding is not None and binding.unbound_at is None
        key = binding.ca_key if binding is not None else None
        self.now.setText(
            self._words("duty.ca_signs", key.certificate) if key else say("duty.ca_none")
        )
        self.now.setVisible(bound)
        offered = model.offered_key
        self.found.setVisible(offered is not None)
        if offered is not None:
            self.found.setText(self._words("duty.ca_found", offered))
        free = not model.busy
        self.read.setEnabled(bound and free)
        self.bind.setVisible(offered is not None)
        self.bind.setEnabled(bound and free)
        self.end.setEnabled(key is not None and free)
        self.only.setChecked(model.ca_demanded)
        self.only.setEnabled(free)

    def _words(self, message_id: str, one: Certificate) -> str:
        return self._model.session.say(
            message_id,
            holder=one.shown_holder,
            issuer=one.issuer,
            serial=one.serial,
            begins=f"{shop_time(one.valid_from):%Y-%m-%d}",
            ends=f"{shop_time(one.valid_to):%Y-%m-%d}",
        )
