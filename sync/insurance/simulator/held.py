"""3508 to 3513: an institution asks what is held of the goods that it uploaded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sync.insurance.simulator import jsontext
from sync.insurance.simulator.call import Call, Handler
from sync.insurance.simulator.refusal import Refusal

KINDS = {
    "3508": ("3501",),
    "3509": ("3502",),
    "3510": ("3503", "3504"),
    "3511": ("3505", "3506"),
    "3512": ("3501", "3502", "3503"),
    "3513": ("3505",),
}
"""The uploads that each question is about (interface 2.16)."""

_DAYS = {"3501": "invdate", "3502": "inv_chg_time", "3503": "purc_retn_stoin_time",
         "3504": "purc_retn_stoin_time", "3505": "sel_retn_time",
         "3506": "sel_retn_time"}  # fmt: skip
_NUMBERS = {"3501": "medinsProdInvNo", "3502": "medinsProdInvChgNo", "3503": "medinsProdPurcNo",
            "3504": "medinsProdPurcNo", "3505": "medinsProdSelNo",
            "3506": "medinsProdSelNo"}  # fmt: skip
_ITEM = {"fixmedins_hilist_id": "medins_list_codg", "fixmedins_hilist_name": "medins_list_name"}


def _camel(name: str) -> str:
    return re.sub("_([a-z])", lambda found: found[1].upper(), name)


def _kept(call: Call) -> Iterator[dict[str, Any]]:
    """Uploads of the caller that the question names, in the order in which they came."""
    data = call.input["data"]
    if data["fixmedins_code"] != call.institution:
        raise Refusal("FSI-定点医药机构编号[fixmedins_code]与发送方不符")
    if data["enddate"][:10] < data["begndate"][:10]:
        raise Refusal("FSI-结束日期[enddate]早于开始日期[begndate]")
    for infno in KINDS[call.infno]:
        # By one serial where it is named: a shop's uploads are many.
        mine = f"{call.institution}/{data['fixmedins_bchno'] or '%'}"
        rows = call.books.all(
            "SELECT body FROM document WHERE kind = ? AND id LIKE ? ORDER BY rowid",
            f"stock:{infno}",
            mine,
        )
        for row in rows:
            kept = jsontext.read(row["body"])
            if _asked_for(data, kept):
                yield kept


def _asked_for(data: dict[str, Any], kept: dict[str, Any]) -> bool:
    row, item, code = kept["row"], data["medins_list_codg"], data["med_list_codg"]
    on = str(row[_DAYS[kept["infno"]]])[:10]
    return (
        item in ("", row["fixmedins_hilist_id"])
        and code in ("", row["med_list_codg"])
        and data["begndate"][:10] <= on <= data["enddate"][:10]
    )


def _check_open(call: Call) -> None:
    if call.infno not in call.world.profile.stock_queries:
        raise Refusal("FSI-FSI-交易报文不正确：未知交易编号！")


def rows(call: Call) -> dict[str, Any]:
    """3508 to 3511: the rows in the spelling of the answers."""
    _check_open(call)
    node = call.world.tables[call.infno].output[0]
    return {"output": [_shown(node, kept) for kept in _kept(call)]}


def _shown(node: Any, kept: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401 - a table's node
    told = {_camel(_ITEM.get(name, name)): value for name, value in kept["row"].items()}
    told |= {
        "fixmedinsCode": kept["institution"],
        _NUMBERS[kept["infno"]]: kept["serial"],
        "crteTime": kept["at"],
        "valiFlag": "1",
        "prodRetnFlag": "1" if kept["infno"] == "3504" else "0",
    }
    return {one.name: told.get(one.name) for one in node.fields}


def codes(call: Call) -> dict[str, Any]:
    """3512, 3513: a row for each trace code."""
    _check_open(call)
    wanted = call.input["data"]["drug_trac_codg"]
    found = [
        {
            "fixmedinsCode": kept["institution"],
            "medinsListCodg": kept["row"]["fixmedins_hilist_id"],
            "fixmedinsBchno": kept["row"]["fixmedins_bchno"],
            "medListCodg": kept["row"]["med_list_codg"],
            "drugTracCodg": code,
            "valiFlag": "1",
        }
        for kept in _kept(call)
        for code in kept["codes"]
        if code and wanted in ("", code)
    ]
    node = call.world.tables[call.infno].output[0]
    return {"output": [{one.name: row.get(one.name) for one in node.fields} for row in found]}


HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(("3508", "3509", "3510", "3511"), rows),
    **dict.fromkeys(("3512", "3513"), codes),
}
