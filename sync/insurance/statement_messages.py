"""Comparing books and claiming months in the platform's JSON: 3201 to 3204, 5204, 9101, 9102."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any, Final

from app.domain.insurance import LateCall
from app.domain.statement_calls import (
    ApplyClearing,
    AskDetails,
    AskFeeLines,
    AskTotals,
    FetchStatement,
    SendStatement,
    WithdrawClearing,
)
from app.domain.supervision_calls import AskAudit
from app.errors import BadValue
from sync.insurance.drafting import Draft, yuan
from sync.insurance.profile import Terminal
from sync.insurance.statement_files import pack

BY_ITEM: Final = "1"
"""``clr_way``: cleared by item (interface 5.2)."""


def draft_statement(call: LateCall, terminal: Terminal) -> Draft:
    """The call in the platform's words, not yet checked against its table.

    :raises BadValue: no such call, or a line that its file cannot name.
    """
    if isinstance(call, AskAudit):
        from sync.insurance.audit_messages import draft_audit

        return draft_audit(call, terminal)
    make = _DRAFTERS.get(type(call))
    if make is None:
        raise BadValue(what="call", why="not offered")
    return make(call, terminal)


def _flag(refunded: bool) -> str:
    return "1" if refunded else "0"


def _totals(call: AskTotals, terminal: Terminal) -> Draft:
    row = {
        "insutype": call.group.insutype,
        "clr_type": call.group.clr_type,
        "setl_optins": call.group.agency,
        "stmt_begndate": call.begins.isoformat(),
        "stmt_enddate": call.ends.isoformat(),
        "medfee_sumamt": yuan(call.figures.total),
        "fund_pay_sumamt": yuan(call.figures.fund),
        "acct_pay": yuan(call.figures.account),
        "fixmedins_setl_cnt": call.count,
        "refd_setl_flag": _flag(call.group.refunded),
        "fixmedins_refd_setl_flag": _flag(call.group.refunded),
    }
    return Draft("3201", {"data": row})


def _send(call: SendStatement, terminal: Terminal) -> Draft:
    row = {
        "in": base64.b64encode(pack(call.rows)).decode("ascii"),
        "filename": call.filename,
        "fixmedins_code": terminal.institution.code,
    }
    return Draft("9101", {"fsUploadIn": row})


def _details(call: AskDetails, terminal: Terminal) -> Draft:
    row = {
        "setl_optins": call.agency,
        "file_qury_no": call.file_number,
        "stmt_begndate": call.begins.isoformat(),
        "stmt_enddate": call.ends.isoformat(),
        "medfee_sumamt": yuan(call.figures.total),
        "fund_pay_sumamt": yuan(call.figures.fund),
        "cash_payamt": yuan(call.figures.cash),
        "fixmedins_setl_cnt": call.count,
        "clr_type": call.clr_type,
        "refd_setl_flag": _flag(call.refunded),
        "fixmedins_refd_setl_flag": _flag(call.refunded),
    }
    return Draft("3202", {"data": row})


def _fetch(call: FetchStatement, terminal: Terminal) -> Draft:
    row = {
        "file_qury_no": call.file.number,
        "filename": call.file.filename,
        "fixmedins_code": terminal.institution.code,
    }
    return Draft("9102", {"fsDownloadIn": row})


def _fee_lines(call: AskFeeLines, terminal: Terminal) -> Draft:
    row = {
        "psn_no": call.insured.person.psn_no,
        "setl_id": call.setl_id,
        "mdtrt_id": call.mdtrt_id,
    }
    return Draft("5204", {"data": row}, call.insured)


def _apply(call: ApplyClearing, terminal: Terminal) -> Draft:
    row = {
        "clr_type": call.clr_type,
        "clr_way": BY_ITEM,
        "setlym": call.month,
        "psntime": call.count,
        "medfee_sumamt": yuan(call.figures.total),
        "med_sumfee": yuan(call.recognised),
        "fund_appy_sum": yuan(call.figures.fund),
        "cash_payamt": yuan(call.figures.cash),
        "acct_pay": yuan(call.figures.account),
        "begndate": call.begins.isoformat(),
        "enddate": call.ends.isoformat(),
    }
    return Draft("3203", {"data": row})


def _withdraw(call: WithdrawClearing, terminal: Terminal) -> Draft:
    return Draft("3204", {"data": {"clr_appy_evt_id": call.event_id}})


_DRAFTERS: Mapping[type[LateCall], Callable[[Any, Terminal], Draft]] = {
    AskTotals: _totals,
    SendStatement: _send,
    AskDetails: _details,
    FetchStatement: _fetch,
    AskFeeLines: _fee_lines,
    ApplyClearing: _apply,
    WithdrawClearing: _withdraw,
}
