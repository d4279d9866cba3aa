"""1318 limit prices and 1319 first shares: the platform's own lists, paged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sync.insurance.simulator.call import Call, Handler
from sync.insurance.simulator.persons import Drug
from sync.insurance.simulator.refusal import Refusal

_SINCE = "2024-01-01"
_PERSONS = ("310", "390")


def limits(call: Call) -> dict[str, Any]:
    """1318: a ceiling for each code that has one."""
    listed = [drug for drug in call.world.drugs.values() if drug.ceiling is not None]

    def shown(drug: Drug) -> list[dict[str, Any]]:
        row = {
            "hilist_lmtpric_type": "1",
            "overlmt_dspo_way": "1",
            "hilist_pric_uplmt_amt": drug.ceiling,
        }
        return [{**_common(call, drug), **row}]

    return _page(call, listed, shown)


def shares(call: Call) -> dict[str, Any]:
    """1319: the first share of each code, for employees and residents alike."""
    listed = [drug for drug in call.world.drugs.values() if drug.grade in ("A", "B")]

    def shown(drug: Drug) -> list[dict[str, Any]]:
        rows = []
        for kind in _PERSONS:
            row = {"selfpay_prop_psn_type": kind, "selfpay_prop_type": "10"}
            rows.append({**_common(call, drug), **row, "selfpay_prop": drug.first_share})
        return rows

    return _page(call, listed, shown)


def _common(call: Call, drug: Drug) -> dict[str, Any]:
    return {
        "hilist_code": drug.code,
        "insu_admdvs": call.world.division,
        "begndate": _SINCE,
        "enddate": None,
        "vali_flag": "1",
        "rid": f"LXRID{drug.code}",
        "updt_time": _SINCE,
        "crte_time": _SINCE,
        "tabname": "",
        "poolarea_no": call.world.division,
    }


def _page(
    call: Call, listed: Sequence[Drug], shown: Callable[[Drug], list[dict[str, Any]]]
) -> dict[str, Any]:
    data = call.input["data"]
    size, page = int(data["page_size"]), int(data["page_num"])
    if size < 1 or page < 1:
        raise Refusal("FSI-当前页数[page_num]与本页数据量[page_size]应大于0")
    wanted = [
        drug for drug in listed if not data["hilist_code"] or drug.code == data["hilist_code"]
    ]
    rows = [row for drug in wanted for row in shown(drug) if data["updt_time"][:10] <= _SINCE]
    part = rows[(page - 1) * size : page * size]
    return {"data": part, "recordCounts": len(rows), "pageNum": page, "pageSize": size}


HANDLERS: dict[str, Handler] = {"1318": limits, "1319": shares}
