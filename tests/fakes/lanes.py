"""Lanes that run by hand: a test decides what has happened already."""

from collections import deque

from PySide6.QtCore import QObject, Signal

from ui.operation import Lane, Operation, Work, run_work


class HandLanes(QObject):
    """Work waits until ``run`` is called; the order is the one in which it was started."""

    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.waiting: deque[tuple[Lane, Operation, Work]] = deque()

    def start(self, lane: Lane, work: Work) -> Operation:
        operation = Operation()
        self.waiting.append((lane, operation, work))
        return operation

    def give_way(self) -> None:
        """Nothing runs beside anything here."""

    def run_one(self) -> None:
        _, operation, work = self.waiting.popleft()
        value, error = run_work(work, operation.told.emit)
        if error is None:
            operation.succeeded.emit(value)
        else:
            operation.failed.emit(error)

    def run(self, quickest: Lane | None = None) -> None:
        """Everything that waits; ``quickest``: a lane that is ahead of the others all the time."""
        while self.waiting:
            ahead = next((one for one in self.waiting if one[0] is quickest), None)
            if ahead is not None:
                self.waiting.remove(ahead)
                self.waiting.appendleft(ahead)
            self.run_one()

    def close_later(self) -> None:
        self.run()
        self.closed.emit()
