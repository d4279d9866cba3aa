"""Whatever happens at counter and wire: used at the centre exactly where settled or sold.

Random acts and faults on a whole practice till; then the line is healthy, the recovery runs, and
the till's books are held against the centre's.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.rx_states import ON_THE_WIRE, RxState
from app.domain.sale import Sale
from app.domain.settlement_states import UNRESOLVED, SettlementState
from app.errors import YaotaiError
from app.use_cases.basket import abandon_basket
from app.use_cases.cancel_settlement import cancel_settlements
from app.use_cases.close_visits import abandon_quotes
from app.use_cases.complete_sale import complete_sale
from app.use_cases.payment import payment
from app.use_cases.recover_settlements import recover_settlements
from app.use_cases.rx_dispense import reopen
from app.use_cases.rx_settle import align, prepare_completion, release
from tests.fakes.practice_rx import RxTill
from tests.fakes.practice_till import cash, practice_till

FAULTS = st.tuples(
    st.just("fault"),
    st.sampled_from(["not_arrived", "lost_answer", "torn", "refused", "http_500", "maintenance"]),
    st.sampled_from(["7204", "7206", "7207", "7208", "2102", "2103", "2601"]),
)
ACTS = st.tuples(
    st.sampled_from(
        ["settle", "settle", "cash", "cancel", "leave", "recover", "revoke", "recheck", "line",
         "tokens", "restart"]
    ),
    st.just(""),
    st.just(""),
)  # fmt: skip
WALKS = st.lists(st.one_of(FAULTS, ACTS), min_size=1, max_size=9)


class Counter:
    """One sale on one prescription, and everything that may be done to it."""

    def __init__(self, rx: RxTill) -> None:
        self.rx, self.operator = rx, rx.till.operator
        self.sale, self.case, self.patient = rx.ready()

    def act(self, name: str, kind: str, infno: str) -> None:
        if name == "fault":
            self.rx.till.fault(kind=kind, infno=infno)
            return
        # What is refused leaves the books as they are: the next act finds them.
        with suppress(YaotaiError):
            getattr(self, f"_{name}")()

    def _settle(self) -> None:
        self.rx.till.quote(self.sale, self.patient)
        self.rx.till.settle(self.sale, self.patient)
        self._complete()

    def _complete(self) -> None:
        view = payment(self.rx.doors, self.sale.id)
        if view.sale_state == "completing":
            due = view.cash_due
            complete_sale(self.rx.doors, self.sale.id, cash(due), due, self.operator)

    def _cash(self) -> None:
        if prepare_completion(self.rx.doors, self.sale.id, self.operator) == ():
            total = self._stored().total
            complete_sale(self.rx.doors, self.sale.id, cash(total), total, self.operator)

    def _cancel(self) -> None:
        self.rx.till.quote(self.sale, self.patient)
        self.rx.till.settle(self.sale, self.patient)
        cancel_settlements(self.rx.doors, self.sale.id, self.operator)

    def _leave(self) -> None:
        abandon_quotes(self.rx.doors, self.sale.id, self.operator)
        abandon_basket(self.rx.doors, self.sale, self.operator)
        release(self.rx.doors, self.sale.id, self.operator)

    def _recover(self) -> None:
        self.rx.till.clock.advance(90)
        recover_settlements(self.rx.doors, self.operator)

    def _restart(self) -> None:
        self.rx.till.clock.advance(1)
        now = self.rx.till.clock.now()
        recover_settlements(self.rx.doors, self.operator, left_before=now)

    def _revoke(self) -> None:
        with suppress(AssertionError):  # used: the hospital may not any more
            self.rx.act(self.case.sheet.number, "revoke")

    def _tokens(self) -> None:
        self.rx.act(self.case.sheet.number, "tokens")

    def _recheck(self) -> None:
        reopen(self.rx.doors, self.case.id, self.operator)
        self.rx.sign(self.case, self._stored())

    def _line(self) -> None:
        self.rx.till.line_up = not self.rx.till.line_up

    def _stored(self) -> Sale:
        return self.rx.sale(self.sale.id)

    def heal(self) -> None:
        """The line is up, nothing goes wrong, and the recovery's timer goes on."""
        self.rx.till.line_up = True
        self.rx.till.platform.handle("POST", "/practice/faults", {}, b"[]")
        for _round in range(8):
            self.rx.till.clock.advance(700)
            recover_settlements(self.rx.doors, self.operator)

    def verdict(self) -> tuple[bool, bool, RxState]:
        """(settled or sold here, used at the centre, state of the case)."""
        with self.rx.doors.uow() as uow:
            attempts = uow.settlements.of_sale(self.sale.id)
            case = uow.prescriptions.get(self.case.id)
        assert not any(one.state in UNRESOLVED for one in attempts), attempts
        settled = any(one.state is SettlementState.SETTLED for one in attempts)
        used = bool(self.rx.centre(self.case.sheet.number)["used"])
        return settled or self._stored().state == "done", used, case.state


@pytest.mark.slow
@given(WALKS)
@settings(
    max_examples=40, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
def test_used_at_the_centre_exactly_where_settled_or_sold(
    walk: list[tuple[str, str, str]],
) -> None:
    """Slow: forty tills with books, client and platform."""
    with TemporaryDirectory() as folder:
        for till in practice_till(Path(folder)):
            one = Counter(RxTill(till))
            for step in walk:
                one.act(*step)
            one.heal()
            align(till.doors, one.sale.id, till.operator)
            paid, used, state = one.verdict()
            assert used == paid, (walk, state)
            assert (state is RxState.USED) == paid, (walk, state)
            assert state not in ON_THE_WIRE, (walk, state)
