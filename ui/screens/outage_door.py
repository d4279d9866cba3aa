"""What the screens ask of the shop about the line to the platform; the *recovery* lane."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from app.domain.line import Line
    from app.use_cases.doors import Operator
    from app.use_cases.outage import Outage


class OutageDoor(Protocol):
    """How the line is, and what an outage leaves standing."""

    def line_state(self) -> Line:
        """As of the last call; memory only."""
        ...

    def outage(self) -> Outage:
        """Counts of this till."""
        ...

    def probe_line(self) -> Line:
        """Ask now whether the platform answers."""
        ...

    def sign_on(self, operator: Operator) -> None:
        """9001 for who came to the till; a failure shows on the bar."""
        ...

    def sign_off(self, operator: Operator) -> None:
        """9002 for who leaves it; a failure is no hindrance."""
        ...
