"""The block at the top right: who the sale is for and what they still have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QProgressBar

from app.domain.clock import age_on
from ui.widgets.parts import button, column, label, retone, row

if TYPE_CHECKING:
    from PySide6.QtWidgets import QPushButton

    from app.use_cases.quota import QuotaView
    from app.use_cases.views import Patient
    from ui.screens.patient.view_model import PatientViewModel

USES = ("0", "1", "2")


class PatientCard(QFrame):
    """Name, insurance, deductible as a bar, year, balances, and who pays from which account."""

    use_chosen = Signal(str)

    def __init__(self, model: PatientViewModel) -> None:
        super().__init__()
        self.setObjectName("card")
        self._model, self._session = model, model.session
        self._compact = False
        say = self._session.say
        self.setAccessibleName(say("patient.title"))
        lines = column(self, margin=12, space=4)
        head = row()
        self.name = label("", "heading")
        self.facts = label("", "", "second")
        head.addWidget(self.name)
        head.addWidget(self.facts, 1)
        lines.addLayout(head)
        self.insurance = label("", "small", "second", wrap=True)
        lines.addWidget(self.insurance)
        self.deductible = label("", "")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        lines.addWidget(self.deductible)
        lines.addWidget(self.bar)
        self.year = label("")
        lines.addWidget(self.year)
        self.quota = label("")
        lines.addWidget(self.quota)
        self.balance = label("")
        lines.addWidget(self.balance)
        self.uses: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        line = row(space=4)
        self._uses_name = label(say("patient.account_use"), "", "second")
        line.addWidget(self._uses_name)
        for use in USES:
            made = button(say(f"patient.use_{use}"))
            made.setCheckable(True)
            made.clicked.connect(lambda _=False, what=use: self.use_chosen.emit(what))
            self._group.addButton(made)
            self.uses[use] = made
            line.addWidget(made)
        line.addStretch(1)
        lines.addLayout(line)

    def set_compact(self, compact: bool) -> None:
        """While money is taken only the name stays: the room belongs to the tenders."""
        if compact != self._compact:
            self._compact = compact
            self.refresh()

    def refresh(self) -> None:
        """Show the patient as the view models know them."""
        patient = self._model.till.patient
        known = patient is not None and patient.row is not None
        full = known and not self._compact
        for widget in (self.deductible, self.bar, self.year, self.balance, self._uses_name):
            widget.setVisible(full)
        self.quota.hide()
        for made in self.uses.values():
            made.setVisible(full)
        if not known or patient is None:
            self._show_nobody()
            return
        self._show_person(patient)
        if full:
            self._show_limits()

    def _show_nobody(self) -> None:
        say = self._session.say
        self.name.setText(say("patient.reading" if self._model.busy else "patient.none"))
        self.facts.setText("")
        self.insurance.setText(say("patient.none_hint"))

    def _show_person(self, patient: Patient) -> None:
        say, person, chosen = self._session.say, patient.person, patient.row
        if chosen is None:
            return
        self.name.setText(self._model.shown_name())
        sex = say(f"patient.sex_{person.gender if person.gender in '12' else '0'}")
        age = ""
        if person.birth_date is not None:
            age = str(age_on(person.birth_date, self._session.shop.now()))
        self.facts.setText(f"{sex} {age}".strip())
        kind = self._session.say_code("patient.insutype", chosen.insutype)
        category = say(f"patient.category_{chosen.category()}")
        shown = say(f"patient.by_{patient.credential.kind.value}")
        state = say("patient.confirmed" if self._model.confirmed else "patient.unconfirmed")
        if self._model.differs:
            state = say("patient.differs")
        self.insurance.setText(f"{kind} · {category} · {chosen.area} · {shown} · {state}")
        self.balance.setText(say("patient.balance", balance=chosen.balance))
        self.uses[self._model.till.account_use].setChecked(True)

    def _show_limits(self) -> None:
        say, estimate = self._session.say, self._model.till.estimate
        patient = self._model.till.patient
        amount = estimate.deductible_amount.fen if estimate else 0
        used = patient.deductible_used.fen if patient else 0
        has_bar = bool(estimate and amount)
        self.bar.setVisible(has_bar)
        self.deductible.setVisible(has_bar)
        if estimate and has_bar:
            self.bar.setValue(min(1000, used * 1000 // amount))
            left = estimate.deductible_amount.fen - min(used, amount)
            missing = type(estimate.deductible_amount)(left)
            words = "patient.deductible" if left else "patient.deductible_met"
            self.deductible.setText(
                say(words, used=patient.deductible_used if patient else "",
                    amount=estimate.deductible_amount, missing=missing)
            )  # fmt: skip
            self.bar.setAccessibleName(self.deductible.text())
        fund_used = patient.fund_used if patient else ""
        if estimate is not None and estimate.cap is not None:
            self.year.setText(say("patient.year", used=fund_used, cap=estimate.cap))
        else:
            self.year.setText(say("patient.year_open", used=fund_used))
        self._show_quota(estimate.quota if estimate else None)
        known = bool(patient and patient.counters_known)
        if not known:
            self.year.setText(say("patient.counters_unknown"))

    def _show_quota(self, quota: QuotaView | None) -> None:
        """Of the special disease, before anybody pays (HY-3.6a)."""
        self.quota.setVisible(quota is not None)
        if quota is not None:
            say = self._session.say
            words = f"patient.quota_{'left' if quota.left.fen else 'gone'}"
            period = say(f"patient.quota_of_{quota.kind}")
            self.quota.setText(say(words, left=quota.left, limit=quota.limit, period=period))
            retone(self.quota, "tone", "" if quota.left.fen else "warn")
