"""Settlements in the books: store one, cancel one, reverse one; effects follow the state."""

from __future__ import annotations

from typing import Any

from sync.insurance.simulator import accounts, answers, jsontext, rx_settling
from sync.insurance.simulator.accounts import Counter
from sync.insurance.simulator.call import Call, cents, stamp
from sync.insurance.simulator.refusal import Refusal
from sync.insurance.simulator.sale import Priced
from sync.insurance.simulator.state import Row

REFUNDED = "FSI-冲正失败：结算信息退费结算标志不为未退费"
NOTHING = "FSI-冲正失败：未查询到原交易报文对应的结算信息，没有可冲正的内容"


def doc(row: Row) -> dict[str, Any]:
    """What a row keeps beside its columns."""
    kept: dict[str, Any] = jsontext.read(row["doc"])
    return kept


def store(
    call: Call, priced: Priced, mdtrt_id: str, info: dict[str, Any], kept: dict[str, Any]
) -> dict[str, Any]:
    """Write a settlement down with all it does; answers ``setlinfo`` with its ids."""
    setl_id = call.new_id("setl", "LS")
    full = {"setl_id": setl_id, "mdtrt_id": mdtrt_id, **info}
    kept = {**kept, "setlinfo": full, "setldetail": answers.setldetail(priced)}
    _insert(call, setl_id, mdtrt_id, full, kept, cancels=None)
    accounts.book(call.books, priced.counter, priced.insurance.insutype, kept["effect"])
    sell_codes(call, setl_id, kept)
    rx_settling.settle(call, setl_id, kept["lines"])
    return full


def _insert(
    call: Call,
    setl_id: str,
    mdtrt_id: str,
    info: dict[str, Any],
    kept: dict[str, Any],
    cancels: str | None,
) -> None:
    call.books.run(
        "INSERT INTO settlement VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'settled', ?, ?)",
        setl_id,
        mdtrt_id,
        info["psn_no"],
        call.institution,
        call.infno,
        call.msgid,
        info["med_type"],
        info["insutype"],
        stamp(call.now),
        cancels,
        jsontext.write(kept),
    )


def sell_codes(call: Call, setl_id: str, kept: dict[str, Any]) -> None:
    """Mark whole-pack codes as sold; :raises Refusal: when one is sold already."""
    for code, split in kept["codes"]:
        if split == "1":
            continue
        if call.books.one("SELECT 1 FROM trace_code WHERE code = ?", code):
            raise Refusal(f"FSI-药品追溯码[drug_trac_codg={code}]已销售，不能重复结算")
        call.books.run("INSERT INTO trace_code VALUES (?, ?)", code, setl_id)


def free_codes(call: Call, setl_id: str) -> None:
    """A completed reversal or cancel frees the codes."""
    call.books.run("DELETE FROM trace_code WHERE setl_id = ?", setl_id)


def _counter(row: Row, kept: dict[str, Any]) -> Counter:
    return Counter(row["psn_no"], kept["scheme"], kept["period"])


def undo(call: Call, row: Row, state: str) -> None:
    """Take a settlement's effects back, to the period they were booked in; lines are free again."""
    kept = doc(row)
    accounts.book(call.books, _counter(row, kept), row["insutype"], kept["effect"], back=True)
    free_codes(call, row["setl_id"])
    rx_settling.take_back(call, row["setl_id"], kept["lines"])
    call.books.run("UPDATE line SET setl_id = NULL WHERE setl_id = ?", row["setl_id"])
    set_state(call, row["setl_id"], state)
    _visit_follows(call, row, state)


def _visit_follows(call: Call, row: Row, state: str) -> None:
    """A visit of the short route shares its settlement's fate; a registered one is open again."""
    for infno, its_state in (("2102", state), ("2201", "registered")):
        call.books.run(
            "UPDATE visit SET state = ? WHERE mdtrt_id = ? AND infno = ?",
            "settled" if state == "settled" else its_state,
            row["mdtrt_id"],
            infno,
        )


