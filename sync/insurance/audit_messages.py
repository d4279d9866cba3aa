"""3101 and 3102 in the platform's JSON, and what they answer (interface 2.13)."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from app.domain.insurance import AnswerFinding
from app.domain.money import Money, Quantity, UnitPrice, round_half_up
from app.domain.supervision import AuditFinding
from app.domain.supervision_calls import AskAudit, AuditOrder, AuditRx
from app.errors import BadValue
from sync.insurance.drafting import Draft, wire_time, yuan
from sync.insurance.parsing import Row, amount, needed, text
from sync.insurance.profile import Terminal

PURCHASE: Final = "3"
"""``med_mdtrt_type``: 购药."""

LEVELS: Final = {"A": "01", "B": "02"}
"""``hilist_lv`` by insurance class: 甲, 乙; every other one is 丙."""

OTHER_LEVEL: Final = "03"
WESTERN: Final = ("101", "09")
SLICES: Final = ("102", "10")
PATENT: Final = ("101", "11")
"""``list_type`` and ``med_chrgitm_type``: by the first letter of a national code."""

MOST_FINDINGS: Final = 200
"""Findings on one basket; more is no answer about one."""


def draft_audit(call: AskAudit, terminal: Terminal) -> Draft:
    """The question with its inner lists, every row of them held against the table.

    :raises BadValue: a prescription or a birth date is missing: both are demanded.
    """
    person, rx = call.insured.person, call.rx
    if rx is None:
        raise BadValue(what="fsi_diagnose_dtos", why="missing")
    audit = terminal.profile.audit
    patient = {
        "patn_id": person.psn_no,
        "patn_name": person.name,
        "gend": person.gender,
        "brdy": person.birth_date.isoformat() if person.birth_date else "",
        "poolarea": call.insured.row.area,
        "curr_mdtrt_id": call.visit,
        "fsi_encounter_dtos": [_visit(call, rx, terminal)],
    }
    data = {"trig_scen": audit.scenes.get(call.phase.infno, ""), "patient_dtos": [patient]}
    return Draft(call.phase.infno, {"data": data}, call.insured, deep=True)


def _visit(call: AskAudit, rx: AuditRx, terminal: Terminal) -> Row:
    audit, shop = terminal.profile.audit, terminal.institution
    at = wire_time(call.at)
    return {
        "mdtrt_id": call.visit,
        "medins_id": shop.code,
        "medins_name": shop.name,
        "medins_admdvs": terminal.profile.division,
        "medins_type": audit.medins_type,
        "medins_lv": audit.medins_level,
        "adm_date": at,
        "dscg_date": at,
        "dscg_main_dise_codg": rx.diagnosis_code,
        "dscg_main_dise_name": rx.diagnosis_name[:50],
        "fsi_diagnose_dtos": [_diagnosis(rx)],
        "dr_codg": rx.doctor_code,
        "adm_dept_codg": rx.dept_code,
        "adm_dept_name": rx.dept_name,
        "dscg_dept_codg": rx.dept_code,
        "dscg_dept_name": rx.dept_name,
        "med_mdtrt_type": PURCHASE,
        "med_type": call.med_type,
        "fsi_order_dtos": [_order(one, rx, audit.doctor_title) for one in call.orders],
        "matn_stas": "0",
        "medfee_sumamt": yuan(call.total),
        "ownpay_amt": yuan(call.own),
        "selfpay_amt": yuan(call.self_pay),
        "acct_payamt": yuan(call.account),
        "hifp_payamt": yuan(call.fund),
        "setl_totlnum": call.settled_before,
        "insutype": call.insured.row.insutype,
        "reim_flag": "2",
        "out_setl_flag": "0" if call.insured.row.area[:4] == terminal.profile.division[:4] else "1",
        "dise_no": call.disease_code,
        "dise_name": call.disease_name,
    }


def _diagnosis(rx: AuditRx) -> Row:
    return {
        "dise_id": rx.diagnosis_code,
        "inout_dise_type": "1",
        "maindise_flag": "1",
        "dias_srt_no": "1",
        "dise_codg": rx.diagnosis_code,
        "dise_name": rx.diagnosis_name,
        "dise_date": wire_time(rx.at),
    }


def _order(one: AuditOrder, rx: AuditRx, title: str) -> Row:
    kind, charge = _kind(one.national_code)
    return {
        "rx_id": one.key,
        "rxno": rx.number,
        "long_drord_flag": "1" if rx.long else "0",
        "hilist_type": kind,
        "chrg_type": charge,
        "drord_bhvr": "2" if rx.long else "1",
        "hilist_code": one.national_code,
        "hilist_name": one.name[:50],
        "hilist_dosform": one.dosage_form[:50],
        "hilist_lv": LEVELS.get(one.level, OTHER_LEVEL),
        "hilist_pric": _price(one.price),
        "hosplist_code": one.shop_code,
        "hosplist_name": one.name[:50],
        "hosplist_dosform": one.dosage_form[:20],
        "cnt": _packs(one.quantity),
        "pric": _price(one.price),
        "sumamt": yuan(one.amount),
        "ownpay_amt": yuan(one.own),
        "selfpay_amt": yuan(one.self_pay),
        "spec": one.spec[:100],
        "spec_unt": one.unit[:20],
        "drord_begn_date": wire_time(rx.at),
        "drord_dept_codg": rx.dept_code,
        "drord_dept_name": rx.dept_name,
        "drord_dr_codg": rx.doctor_code,
        "drord_dr_name": rx.doctor_name,
        "drord_dr_profttl": title,
        "curr_drord_flag": "1",
    }


def _kind(national_code: str) -> tuple[str, str]:
    return {"T": SLICES, "Z": PATENT}.get(national_code[:1], WESTERN)


def _price(price: UnitPrice) -> Decimal:
    """Two places are printed here, six in the settlement."""
    return yuan(price.times(Quantity.of(1)))


def _packs(quantity: Quantity) -> Decimal:
    """Two places: an opened pack's share is rounded, and never to nothing."""
    hundredths = max(1, round_half_up(quantity.ten_thousandths, 100))
    return Decimal(str(Money(hundredths)))


def read_audit(output: object) -> tuple[object, tuple[AnswerFinding, ...]]:
    """Findings; none with a fault where the answer cannot be read as some."""
    try:
        found = _results(output)
        if len(found) > MOST_FINDINGS:
            raise BadValue(what="result", why="too many")
        return tuple(_finding(one) for one in found), ()
    except BadValue as error:
        return None, (AnswerFinding("table", f"{error.params['what']} {error.params['why']}"),)


def _results(output: object) -> list[Row]:
    """Nothing at all = nothing was found; a list may stand for itself, as may a single object.

    What is neither is no answer: a warning that cannot be read is not one that was not given.
    """
    told = output.get("result", output) if isinstance(output, dict) else output
    if told in (None, "", {}, []):
        return []
    listed = [told] if isinstance(told, dict) else told
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise BadValue(what="result", why="no rows")
    return listed


def _finding(one: Row) -> AuditFinding:
    return AuditFinding(
        number=needed(one, "jr_id")[:50],
        rule_id=needed(one, "rule_id")[:50],
        rule_name=needed(one, "rule_name")[:200],
        text=text(one, "vola_cont")[:500],
        severity=text(one, "sev_deg")[:3],
        amount=amount(one, "vola_amt") or Money(0),
        grounds=text(one, "vola_evid")[:500],
    )
