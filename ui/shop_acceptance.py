"""The open shop's part for the acceptance test: who may, where the report goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.domain.acceptance import StepTold
    from app.use_cases.doors import Doors, Operator

FOLDER = "acceptance"
"""Beside the books: where reports of runs from the window lie."""


class ShopAcceptance:
    """``ui.screens.acceptance_door.AcceptanceDoor``; a part of :class:`ui.shop.Shop`."""

    doors: Doors
    _sending: Doors
    url: str
    devices_folder: Path

    def run_acceptance(
        self,
        operator: Operator,
        token: str,
        tell: Callable[[StepTold], None],
        say: Callable[..., str],
    ) -> tuple[bool, str, str]:
        """The whole run in books of its own, and the signed report beside the shop's."""
        from app.domain.staff import Right
        from app.use_cases.rights import require
        from ui.acceptance import AcceptanceRun, Asked, write_report
        from ui.homes import make_private

        require(self._sending, operator, Right.MANAGE_STAFF)
        asked = Asked(token=token.strip(), ask_system=True)
        one = AcceptanceRun(self._sending, self.devices_folder, self.url, say, asked)
        for step in one.steps():
            tell(step)
        out = make_private(self.devices_folder / FOLDER)
        made = write_report(one.report(), self._sending, out, say)
        return made.report.passed, str(made.pdf), made.key
