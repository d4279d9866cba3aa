"""3592B: a code for a box that carries none, good for one use (interface 2.16)."""

from __future__ import annotations

from app.domain.stock_calls import AskVirtualCode
from sync.insurance.drafting import Draft
from sync.insurance.parsing import rows, text


def draft_virtual(call: AskVirtualCode) -> Draft:
    """The call in the platform's words, not yet checked against its table."""
    row = {
        "med_list_codg": call.national_code,
        "fixmedins_hilist_id": call.shop_code,
        "fixmedins_hilist_name": call.name,
        "fixmedins_bchno": call.serial,
    }
    return Draft("3592B", {"data": row})


def read_code(output: object) -> str:
    """The one code of the answer; empty where it names none, or several."""
    found = [text(row, "drug_trac_codg") for row in rows(output, "result")]
    return found[0].strip() if len(found) == 1 else ""
