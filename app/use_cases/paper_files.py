"""The document vault: scans of the store's own papers, sealed like all evidence (HY-1.4)."""

from __future__ import annotations

from pathlib import Path

from app.domain.evidence import EvidenceKind, Exhibit
from app.domain.papers import VAULT
from app.domain.staff import Right
from app.errors import BadValue, NotFound
from app.use_cases.doors import Doors, Operator
from app.use_cases.exhibits import name_exhibit, seal_exhibit
from app.use_cases.goods_files import read_paper
from app.use_cases.rights import require


def attach_paper_file(doors: Doors, paper_id: str, path: Path, operator: Operator) -> Exhibit:
    """Seal a scan of a paper that is on file.

    :raises NotAllowed: :raises NotFound: no such paper; :raises BadValue: a kind without a file;
    :raises BadFile: not there, empty, too large, or neither PDF nor JPEG nor PNG.
    """
    require(doors, operator, Right.APPROVE_STOCK)
    content, media = read_paper(path)
    with doors.uow() as uow:
        paper = next((one for one in uow.papers.all() if one.id == paper_id), None)
    if paper is None:
        raise NotFound(what="paper")
    if paper.kind not in VAULT:
        raise BadValue(what="paper", why="this kind has no file")
    exhibit = seal_exhibit(
        doors, EvidenceKind.STORE_PAPER, content, media, operator, about=paper_id
    )
    with doors.uow() as uow:
        name_exhibit(uow, exhibit, "paper.file_kept")
        uow.commit()
    return exhibit


def paper_files(doors: Doors, operator: Operator) -> dict[str, tuple[Exhibit, ...]]:
    """Scans by paper, oldest first; those whose time is over are left out.

    :raises NotAllowed:.
    """
    require(doors, operator, Right.APPROVE_STOCK)
    found: dict[str, tuple[Exhibit, ...]] = {}
    with doors.uow() as uow:
        for paper in uow.papers.all():
            kept = uow.evidence.about(paper.id, EvidenceKind.STORE_PAPER)
            alive = tuple(one for one in kept if one.deleted_at is None)
            if alive:
                found[paper.id] = alive
    return found
