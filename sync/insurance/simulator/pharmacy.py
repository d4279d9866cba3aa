"""The short route: 2101 quote, 2102 settle, 2103 cancel, 2601 reverse."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sync.insurance.simulator import answers, ledger, sale
from sync.insurance.simulator.call import Call, Handler


def quote(call: Call) -> dict[str, Any]:
    """2101: what a settlement would be; nothing is stored and no ``setl_id`` given."""
    data, lines = call.input["druginfo"], call.input["drugdetail"]
    person, insurance = sale.identify(call, data)
    priced = sale.price(call, person, insurance, data, lines)
    info = answers.setlinfo(call, priced, data, quote=True)
    return {
        "setlinfo": {"mdtrt_id": call.new_id("quote", "LT"), **info},
        "setldetail": answers.setldetail(priced),
        "detlcutinfo": answers.detlcutinfo(priced, lines),
    }


def settle(call: Call) -> dict[str, Any]:
    """2102: the visit, the settlement, counters, accounts and codes in one act."""
    data, lines = call.input["druginfo"], call.input["drugdetail"]
    person, insurance = sale.identify(call, data)
    priced = sale.price(call, person, insurance, data, lines)
    codes = sale.check_codes(call, priced.kind, lines, priced.drugs, sale.trace_rows(call, lines))
    return stored(call, replace(priced, codes=codes), data, lines)


def stored(
    call: Call, priced: sale.Priced, data: dict[str, Any], lines: list[dict[str, Any]]
) -> dict[str, Any]:
    """A priced sale in the books, with its visit; the answer of 2102."""
    mdtrt_id = call.new_id("mdtrt", "LM")
    call.books.run(
        "INSERT INTO visit VALUES (?, ?, ?, '2102', ?, 'settled', ?, ?, ?, '', ?, '{}')",
        mdtrt_id,
        priced.person.psn_no,
        call.institution,
        call.msgid,
        priced.insurance.insutype,
        data["med_type"],
        data["dise_codg"],
        data["begntime"],
    )
    info = answers.setlinfo(call, priced, data, quote=False)
    full = ledger.store(call, priced, mdtrt_id, info, sale.document(call, priced, data, lines))
    cuts = answers.detlcutinfo(priced, lines)
    return {
        "setlinfo": full,
        "setldetail": answers.setldetail(priced),
        "detlcutinfo": cuts,
    }


def cancel(call: Call) -> dict[str, Any]:
    """2103: the negative twin of a 2102."""
    return ledger.cancel(call, call.input["data"], "2102")


def reverse(call: Call) -> None:
    """2601: no output."""
    ledger.reverse(call)


HANDLERS: dict[str, Handler] = {
    "2101": quote,
    "2102": settle,
    "2103": cancel,
    "2601": reverse,
}
