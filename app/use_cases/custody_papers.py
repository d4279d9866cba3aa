"""Papers of held cards: the filing form for the county centre, and the ledger for an inspector."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from app.domain.custody import CustodyCause
from app.domain.staff import Right
from app.use_cases.custody_page import CustodyPage, custody_page
from app.use_cases.doors import Doors, Operator
from app.use_cases.rights import require

_DIGITS_KEPT = 15
"""Of a number: more a spreadsheet does not hold."""
FORM_FIELDS = (
    "shop", "institution", "name", "cert_no", "card_no", "cause", "disease", "applied_on",
    "filing_no", "filed_on",
)  # fmt: skip
"""What the filing form says, in its order."""


@dataclass(frozen=True, slots=True)
class FilingForm:
    """留存社保卡备案表 of one case: the one paper on which a person stands whole."""

    shop: str
    institution: str
    name: str = field(repr=False)
    cert_no: str = field(repr=False)
    card_no: str = field(repr=False)
    cause: CustodyCause
    disease: str
    applied_on: date
    filing_no: str
    filed_on: date | None
    application: str
    """The digest of the written application that lies in the vault."""


def filing_form(doors: Doors, held_id: str, operator: Operator) -> FilingForm:
    """The form of a case; who made it is in the log (S-23).

    :raises NotAllowed: the role keeps no cards; :raises NotFound: no such case.
    """
    _require_keeper(doors, operator)
    with doors.uow() as uow:
        card = uow.custody.get(held_id)
        papers = {one.id: one for one in uow.evidence.about(held_id)}
        exhibit = papers.get(card.application_id)
        entry = {"held": card.id, "state": card.state.value}
        uow.log.append("custody.form", operator.staff.id, doors.clock.now(), entry)
        uow.commit()
    return FilingForm(
        shop=doors.shop.shop_name,
        institution=doors.shop.institution_code,
        name=card.holder.name,
        cert_no=card.holder.cert_no,
        card_no=card.holder.card_no,
        cause=card.cause,
        disease=card.disease,
        applied_on=card.applied_on,
        filing_no=card.filing_no,
        filed_on=card.filed_on,
        application=exhibit.digest if exhibit else "",
    )


def form_csv(form: FilingForm, headings: Mapping[str, str], cause: str) -> bytes:
    """The form as a table of one row, UTF-8 with a mark so that spreadsheets read it right.

    ``headings``: words for :data:`FORM_FIELDS`; ``cause``: the cause in words.
    """
    told = {name: getattr(form, name) for name in FORM_FIELDS} | {"cause": cause}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([headings[name] for name in FORM_FIELDS])
    writer.writerow([_safe(str(told[name] or "")) for name in FORM_FIELDS])
    return out.getvalue().encode("utf-8-sig")


def custody_ledger(doors: Doors, operator: Operator) -> CustodyPage:
    """Every case that ever was, with its uses, for the ledger and the inspector; masked, logged.

    :raises NotAllowed: the role keeps no cards.
    """
    _require_keeper(doors, operator)
    page = custody_page(doors, operator, every=True, masked=True)
    with doors.uow() as uow:
        entry = {"cases": len(page.cases), "unexplained": len(page.gaps)}
        uow.log.append("custody.ledger", operator.staff.id, doors.clock.now(), entry)
        uow.commit()
    return page


def _require_keeper(doors: Doors, operator: Operator) -> None:
    require(doors, operator, Right.KEEP_CARDS)


def _safe(text: str) -> str:
    """A text that a spreadsheet would take for a formula, or a long number, stays text.

    A number that it would cut stands behind a tab.
    """
    if text.isdigit() and len(text) > _DIGITS_KEPT:
        return f"\t{text}"
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
