"""Rows of goods into the platform's JSON: 3501 to 3507 with their A versions, 3301, 3302."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from app.domain.clock import shop_time
from app.domain.money import Quantity, round_half_up
from app.domain.stock_calls import UploadRows
from app.domain.stock_upload import (
    NO_BARCODE,
    NO_NATIONAL_CODE,
    DrugMapping,
    SaleTold,
    StockUpload,
    Upload,
    UploadKind,
    WarningAnswer,
)
from app.errors import BadValue
from sync.insurance.drafting import Draft, wire_time
from sync.insurance.profile import Terminal

Row = dict[str, object]

SETL_TYPE: Final = "MDTRT_SETL_TYPE"
"""As printed in the tables; a region's profile may spell it in small letters (7.4)."""

NOBODY: Final = "无"
"""``prsc_dr_name`` of what is sold without a prescription: demanded, and there is none."""

NO_END: Final = "2099-12-31"
"""``enddate`` of a mapping that nobody has limited; demanded."""

NODES: Final[Mapping[str, str]] = {
    "3501": "invinfo",
    "3502": "invinfo",
    "3503": "purcinfo",
    "3504": "purcinfo",
    "3505": "selinfo",
    "3506": "selinfo",
    "3507": "data",
    "3301": "data",
    "3302": "data",
    "3103": "data",
    "3501A": "invinfoDetail",
    "3502A": "invinfoDetail",
    "3504A": "purcinfoDetail",
    "3505A": "selinfoDetail",
    "3506A": "selinfoDetail",
    "3507A": "goodDetail",
}
"""The node of each form. 3503A is not among them: it demands a scan of the invoice within a
thousand characters, so that a purchase is told by 3503."""

_LISTS: Final = frozenset({"3301"})
"""Forms without an A that take a list all the same."""

_TRACED: Final = frozenset({"3501", "3502A", "3505", "3505A", "3506", "3506A"})
"""Forms with a node for trace codes (interface 2.16)."""


def takes_many(form: str) -> bool:
    """Whether a form carries more than one row."""
    return form.endswith("A") or form in _LISTS


def draft_stock(call: UploadRows, terminal: Terminal) -> Draft:
    """The rows in the platform's words, not yet checked against their table.

    :raises BadValue: no such form, or more rows than it takes.
    """
    node = NODES.get(call.form)
    if node is None:
        raise BadValue(what="form", why="not offered")
    rows = [_row(call.form, one, terminal) for one in call.rows]
    many = takes_many(call.form)
    if not rows or (len(rows) > 1 and not many):
        raise BadValue(what=node, why="one row expected")
    # Where the input names a person, the envelope names an area (1.3): rows of many people are
    # sent under the shop's own.
    named = any(isinstance(one, StockUpload) and one.sale and one.sale.psn_no for one in call.rows)
    return Draft(
        call.form,
        {node: rows if many else rows[0]},
        deep=call.form == UploadKind.ANSWER,
        area=terminal.profile.division if named else "",
        spelling={SETL_TYPE: terminal.profile.setl_type_key},
    )


def _row(form: str, one: Upload, terminal: Terminal) -> Row:
    if isinstance(one, DrugMapping):
        return _mapping(one, terminal)
    if isinstance(one, WarningAnswer):
        warning = {"warn_rslt_id": one.number, "dspo_way": one.way, "dspo_way_rea": one.words}
        return {"warn_type": one.phase, "warns": [warning]}
    row = _MAKERS[UploadKind(one.kind)](one)
    if form == "3501A":
        row["pric"] = _price(one)
    if form == "3505A":
        row |= _of_3505a(one)
    if form in _TRACED:
        # Demanded in 3505 even where a box has no code: then one without a value is sent.
        codes = one.codes or (("",) if one.kind == UploadKind.SOLD else ())
        rows = [{"drug_trac_codg": code} for code in codes]
        if rows:
            row[terminal.profile.stock_trace_node] = rows
    return row


def _goods(one: StockUpload) -> Row:
    return {
        "med_list_codg": one.national_code or NO_NATIONAL_CODE,
        "fixmedins_hilist_id": one.item,
        "fixmedins_hilist_name": one.name[:200],
        "fixmedins_bchno": one.serial,
        "rx_flag": "1" if one.rx else "0",
        "memo": one.note,
    }


def _dates(one: StockUpload) -> Row:
    return {
        "manu_date": one.made_on.isoformat() if one.made_on else "",
        "expy_end": one.expires_on.isoformat() if one.expires_on else "",
    }


def _price(one: StockUpload) -> Decimal:
    if one.price is None:
        raise BadValue(what="pric", why="missing")
    return Decimal(one.price.plain())


def _price_if_known(one: StockUpload, name: str) -> Row:
    return {name: _price(one)} if one.price is not None else {}


def _count(quantity: Quantity) -> Decimal:
    return Decimal(quantity.plain())


