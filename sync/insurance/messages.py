"""Calls of the domain into the platform's JSON: the only place that knows its request names."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.domain.insurance import (
    AskChosen,
    AskCounters,
    AskEntitlement,
    AskFilings,
    AskInpatient,
    AskInstitution,
    AskPerson,
    AskSettlement,
    AskVisits,
    Basket,
    Call,
    CancelSettlement,
    ClearLines,
    CloseVisit,
    Credential,
    CredentialKind,
    DescribeVisit,
    FeeLine,
    Header,
    Insured,
    LateCall,
    Message,
    QuoteBasket,
    QuoteVisit,
    RegisterVisit,
    Reverse,
    SendLines,
    SettleBasket,
    SettleVisit,
    SignIn,
    SignOut,
)
from app.domain.list_calls import AskLimits, AskShares
from app.domain.rx_calls import AskPractitioners
from app.domain.stock_calls import AskHeld, AskHeldCodes, AskVirtualCode, UploadRows
from app.errors import BadValue
from sync.insurance import exact_json, rx_messages
from sync.insurance.drafting import Draft, wire_time, yuan
from sync.insurance.field_tables import Transaction, table_of
from sync.insurance.filling import fill
from sync.insurance.profile import Terminal
from sync.insurance.secrecy import blanked
from sync.insurance.signing import envelope_text

BY_ITEM = "01"
"""``psn_setlway``: settled by item (interface 5.2)."""

Tables = Mapping[str, Transaction]


def _credential(credential: Credential) -> dict[str, object]:
    return {
        "mdtrt_cert_type": credential.kind.value,
        "mdtrt_cert_no": credential.number,
        "card_sn": credential.card_sn,
    }


def _papers(insured: Insured) -> dict[str, object]:
    return {
        "psn_no": insured.person.psn_no,
        "psn_cert_type": insured.person.cert_type,
        "certno": insured.person.cert_no,
        **_credential(insured.credential),
    }


def _person(insured: Insured) -> dict[str, object]:
    return {
        **_papers(insured),
        "psn_type": insured.row.person_type,
        "psn_name": insured.person.name,
    }


def _line(line: FeeLine, at: datetime) -> dict[str, object]:
    return {
        "feedetl_sn": line.serial,
        "rxno": line.rx_no,
        "rx_circ_flag": "1" if line.circulated else "0",
        "fee_ocur_time": wire_time(at),
        "med_list_codg": line.national_code,
        "medins_list_codg": line.shop_code,
        "det_item_fee_sumamt": yuan(line.amount),
        "cnt": Decimal(line.quantity.plain()),
        "pric": Decimal(line.price.plain()),
    }


def _trace_rows(line: FeeLine) -> list[dict[str, object]]:
    split = "1" if line.split_pack else "0"
    return [
        {"feedetl_sn": line.serial, "drug_trac_codg": code, "trdn_flag": split}
        for code in line.trace_codes
    ]


def _traces_beside(basket: Basket, terminal: Terminal) -> dict[str, object]:
    rows = [row for line in basket.lines for row in _trace_rows(line)]
    beside = terminal.profile.trace_place == "beside"
    return {terminal.profile.trace_node: rows} if beside and rows else {}


def _traced_line(line: FeeLine, at: datetime, terminal: Terminal) -> dict[str, object]:
    row = _line(line, at)
    if terminal.profile.trace_place == "line" and line.trace_codes:
        row[terminal.profile.trace_node] = _trace_rows(line)
    return row


def _drug_info(basket: Basket) -> dict[str, object]:
    return {
        **_person(basket.insured),
        "begntime": wire_time(basket.begun_at),
        "medfee_sumamt": yuan(basket.total),
        "insutype": basket.insured.row.insutype,
        "dise_codg": basket.disease_code,
        "dise_name": basket.disease_name,
        "acct_used_flag": basket.account_use,
        "med_type": basket.med_type,
    }


def _sign_in(call: SignIn, terminal: Terminal) -> Draft:
    row = {"opter_no": call.operator, "mac": call.mac, "ip": call.ip}
    return Draft("9001", {"signIn": row})


def _sign_out(call: SignOut, terminal: Terminal) -> Draft:
    return Draft("9002", {"signOut": {"sign_no": call.sign_no, "opter_no": call.operator}})


def _ask_person(call: AskPerson, terminal: Terminal) -> Draft:
    row = _credential(call.credential)
    row["psn_cert_type"] = "01"
    if call.credential.kind is CredentialKind.ID_CARD:
        row["certno"] = call.credential.number
    return Draft("1101", {"data": row})


def _ask_institution(call: AskInstitution, terminal: Terminal) -> Draft:
    return Draft("1201", {"medinsinfo": {"fixmedins_type": "2", "fixmedins_code": call.code}})


def _ask_entitlement(call: AskEntitlement, terminal: Terminal) -> Draft:
    row = {
        "psn_no": call.insured.person.psn_no,
        "insutype": call.insured.row.insutype,
        "fixmedins_code": terminal.institution.code,
        "med_type": call.med_type,
        "begntime": wire_time(call.at),
        "dise_codg": call.disease_code,
        "dise_name": call.disease_name,
    }
    return Draft("2001", {"data": row}, call.insured)


def _ask_filings(call: AskFilings, terminal: Terminal) -> Draft:
    return Draft("5301", {"data": {"psn_no": call.insured.person.psn_no}}, call.insured)


_CHOSEN = "03"
"""``biz_appy_type``: 就医定点."""


def _ask_chosen(call: AskChosen, terminal: Terminal) -> Draft:
    row = {"psn_no": call.insured.person.psn_no, "biz_appy_type": _CHOSEN}
    return Draft("5302", {"data": row}, call.insured)


def _ask_counters(call: AskCounters, terminal: Terminal) -> Draft:
    row = {"psn_no": call.insured.person.psn_no, "cum_ym": call.month}
    return Draft("5206", {"data": row}, call.insured)


def _ask_inpatient(call: AskInpatient, terminal: Terminal) -> Draft:
    if terminal.profile.inpatient_query != "5303":
        raise BadValue(what="inpatient_query", why="the region's profile does not name 5303")
    row = {
        "psn_no": call.insured.person.psn_no,
        "begntime": wire_time(call.begins),
        "endtime": wire_time(call.ends),
    }
    return Draft("5303", {"data": row}, call.insured)


def _quote_basket(call: QuoteBasket, terminal: Terminal) -> Draft:
    basket = call.basket
    lines = [_line(line, basket.begun_at) for line in basket.lines]
    return Draft("2101", {"druginfo": _drug_info(basket), "drugdetail": lines}, basket.insured)


def _settle_basket(call: SettleBasket, terminal: Terminal) -> Draft:
    basket = call.basket
    lines = [_traced_line(line, basket.begun_at, terminal) for line in basket.lines]
    info = {**_drug_info(basket), "invono": call.invoice_no}
    beside = _traces_beside(basket, terminal)
    return Draft("2102", {"druginfo": info, "drugdetail": lines}, basket.insured, beside)


def _cancel(call: CancelSettlement, terminal: Terminal) -> Draft:
    row = {
        "setl_id": call.setl_id,
        "mdtrt_id": call.mdtrt_id,
        "psn_no": call.insured.person.psn_no,
    }
    return Draft("2208" if call.visit_route else "2103", {"data": row}, call.insured)


def _register_visit(call: RegisterVisit, terminal: Terminal) -> Draft:
    row = {
        **_person(call.insured),
        "insutype": call.insured.row.insutype,
        "begntime": wire_time(call.at),
        "ipt_otp_no": call.visit_no,
        "dept_code": terminal.department.code,
        "dept_name": terminal.department.name,
        "caty": terminal.department.caty,
    }
    return Draft("2201", {"data": row}, call.insured)


def _describe_visit(call: DescribeVisit, terminal: Terminal) -> Draft:
    visit = {
        "mdtrt_id": call.mdtrt_id,
        "psn_no": call.insured.person.psn_no,
        "med_type": call.med_type,
        "begntime": wire_time(call.at),
        "dise_codg": call.disease_code,
        "dise_name": call.disease_name,
        "rxfixmedinsCode": call.rx_institution_code,
        "rxfixmedinsName": call.rx_institution_name,
        "rxIn": base64.b64encode(call.rx_picture).decode("ascii"),
        "rxfilename": call.rx_filename,
    }
    found = call.diagnosis
    diagnosis = {
        "diag_type": "1",
        "diag_srt_no": 1,
        "diag_code": found.code,
        "diag_name": found.name,
        "diag_dept": found.dept,
        "dise_dor_no": found.doctor_code,
        "dise_dor_name": found.doctor_name,
        "diag_time": wire_time(found.at),
        "vali_flag": "1",
    }
    return Draft("2203A", {"mdtrtinfo": visit, "diseinfo": [diagnosis]}, call.insured)


def _send_lines(call: SendLines, terminal: Terminal) -> Draft:
    common = {
        "mdtrt_id": call.mdtrt_id,
        "psn_no": call.basket.insured.person.psn_no,
        "chrg_bchno": call.batch,
        "dise_codg": call.basket.disease_code,
        "bilg_dept_codg": call.dept_code,
        "bilg_dept_name": call.dept_name,
        "bilg_dr_codg": call.doctor_code,
        "bilg_dr_name": call.doctor_name,
    }
    rows = [
        # 1 lets a restricted item in; only a reviewed prescription may claim that (interface 2.11)
        {
            **_line(line, call.basket.begun_at),
            **common,
            "hosp_appr_flag": "1" if line.rx_no else "0",
        }
        for line in call.basket.lines
    ]
    return Draft("2204", {"feedetail": rows}, call.basket.insured)


def _clear_lines(call: ClearLines, terminal: Terminal) -> Draft:
    row = {
        "mdtrt_id": call.mdtrt_id,
        "chrg_bchno": call.batch,
        "psn_no": call.insured.person.psn_no,
    }
    return Draft("2205", {"data": row}, call.insured)


def _visit_money(basket: Basket, mdtrt_id: str, batch: str) -> dict[str, object]:
    return {
        **_papers(basket.insured),
        "med_type": basket.med_type,
        "medfee_sumamt": yuan(basket.total),
        "psn_setlway": BY_ITEM,
        "mdtrt_id": mdtrt_id,
        "chrg_bchno": batch,
        "acct_used_flag": basket.account_use,
        "insutype": basket.insured.row.insutype,
    }


def _quote_visit(call: QuoteVisit, terminal: Terminal) -> Draft:
    row = {
        **_visit_money(call.basket, call.mdtrt_id, call.batch),
        "psn_type": call.basket.insured.row.person_type,
        "psn_name": call.basket.insured.person.name,
    }
    return Draft("2206", {"data": row}, call.basket.insured)


def _settle_visit(call: SettleVisit, terminal: Terminal) -> Draft:
    row = {
        **_visit_money(call.basket, call.mdtrt_id, call.batch),
        "invono": call.invoice_no,
        "fulamt_ownpay_amt": yuan(call.quoted.self_funded),
        "overlmt_selfpay": yuan(call.quoted.over_limit),
        "preselfpay_amt": yuan(call.quoted.first_self_pay),
        "inscp_scp_amt": yuan(call.quoted.in_scope),
    }
    infno = terminal.profile.settle_infno
    beside = _traces_beside(call.basket, terminal)
    return Draft(infno, {"data": row}, call.basket.insured, beside)


def _close_visit(call: CloseVisit, terminal: Terminal) -> Draft:
    row = {
        "psn_no": call.insured.person.psn_no,
        "mdtrt_id": call.mdtrt_id,
        "ipt_otp_no": call.visit_no,
    }
    return Draft("2202", {"data": row}, call.insured)


def _reverse(call: Reverse, terminal: Terminal) -> Draft:
    row = {
        "psn_no": call.insured.person.psn_no,
        "omsgid": call.old_msgid,
        "oinfno": call.old_infno,
    }
    return Draft("2601", {"data": row}, call.insured)


def _ask_visits(call: AskVisits, terminal: Terminal) -> Draft:
    row = {
        "psn_no": call.insured.person.psn_no,
        "begntime": wire_time(call.begins),
        "endtime": wire_time(call.ends),
        "med_type": call.med_type,
    }
    return Draft("5201", {"data": row}, call.insured)


def _ask_settlement(call: AskSettlement, terminal: Terminal) -> Draft:
    row = {
        "psn_no": call.insured.person.psn_no,
        "setl_id": call.setl_id,
        "mdtrt_id": call.mdtrt_id,
    }
    return Draft("5203", {"data": row}, call.insured)


_DRAFTERS: Mapping[type[Any], Callable[[Any, Terminal], Draft]] = {
    SignIn: _sign_in,
    SignOut: _sign_out,
    AskPerson: _ask_person,
    AskInstitution: _ask_institution,
    AskEntitlement: _ask_entitlement,
    AskFilings: _ask_filings,
    AskChosen: _ask_chosen,
    AskCounters: _ask_counters,
    AskInpatient: _ask_inpatient,
    QuoteBasket: _quote_basket,
    SettleBasket: _settle_basket,
    CancelSettlement: _cancel,
    RegisterVisit: _register_visit,
    DescribeVisit: _describe_visit,
    SendLines: _send_lines,
    ClearLines: _clear_lines,
    QuoteVisit: _quote_visit,
    SettleVisit: _settle_visit,
    CloseVisit: _close_visit,
    Reverse: _reverse,
    AskVisits: _ask_visits,
    AskSettlement: _ask_settlement,
}


def draft(call: Call, header: Header, terminal: Terminal) -> Draft:
    """The call in the platform's words, not yet checked against its table."""
    if type(call) in rx_messages.ACTS:
        return rx_messages.draft_rx(call, header, terminal)
    if isinstance(call, AskPractitioners):
        return rx_messages.draft_practitioners(call, header, terminal)
    if isinstance(call, UploadRows):
        # Loaded with the first upload: no customer waits for it, a start does for every import.
        from sync.insurance.stock_messages import draft_stock

        return draft_stock(call, terminal)
    if isinstance(call, AskVirtualCode):
        from sync.insurance.virtual_codes import draft_virtual

        return draft_virtual(call)
    if isinstance(call, AskHeld | AskHeldCodes):
        from sync.insurance.held_goods import draft_held

        return draft_held(call, terminal)
    if isinstance(call, AskLimits | AskShares):
        from sync.insurance.list_messages import draft_list

        return draft_list(call)
    if isinstance(call, LateCall):
        from sync.insurance.statement_messages import draft_statement

        return draft_statement(call, terminal)
    return _DRAFTERS[type(call)](call, terminal)


