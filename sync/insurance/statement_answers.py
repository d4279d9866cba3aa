"""What the platform says when books are compared: 3201 to 3204, 5204, 9101, 9102 (2.4, 2.14)."""

from __future__ import annotations

from app.domain.insurance import AnswerFinding, LateCall
from app.domain.money import Money
from app.domain.statement import CentreRow
from app.domain.statement_calls import (
    ApplyClearing,
    AskDetails,
    AskFeeLines,
    AskTotals,
    FeeLineTold,
    FetchStatement,
    FileKept,
    SendStatement,
    TotalsSaid,
)
from app.domain.supervision_calls import AskAudit
from app.errors import BadValue
from sync.insurance.parsing import amount, moment, needed, row, rows, text
from sync.insurance.statement_files import unpack

Read = tuple[object, tuple[AnswerFinding, ...]]

_MAX_LINES = 500
"""Fee lines of one settlement; more is no answer about one."""


def read_statement(call: LateCall, output: object) -> Read:
    """The value of a success; None with a finding where it does not hold one."""
    if isinstance(call, AskAudit):
        from sync.insurance.audit_messages import read_audit

        return read_audit(output)
    try:
        return _value(call, output), ()
    except BadValue as error:
        return None, (_fault(error),)


def read_file(call: LateCall, body: bytes) -> Read:
    """The rows of a result file, or a finding that says why it is none."""
    if not isinstance(call, FetchStatement):
        return None, (AnswerFinding("table", "a file was not asked for"),)
    try:
        found: tuple[CentreRow, ...] = unpack(body)
    except BadValue as error:
        return None, (_fault(error),)
    return found, ()


def _fault(error: BadValue) -> AnswerFinding:
    return AnswerFinding("table", f"{error.params['what']} {error.params['why']}")


def _value(call: LateCall, output: object) -> object:
    if isinstance(call, AskTotals):
        said = row(output, "stmtinfo")
        return TotalsSaid(needed(said, "stmt_rslt"), text(said, "stmt_rslt_dscr"))
    if isinstance(call, SendStatement):
        return _kept({"data": output}, "data")
    if isinstance(call, AskDetails):
        return _kept(output, "fileinfo")
    if isinstance(call, AskFeeLines):
        return _lines(output)
    if isinstance(call, ApplyClearing):
        return needed(row(output, "result", "data"), "clr_appy_evt_id")
    if isinstance(call, FetchStatement):
        raise BadValue(what="file", why="missing")
    return None


def _kept(output: object, node: str) -> FileKept:
    """``dld_end_time`` and ``dld_endtime`` are both printed (interface 7.5)."""
    said = row(output, node)
    until = text(said, "dld_endtime") or text(said, "dld_end_time")
    return FileKept(needed(said, "file_qury_no"), needed(said, "filename"), moment(until))


def _lines(output: object) -> tuple[FeeLineTold, ...] | None:
    """The node has no printed name; a file number in its place is no list (interface 2.18)."""
    found = rows({"data": output} if isinstance(output, list) else output, "data", "feedetail")
    if not found and isinstance(output, dict) and "file_qury_no" in str(sorted(output)):
        return None
    if len(found) > _MAX_LINES:
        raise BadValue(what="5204", why="too many lines")
    return tuple(
        FeeLineTold(
            needed(one, "feedetl_sn"),
            text(one, "medins_list_name") or text(one, "hilist_name"),
            amount(one, "det_item_fee_sumamt") or Money(0),
        )
        for one in found
    )
