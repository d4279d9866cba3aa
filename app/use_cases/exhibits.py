"""Exhibits come into the vault by one way: file first, then the books, then the log."""

from __future__ import annotations

from app.domain.evidence import EvidenceKind, Exhibit, digest_of
from app.domain.staff import Right
from app.errors import NotFound
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.rights import require


def seal_exhibit(
    doors: Doors,
    kind: EvidenceKind,
    content: bytes,
    media: str,
    operator: Operator,
    *,
    sale_id: str = "",
    person_id: str = "",
    about: str = "",
) -> Exhibit:
    """Put the bytes on the disk, sealed; no book names them yet (see :func:`name_exhibit`).

    Called outside of any unit of work. ``media``: ``application/json``, ``image/jpeg``.
    :raises StoreError: it could not be kept; nothing is.
    """
    exhibit = Exhibit(
        id=doors.ids.new(),
        kind=kind,
        sale_id=sale_id,
        at=doors.clock.now(),
        by=operator.staff.id,
        media=media,
        size=len(content),
        digest=digest_of(content),
        person_id=person_id,
        about=about,
    )
    doors.evidence.put(exhibit, content)
    return exhibit


def name_exhibit(uow: UnitOfWork, exhibit: Exhibit, act: str) -> None:
    """Name a sealed exhibit in the caller's own unit of work, with its line in the log."""
    uow.evidence.add(exhibit)
    entry = {"exhibit": exhibit.id, "digest": exhibit.digest, "kind": exhibit.kind.value}
    named = {"sale": exhibit.sale_id, "person": exhibit.person_id, "about": exhibit.about}
    entry |= {key: value for key, value in named.items() if value}
    uow.log.append(act, exhibit.by, exhibit.at, entry)


def look_at(doors: Doors, exhibit: Exhibit, viewer: Operator) -> bytes:
    """The plain bytes for somebody who may see persons; who looked is in the log first.

    :raises NotAllowed: the role may not see persons; :raises NotFound: it was deleted or is gone;
    :raises SecretError: it was altered.
    """
    require(doors, viewer, Right.SEE_PERSON)
    now = doors.clock.now()
    with doors.uow() as uow:
        known = uow.keeping.named([exhibit.id]).get(exhibit.id)
        if known is None or known.deleted_at is not None:
            raise NotFound(what="evidence")
        entry = {"exhibit": exhibit.id, "kind": exhibit.kind.value}
        if exhibit.sale_id:
            entry["sale"] = exhibit.sale_id
        uow.keeping.looked(exhibit.id, viewer.staff.id, now)
        uow.log.append("evidence.seen", viewer.staff.id, now, entry)
        uow.commit()
    return doors.evidence.get(exhibit)