def content_of(draft_: Draft, terminal: Terminal, tables: Tables) -> dict[str, object]:
    """The ``input`` of a draft, every field of its table filled and checked.

    :raises BadValue: when a field breaks the table, or there is none.
    """
    letters = terminal.profile.feedetl_sn == "letters"
    table = table_of(tables, draft_.infno, terminal.profile.eprescription_release)
    if table is None:
        raise BadValue(what="infno", why="no field table")
    filled: dict[str, object] = {}
    for name, given in draft_.nodes.items():
        if isinstance(given, list):
            if not given:
                raise BadValue(what=name, why="missing")
            filled[name] = [fill(table, name, row, letters) for row in given]
        else:
            filled[name] = fill(table, name, given, letters)
    if draft_.deep:
        filled = {name: _deep(table, row, letters) for name, row in filled.items()}
    filled.update(draft_.beside)
    return {name: _spelt(value, draft_.spelling) for name, value in filled.items()}


def _deep(table: Transaction, row: object, letters: bool) -> object:
    """The rows within a row, filled and checked as their own nodes are."""
    if not isinstance(row, dict):
        return row
    return {
        name: [_deep(table, fill(table, name, one, letters), letters) for one in value]
        if isinstance(value, list)
        else value
        for name, value in row.items()
    }


