"""What other tills of a store did meanwhile, felt by a short question twice a second.

Each prescription and each duty leaves a trace in the figures asked here, so that a till reads its
queue and its board again only when something moved. No sealed column is read, nothing is opened.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.use_cases.doors import Doors


@dataclass(frozen=True, slots=True)
class Pulse:
    """Two texts that change whenever what they stand for does; they mean nothing else."""

    prescriptions: str
    duty: str


def store_pulse(doors: Doors) -> Pulse:
    """The store as the books have it now, whichever till wrote it."""
    with doors.uow() as uow:
        return Pulse(uow.prescriptions.pulse(), uow.duties.pulse())
