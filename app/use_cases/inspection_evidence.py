"""Pieces of evidence put into a whole pack: each look written down, what is missing told."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from app.domain.clock import shop_time
from app.domain.inspection_sheet import Gap, Line, LotUsed, Piece, Sheet
from app.errors import NotFound, SecretError, StoreError
from app.use_cases.export_evidence import SUFFIX

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.domain.evidence import Exhibit
    from app.ports_inspection import PackWriter
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.inspection_read import Facts

    Say = Callable[..., str]

_LOST: Final = ("missing", "altered", "elsewhere")


class PutIn:
    """Writes the pieces of sheet after sheet; a paper of goods lies in a pack once."""

    def __init__(self, doors: Doors, operator: Operator, writer: PackWriter, say: Say) -> None:
        self._doors, self._by, self._writer, self._say = doors, operator.staff.id, writer, say
        self._papers: dict[str, Piece] = {}
        self.pieces = 0
        self.missing = 0

    def sheet(self, sheet: Sheet, facts: Facts) -> Sheet:
        """The sheet with the names of its files."""
        known = {one.id: one for one in facts.evidence}
        papers = {one.id: one for came in facts.came_in.values() for one in came.papers}
        wanted = [one.exhibit for one in sheet.evidence if one.state == "kept"]
        wanted += [key for key in papers if key not in self._papers]
        self._looked(wanted)
        stem = f"evidence/{sheet.no:06d}"
        evidence = [
            self._put(one, known[one.exhibit], f"{stem}-{place}-{one.kind}")
            for place, one in enumerate(sheet.evidence, 1)
        ]
        original = self._original(facts, stem)
        lines = tuple(
            replace(line, lots=tuple(self._lot(lot, papers) for lot in line.lots))
            for line in sheet.lines
        )
        pieces = (*evidence, *original)
        goods = {one.exhibit: one for line in lines for one in _papers_of(line)}
        lost = [one for one in (*pieces, *goods.values()) if one.state in _LOST]
        gaps = (*sheet.gaps, *(self._gap(one) for one in lost))
        return replace(sheet, evidence=pieces, lines=lines, gaps=gaps)

    def _gap(self, piece: Piece) -> Gap:
        """A piece that the books name and that could not be put in."""
        original = piece.kind == "prescription"
        kind = self._say("inspection.prescription" if original else f"vault_kind.{piece.kind}")
        code = f"piece_{piece.state}"
        return Gap(code, self._say(f"inspection.gap_{code}", kind=kind))

    def _looked(self, ids: list[str]) -> None:
        if not ids:
            return
        now = self._doors.clock.now()
        with self._doors.uow() as uow:
            for exhibit_id in ids:
                uow.keeping.looked(exhibit_id, self._by, now)
            uow.commit()

    def _put(self, piece: Piece, exhibit: Exhibit, stem: str) -> Piece:
        if piece.state != "kept":
            return piece
        try:
            content = self._doors.evidence.get(exhibit)
        except NotFound:
            return self._lost(piece, "elsewhere" if self._is_elsewhere(exhibit) else "missing")
        except (SecretError, StoreError):
            return self._lost(piece, "altered")
        name = f"{stem}.{SUFFIX.get(piece.media, 'bin')}"
        self._writer.add(name, content)
        self.pieces += 1
        return replace(piece, state="put_in", file=name)

    def _is_elsewhere(self, exhibit: Exhibit) -> bool:
        """Whether another till of the store took it: it lies on that one's disk."""
        with self._doors.uow() as uow:
            found = uow.keeping.find(exhibit_id=exhibit.id, limit=1)
        return any(one.till_id != self._doors.shop.till_id for one in found)

    def _lost(self, piece: Piece, state: str) -> Piece:
        self.missing += 1
        return replace(piece, state=state)

    def _lot(self, lot: LotUsed, papers: dict[str, Exhibit]) -> LotUsed:
        if lot.received is None:
            return lot
        put = []
        for one in lot.received.papers:
            if one.exhibit not in self._papers:
                stem = f"evidence/goods-{len(self._papers) + 1:05d}-{one.kind}"
                self._papers[one.exhibit] = self._put(one, papers[one.exhibit], stem)
            put.append(self._papers[one.exhibit])
        return replace(lot, received=replace(lot.received, papers=tuple(put)))

    def _original(self, facts: Facts, stem: str) -> list[Piece]:
        """The prescription as it came."""
        case = facts.case
        if case is None or not case.sheet.file_suffix:
            return []
        with self._doors.uow() as uow:
            content = uow.prescriptions.file(case.id)
        at = shop_time(case.arrived_at).isoformat(timespec="seconds")
        piece = Piece(case.id, "prescription", at, "", "", "kept")
        if not content and not case.sheet.patient.name:
            return [replace(piece, state="deleted")]  # both went when their time was over
        if not content:
            return [self._lost(piece, "missing")]
        name = f"{stem}-prescription.{case.sheet.file_suffix}"
        self._writer.add(name, content)
        self.pieces += 1
        told = hashlib.sha256(content).hexdigest()
        return [replace(piece, sha256=told, state="put_in", file=name)]


def _papers_of(line: Line) -> list[Piece]:
    """Of the goods of a line."""
    return [one for lot in line.lots if lot.received for one in lot.received.papers]
