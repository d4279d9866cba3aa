"""What the platform says of rows of goods, row by row: infcode 0 takes none of them (2.16)."""

from __future__ import annotations

from typing import Final

from app.domain.stock_calls import RowResult, UploadRows
from app.domain.stock_upload import StockUpload, Upload
from sync.insurance.parsing import Row, rows, text

_NODES: Final = (
    "selinfoDetail",
    "selinfoErrDetail",
    "purcinfoDetail",
    "purcinfoErrDetail",
    "invinfoErrDetail",
    "invinfoDetail",
    "goodErrDetail",
)
"""Where the rows of an answer stand; the names differ from form to form and nothing else does."""

_FAILED_ONLY: Final = frozenset({"3504A"})
"""Forms whose answer names the failed rows only, as printed."""

_WITHOUT_ANSWER: Final = frozenset({"3501A", "3301", "3302"})
"""Forms that answer nothing: their infcode is all there is."""

_SERIALS: Final = ("medins_prod_sel_no", "medins_prod_purc_no")
_NO: Final = "0"


def read_results(call: UploadRows, output: object) -> tuple[RowResult, ...]:
    """What was said of each row; a row of which nothing was said is not among them.

    Single forms answer nothing and are taken by their infcode. Some regions answer one ``result``
    for the whole call in place of the rows.
    """
    own = {_key(one): one.serial for one in call.rows}
    found = [one for node in _NODES for one in rows(output, node) if text(one, "retRslt")]
    said = {text(one, "fixmedins_bchno"): one for one in found}
    results = [_result(own[key], one) for key, one in said.items() if key in own]
    if call.form in _FAILED_ONLY:
        results += [RowResult(serial, True) for key, serial in own.items() if key not in said]
    if results:
        return tuple(results)
    whole = next((one for one in rows(output, "result") if text(one, "retRslt")), None)
    if whole is not None:
        return tuple(_result(serial, whole) for serial in own.values())
    if call.form in _WITHOUT_ANSWER or not call.form.endswith("A"):
        return tuple(RowResult(serial, True) for serial in own.values())
    return ()


def _key(one: Upload) -> str:
    """By what an answer names a row: a deletion by the row that it takes back."""
    return (one.deletes if isinstance(one, StockUpload) else "") or one.serial


def _result(serial: str, row: Row) -> RowResult:
    number = next((text(row, name) for name in _SERIALS if text(row, name)), "")
    accepted = text(row, "retRslt") != _NO
    return RowResult(serial, accepted, "" if accepted else text(row, "msgRslt"), number)
