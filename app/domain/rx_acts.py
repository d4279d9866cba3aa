"""What people sign of a prescription: ten questions, five of the boxes, reasons, the texts."""

from __future__ import annotations

import json
from collections.abc import Mapping

from app.domain.clock import micros
from app.domain.rx_case import Act, Given, Review, RxCase, Signature
from app.domain.rx_review import TEN

TEN_QUESTIONS = tuple(item for item, _check in TEN)
"""四查十对 in their order; all are answered before a pass."""

CHECK_QUESTIONS = ("drug_name", "form", "spec", "quantity", "appearance")
"""What 核对发药 compares box by box, words ``[rx_item]``; all are in order before it is signed."""

REASONS = (
    "incomplete",
    "not_genuine",
    "wrong_patient",
    "indication",
    "dose",
    "interaction",
    "duplicate",
    "contraindication",
    "supply_too_long",
    "not_available",
    "other",
)
"""Coded reasons of a return or refusal; their words stand under ``[rx_reason]``."""


def _canonical(values: Mapping[str, object]) -> bytes:
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def review_text(case: RxCase, review: Review) -> bytes:
    """The canonical text that a reviewing pharmacist signs (SJZ-A.3)."""
    return _canonical(
        {
            "act": "review",
            "case": case.id,
            "number": case.sheet.number,
            "lines": [
                [line.no, line.national_code, line.generic_name, line.spec, str(line.quantity)]
                for line in case.sheet.lines
            ],
            "verdict": review.verdict.value,
            "by": review.pharmacist_id,
            "at": micros(review.at),
            "answers": [list(answer) for answer in review.answers],
            "reason": review.reason,
            "opinion": review.opinion,
            "remote": review.remote,
        }
    )


def act_text(case: RxCase, name: str, act: Act, given: tuple[Given, ...]) -> bytes:
    """The canonical text of 调配 (``pick``) or 核对 (``check``): what was handed out, by whom.

    The answers stand in it where there are any: what was signed before they were kept still holds.
    """
    answers = {"answers": [list(answer) for answer in act.answers]} if act.answers else {}
    return _canonical(
        {
            "act": name,
            "case": case.id,
            "number": case.sheet.number,
            "by": act.staff_id,
            "at": micros(act.at),
            "note": act.note,
            "given": [[one.line_no, one.medicine_id, str(one.quantity)] for one in given],
            **answers,
        }
    )


def signed_texts(case: RxCase) -> tuple[tuple[str, Signature, bytes], ...]:
    """Each signature of the case with the text that it must hold over: for showing and printing."""
    found: list[tuple[str, Signature, bytes]] = []
    if case.review is not None and case.review.signature is not None:
        found.append(("review", case.review.signature, review_text(case, case.review)))
    for name, act in (("pick", case.picked), ("check", case.checked)):
        if act is not None and act.signature is not None:
            found.append((name, act.signature, act_text(case, name, act, case.given)))
    return tuple(found)