def _spelt(value: object, spelling: Mapping[str, str]) -> object:
    """Members under the names that the region gives them (interface 7.4)."""
    if not spelling:
        return value
    if isinstance(value, list):
        return [_spelt(one, spelling) for one in value]
    if isinstance(value, dict):
        return {spelling.get(name, name): one for name, one in value.items()}
    return value


def _envelope(
    infno: str, header: Header, area: str, terminal: Terminal, tables: Tables
) -> dict[str, object]:
    profile, institution = terminal.profile, terminal.institution
    given = {
        "infno": infno,
        "msgid": header.msgid,
        "mdtrtarea_admvs": profile.division,
        "insuplc_admdvs": area,
        "recer_sys_code": profile.recer_sys_code,
        "infver": profile.infver,
        "opter_type": terminal.operator_type,
        "opter": header.operator,
        "opter_name": header.operator_name,
        "inf_time": wire_time(header.at),
        "fixmedins_code": institution.code,
        "fixmedins_name": institution.name,
        "sign_no": header.sign_no,
    }
    if terminal.sign is None:
        return fill(tables["envelope"], "", given)
    unsigned = fill(tables["envelope"], "", {**given, "signtype": "SM2"})
    return {**unsigned, "cainfo": terminal.sign(envelope_text(unsigned))}


