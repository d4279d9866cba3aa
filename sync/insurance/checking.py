"""Checks an answer's ``output`` against the field tables and says what does not fit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from sync.insurance.field_tables import Field, Node, Transaction
from sync.insurance.parsing import CANCELS, QUOTES, SETTLEMENTS, Row, moment, rows

MAX_FAULTS = 20
"""A person reads them; more of the same tells nothing new."""

_NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")

_OFTEN_EMPTY = frozenset(
    {
        "age",
        "insutype",
        "hosp_part_amt",
        "hifdm_pay",
        "psn_no",
        "psn_name",
        "psn_cert_type",
        "certno",
        "gend",
        "naty",
        "brdy",
        "psn_type",
        "cvlserv_flag",
        "mdtrt_cert_type",
        "med_type",
        "clr_type",
        "clr_way",
        "clr_optins",
    }
)
"""Never empty in one table of a settlement, empty in its twin (interface 7.5)."""

_SUMS = frozenset(
    {"medfee_sumamt", "fund_pay_sumamt", "psn_part_amt", "acct_pay", "psn_cash_pay", "pdn_cash_pay"}
)
"""Sums that a settlement must say; its other amounts may be null for nought (interface 1.4), which
the identities then prove."""

_LONGER = {"fund_pay_type": 20, "err_msg": 4000}
"""Live values are longer than printed (interface 7.5)."""

_OTHER_NAME = {"psn_cash_pay": "pdn_cash_pay", "pdn_cash_pay": "psn_cash_pay"}
"""2208 prints one, sends the other (interface 2.11)."""


def _may_be_empty(infno: str, node: Node, field: Field, row: Row) -> bool:
    if not field.required:
        return True
    if infno not in QUOTES | SETTLEMENTS | CANCELS or node.name != "setlinfo":
        return False
    if field.name in _OFTEN_EMPTY or row.get(_OTHER_NAME.get(field.name, "")) is not None:
        return True
    if infno in QUOTES and field.name == "medins_setl_id":
        return True
    if field.kind != "n":
        return False
    return infno in CANCELS or (field.name in row and field.name not in _SUMS)


def _number_fault(field: Field, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return "not a number"
    text = format(value, "f") if isinstance(value, Decimal) and _modest(value) else str(value)
    if not _NUMBER.fullmatch(text.strip()):
        return "not a number"
    whole, _, part = text.strip().lstrip("-").partition(".")
    places = field.places or 0
    if field.kind == "n" and field.places is not None and len(part.rstrip("0")) > places:
        return f"more than {places} places"
    if field.length is not None and len(whole.lstrip("0")) > field.length - places:
        return "too long"
    return ""


def _modest(value: Decimal) -> bool:
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and -30 < exponent < 30


def _text_fault(field: Field, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return "not a text"
    if field.length is not None and len(str(value)) > max(field.length, _LONGER.get(field.name, 0)):
        return "too long"
    return ""


def _fault(field: Field, value: object) -> str:
    if field.kind in ("n", "int"):
        return _number_fault(field, value)
    if field.kind in ("date", "datetime"):
        known = isinstance(value, str) and moment(value.strip())
        return "" if known else "not a date"
    if field.kind in ("s", "digits"):
        return _text_fault(field, value)
    return ""


def _row_faults(infno: str, node: Node, row: Row) -> Iterator[str]:
    for field in node.fields:
        value = row.get(field.name)
        if value is None or value == "":
            if not _may_be_empty(infno, node, field, row):
                yield f"{node.name}.{field.name} missing"
            continue
        fault = _fault(field, value)
        if fault:
            yield f"{node.name}.{field.name} {fault}"


def _node_faults(infno: str, node: Node, output: object) -> Iterator[str]:
    found = rows(output, *node.names)
    if not found and not node.many and not node.optional:
        yield f"{node.name} missing"
    for one in found:
        yield from _row_faults(infno, node, one)


def output_faults(table: Transaction, output: object) -> list[str]:
    """What of an answer breaks its table: ``node.field missing|too long|not a number|...``.

    An absent list counts as an empty one; unknown members are ignored (interface 1.4). Fields
    that the interface itself contradicts may be empty (7.5).
    """
    # Fields without a node are rows of files as often as members of output (7.5): not judged.
    faults = (
        fault
        for node in table.output
        if node.name and not node.inside
        for fault in _node_faults(table.infno, node, output)
    )
    found = []
    for fault in faults:
        found.append(fault)
        if len(found) == MAX_FAULTS:
            break
    return found
