"""The patient's password around a settlement: whether it is wanted, sealing it, what went wrong.

Its way is one direction: typed by the patient, sealed at once, spent by one message. It is never
written down, and the sealed text is kept out of the journal (interface 1.5).
"""

from __future__ import annotations

import re
from typing import Final

from app.domain.patient_password import Digits, SealedPassword
from app.errors import RuleBroken
from app.use_cases.doors import Doors
from app.use_cases.notes import Note

MISSING: Final = "PASSWORD_MISSING"
NO_KEY: Final = "PASSWORD_NO_KEY"
RETURN: Final = "PASSWORD_RETURN"


def wants_password(doors: Doors, settlement_type: str, insured_area: str) -> bool:
    """Whether settling this part needs the patient's password here.

    :raises PackValueMissing: where the pack names no route for the type.
    """
    profile = doors.profile
    if not profile.password_in_cainfo:
        return False
    return profile.wants_password(profile.settling_infno(settlement_type), insured_area)


def seal_password(doors: Doors, typed: Digits) -> SealedPassword:
    """What the platform alone can read; ``typed`` is overwritten.

    :raises RuleBroken: PASSWORD_NO_KEY: the shop was never given the platform's key.
    :raises BadValue: not all digits are there, or the key does not fit.
    """
    if doors.password_sealer is None:
        typed.clear()
        raise broken(NO_KEY)
    return doors.password_sealer.seal(typed.take())


def require_password(
    doors: Doors, settlement_type: str, insured_area: str, sealed: SealedPassword | None
) -> SealedPassword | None:
    """The password that this part's message is to carry; None where the region wants none.

    :raises RuleBroken: PASSWORD_MISSING: it is wanted, and none was typed for this message.
    """
    if not wants_password(doors, settlement_type, insured_area):
        return None
    if sealed is None or sealed.spent:
        raise broken(MISSING)
    return sealed


def broken(code: str) -> RuleBroken:
    """The finding with its words."""
    return RuleBroken((Note(f"finding.{code}", {}, "block", code),), code=code)


_TRIES = re.compile(r"([0-9]{1,2})\s*次")


def password_note(text: str) -> Note | None:
    """What the platform's refusal means where it speaks of the password; None where it does not.

    For people only: nothing but these words hangs on a text that no interface fixes (7.2).
    """
    if "密码" not in text:
        return None
    if "锁" in text:
        return Note("patient_password.locked", {}, "block")
    tries = _TRIES.search(text)
    if tries is not None:
        return Note("patient_password.wrong_tries", {"tries": int(tries[1])}, "block")
    return Note("patient_password.wrong", {}, "block")
