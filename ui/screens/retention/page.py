"""保存期限: the dry run, proofs, holds, a person's request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.screens.office.parts_page import PartsPage
from ui.screens.retention.parts import HoldsPart, PlanPart, ProofsPart, RequestPart
from ui.screens.retention.view_model import RetentionModel

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QColor


class RetentionPage(PartsPage[RetentionModel]):
    """For who keeps the evidence; anybody else is told whose page it is."""

    def __init__(self, model: RetentionModel, colour: Callable[[str], QColor]) -> None:
        parts = {
            "plan": PlanPart(model, colour),
            "proofs": ProofsPart(model, colour),
            "holds": HoldsPart(model, colour),
            "request": RequestPart(model, colour),
        }
        super().__init__("retention", model, parts)
        model.said.connect(lambda: self.parts[model.part].forget())

    def leave(self) -> None:
        """What was typed goes, and whom somebody looked at."""
        self.model.request = None
        super().leave()
