"""The link of settlements to circulated prescriptions (interface 3.2, steps 7 and 8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sync.insurance.simulator import rx_book
from sync.insurance.simulator.call import Call
from sync.insurance.simulator.refusal import Refusal
from sync.insurance.simulator.rx_book import OPEN, SETTLED, WITHDRAWN, Rx

Lines = Sequence[Mapping[str, Any]]


def _circulated(call: Call, lines: Lines) -> Iterator[tuple[Rx, list[Mapping[str, Any]]]]:
    """Prescriptions of the centre with their lines; paper numbers and own ones are none of it."""
    by_number: dict[str, list[Mapping[str, Any]]] = {}
    for line in lines:
        if line.get("rx_circ_flag") == "1" and line.get("rxno"):
            by_number.setdefault(line["rxno"], []).append(line)
    for number, own in by_number.items():
        rx = rx_book.find(call.books, number, call.now)
        if rx is not None and rx.phase == "uploaded":
            yield rx, own


def check(call: Call, psn_no: str, lines: Lines) -> None:
    """What a quote and an upload of lines ask: it is this person's, valid and unused.

    :raises Refusal: naming ``rxno`` otherwise.
    """
    for rx, _own in _circulated(call, lines):
        if rx.psn_no != psn_no:
            raise Refusal("FSI-处方号[rxno]不是该参保人的外配处方")
        rx_book.alive(rx, "医保结算")
        if rx.lock not in ("", call.institution):
            raise Refusal("FSI-外配处方[rxno]已被其他定点药店锁定，不能医保结算")


def settle(call: Call, setl_id: str, lines: Lines) -> None:
    """A settlement uses the prescription; it wants a pass and a report of this institution.

    :raises Refusal: where one of them is missing, or a settled drug stands in no report.
    """
    for rx, own in _circulated(call, lines):
        rx_book.alive(rx, "医保结算")
        if not rx.passed_by(call.institution):
            raise Refusal("FSI-外配处方[rxno]未经本机构药师审核通过，不能医保结算")
        reports = [
            one
            for one in rx.reports
            if one["state"] == OPEN and one["institution"] == call.institution
        ]
        if not reports:
            raise Refusal("FSI-外配处方[rxno]没有销售出库明细(7207)，不能医保结算")
        codes = {code for one in reports for code in one["codes"]}
        for line in own:
            if line["med_list_codg"] not in codes:
                code = line["med_list_codg"]
                raise Refusal(f"FSI-药品[med_list_codg={code}]不在外配处方的销售出库明细内")
        for one in reports:
            one["state"], one["setl_id"] = SETTLED, setl_id
        rx.count()
        rx.free(call.institution)
        rx_book.save(call.books, rx)


def take_back(call: Call, setl_id: str, lines: Lines) -> None:
    """A cancel or reversal withdraws the reports and frees the prescription, all by itself."""
    for rx, _own in _circulated(call, lines):
        for one in rx.reports:
            if one["setl_id"] == setl_id and one["state"] == SETTLED:
                one["state"] = WITHDRAWN
                rx.free(one["institution"])
        rx.count()
        rx_book.save(call.books, rx)


def bring_back(call: Call, setl_id: str, lines: Lines) -> None:
    """The cancel itself was reversed: its reports stand again.

    :raises Refusal: when the prescription has gone elsewhere meanwhile.
    """
    for rx, _own in _circulated(call, lines):
        mine = [one for one in rx.reports if one["setl_id"] == setl_id]
        taken = any(one["state"] in (OPEN, SETTLED) for one in rx.reports if one not in mine)
        if mine and (rx.lock or taken or rx.status == rx_book.REVOKED):
            raise Refusal("FSI-冲正失败：外配处方已被另行使用或撤销，不能恢复原结算")
        for one in mine:
            one["state"], rx.status = SETTLED, rx_book.VALID
        rx.count()
        rx_book.save(call.books, rx)