def redo(call: Call, row: Row) -> None:
    """Bring a cancelled settlement back (its cancel was reversed).

    :raises Refusal: when its account money or trace codes have gone elsewhere meanwhile.
    """
    kept = doc(row)
    own = accounts.balance(call.books, row["psn_no"], row["insutype"])
    family = accounts.family_balance(call.books, row["psn_no"])
    if cents(own) < kept["effect"]["own"] or cents(family) < kept["effect"]["family"]:
        raise Refusal("FSI-冲正失败：个人账户余额不足，不能恢复原结算")
    accounts.book(call.books, _counter(row, kept), row["insutype"], kept["effect"])
    sell_codes(call, row["setl_id"], kept)
    rx_settling.bring_back(call, row["setl_id"], kept["lines"])
    for line in kept["lines"]:
        call.books.run(
            "UPDATE line SET setl_id = ? WHERE mdtrt_id = ? AND feedetl_sn = ?",
            row["setl_id"],
            row["mdtrt_id"],
            line["feedetl_sn"],
        )
    set_state(call, row["setl_id"], "settled")
    _visit_follows(call, row, "settled")


def set_state(call: Call, setl_id: str, state: str) -> None:
    """settled, cancelled or reversed."""
    call.books.run("UPDATE settlement SET state = ? WHERE setl_id = ?", state, setl_id)


def cancel(call: Call, data: dict[str, Any], infno: str) -> dict[str, Any]:
    """2103 and 2208: once, by the same institution; answers the negative twin.

    :raises Refusal: when there is no such settlement of this route, or not any more.
    """
    row = call.books.one("SELECT * FROM settlement WHERE setl_id = ?", data["setl_id"])
    if row is None or row["cancels"] or row["infno"].rstrip("A") != infno:
        raise Refusal("FSI-未查询到结算信息[setl_id]，不能撤销")
    if row["psn_no"] != data["psn_no"] or row["mdtrt_id"] != data["mdtrt_id"]:
        raise Refusal("FSI-人员编号[psn_no]或就诊ID[mdtrt_id]与结算信息不符")
    if row["fixmedins_code"] != call.institution:
        raise Refusal("FSI-只能由原结算机构撤销结算")
    if row["state"] != "settled":
        raise Refusal("FSI-该结算[setl_id]已退费，不能重复撤销")
    undo(call, row, "cancelled")
    return _negative_twin(call, row)


def _negative_twin(call: Call, row: Row) -> dict[str, Any]:
    kept = doc(row)
    setl_id = call.new_id("setl", "LS")
    info = answers.negated(kept["setlinfo"])
    info["setl_id"] = setl_id
    info["medins_setl_id"] = call.msgid
    info["setl_time"] = stamp(call.now)
    info["balc"] = accounts.balance(call.books, row["psn_no"], row["insutype"])
    details = [
        {**one, "fund_payamt": -one["fund_payamt"], "inscp_scp_amt": -one["inscp_scp_amt"]}
        for one in kept["setldetail"]
    ]
    twin = {**kept, "setlinfo": info, "setldetail": details, "codes": [], "effect": {}}
    _insert(call, setl_id, row["mdtrt_id"], info, twin, cancels=row["setl_id"])
    return {"setlinfo": info, "setldetail": details}


def reverse(call: Call) -> None:
    """2601: only a message that did settle and stands; :raises Refusal: otherwise (7.2)."""
    data = call.input["data"]
    oinfno = data["oinfno"]
    if oinfno not in call.world.profile.reversible and oinfno.rstrip("A") not in (
        call.world.profile.reversible
    ):
        raise Refusal(f"FSI-冲正失败：交易[oinfno={oinfno}]不允许冲正")
    row = call.books.one("SELECT * FROM settlement WHERE msgid = ?", data["omsgid"])
    if (
        row is None
        or row["psn_no"] != data["psn_no"]
        or row["infno"] != oinfno
        or row["fixmedins_code"] != call.institution
    ):
        raise Refusal(NOTHING)
    if row["state"] != "settled":
        raise Refusal(REFUNDED)
    if not row["cancels"]:
        undo(call, row, "reversed")
        return
    original = call.books.one("SELECT * FROM settlement WHERE setl_id = ?", row["cancels"])
    if original is not None:
        redo(call, original)
    set_state(call, row["setl_id"], "reversed")
