"""目录对照: which of the shop's drugs stand beside which national code, told by 3301 and 3302.

A drug that gets or loses its code after it came into the catalogue is told with that very change;
a whole catalogue, a shop's first one, when a person says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from app.domain.catalogue import Medicine
from app.domain.clock import shop_time
from app.domain.staff import Right
from app.domain.stock_upload import DrugMapping, UploadKind, item_code
from app.domain.upload_states import WAITING
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.rights import require
from app.use_cases.stock_moves import outbox_row

LISTS: Final = {"T": "102", "C": "301"}
"""``list_type`` by the first letter of a national code: slices and consumables; every other one is
a western or Chinese patent drug (interface 5.3)."""

_WESTERN: Final = "101"
_AT_ONCE: Final = 500


def owe_mappings(
    uow: UnitOfWork, changes: Iterable[tuple[Medicine, Medicine]], now: datetime
) -> int:
    """Tell of drugs whose national code is another one now, in the change's own transaction.

    A mapping that was never told is not withdrawn. Answers how many rows are owed.
    """
    rows: list[DrugMapping] = []
    for old, new in changes:
        if old.national_code == new.national_code:
            continue
        told, attempt = _last(uow, old)
        if old.national_code and told:
            rows.append(_row(old, UploadKind.UNMAP, attempt - 1, now))
        if new.national_code:
            told, attempt = _last(uow, new)
            if not told:
                rows.append(_row(new, UploadKind.MAP, attempt, now))
    uow.outbox.add([outbox_row(one) for one in rows])
    return len(rows)


def map_catalogue(doors: Doors, operator: Operator) -> int:
    """Tell of every drug with a national code that was not told yet; answers how many.

    :raises NotAllowed: not a manager.
    """
    require(doors, operator, Right.APPROVE_STOCK)
    now, owed = doors.clock.now(), 0
    with doors.uow() as uow:
        known = [one for one in uow.medicines.all() if one.national_code]
        some = iter(known)
        while part := list(islice(some, _AT_ONCE)):
            owed += _owe(uow, part, now)
        if owed:
            uow.log.append("mapping.all", operator.staff.id, now, {"rows": owed})
            uow.commit()
    return owed


def map_again(uow: UnitOfWork, drug: Medicine, now: datetime) -> str:
    """Tell a drug's mapping anew, because the platform says that it has none; answers its key.

    One that waits already is enough. The caller commits.
    """
    _told, attempt = _last(uow, drug)
    if attempt:
        key = _key(drug, UploadKind.MAP, attempt - 1)
        if uow.outbox.many([key])[key].state in WAITING:
            return key
    row = _row(drug, UploadKind.MAP, attempt, now)
    uow.outbox.add([outbox_row(row)])
    return row.serial


def _owe(uow: UnitOfWork, drugs: Sequence[Medicine], now: datetime) -> int:
    """Most were never told: their first rows are asked for at once."""
    first = {_key(one, UploadKind.MAP, 0): one for one in drugs}
    known = uow.outbox.many(list(first))
    rows = [_row(one, UploadKind.MAP, 0, now) for key, one in first.items() if key not in known]
    for key in known:
        told, attempt = _last(uow, first[key])
        if not told:
            rows.append(_row(first[key], UploadKind.MAP, attempt, now))
    uow.outbox.add([outbox_row(one) for one in rows])
    return len(rows)


def _last(uow: UnitOfWork, drug: Medicine) -> tuple[bool, int]:
    """(whether the mapping of the drug to its code stands, the number of the next telling)."""
    attempt = 0
    while uow.outbox.many([_key(drug, UploadKind.MAP, attempt)]):
        attempt += 1
    if attempt == 0:
        return False, 0
    return not uow.outbox.many([_key(drug, UploadKind.UNMAP, attempt - 1)]), attempt


def _key(drug: Medicine, kind: UploadKind, attempt: int) -> str:
    text = f"{kind}|{drug.id}|{drug.national_code}|{attempt}"
    digest = hashlib.sha256(text.encode()).hexdigest().upper()
    return f"M{kind}-{digest[:20]}"


def _row(drug: Medicine, kind: UploadKind, attempt: int, now: datetime) -> DrugMapping:
    return DrugMapping(
        serial=_key(drug, kind, attempt),
        kind=kind.value,
        at=now,
        medicine_id=drug.id,
        item=item_code(drug.shop_code, drug.id),
        name=drug.display_name,
        national_code=drug.national_code,
        begins=shop_time(now).date(),
        approval_no=drug.approval_no,
        dosage_form=drug.dosage_form,
        unit=drug.pack_unit,
        spec=drug.spec,
        national_list=LISTS.get(drug.national_code[:1], _WESTERN),
    )
