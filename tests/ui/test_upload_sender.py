"""The sender: by itself, ever more seldom while the line is down, at once when it is back, and
never before the counter.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from app.domain.insurance import Answer, Outcome
from app.use_cases.drain_outbox import Drained
from sync.line_watch import LineState
from tests.fakes.clock import START, FixedClock
from tests.fakes.lanes import HandLanes
from ui.gate import Gate
from ui.screens.session import Session
from ui.screens.uploads.sender import (
    COUNTER_MS,
    EVERY_MS,
    NEXT_MS,
    PROBES_MS,
    UploadSender,
)


class Wire:
    """A shop of which the sender asks two things."""

    def __init__(self) -> None:
        self.answers: list[Drained] = []
        self.slices = 0
        self.line = LineState(FixedClock(START))

    def send_uploads(self, give_way: Callable[[], None]) -> Drained:
        give_way()
        self.slices += 1
        return self.answers.pop(0) if self.answers else Drained()

    def when_line_returns(self, tell: Callable[[], None]) -> None:
        self.line.when_back(tell)


class Bench:
    def __init__(self) -> None:
        self.wire, self.lanes, self.busy = Wire(), HandLanes(), False
        session = Session(self.wire, self.lanes)  # type: ignore[arg-type]
        self.sender = UploadSender(session, lambda: self.busy, dice=lambda below: below // 2)
        self.sender.start()

    def slice(self) -> int:
        """One slice now; answers how long it rests after it."""
        self.sender._slice()
        self.lanes.run()
        return self.sender.rest_millis


@pytest.fixture
def bench(qtbot) -> Iterator[Bench]:
    made = Bench()
    yield made
    made.sender.stop()


@pytest.mark.rule("SJZ-A.11")
def test_a_line_that_is_down_is_tried_ever_more_seldom(bench: Bench) -> None:
    down = Drained(line_down=True)
    bench.wire.answers = [down] * (len(PROBES_MS) + 2)
    rests = [bench.slice() for _ in range(len(PROBES_MS) + 2)]
    assert rests == [*PROBES_MS, PROBES_MS[-1], PROBES_MS[-1]]
    bench.sender._dice = lambda _below: 0
    bench.wire.answers = [down, Drained(sent=3, unknown=3)]
    assert bench.slice() == bench.slice() == PROBES_MS[-1] // 2
    bench.wire.answers = [Drained(sent=3, confirmed=3), Drained(), down]
    assert [bench.slice(), bench.slice()] == [NEXT_MS, EVERY_MS]
    assert bench.slice() == PROBES_MS[0] // 2, "it begins anew"


def test_any_call_that_finds_the_line_standing_wakes_it(bench: Bench, qtbot) -> None:
    bench.wire.answers = [Drained(line_down=True)]
    assert bench.slice() == PROBES_MS[0]
    good, down = Answer(Outcome.SUCCESS), Answer(Outcome.NOT_SENT, text="answer.not_sent")

    def on_another_thread(answer: Answer) -> None:
        thread = threading.Thread(target=bench.wire.line.note, args=(answer,))
        thread.start()
        thread.join()

    on_another_thread(good)  # nothing was known: nothing is back
    on_another_thread(down)
    on_another_thread(down)
    assert bench.sender.rest_millis == PROBES_MS[0]
    on_another_thread(good)
    qtbot.waitUntil(lambda: bench.sender.rest_millis == NEXT_MS)


def test_money_at_the_counter_goes_first(bench: Bench) -> None:
    bench.busy = True
    assert bench.slice() == COUNTER_MS
    assert bench.wire.slices == 0
    bench.busy = False
    bench.slice()
    assert bench.wire.slices == 1


def test_background_work_waits_at_the_gate_until_the_counter_is_done() -> None:
    gate, order = Gate(), list[str]()

    def background() -> None:
        gate.give_way()
        order.append("background")

    gate.ask()
    thread = threading.Thread(target=background)
    with gate.inside():
        thread.start()
        order.append("counter")
    order.append("counter again")
    gate.leave()
    thread.join()
    assert order == ["counter", "counter again", "background"]
