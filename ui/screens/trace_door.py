"""What the screens ask of the shop about single boxes: their codes, the quality list, no code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from app.domain.quality import NoCodeReason, QualityCase
    from app.domain.quality_states import QualityEvent
    from app.domain.sale import Sale
    from app.use_cases.code_life import CodeLife
    from app.use_cases.doors import Operator
    from app.use_cases.quality import CaseView, Suspect
    from app.use_cases.trace_check import CodeLook
    from app.use_cases.trace_import import CodeFile, Progress
    from app.use_cases.uncoded import BareLine, NoCodeView, UncodedView


class TraceCounterDoor(Protocol):
    """The *store* lane, at the counter."""

    def look_at_code(self, sale: Sale, no: int, code: str) -> CodeLook:
        """What the books say of a box that was just scanned onto a line."""
        ...

    def suspect(self, operator: Operator, found: Suspect) -> QualityCase:
        """Put a box on the quality list; :raises BadValue: it names neither box nor batch."""
        ...

    def bare_line(self, sale: Sale, no: int) -> BareLine:
        """What is known of a line whose boxes lack codes."""
        ...

    def say_uncoded(self, operator: Operator, sale: Sale, no: int, reason: NoCodeReason) -> None:
        """Write down why; :raises BadValue: every pack has its code, or it is not listed."""
        ...


class TraceLineDoor(Protocol):
    """The *line* lane."""

    def virtual_codes(self, operator: Operator, sale: Sale, no: int) -> tuple[str, ...]:
        """A code for each box of a line that carries none (3592B); :raises PlatformError:."""
        ...


class TraceOfficeDoor(Protocol):
    """The *store* lane, in the office."""

    def quality_list(self, *, live: bool) -> list[CaseView]:
        """Newest first."""
        ...

    def decide_case(
        self, operator: Operator, case_id: str, event: QualityEvent, note: str
    ) -> QualityCase:
        """:raises NotAllowed: :raises IllegalTransition: :raises BadValue:."""
        ...

    def hold_case_lot(self, operator: Operator, case_id: str) -> str:
        """Hold the whole lot; answers its batch; :raises NotFound: nobody knows the lot."""
        ...

    def code_life(self, code: str) -> CodeLife:
        """Everything the books know of one code."""
        ...

    def no_code_list(self) -> list[NoCodeView]:
        """The list (无码库), newest first."""
        ...

    def list_no_code(
        self, operator: Operator, lots: Sequence[tuple[str, str]], source: str = ""
    ) -> int:
        """Put (drug, batch) on it; answers how many are new; :raises NotAllowed:."""
        ...

    def unlist_no_code(self, operator: Operator, medicine_id: str, batch: str) -> None:
        """Take a batch off it; :raises NotFound: :raises NotAllowed:."""
        ...

    def uncoded_lines(self) -> list[UncodedView]:
        """What was sold without codes, and why; newest first."""
        ...


class TraceFileDoor(Protocol):
    """The *recovery* lane: a file may be long."""

    def take_code_file(
        self, operator: Operator, path: Path, progress: Progress, *, keep: bool
    ) -> CodeFile:
        """A supplier's code file looked through, or taken in; :raises BadFile: NotAllowed:."""
        ...


class TraceDoor(TraceCounterDoor, TraceLineDoor, TraceOfficeDoor, TraceFileDoor, Protocol):
    """All groups."""
