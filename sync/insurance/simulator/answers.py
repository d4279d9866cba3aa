"""Answers of settlements: ``setlinfo``, ``setldetail``, ``detlcutinfo`` from a priced sale."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sync.insurance.simulator.benefits import NOUGHT
from sync.insurance.simulator.call import Call, stamp
from sync.insurance.simulator.persons import Drug, Insurance, Person
from sync.insurance.simulator.policy import full_years
from sync.insurance.simulator.sale import Priced

GRADES = {"A": "01", "B": "02", "C": "03"}
"""Item grade codes (interface 5.3)."""

CLEARING = {"account": "41", "ordinary": "11", "special": "14", "two_disease": "15"}
"""Clearing type of a settlement type (interface 5.2)."""

POOLS = {"310": "310102", "390": "390102"}
"""Outpatient pool of a scheme (interface 5.5)."""

FUND_NAMES = {
    "310102": "职工门诊统筹",
    "390102": "居民门诊统筹",
    "310200": "个人账户",
    "390500": "家庭账户",
}

NO_CEILING = Decimal("999999")
"""``pric_uplmt_amt`` without a ceiling (interface 6.2, traps)."""

AMOUNTS = (
    "medfee_sumamt",
    "fulamt_ownpay_amt",
    "overlmt_selfpay",
    "preselfpay_amt",
    "inscp_scp_amt",
    "act_pay_dedc",
    "hifp_pay",
    "cvlserv_pay",
    "hifes_pay",
    "hifmi_pay",
    "hifob_pay",
    "maf_pay",
    "oth_pay",
    "hifdm_pay",
    "fund_pay_sumamt",
    "psn_part_amt",
    "acct_pay",
    "psn_cash_pay",
    "acct_mulaid_pay",
    "hosp_part_amt",
)
"""Every amount that a cancel answers negated; ``balc`` is a balance and stays one."""


def person_fields(call: Call, person: Person, insurance: Insurance) -> dict[str, Any]:
    """Who it is, in the field names of a settlement answer."""
    return {
        "psn_no": person.psn_no,
        "psn_name": person.name,
        "psn_cert_type": "01",
        "certno": person.id_number,
        "gend": person.sex,
        "naty": "01",
        "brdy": person.birth.isoformat(),
        "age": Decimal(full_years(person.birth, call.today)),
        "insutype": insurance.insutype,
        "psn_type": insurance.psn_type,
        "cvlserv_flag": "0",
    }


def setlinfo(call: Call, priced: Priced, data: dict[str, Any], *, quote: bool) -> dict[str, Any]:
    """The amounts of a quote or settlement; all identities of interface 6.2 hold."""
    bill = priced.bill
    basis = bill.scope - bill.deductible
    info: dict[str, Any] = {
        **person_fields(call, priced.person, priced.insurance),
        "setl_time": stamp(call.now),
        "mdtrt_cert_type": data["mdtrt_cert_type"],
        "med_type": data["med_type"],
        **dict.fromkeys(AMOUNTS, NOUGHT),
        "medfee_sumamt": bill.total,
        "fulamt_ownpay_amt": bill.outside,
        "overlmt_selfpay": bill.over,
        "preselfpay_amt": bill.first,
        "inscp_scp_amt": bill.scope,
        "act_pay_dedc": bill.deductible,
        "hifp_pay": bill.fund,
        "pool_prop_selfpay": (bill.fund / basis).quantize(Decimal("0.0001"))
        if bill.fund
        else Decimal("0.0000"),
        "fund_pay_sumamt": bill.fund,
        "psn_part_amt": bill.person,
        "acct_pay": bill.account,
        "psn_cash_pay": bill.cash,
        "balc": priced.balance_after,
        "acct_mulaid_pay": bill.family,
        "medins_setl_id": call.msgid,
        "clr_optins": None if quote else call.world.division,
        "clr_way": None if quote else "1",
        "clr_type": CLEARING[priced.kind],
        "exp_content": "",
    }
    return info


def setldetail(priced: Priced) -> list[dict[str, Any]]:
    """One row a fund, the account rows among them (interface 6.2, traps)."""
    bill = priced.bill
    rows: list[dict[str, Any]] = []
    pool = POOLS.get(priced.insurance.insutype, "999997")
    family = "390500"
    for kind, paid in ((pool, bill.fund), ("310200", bill.own), (family, bill.family)):
        if paid:
            rows.append(
                {
                    "fund_pay_type": kind,
                    "inscp_scp_amt": bill.scope if kind == pool else NOUGHT,
                    "crt_payb_lmt_amt": (bill.limit_before or NOUGHT) if kind == pool else NOUGHT,
                    "fund_payamt": paid,
                    "fund_pay_type_name": FUND_NAMES.get(kind, "其他"),
                    "setl_proc_info": "",
                }
            )
    return rows


def line_shares(
    number: str, line: dict[str, Any], drug: Drug, part: tuple[Decimal, ...]
) -> dict[str, Any]:
    """How one line splits; ``part`` is outside, over, first, scope."""
    outside, over, first, scope = part
    return {
        "feedetl_sn": number,
        "det_item_fee_sumamt": line["det_item_fee_sumamt"],
        "cnt": line["cnt"],
        "pric": line["pric"],
        "pric_uplmt_amt": drug.ceiling if drug.ceiling is not None else NO_CEILING,
        "selfpay_prop": Decimal(1) if drug.grade == "C" else drug.first_share,
        "fulamt_ownpay_amt": outside,
        "overlmt_amt": over,
        "preselfpay_amt": first,
        "inscp_scp_amt": scope,
        "chrgitm_lv": GRADES[drug.grade],
        "med_chrgitm_type": charge_class(drug),
        "bas_medn_flag": "0",
        "hi_nego_drug_flag": "0",
        "chld_medc_flag": "0",
        "list_sp_item_flag": "0",
        "drt_reim_flag": "1",
        "memo": "",
    }


def charge_class(drug: Drug) -> str:
    """Charge item class (interface 5.3): 08 devices, 10 herbs, 11 patent TCM, 09 else."""
    letter = drug.code[:1]
    if drug.dosage_form == "饮片" or letter == "T":
        return "10"
    return {"C": "08", "Z": "11"}.get(letter, "09")


def detlcutinfo(priced: Priced, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The shares of every line, in the order they were sent."""
    return [
        line_shares(
            line["feedetl_sn"], line, drug, (part.outside, part.over, part.first, part.scope)
        )
        for line, drug, part in zip(lines, priced.drugs, priced.bill.items, strict=True)
    ]


def negated(info: dict[str, Any]) -> dict[str, Any]:
    """The same amounts below zero, as a cancel answers them (interface 2.10)."""
    turned = dict(info)
    for name in AMOUNTS:
        if isinstance(turned.get(name), Decimal | int):
            turned[name] = NOUGHT - turned[name]
    return turned