def _with_password(
    envelope: dict[str, object], call: Call, tables: Tables
) -> tuple[dict[str, object], dict[str, object]]:
    """The envelope as it leaves, and as it is kept: what opens an account stays in neither book
    nor log (interface 1.5). A password serves this one message.

    :raises BadValue: it was used already, or does not fit its field.
    """
    sealed = call.password if isinstance(call, SettleBasket | SettleVisit) else None
    if sealed is None:
        return envelope, envelope
    try:
        return fill(tables["envelope"], "", {**envelope, "cainfo": sealed.take()}), envelope
    finally:
        sealed.wipe()


def _body(envelope: Mapping[str, object], content: object, terminal: Terminal) -> bytes:
    as_text = terminal.profile.input_form == "string"
    inner = exact_json.text_of(content) if as_text else content
    return exact_json.write({**envelope, "input": inner})


def _sealed_body(envelope: Mapping[str, object], content: object, terminal: Terminal) -> bytes:
    """As :func:`_body`; signed and in cipher where the region has it so (interface 1.2 d)."""
    if terminal.sealer is None:
        return _body(envelope, content, terminal)
    sealed = terminal.sealer.seal(exact_json.write(content))
    return exact_json.write({**envelope, "input": content, **sealed})


def _message(
    envelope: Mapping[str, object],
    content: object,
    terminal: Terminal,
    call: Call | None,
    kept: Mapping[str, object] | None = None,
) -> Message:
    """``kept``: the envelope as the journal may have it, where that is another one."""
    return Message(
        infno=str(envelope["infno"]),
        msgid=str(envelope["msgid"]),
        body=_sealed_body(envelope, content, terminal),
        evidence=_body(envelope if kept is None else kept, blanked(content), terminal),
        call=call,
    )


