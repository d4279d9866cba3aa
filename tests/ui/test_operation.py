import threading

import pytest
from pytestqt.qtbot import QtBot

from app.errors import NotFound, YaotaiError
from ui.operation import Lane, ThreadLanes


@pytest.fixture
def lanes(qtbot: QtBot) -> ThreadLanes:
    return ThreadLanes()


def finish(lanes: ThreadLanes, qtbot: QtBot) -> None:
    with qtbot.waitSignal(lanes.closed, timeout=5_000):
        lanes.close_later()


def test_work_runs_off_the_screens_thread_and_answers_on_it(
    lanes: ThreadLanes, qtbot: QtBot
) -> None:
    here = threading.get_ident()
    seen: list[tuple[int, int]] = []
    operation = lanes.start(Lane.STORE, lambda _: threading.get_ident())
    operation.succeeded.connect(lambda there: seen.append((there, threading.get_ident())))
    qtbot.waitUntil(lambda: bool(seen))
    assert seen[0][0] != here
    assert seen[0][1] == here
    finish(lanes, qtbot)


def test_a_lane_keeps_the_order_and_waits_for_nobody_else(lanes: ThreadLanes, qtbot: QtBot) -> None:
    gate, done = threading.Event(), []
    lanes.start(Lane.LINE, lambda _: gate.wait(5)).succeeded.connect(lambda _: done.append("line"))
    for number in range(3):
        lanes.start(Lane.STORE, lambda _, n=number: n).succeeded.connect(done.append)
    qtbot.waitUntil(lambda: done == [0, 1, 2])
    gate.set()
    qtbot.waitUntil(lambda: done[-1] == "line")
    finish(lanes, qtbot)


def test_errors_of_ours_arrive_as_they_are(lanes: ThreadLanes, qtbot: QtBot) -> None:
    def work(_: object) -> None:
        raise NotFound(what="sale")

    with qtbot.waitSignal(lanes.start(Lane.STORE, work).failed, timeout=5_000) as caught:
        pass
    assert isinstance(caught.args[0], NotFound)
    finish(lanes, qtbot)


def test_what_nobody_foresaw_becomes_the_general_error_without_its_text(
    lanes: ThreadLanes, qtbot: QtBot
) -> None:
    def work(_: object) -> None:
        raise ValueError("张三 110101199003078515")

    with qtbot.waitSignal(lanes.start(Lane.STORE, work).failed, timeout=5_000) as caught:
        pass
    assert type(caught.args[0]) is YaotaiError
    assert "110101" not in str(caught.args[0])
    finish(lanes, qtbot)


def test_ticks_are_told_before_the_end(lanes: ThreadLanes, qtbot: QtBot) -> None:
    heard: list[object] = []

    def work(tell: object) -> str:
        assert callable(tell)
        tell("one")
        tell("two")
        return "end"

    operation = lanes.start(Lane.LINE, work)
    operation.told.connect(heard.append)
    operation.succeeded.connect(heard.append)
    qtbot.waitUntil(lambda: len(heard) == 3)
    assert heard == ["one", "two", "end"]
    finish(lanes, qtbot)


def test_closing_runs_every_lane_empty_and_takes_nothing_new(
    lanes: ThreadLanes, qtbot: QtBot
) -> None:
    done: list[int] = []
    for number in range(20):
        lanes.start(Lane.STORE, lambda _, n=number: n).succeeded.connect(done.append)
    finish(lanes, qtbot)
    qtbot.waitUntil(lambda: done == list(range(20)))
    assert not lanes.busy()
    lanes.start(Lane.STORE, lambda _: 99)
    assert not lanes.busy()
