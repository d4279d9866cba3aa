"""The five steps with their ticks, and what each of them says under its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from app.domain.clock import shop_time
from app.use_cases.proxy_view import STEPS
from ui.widgets.parts import column, label, retone, row

if TYPE_CHECKING:
    from app.use_cases.proxy_view import ProxyView
    from ui.screens.proxy.view_model import ProxyModel


class StepList(QWidget):
    """Ticked, under way, still to come, or not asked for in this area."""

    def __init__(self, model: ProxyModel) -> None:
        super().__init__()
        self._model, say = model, model.session.say
        self.setAccessibleName(say("proxy.steps"))
        lines = column(self, space=10)
        self.signs, self.names, self.told = {}, {}, {}
        for number, step in enumerate(STEPS, 1):
            sign, name = label("○", "heading", "second"), label("", "strong")
            sign.setFixedWidth(28)
            name.setText(f"{number} {say(f'proxy.step_{step}')}")
            told = label("", "small", "second", wrap=True)
            self.signs[step], self.names[step], self.told[step] = sign, name, told
            line, beside = row(), column(space=1)
            beside.addWidget(name)
            beside.addWidget(told)
            line.addWidget(sign)
            line.addLayout(beside, 1)
            lines.addLayout(line)
        lines.addStretch(1)

    def refresh(self) -> None:
        """Where the record stands."""
        view, running = self._model.view, self._model.step
        running = "list" if running == "quote" else running
        for step in STEPS:
            done = view is not None and view.done(step)
            wanted = view is None or view.wanted(step)
            sign, tone = ("✓", "good") if done else ("○", "second")
            if step == running:
                sign, tone = "▸", "accent"
            elif not done and not wanted:
                sign, tone = "—", "second"
            self.signs[step].setText(sign)
            retone(self.signs[step], "tone", tone)
            retone(self.names[step], "tone", "" if done or step == running else "second")
            words = self._words(step, view, done=done, wanted=wanted) if view else ""
            self.told[step].setText(words)
            self.told[step].setVisible(bool(words))

    def _words(self, step: str, view: ProxyView, *, done: bool, wanted: bool) -> str:
        say = self._model.session.say
        if not done and not wanted:
            return say("proxy.not_asked")
        if step == "identity":
            return self._identities(view)
        if step == "why":
            return self._why(view)
        if step == "list" and view.listed is not None:
            cash = view.listed.cash_due
            return say("proxy.list_differs" if view.differs else "proxy.list_cash", cash=cash)
        at = {"signature": view.signed_at, "still": view.pictured_at}.get(step)
        return f"{shop_time(at):%H:%M:%S}" if at is not None and done else ""

    def _identities(self, view: ProxyView) -> str:
        say = self._model.session.say
        kind = say(f"patient.by_{view.patient_kind.value}")
        typed = "" if view.patient_shown else say("proxy.typed_mark")
        told = [say("proxy.patient_side", name=view.patient, kind=kind) + typed]
        if view.proxy:
            kind = say(f"patient.by_{view.proxy_kind}")
            typed = say("proxy.typed_mark") if view.proxy_typed else ""
            told.append(
                say("proxy.proxy_side", name=view.proxy, number=view.proxy_number, kind=kind)
                + typed
            )
        if view.staff_filing:
            told.append(say("proxy.staff_filed", filing=view.staff_filing))
        return "\n".join(told)

    def _why(self, view: ProxyView) -> str:
        say, named = self._model.session.say, self._model.named
        relation, reason = named.get("relation", ""), named.get("reason", "")
        told = [say(f"proxy.relation_{relation}")] if relation else []
        told += [say(f"proxy.reason_{reason}")] if reason else []
        proof = named.get("proof", "")
        told += [say(f"proxy.proof_{proof}")] if proof else []
        if view.reason and view.cause_wanted and not view.cause_holds and not reason:
            told.append(say("proxy.no_cause", reason=say(f"proxy.reason_{view.reason}")))
        return " · ".join(told)
