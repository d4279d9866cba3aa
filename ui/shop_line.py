"""The open shop's part for the line: what an outage leaves standing, signing on and off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.line import Line
from app.errors import PlatformError

if TYPE_CHECKING:
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.outage import Outage
    from sync.line_watch import LineState


class ShopLine:
    """``ui.screens.outage_door.OutageDoor``; a part of :class:`ui.shop.Shop`."""

    doors: Doors
    _recovery: Doors
    _line: LineState
    _system: Operator
    _told_line: Line = Line()
    """As the log has it."""

    def line_state(self) -> Line:
        """The line to the platform, as of the last call."""
        return self._line.read()

    def outage(self) -> Outage:
        """What stands at this till while nothing can be settled."""
        from app.use_cases.outage import outage

        return outage(self.doors)

    def probe_line(self) -> Line:
        """Ask now whether the platform answers."""
        from app.use_cases.outage import probe

        probe(self._recovery, self._system)
        return self._line.read()

    def tend_line(self) -> None:
        """A line that is down is asked again by itself, no sooner than its rest is over."""
        line = self._line.read()
        if line.trouble is None and self._told_line.trouble is None:
            return
        from app.use_cases.outage import log_line, probe_due

        if probe_due(line, self.doors.shop.till_no, self.doors.clock.now()):
            line = self.probe_line()
        self._told_line = log_line(self._recovery, self._system, line, self._told_line)

    def sign_on(self, operator: Operator) -> None:
        """9001 for who came to the till, before the first customer; the bar shows how it went."""
        from app.use_cases.legs import signed_in

        try:
            signed_in(self._recovery, operator)
        except PlatformError:
            return

    def sign_off(self, operator: Operator) -> None:
        """9002 for who leaves the till; without an answer the number ends with the day."""
        from app.use_cases.legs import signed_off

        if self._line.read().up is not False:
            signed_off(self._recovery, operator)