def _counted(one: StockUpload) -> Row:
    # Two places here, four everywhere else: a statement of what was counted, no movement.
    hundredths = round_half_up(one.quantity.ten_thousandths, 100)
    return {
        **_goods(one),
        **_dates(one),
        "invdate": shop_time(one.at).date().isoformat(),
        "inv_cnt": Decimal(hundredths).scaleb(-2),
        "manu_lotnum": one.batch,
    }


def _changed(one: StockUpload) -> Row:
    return {
        **_goods(one),
        "inv_chg_type": one.change,
        "pric": _price(one),
        "cnt": _count(one.quantity),
        "inv_chg_time": wire_time(one.at),
        "inv_chg_opter_name": one.operator,
        "trdn_flag": _split(one),
    }


def _supplier(one: StockUpload) -> Row:
    told = one.purchase
    if told is None:
        raise BadValue(what="spler_name", why="missing")
    return {
        "spler_name": told.supplier,
        "spler_pmtno": told.licence,
        "purc_invo_codg": told.invoice_code,
        "purc_invo_no": told.invoice_no,
        "purc_retn_cnt": _count(one.quantity),
        "purc_retn_stoin_time": wire_time(one.at),
        "purc_retn_opter_name": one.operator,
        **_price_if_known(one, "finl_trns_pric"),
    }


def _bought(one: StockUpload) -> Row:
    told = one.purchase
    return {
        **_goods(one),
        **_dates(one),
        **_supplier(one),
        "dynt_no": told.delivery_note if told is not None else "",
        "manu_lotnum": one.batch,
        "prodentp_name": one.maker,
        "aprvno": one.approval_no,
        "prod_geay_flag": "1" if told is not None and told.gift else "0",
    }


def _sent_back(one: StockUpload) -> Row:
    return {
        **_goods(one),
        **_dates(one),
        **_supplier(one),
        "medins_prod_purc_no": one.platform_serial,
    }


def _told(one: StockUpload) -> SaleTold:
    if one.sale is None:
        raise BadValue(what="mdtrt_sn", why="missing")
    return one.sale


def _sale(one: StockUpload) -> Row:
    told = _told(one)
    return {
        **_goods(one),
        **_dates(one),
        "setl_id": told.settlement_id,
        "mdtrt_sn": told.visit,
        "psn_no": told.psn_no,
        "psn_cert_type": told.cert_type,
        "certno": told.cert_no,
        "psn_name": told.person_name,
        "manu_lotnum": one.batch,
        "trdn_flag": _split(one),
        "sel_retn_cnt": _count(one.quantity),
        "sel_retn_time": wire_time(one.at),
        "sel_retn_opter_name": one.operator,
        **_price_if_known(one, "finl_trns_pric"),
    }


def _sold(one: StockUpload) -> Row:
    told = _told(one)
    return {
        **_sale(one),
        "prsc_dr_name": told.prescriber or NOBODY,
        "phar_name": told.pharmacist,
        "phar_prac_cert_no": told.pharmacist_licence,
        "hi_feesetl_type": told.fee_type,
        "rxno": told.rx_no,
        "rx_circ_flag": "1" if told.circulated else "0",
        "rtal_docno": told.receipt_no,
        "bchno": one.batch,
        "drug_prod_barc": one.barcode or NO_BARCODE,
        SETL_TYPE: "1" if told.settlement_id else "2",
    }


def _of_3505a(one: StockUpload) -> Row:
    told = _told(one)
    return {
        "finl_trns_pric": _price(one),
        "prsc_dr_no": told.prescriber_code,
        "phar_no": told.pharmacist_code,
    }


def _came_back(one: StockUpload) -> Row:
    return {**_sale(one), "medins_prod_sel_no": one.platform_serial}


def _delete(one: StockUpload) -> Row:
    return {"fixmedins_bchno": one.deletes, "inv_data_type": one.data_kind}


def _split(one: StockUpload) -> str:
    return "1" if one.split else "0"


def _mapping(one: DrugMapping, terminal: Terminal) -> Row:
    row: Row = {
        "fixmedins_hilist_id": one.item,
        "list_type": one.national_list,
        "med_list_codg": one.national_code,
    }
    if one.kind == UploadKind.UNMAP:
        return {**row, "fixmedins_code": terminal.institution.code}
    return {
        **row,
        "fixmedins_hilist_name": one.name[:200],
        "begndate": one.begins.isoformat(),
        "enddate": NO_END,
        "aprvno": one.approval_no[:30],
        "dosform": one.dosage_form[:200],
        "prcunt": one.unit[:100],
        "spec": one.spec[:200],
    }


_MAKERS: Final[Mapping[UploadKind, Callable[[StockUpload], dict[str, Any]]]] = {
    UploadKind.COUNTED: _counted,
    UploadKind.CHANGED: _changed,
    UploadKind.BOUGHT: _bought,
    UploadKind.SENT_BACK: _sent_back,
    UploadKind.SOLD: _sold,
    UploadKind.CAME_BACK: _came_back,
    UploadKind.DELETE: _delete,
}
