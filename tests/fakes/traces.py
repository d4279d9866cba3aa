"""The small shop's single boxes: what its books say of a code, its quality list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from app.domain.clock import shop_time
from app.domain.quality import NoCodeLot, NoCodeReason, QualityCase, QualityStep, UncodedLine
from app.domain.quality_states import QualityEvent
from app.domain.sale import Sale
from app.domain.sale_states import SaleState
from app.domain.trace_facts import product_part
from app.errors import BadFile, NotFound
from app.ports import CodeSold
from app.use_cases.code_life import CodeLife
from app.use_cases.doors import Operator
from app.use_cases.notes import Note
from app.use_cases.quality import CaseView, Suspect
from app.use_cases.trace_check import CodeLook, is_bare
from app.use_cases.trace_import import CodeFile, Progress, UnfitCode
from app.use_cases.uncoded import BareLine, NoCodeView, UncodedView

AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


class FakeTraces:
    """Cases and lists in memory; ``code_notes`` is what the rules say of a code."""

    sales: dict[str, Sale]
    sold: dict[str, CodeSold]

    def begin_traces(self) -> None:
        self.code_notes: dict[str, tuple[Note, ...]] = {}
        self.cases: list[QualityCase] = []
        self.uncoded: list[UncodedLine] = []
        self.no_code: list[NoCodeLot] = []
        self.lives: dict[str, CodeLife] = {}
        self.taken: list[Path] = []
        self.virtual = False
        """Whether the region gives virtual codes."""

    def look_at_code(self, sale: Sale, no: int, code: str) -> CodeLook:
        held = [one for one in self.sales.values() if one.held_at and one.id != sale.id
                and one.state is SaleState.OPEN]  # fmt: skip
        notes = self.code_notes.get(code, ())
        for one in held:
            if one.held_at and any(code in line.trace_codes for line in one.lines):
                told: dict[str, object] = {"line": no, "name": "", "tail": code[-4:], "till": 0,
                        "at": f"{shop_time(one.held_at):%m-%d %H:%M}"}  # fmt: skip
                name = "finding.TRACE_IN_OTHER_BASKET_aside_here"
                notes = (Note(name, told, "block", "TRACE_IN_OTHER_BASKET"), *notes)
        return CodeLook(self.sold.get(code), notes)

    def suspect(self, operator: Operator, found: Suspect) -> QualityCase:
        case = QualityCase(
            f"case-{len(self.cases)}", found.medicine_id, found.why, AT, operator.staff.id,
            code=found.code, batch=found.batch, sale_id=found.sale_id, note=found.note, till_no=1,
        )  # fmt: skip
        self.cases.append(case)
        return case

    def bare_line(self, sale: Sale, no: int) -> BareLine:
        line = sale.line(no)
        drug = line.item.medicine_id
        mine = [one for one in self.uncoded if one.medicine_id == drug]
        said = [one.reason for one in mine if (one.sale_id, one.line_no) == (sale.id, no)]
        return BareLine(
            is_bare(line),
            any((one.medicine_id, one.batch) == (drug, line.batch) for one in self.no_code),
            mine[-1].reason if mine else None,
            said[-1] if said else None,
            self.virtual,
        )

    def say_uncoded(self, operator: Operator, sale: Sale, no: int, reason: NoCodeReason) -> None:
        line = sale.line(no)
        self.uncoded.append(
            UncodedLine(sale.id, no, line.item.medicine_id, line.batch, reason, AT,
                        operator.staff.id)
        )  # fmt: skip

    def virtual_codes(self, operator: Operator, sale: Sale, no: int) -> tuple[str, ...]:
        del operator
        line = sale.line(no)
        lacking = line.quantity.packs() - len(line.trace_codes)
        return tuple(f"8999999{number:013d}" for number in range(lacking))

    def quality_list(self, *, live: bool) -> list[CaseView]:
        return [
            CaseView(one, f"药 {one.medicine_id}", "李收银", one.batch, "",
                     tuple((step, "王店长") for step in one.steps))
            for one in self.cases
            if one.live or not live
        ]  # fmt: skip

    def decide_case(
        self, operator: Operator, case_id: str, event: QualityEvent, note: str
    ) -> QualityCase:
        place = next(i for i, one in enumerate(self.cases) if one.id == case_id)
        step = QualityStep(event, AT, operator.staff.id, note)
        self.cases[place] = self.cases[place].step(step)
        return self.cases[place]

    def hold_case_lot(self, operator: Operator, case_id: str) -> str:
        del operator
        case = next(one for one in self.cases if one.id == case_id)
        if not case.batch:
            raise NotFound(what="lot")
        return case.batch

    def code_life(self, code: str) -> CodeLife:
        return self.lives.get(code, CodeLife(code, product_part(code), (), "unknown", ()))

    def no_code_list(self) -> list[NoCodeView]:
        return [NoCodeView(one, f"药 {one.medicine_id}", "王店长") for one in self.no_code]

    def list_no_code(
        self, operator: Operator, lots: Sequence[tuple[str, str]], source: str = ""
    ) -> int:
        rows = [NoCodeLot(drug, batch, AT, operator.staff.id, source) for drug, batch in lots]
        self.no_code += rows
        return len(rows)

    def unlist_no_code(self, operator: Operator, medicine_id: str, batch: str) -> None:
        del operator
        self.no_code = [one for one in self.no_code if (one.medicine_id, one.batch)
                        != (medicine_id, batch)]  # fmt: skip

    def take_code_file(
        self, operator: Operator, path: Path, progress: Progress, *, keep: bool
    ) -> CodeFile:
        del operator
        if not path.exists():
            raise BadFile(file=path.name, why="import.file_unreadable")
        if not progress(500):
            raise BadFile(file=path.name, why="trace_file.given_up")
        self.taken += [path] if keep else []
        unfit = (UnfitCode(3, "trace_file.double", {"tail": "000001"}),)
        return CodeFile(2, (), unfit, 1, 1)

    def uncoded_lines(self) -> list[UncodedView]:
        return [UncodedView(replace(one), f"药 {one.medicine_id}", "李收银", "")
                for one in self.uncoded]  # fmt: skip
