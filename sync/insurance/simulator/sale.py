"""Pricing a sale on the practice platform: person, lines, codes, terms; shared by both routes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sync.insurance.simulator import accounts, benefits, rx_settling
from sync.insurance.simulator.accounts import Counter
from sync.insurance.simulator.benefits import NOUGHT, Bill, Item
from sync.insurance.simulator.call import Call, stamp
from sync.insurance.simulator.persons import Drug, Insurance, Person
from sync.insurance.simulator.policy import category, scheme_key
from sync.insurance.simulator.refusal import Refusal

IN_HOSPITAL = "FSI-FMI返回：该人员是在院状态，不能办理门诊待遇结算"
_TOLERANCE = Decimal("0.01")
"""Greatest difference of price x count from the line total (interface 6.2, identity 7)."""


@dataclass(frozen=True, slots=True)
class Priced:
    """A sale as the platform would settle it now."""

    person: Person
    insurance: Insurance
    kind: str
    disease: str
    counter: Counter
    bill: Bill
    drugs: tuple[Drug, ...]
    balance_after: Decimal
    codes: tuple[tuple[str, str], ...] = ()
    """Trace codes sold, each with its split flag."""


def identify(call: Call, data: Mapping[str, Any]) -> tuple[Person, Insurance]:
    """The person of ``psn_no`` with the shown credential and scheme; :raises Refusal: otherwise."""
    person = call.person(data["psn_no"])
    shown = call.world.register.by_credential(
        data["mdtrt_cert_type"], data["mdtrt_cert_no"], data["card_sn"]
    )
    if shown is not person:
        raise Refusal("FSI-就诊凭证[mdtrt_cert_no]与人员编号[psn_no]不符")
    if data["certno"].upper() != person.id_number:
        raise Refusal("FSI-证件号码[certno]与人员编号[psn_no]不符")
    if data.get("psn_name") not in (None, "", person.name):
        raise Refusal("FSI-人员姓名[psn_name]与人员编号[psn_no]不符")
    return person, insurance_of(call, person, data["insutype"])


def insurance_of(call: Call, person: Person, insutype: str) -> Insurance:
    """The active insurance row of that type at the named division; :raises Refusal: if none."""
    rows = [one for one in person.insurances if one.insutype == insutype]
    if not rows:
        raise Refusal(f"FSI-FMI返回：该人员没有险种[insutype={insutype}]的参保信息")
    row = rows[0]
    if call.envelope.get("insuplc_admdvs") != row.division:
        raise Refusal("FSI-参保地医保区划[insuplc_admdvs]与参保信息不符")
    if row.status != "1":
        raise Refusal("FSI-FMI返回：该人员参保状态不是正常参保，不能结算")
    return row


def check_amounts(lines: Sequence[Mapping[str, Any]], total: Decimal) -> None:
    """Line totals against price and count, and their sum; :raises Refusal: naming the field."""
    seen: set[str] = set()
    for line in lines:
        number = line["feedetl_sn"]
        if number in seen:
            raise Refusal(f"FSI-费用明细流水号[feedetl_sn={number}]重复")
        seen.add(number)
        if line["cnt"] <= 0 or line["pric"] < 0:
            raise Refusal(f"FSI-明细[{number}]的数量[cnt]应大于0，单价[pric]不能为负")
        if abs(benefits.fen(line["pric"] * line["cnt"]) - line["det_item_fee_sumamt"]) > _TOLERANCE:
            raise Refusal(f"FSI-明细[{number}]费用总额[det_item_fee_sumamt]不等于单价乘以数量")
    if sum((line["det_item_fee_sumamt"] for line in lines), NOUGHT) != total:
        raise Refusal("FSI-医疗费总额[medfee_sumamt]与明细合计不符")


def _drug_of(call: Call, line: Mapping[str, Any]) -> Drug:
    drug = call.world.drugs.get(line["med_list_codg"])
    if drug is None:
        raise Refusal(f"FSI-医疗目录编码[med_list_codg={line['med_list_codg']}]未对照或不存在")
    return drug


def _check_disease(call: Call, kind: str, disease: str, drugs: Sequence[Drug]) -> None:
    if kind not in ("special", "two_disease"):
        return
    if not disease:
        raise Refusal("FSI-病种编码[dise_codg]不能为空")
    listed = call.world.policy.value(kind, call.today, "diseases") or {}
    if listed and disease not in listed:
        raise Refusal(f"FSI-FMI返回：病种[dise_codg={disease}]不在本统筹区病种范围内")
    for drug in drugs:
        if drug.diseases and disease not in drug.diseases and drug.grade != "C":
            raise Refusal(f"FSI-FMI返回：药品[{drug.name}]不在病种[{disease}]用药范围内")


def entitled(call: Call, person: Person, kind: str, disease: str) -> str:
    """Why the person may not use this settlement type today; empty when he may."""
    if kind == "special" and not _filed(person.chronic, disease, call):
        return f"该人员没有病种[{disease}]的慢特病备案"
    if kind == "two_disease" and not _filed(person.two_disease, disease, call):
        return f"该人员不在两病[{disease}]名册内"
    return ""


def _filed(filings: Sequence[Any], disease: str, call: Call) -> bool:
    day = call.today.isoformat()
    return any(
        one.code == disease and one.since <= day and (not one.until or day <= one.until)
        for one in filings
    )


def blocked_in_hospital(call: Call, person: Person, kind: str) -> bool:
    """Whether a stay in hospital forbids this settlement type, and there is one."""
    blocks = call.world.policy.flag(kind, call.today, "inpatient_block", False)
    return blocks and accounts.in_hospital(call.books, person.psn_no)


def price(
    call: Call,
    person: Person,
    insurance: Insurance,
    data: Mapping[str, Any],
    lines: Sequence[Mapping[str, Any]],
) -> Priced:
    """What a settlement of these lines would be now; stores nothing.

    ``data`` gives ``med_type``, ``medfee_sumamt``, ``acct_used_flag`` and ``dise_codg``.
    :raises Refusal: for whatever the platform would refuse.
    """
    kind = call.world.scheme(data["med_type"])
    disease = data.get("dise_codg") or ""
    check_amounts(lines, data["medfee_sumamt"])
    rx_settling.check(call, person.psn_no, lines)
    drugs = tuple(_drug_of(call, line) for line in lines)
    group = category(insurance.insutype, insurance.psn_type) if kind != "account" else ""
    if blocked_in_hospital(call, person, kind):
        raise Refusal(IN_HOSPITAL)
    why = entitled(call, person, kind, disease)
    if why:
        raise Refusal(f"FSI-FMI返回：{why}")
    _check_disease(call, kind, disease, drugs)
    policy = call.world.policy
    terms = policy.terms(kind, call.today, group=group, birth=person.birth, disease=disease)
    counter = Counter(person.psn_no, scheme_key(kind, disease), policy.period(kind, call.today))
    own, family = _purse(call, person, insurance, kind, data["acct_used_flag"])
    items = [_item(line, drug) for line, drug in zip(lines, drugs, strict=True)]
    spent = accounts.used(call.books, counter)
    bill = benefits.settle(items, terms, spent, own=own, family=family)
    before = accounts.balance(call.books, person.psn_no, insurance.insutype)
    return Priced(person, insurance, kind, disease, counter, bill, drugs, before - bill.own)


def _item(line: Mapping[str, Any], drug: Drug) -> Item:
    approval = line.get("hosp_appr_flag")
    grade = "C" if approval == "2" else drug.grade
    return Item(
        grade=grade,
        price=line["pric"],
        count=line["cnt"],
        amount=line["det_item_fee_sumamt"],
        share=drug.first_share,
        ceiling=drug.ceiling,
    )


def _purse(
    call: Call, person: Person, insurance: Insurance, kind: str, flag: str
) -> tuple[Decimal, Decimal]:
    """Money that this settlement may draw on: flag 0 none, 1 own, 2 own and then family."""
    if flag == "0" or not call.world.policy.flag(kind, call.today, "account.usable", True):
        return NOUGHT, NOUGHT
    own = accounts.balance(call.books, person.psn_no, insurance.insutype)
    family = accounts.family_balance(call.books, person.psn_no) if flag == "2" else NOUGHT
    return own, family


def trace_rows(call: Call, lines: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Every trace row of the request, from inside the lines and beside them (interface 2.9)."""
    rows = [row for line in lines for row in line.get("durg_trac_info") or []]
    return rows + list(call.input.get("durg_trac_info") or [])


