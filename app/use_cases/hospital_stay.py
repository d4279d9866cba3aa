"""Whether the patient lies in hospital, asked of the platform just before settling (HY-3.6b)."""

from __future__ import annotations

from datetime import timedelta

from app.domain.insurance import Answer, AskEntitlement, AskInpatient, Insured, Outcome
from app.domain.settlement import Settlement
from app.errors import PackValueMissing
from app.use_cases.doors import Doors, Operator
from app.use_cases.legs import first_sentence, leg_for, run_leg
from app.use_cases.views import Note

_STAY = timedelta(days=180)
"""How far back an admission is looked for where 5303 answers for others."""


def in_hospital(doors: Doors, one: Settlement, insured: Insured, operator: Operator) -> Note | None:
    """Ask just before settling where the pack demands it (HY-3.6b); no answer is a block.

    Where the profile names no call, the platform's own refusal decides.
    """
    now = doors.clock.now()
    if not doors.policy_on(one.settlement_type, now).inpatient_block:
        return None
    query = doors.profile.inpatient_query
    if query is None:
        raise PackValueMissing(key="interface.inpatient_query", who=doors.profile.who)
    if query == "none":
        return None
    if query == "2001":
        ask = AskEntitlement(insured, one.med_type, now, one.disease_code, one.disease_name)
        answer = run_leg(doors, leg_for(ask, insured, one.id), operator)
    else:
        stay = AskInpatient(insured, now - _STAY, now)
        answer = run_leg(doors, leg_for(stay, insured, one.id), operator)
    if answer.outcome is Outcome.SUCCESS and not answer.value:
        return None
    return _stay(answer)


def _stay(answer: Answer) -> Note:
    """Why this part rests: the stay, what 2001 says against the benefit, or nobody's answer."""
    variant, said = "_unknown", first_sentence(answer.text)
    if answer.outcome is Outcome.SUCCESS:
        refusals = answer.value if isinstance(answer.value, tuple) else ()
        # 2001 answers for more than a stay: only the platform's own words tell which it is.
        variant = "_entitlement" if refusals else ""
        said = "；".join(first_sentence(each) for each in refusals)
    return Note(f"finding.INPATIENT{variant}", {"text": said}, "block", "INPATIENT", ("HY-3.6b",))
