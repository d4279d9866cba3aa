"""A pharmacist passes the prescription that covers a basket (SJZ-A.3)."""

from __future__ import annotations

from dataclasses import replace

from app.domain.prescription import Prescription
from app.domain.sale import Sale
from app.domain.staff import Role
from app.errors import BadValue, NotAllowed
from app.use_cases.basket import keep_basket
from app.use_cases.doors import Doors
from app.use_cases.sign_in import sign_in


def attach_prescription(
    doors: Doors, sale: Sale, prescription: Prescription, number: str, pin: str
) -> Sale:
    """The sale with its prescription, reviewed by the pharmacist behind number and PIN.

    :raises NotAllowed: the member is no pharmacist; :raises BadValue: a field is missing;
    :raises SignInRefused, LockedOut: as at sign-in.
    """
    missing = [
        name
        for name in ("number", "issuer_code", "issuer_name", "doctor_code", "diagnosis_code")
        if not getattr(prescription, name)
    ]
    if missing:
        raise BadValue(what="prescription", why="missing: " + ", ".join(missing))
    reviewer = sign_in(doors, number, pin).staff
    if reviewer.role is not Role.PHARMACIST:
        raise NotAllowed(act="review")
    now = doors.clock.now()
    passed = replace(prescription, reviewer_id=reviewer.id, reviewed_at=now)
    changed = replace(sale, prescription=passed)
    keep_basket(doors, changed)
    with doors.uow() as uow:
        entry = {"sale": sale.id, "form": prescription.form.value}
        uow.log.append("prescription.passed", reviewer.id, now, entry)
        uow.commit()
    return changed