def _area(draft_: Draft, header: Header) -> str:
    """Where the person is insured; demanded whenever the input holds a ``psn_no`` (1.3)."""
    if draft_.insured is None:
        return draft_.area
    area = draft_.insured.row.area or header.insured_area
    if not area:
        raise BadValue(what="insuplc_admdvs", why="missing")
    return area


def compose(call: Call, header: Header, terminal: Terminal, tables: Tables) -> Message:
    """The complete message of a call: filled, checked, exact to the byte.

    :raises BadValue: when a field breaks its table: nothing may leave.
    :raises PackValueMissing: when the region's release has no such prescription act.
    """
    drafted = draft(call, header, terminal)
    content = content_of(drafted, terminal, tables)
    envelope = _envelope(drafted.infno, header, _area(drafted, header), terminal, tables)
    sent, kept = _with_password(envelope, call, tables)
    return _message(sent, content, terminal, call, kept)


def _holds_person(value: object) -> bool:
    if isinstance(value, Mapping):
        return bool(value.get("psn_no")) or any(_holds_person(one) for one in value.values())
    return isinstance(value, list) and any(_holds_person(one) for one in value)


def compose_raw(
    infno: str, content: object, header: Header, terminal: Terminal, tables: Tables
) -> Message:
    """An envelope of ours around an ``input`` that is sent as it stands, table or no table.

    ``insuplc_admdvs`` is the header's, or the shop's own division where the input names a person.

    :raises BadValue: when the envelope itself cannot be made (a number of six characters).
    """
    area = header.insured_area
    if not area and _holds_person(content):
        area = terminal.profile.division
    return _message(_envelope(infno, header, area, terminal, tables), content, terminal, None)