def check_codes(
    call: Call,
    kind: str,
    lines: Sequence[Mapping[str, Any]],
    drugs: Sequence[Drug],
    rows: Sequence[Mapping[str, Any]],
) -> tuple[tuple[str, str], ...]:
    """Codes against lines and against what was sold before; answers (code, split flag) pairs.

    :raises Refusal: a line without enough codes, a repeated code, a code already sold.
    """
    whole: set[str] = set()
    by_line: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        code = row["drug_trac_codg"]
        by_line.setdefault(row["feedetl_sn"], []).append(row)
        if row["trdn_flag"] == "1":
            continue
        if code in whole:
            raise Refusal(f"FSI-药品追溯码[drug_trac_codg={code}]重复")
        whole.add(code)
        if call.books.one("SELECT 1 FROM trace_code WHERE code = ?", code):
            raise Refusal(f"FSI-药品追溯码[drug_trac_codg={code}]已销售，不能重复结算")
    required = call.world.policy.value(kind, call.today, "trace.required_from")
    if required and str(required)[:10] <= call.today.isoformat():
        for line, drug in zip(lines, drugs, strict=True):
            _demand_codes(line, drug, by_line.get(line["feedetl_sn"], []))
    return tuple((row["drug_trac_codg"], row["trdn_flag"]) for row in rows)


