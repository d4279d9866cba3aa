"""The open shop's part for single boxes: what their codes say, the quality list, no code."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from app.domain.quality import NoCodeReason, QualityCase
    from app.domain.quality_states import QualityEvent
    from app.domain.sale import Sale
    from app.use_cases.code_life import CodeLife
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.quality import CaseView, Suspect
    from app.use_cases.trace_check import CodeLook
    from app.use_cases.trace_import import CodeFile, Progress
    from app.use_cases.uncoded import BareLine, NoCodeView, UncodedView


class ShopTrace:
    """``ui.screens.trace_door.TraceDoor``; a part of :class:`ui.shop.Shop`."""

    doors: Doors
    _recovery: Doors

    def look_at_code(self, sale: Sale, no: int, code: str) -> CodeLook:
        """From the books of this moment."""
        from app.use_cases.trace_check import look_at_code

        return look_at_code(self.doors, sale, no, code)

    def suspect(self, operator: Operator, found: Suspect) -> QualityCase:
        """Onto the quality list."""
        from app.use_cases.quality import suspect

        return suspect(self.doors, operator, found)

    def bare_line(self, sale: Sale, no: int) -> BareLine:
        """What is known of it."""
        from app.use_cases.uncoded import bare_line

        return bare_line(self.doors, sale, no)

    def say_uncoded(self, operator: Operator, sale: Sale, no: int, reason: NoCodeReason) -> None:
        """Remembered by product and lot."""
        from app.use_cases.uncoded import say_uncoded

        say_uncoded(self.doors, operator, sale, no, reason)

    def virtual_codes(self, operator: Operator, sale: Sale, no: int) -> tuple[str, ...]:
        """Asked of the platform, kept with the boxes' lot."""
        from app.use_cases.uncoded import take_virtual_codes

        return take_virtual_codes(self.doors, operator, sale, no)

    def quality_list(self, *, live: bool) -> list[CaseView]:
        """Newest first."""
        from app.use_cases.quality import quality_list

        return quality_list(self.doors, live=live)

    def decide_case(
        self, operator: Operator, case_id: str, event: QualityEvent, note: str
    ) -> QualityCase:
        """Who and when stand with it."""
        from app.use_cases.quality import decide

        return decide(self.doors, operator, case_id, event, note)

    def hold_case_lot(self, operator: Operator, case_id: str) -> str:
        """On every till at once."""
        from app.use_cases.quality import hold_lot

        return hold_lot(self.doors, operator, case_id)

    def code_life(self, code: str) -> CodeLife:
        """From its announcement to its last sale."""
        from app.use_cases.code_life import code_life

        return code_life(self.doors, code)

    def no_code_list(self) -> list[NoCodeView]:
        """Newest first."""
        from app.use_cases.uncoded import no_code_list

        return no_code_list(self.doors)

    def list_no_code(
        self, operator: Operator, lots: Sequence[tuple[str, str]], source: str = ""
    ) -> int:
        """Who and when stand with each."""
        from app.use_cases.uncoded import list_lots

        return list_lots(self.doors, operator, lots, source)

    def unlist_no_code(self, operator: Operator, medicine_id: str, batch: str) -> None:
        """From now on its boxes need their codes."""
        from app.use_cases.uncoded import unlist_lot

        unlist_lot(self.doors, operator, medicine_id, batch)

    def uncoded_lines(self) -> list[UncodedView]:
        """Newest first."""
        from app.use_cases.uncoded import uncoded_lines

        return uncoded_lines(self.doors)

    def take_code_file(
        self, operator: Operator, path: Path, progress: Progress, *, keep: bool
    ) -> CodeFile:
        """With the books of its own lane."""
        from app.use_cases.trace_import import take_code_file

        return take_code_file(self._recovery, operator, path, keep=keep, progress=progress)
