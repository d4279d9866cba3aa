"""The platform's own stock book, made of what pharmacies upload, and their mapped catalogues.

Goods of an institution are the sum of what it says came and went; a count (3501) is a statement
beside it and moves nothing. The institution numbers its rows itself; what stands before the last
hyphen of a number is taken for the batch that the row belongs to, since 3502 and 3504 name no lot.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from sync.insurance.simulator import jsontext
from sync.insurance.simulator.call import ZONE, Call, Handler, stamp
from sync.insurance.simulator.refusal import Refusal
from sync.insurance.simulator.state import Books

COMES = frozenset({"101", "103", "106", "108", "110"})
"""``inv_chg_type`` that adds to the stock; every other one takes away (interface 5.4)."""

NO_CODE = "NMLC999"
_COUNTS = {"3502": "cnt", "3503": "purc_retn_cnt", "3504": "purc_retn_cnt",
           "3505": "sel_retn_cnt", "3506": "sel_retn_cnt"}  # fmt: skip
_TIMES = {"3501": "invdate", "3502": "inv_chg_time", "3503": "purc_retn_stoin_time",
          "3504": "purc_retn_stoin_time", "3505": "sel_retn_time",
          "3506": "sel_retn_time"}  # fmt: skip
_SCALE = 10_000


def check(call: Call, infno: str, row: dict[str, Any]) -> None:
    """What no platform could book; :raises Refusal: in words."""
    _check_dates(call, infno, row)
    name = _COUNTS.get(infno)
    if name and row[name] <= 0:
        raise Refusal(f"FSI-数量[{name}]必须大于0")
    if infno in ("3505", "3506") and row.get("setl_id"):
        _check_insured(call, row)
    if infno == "3506":
        _check_return(call, row)


def _check_dates(call: Call, infno: str, row: dict[str, Any]) -> None:
    made, ends = row.get("manu_date"), row.get("expy_end")
    if made and ends and made[:10] >= ends[:10]:
        raise Refusal("FSI-生产日期[manu_date]不早于有效期止[expy_end]")
    when = row[_TIMES[infno]][:10]
    tomorrow = (call.now.astimezone(ZONE) + timedelta(days=1)).date().isoformat()
    if when > tomorrow:
        raise Refusal(f"FSI-业务时间[{_TIMES[infno]}]晚于当前时间")
    if made and made[:10] > when:
        raise Refusal(f"FSI-生产日期[manu_date]晚于业务时间[{_TIMES[infno]}]")


def _check_insured(call: Call, row: dict[str, Any]) -> None:
    code = row["med_list_codg"]
    if code == NO_CODE or code not in call.world.drugs:
        raise Refusal(f"FSI-医保结算的药品医疗目录编码[med_list_codg={code}]不存在")
    found = call.books.one(
        "SELECT 1 FROM settlement WHERE setl_id = ? AND fixmedins_code = ?",
        row["setl_id"],
        call.institution,
    )
    if found is None:
        raise Refusal(f"FSI-结算ID[setl_id={row['setl_id']}]不存在")


def _check_return(call: Call, row: dict[str, Any]) -> None:
    """A return names its sale by our serial, or is held against all sales of the batch."""
    wanted = str(row.get("medins_prod_sel_no") or "")
    back = _units(row["sel_retn_cnt"])
    if wanted:
        sold = _sum(call.books, "infno = '3505' AND serial = ?", wanted)
        if not sold:
            raise Refusal("FSI-商品销售流水号[medins_prod_sel_no]不存在")
        returned = _sum(call.books, "infno = '3506' AND of_serial = ?", wanted)
    else:
        own = "fixmedins_code = ? AND item = ? AND manu_lotnum = ? AND infno = "
        values = (call.institution, row["fixmedins_hilist_id"], row["manu_lotnum"])
        sold = _sum(call.books, own + "'3505'", *values)
        returned = _sum(call.books, own + "'3506'", *values)
        if not sold:
            raise Refusal("FSI-未找到对应的商品销售记录")
    if returned + back > -sold:
        raise Refusal("FSI-退货数量大于销售数量")


def _sum(books: Books, where: str, *values: object) -> int:
    row = books.one(f"SELECT SUM(quantity) AS sum FROM goods WHERE {where}", *values)  # noqa: S608
    return int(row["sum"] or 0) if row is not None else 0


def _units(count: Decimal) -> int:
    return int(count * _SCALE)


def book(call: Call, infno: str, row: dict[str, Any], serial: str) -> None:
    """One row more in the stock book."""
    name = _COUNTS.get(infno)
    moved = 0 if name is None else _units(row[name])
    if infno in ("3504", "3505") or (infno == "3502" and row["inv_chg_type"] not in COMES):
        moved = -moved
    call.books.run(
        "INSERT INTO goods VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        call.institution,
        infno,
        row["fixmedins_bchno"],
        row["fixmedins_hilist_id"],
        str(row.get("manu_lotnum") or ""),
        moved,
        serial,
        str(row.get("medins_prod_sel_no") or row.get("medins_prod_purc_no") or ""),
    )


def forget(call: Call, infnos: tuple[str, ...], bchno: str) -> None:
    """3507: the row moved nothing. :raises Refusal: a return rests on it."""
    for infno in infnos:
        mine = "fixmedins_code = ? AND infno = ? AND bchno = ?"
        row = call.books.one(
            f"SELECT serial FROM goods WHERE {mine}",  # noqa: S608
            call.institution, infno, bchno,
        )  # fmt: skip
        if row is None:
            continue
        rests = call.books.one("SELECT 1 FROM goods WHERE of_serial = ?", row["serial"])
        if infno == "3505" and rests is not None:
            raise Refusal("FSI-该销售记录已有退货，不能删除")
        call.books.run(
            f"DELETE FROM goods WHERE {mine}",  # noqa: S608
            call.institution, infno, bchno,
        )  # fmt: skip


# --- catalogue mapping ---------------------------------------------------------------------------

APPROVED, WITHDRAWN = "2", "4"
"""States of a mapping here: 审核通过, 已撤销. The practice agency approves at once."""


def _mapped(call: Call, row: dict[str, Any]) -> str:
    return f"{call.institution}/{row['fixmedins_hilist_id']}/{row['med_list_codg']}"


def map_catalogue(call: Call) -> None:
    """3301: own items beside national codes; all rows or none, since nothing is answered."""
    for row in call.input["data"]:
        if row["med_list_codg"] not in call.world.drugs:
            raise Refusal(f"FSI-医疗目录编码[med_list_codg={row['med_list_codg']}]不存在")
        if row["enddate"][:10] < row["begndate"][:10]:
            raise Refusal("FSI-结束日期[enddate]早于开始日期[begndate]")
        kept = {"row": row, "state": APPROVED, "at": stamp(call.now)}
        call.books.run(
            "INSERT OR REPLACE INTO document VALUES ('mapping', ?, ?)",
            _mapped(call, row),
            jsontext.write(kept),
        )


def unmap_catalogue(call: Call) -> None:
    """3302: one mapping is withdrawn, also one that was approved."""
    row = call.input["data"]
    if row["fixmedins_code"] != call.institution:
        raise Refusal("FSI-定点医药机构编号[fixmedins_code]与发送方不符")
    key = _mapped(call, row)
    found = call.books.one("SELECT body FROM document WHERE kind = 'mapping' AND id = ?", key)
    kept = jsontext.read(found["body"]) if found is not None else {"state": WITHDRAWN}
    if kept["state"] == WITHDRAWN:
        raise Refusal("FSI-目录对照未上传")
    kept = {**kept, "state": WITHDRAWN, "at": stamp(call.now)}
    call.books.run(
        "UPDATE document SET body = ? WHERE kind = 'mapping' AND id = ?", jsontext.write(kept), key
    )


HANDLERS: dict[str, Handler] = {"3301": map_catalogue, "3302": unmap_catalogue}


# --- told at the side door -----------------------------------------------------------------------


def told(books: Books, item: str = "") -> dict[str, Any]:
    """The stock book of every institution, or of one item: sums by batch and by item."""
    rows = books.all("SELECT * FROM goods WHERE ? = '' OR item = ? ORDER BY rowid", item, item)
    batches: dict[tuple[str, str], dict[str, Any]] = {}
    items: dict[str, int] = {}
    for row in rows:
        batch = row["bchno"].rpartition("-")[0] or row["bchno"]
        one = batches.setdefault(
            (row["item"], batch),
            {"item": row["item"], "batch": batch, "lots": [], "sum": 0, "rows": 0},
        )
        if row["manu_lotnum"] and row["manu_lotnum"] not in one["lots"]:
            one["lots"].append(row["manu_lotnum"])
        one["sum"] += row["quantity"]
        one["rows"] += 1
        items[row["item"]] = items.get(row["item"], 0) + row["quantity"]
    return {
        "batches": [{**one, "sum": _packs(one["sum"])} for one in batches.values()],
        "items": [{"item": name, "sum": _packs(total)} for name, total in items.items()],
        "serials": [f"{row['infno']}/{row['bchno']}" for row in rows],
        "mappings": [{**kept["row"], "state": kept["state"]} for kept in _mappings(books)],
    }


def _packs(units: int) -> Decimal:
    return Decimal(units).scaleb(-4)


def _mappings(books: Books) -> list[dict[str, Any]]:
    rows = books.all("SELECT body FROM document WHERE kind = 'mapping' ORDER BY rowid")
    return [jsontext.read(row["body"]) for row in rows]
