"""Papers of goods that come or leave: sealed evidence of their document (HY-1.5.5a, 3.8)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from app.domain.evidence import EvidenceKind, Exhibit
from app.errors import BadFile, BadValue
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.exhibits import name_exhibit, seal_exhibit
from app.use_cases.goods_paper import SENT
from app.use_cases.receiving import require

KINDS: Final = (
    EvidenceKind.DELIVERY_NOTE,
    EvidenceKind.GOODS_INVOICE,
    EvidenceKind.GOODS_PAYMENT,
    EvidenceKind.INSPECTION_REPORT,
)
PDF: Final = "application/pdf"
MOST_BYTES: Final = 20 * 1024 * 1024
"""What can still be shown again (ui/pdf_pages.py)."""

_SIGNS: Final[Mapping[bytes, str]] = {
    b"%PDF-": PDF,
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
}
"""How a file of each kind begins; its name says nothing."""


def attach_file(
    doors: Doors, document_id: str, kind: EvidenceKind, path: Path, operator: Operator
) -> Exhibit:
    """Seal a paper of a receiving, posted or not, of a transfer out or of a return to a supplier.

    :raises NotAllowed: no right to receive goods; :raises BadValue: no kind of such a paper;
    :raises BadFile: not there, empty, too large, or neither PDF nor JPEG nor PNG;
    :raises NotFound: no such paper of goods.
    """
    require(doors, operator)
    if kind not in KINDS:
        raise BadValue(what="kind", why="no paper of goods")
    content, media = read_paper(path)
    with doors.uow() as uow:
        act = _act(uow, document_id)
    exhibit = seal_exhibit(doors, kind, content, media, operator, about=document_id)
    with doors.uow() as uow:
        name_exhibit(uow, exhibit, act)
        uow.commit()
    return exhibit


def _act(uow: UnitOfWork, document_id: str) -> str:
    """What the log calls it; :raises NotFound: neither a receiving nor goods that left."""
    sent = uow.documents.many([document_id]).get(document_id)
    if sent is not None and sent.kind in SENT:
        return "goods.paper_kept"
    uow.receivings.get(document_id)
    return "receiving.paper_kept"


def files_of(doors: Doors, document_id: str) -> list[Exhibit]:
    """The papers of a receiving, a transfer or a return, oldest first; those whose time is over
    are left out.
    """
    with doors.uow() as uow:
        found = uow.evidence.about(document_id)
    return [one for one in found if one.kind in KINDS and one.deleted_at is None]


def read_paper(path: Path) -> tuple[bytes, str]:
    """A paper as (bytes, media); :raises BadFile: not there, too large, or of another kind."""
    try:
        if not path.is_file():
            raise BadFile(file=path.name, why="import.file_missing")
        with path.open("rb") as raw:
            content = raw.read(MOST_BYTES + 1)
    except OSError:
        raise BadFile(file=path.name, why="import.file_unreadable") from None
    media = next((kind for sign, kind in _SIGNS.items() if content.startswith(sign)), "")
    if not media or len(content) > MOST_BYTES:
        raise BadFile(file=path.name, why="receiving.file_wrong")
    return content, media