def _demand_codes(line: Mapping[str, Any], drug: Drug, rows: Sequence[Mapping[str, Any]]) -> None:
    if drug.trace_exempt:
        return
    split = any(row["trdn_flag"] == "1" for row in rows)
    packs = -(-line["cnt"] // 1)
    if not rows or (not split and len(rows) < packs):
        number = line["feedetl_sn"]
        raise Refusal(f"FSI-明细[{number}]缺少药品追溯码[drug_trac_codg]，无码不结")


def document(
    call: Call, priced: Priced, data: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """What the books keep of a settlement, enough to answer every later question."""
    shares = [
        {
            "feedetl_sn": line["feedetl_sn"],
            "med_list_codg": line["med_list_codg"],
            "medins_list_codg": line["medins_list_codg"],
            "rxno": line.get("rxno", ""),
            "rx_circ_flag": line.get("rx_circ_flag", ""),
            "fee_ocur_time": line["fee_ocur_time"],
            "name": drug.name,
            "spec": drug.spec,
            "dosage_form": drug.dosage_form,
            "grade": drug.grade,
            "share": str(drug.first_share),
            "ceiling": str(drug.ceiling) if drug.ceiling is not None else "",
            "cnt": str(line["cnt"]),
            "pric": str(line["pric"]),
            "amount": str(line["det_item_fee_sumamt"]),
            "outside": str(part.outside),
            "over": str(part.over),
            "first": str(part.first),
            "scope": str(part.scope),
        }
        for line, drug, part in zip(lines, priced.drugs, priced.bill.items, strict=True)
    ]
    return {
        "kind": priced.kind,
        "disease": priced.disease,
        "scheme": priced.counter.scheme,
        "period": priced.counter.period,
        "effect": accounts.effect_of(priced.bill),
        "mdtrt_cert_type": data["mdtrt_cert_type"],
        "invono": data.get("invono", ""),
        "begntime": data.get("begntime") or stamp(call.now),
        "institution_name": call.envelope.get("fixmedins_name", ""),
        "opter": call.envelope.get("opter", ""),
        "opter_name": call.envelope.get("opter_name", ""),
        "lines": shares,
        "codes": [list(pair) for pair in priced.codes],
    }
