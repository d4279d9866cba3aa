"""What the bar at the top of the counter's window tells, and the counts on its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.staff import Right
from ui.keys import Action
from ui.operation import Lane

if TYPE_CHECKING:
    from datetime import datetime

    from app.domain.crash import CrashReport
    from app.use_cases.notes import Note
    from app.use_cases.shift_view import TillShift
    from ui.main_window import MainWindow
    from ui.screens.crash.strip import CrashStrip
    from ui.screens.custody.strip import CustodyStrip
    from ui.screens.shift.strip import ShiftStrip


class Top:
    """Shop, cashier, line, what waits, lamps, presence: asks the view models and writes."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._custody: CustodyStrip | None = None
        self._crash: CrashStrip | None = None
        self._shift: ShiftStrip | None = None
        self._shift_until: datetime | None = None
        """Until when the open shift lasts; None = none is open, as far as is known."""

    def refresh(self) -> None:
        """Everything that is not counted or lit."""
        window = self._window
        bar, session, status = window.bar, window.session, window.status
        say, facts = session.say, session.shop.facts
        shown = say("status.shop", shop=facts.shop_name, till=facts.till_no)
        portal = session.shop.portal_assisted()
        bar.put(
            "shop", say("portal.bar", shop=shown) if portal else shown, "warn" if portal else ""
        )
        name = session.operator.staff.name if session.operator else "—"
        bar.put("cashier", say("status.cashier", name=name))
        self.show_presence()
        bar.put("line", *status.line_text())
        bar.put("waiting", *status.outbox_text())
        bar.put("clock", status.clock_text())
        draft = say("status.draft") if facts.region_status == "draft" else ""
        bar.show_environment(facts.environment, say(f"status.{facts.environment}"), draft)

    def show_presence(self) -> None:
        """How many pharmacists are here, as the board knows it, and the strip while too few are."""
        window = self._window
        shop = window.session.shop
        seen = shop.presence()
        enough = seen is None or seen.present >= shop.pharmacists_needed()
        words = window.session.say("duty.bar", present=seen.present) if seen else ""
        window.bar.put("duty", words, "" if enough else "bad")
        window.duty_strip.refresh(window.looks.keys.key_of(Action.DUTY))

    def show_lamps(self) -> None:
        """Those of the devices of this till; without any there is no row of lamps."""
        window = self._window
        if window.bar.lamps is None:
            from ui.widgets.lamps import Lamps

            lamps = Lamps(window.session.say("device_lamp.title"))
            lamps.pressed.connect(lambda: window.router.perform(Action.DEVICES))
            window.bar.put_lamps(lamps)
        devices = window.devices
        window.bar.show_lamps([devices.lamp(state) for state in devices.shown()])
        self.unsay_devices()

    def unsay_devices(self) -> None:
        """What a device was said to want stands there only as long as it is so, and once."""
        window = self._window
        if not window.is_made("devices"):
            return  # nothing was said of any
        strips = (window.printing, window.labels)
        speaks = [strip.device for strip in strips if strip.line()]
        for message_id, name in window.devices.over(speaks):
            window.till.unsay(message_id, name)

    def ask_custody(self) -> None:
        """Whether a held card wants somebody, now that somebody is here."""
        session = self._window.session
        if not session.locked:
            session.run(Lane.STORE, lambda _: session.shop.custody_attention(), self.show_custody)

    def ask_shift(self) -> None:
        """How the drawer stands, now that somebody is here."""
        session = self._window.session
        if not session.locked:
            session.run(Lane.STORE, lambda _: session.shop.shift_state(), self.show_shift)

    def ask_connection(self) -> None:
        """By the interface or with the portal, now that somebody is here."""
        session = self._window.session
        if not session.locked:
            shop = session.shop
            session.run(Lane.STORE, lambda _: shop.connection(), lambda _: self.refresh())

    def sold_in_shift(self) -> None:
        """A sale opens its shift where nobody did: said once, not asked for at every sale."""
        until = self._shift_until
        if until is None or self._window.session.shop.now() >= until:
            self.ask_shift()

    def shift_in_sight(self, seen: bool) -> None:
        """Its own panel is open: the strip need not lead there."""
        if self._shift is not None:
            self._shift.stand_back(seen)

    def show_shift(self, state: TillShift) -> None:
        """What the drawer wants, over the basket."""
        from ui.screens.shift.strip import ShiftStrip, wants

        window, operator = self._window, self._window.session.operator
        self._shift_until = state.shift.until if state.shift is not None else None
        window.payment.rounding = state.rules.rounding.value
        staff_id = operator.staff.id if operator is not None else ""
        if self._shift is None and wants(state, staff_id):
            self._shift = ShiftStrip(window.session)
            self._shift.panel_asked.connect(lambda: window.open_panel("shift"))
            panel = window.panels.made("shift")
            self._shift.stand_back(panel is not None and window.panel() is panel)
            window.put_over_basket(self._shift)
        if self._shift is not None:
            self._shift.show_state(state, staff_id, window.looks.keys.key_of(Action.SHIFT))

    def sign_on(self) -> None:
        """Who came to the till is signed on at the platform before the first customer."""
        session = self._window.session
        if not session.locked:
            who = session.who()
            session.run(Lane.RECOVERY, lambda _: session.shop.sign_on(who), lambda _: None)

    def ask_vault(self) -> None:
        """Who keeps the evidence is told what is wrong with it, without opening its page."""
        session = self._window.session
        if session.locked or not session.may(Right.KEEP_EVIDENCE):
            return
        who = session.who()

        def tell(notes: tuple[Note, ...]) -> None:
            for note in notes:
                session.told.emit(note)

        session.run(Lane.STORE, lambda _: session.shop.vault_attention(who), tell)

    def ask_crashes(self) -> None:
        """Who keeps the shop is told what broke since somebody looked."""
        session = self._window.session
        if session.may(Right.CLOSE_DAY) and not session.locked:
            session.run(Lane.STORE, lambda _: session.shop.crash_reports(), self._show_crashes)
        else:
            self._show_crashes(())

    def _show_crashes(self, reports: tuple[CrashReport, ...]) -> None:
        if self._crash is None and reports:
            from ui.screens.crash.strip import CrashStrip

            self._crash = CrashStrip(self._window.session)
            self._window.put_over_basket(self._crash)
        if self._crash is not None:
            self._crash.show_reports(reports, may=self._window.session.may(Right.CLOSE_DAY))

    def show_custody(self, urgent: tuple[int, int, int]) -> None:
        """(unexplained, late receipts, late returns) over the basket, while there are some."""
        window = self._window
        if self._custody is None and any(urgent):
            from ui.screens.custody.strip import CustodyStrip

            self._custody = CustodyStrip(window.session)
            self._custody.panel_asked.connect(lambda: window.open_panel("custody"))
            window.put_over_basket(self._custody)
        if self._custody is not None:
            self._custody.show_urgent(urgent, window.looks.keys.key_of(Action.CUSTODY))

    def count_waiting(self) -> None:
        """How many prescriptions wait for a pharmacist, and how urgently."""
        window = self._window
        count, level = window.waiting.count, min(window.waiting.level, 2)
        words = window.session.say("key.review") + (f"({count})" if count else "")
        window.bar.show_review(f"{words} {'!' * level}".strip(), ("", "warn", "bad")[level])
        window.bar.review.setToolTip(window.looks.keys.key_of(Action.REVIEW))

    def count_held(self) -> None:
        """How many baskets are held, on the key that takes them back."""
        window = self._window
        key = window.looks.keys.key_of(Action.TAKE)
        window.strip.count_on(Action.TAKE, len(window.held.held), key)
