"""Document numbers of staff, so that a member who acts as a proxy is recognised (HY-1.5.6b)."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.clock import shop_time
from app.domain.masking import mask_id_number
from app.domain.scanned import ScannedKind, classify
from app.domain.staff import Right
from app.errors import BadValue, NotFound
from app.ports_proxy import StaffDocument
from app.use_cases.doors import Doors, Operator
from app.use_cases.rights import require

_LONGEST = 64


@dataclass(frozen=True, slots=True)
class StaffLine:
    """A member of staff with what is known of their document; the number is masked."""

    number: str
    name: str
    cert_no: str
    """Empty = nobody told it: then this member is not recognised as a proxy."""
    filing: str


def staff_lines(doors: Doors, operator: Operator) -> tuple[StaffLine, ...]:
    """Active members by number. :raises NotAllowed: staff is not theirs to manage."""
    _require(doors, operator)
    with doors.uow() as uow:
        known = {one.staff_id: one for one in uow.staff_documents.all()}
        members = [one for one in uow.staff.all() if one.active]
    none = StaffDocument("", "")
    return tuple(
        StaffLine(
            one.number,
            one.name,
            mask_id_number(known.get(one.id, none).cert_no),
            known.get(one.id, none).proxy_filing,
        )
        for one in members
    )


def set_staff_document(
    doors: Doors, operator: Operator, number: str, cert_no: str, filing: str
) -> None:
    """Tell the document number of a member of staff, and the filing that names them as a proxy.

    An empty number leaves the one that is known. :raises NotAllowed: staff is not theirs to
    manage; :raises NotFound: no such member; :raises BadValue: a number that cannot be true.
    """
    _require(doors, operator)
    cert_no, filing = cert_no.strip().upper(), filing.strip()
    now = doors.clock.now()
    if cert_no and classify(cert_no, shop_time(now).date()).kind is not ScannedKind.ID_NUMBER:
        raise BadValue(what="ID number", why="18 characters with a check digit that holds")
    if len(filing) > _LONGEST:
        raise BadValue(what="filing", why=f"at most {_LONGEST} characters")
    with doors.uow() as uow:
        found = uow.staff.by_number(number.strip())
        if found is None:
            raise NotFound(what="staff number")
        member = found[0].id
        before = next((one for one in uow.staff_documents.all() if one.staff_id == member), None)
        if not cert_no and before is None:
            raise BadValue(what="ID number", why="missing")
        kept = cert_no or (before.cert_no if before else "")
        uow.staff_documents.keep(StaffDocument(member, kept, filing))
        entry = {"member": member, "filing": filing, "number": bool(cert_no)}
        uow.log.append("staff.document_told", operator.staff.id, now, entry)
        uow.commit()


def _require(doors: Doors, operator: Operator) -> None:
    require(doors, operator, Right.MANAGE_STAFF)
