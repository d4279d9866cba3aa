"""合规档案: the store's file, its self-assessment, its papers, complaints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.screens.compliance.assess_part import AssessPart
from ui.screens.compliance.complaints_part import ComplaintsPart
from ui.screens.compliance.paper_part import DocumentsPart, FilePart
from ui.screens.compliance.steps_part import StepsPart
from ui.screens.compliance.view_model import ComplianceModel
from ui.screens.office.parts_page import PartsPage

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QColor


class CompliancePage(PartsPage[ComplianceModel]):
    """Five parts under one head."""

    def __init__(self, model: ComplianceModel, colour: Callable[[str], QColor]) -> None:
        parts = {
            "file": FilePart(model, colour),
            "assess": AssessPart(model, colour),
            "steps": StepsPart(model, colour),
            "documents": DocumentsPart(model, colour),
            "complaints": ComplaintsPart(model, colour),
        }
        super().__init__("compliance", model, parts)
