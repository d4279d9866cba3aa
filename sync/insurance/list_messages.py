"""1318 and 1319: questions about the platform's own lists, and their rows (interface 2.5)."""

from __future__ import annotations

from datetime import date

from app.domain.list_calls import AskLimits, LimitRow, ListCall, ShareRow
from app.domain.money import Rate, UnitPrice
from app.errors import BadValue
from sync.insurance.drafting import Draft
from sync.insurance.parsing import Row, moment, needed, rows, text


def draft_list(call: ListCall) -> Draft:
    """One page of a list as it is asked for."""
    infno = "1318" if isinstance(call, AskLimits) else "1319"
    row = {
        "query_date": call.on.isoformat(),
        "insu_admdvs": call.area,
        "vali_flag": "1",
        "updt_time": call.since.isoformat(),
        "page_num": call.page,
        "page_size": call.size,
    }
    return Draft(infno, {"data": row}, None)


def read_list(call: ListCall, output: object) -> tuple[LimitRow, ...] | tuple[ShareRow, ...]:
    """The rows of a page; the node's name was not seen: ``data``, or a bare list.

    :raises BadValue: a row that cannot be read: nothing of the page counts then.
    """
    found = rows({"data": output} if isinstance(output, list) else output, "data")
    if isinstance(call, AskLimits):
        return tuple(_limit(one) for one in found)
    return tuple(_share(one) for one in found)


def _limit(one: Row) -> LimitRow:
    return LimitRow(
        needed(one, "hilist_code"),
        UnitPrice.of(needed(one, "hilist_pric_uplmt_amt")),
        text(one, "hilist_lmtpric_type"),
        text(one, "overlmt_dspo_way"),
        _day(one, "begndate"),
        _last(one),
        text(one, "vali_flag") != "0",
    )


def _share(one: Row) -> ShareRow:
    return ShareRow(
        needed(one, "hilist_code"),
        Rate.of(needed(one, "selfpay_prop")),
        text(one, "selfpay_prop_psn_type"),
        text(one, "selfpay_prop_type"),
        _day(one, "begndate"),
        _last(one),
        text(one, "vali_flag") != "0",
    )


def _day(one: Row, name: str) -> date:
    day = _day_of(needed(one, name))
    if day is None:
        raise BadValue(what=name, why="not a day")
    return day


def _last(one: Row) -> date | None:
    said = text(one, "enddate")
    return _day_of(said) if said else None


def _day_of(said: str) -> date | None:
    from app.domain.clock import shop_time

    found = moment(said)
    return shop_time(found).date() if found is not None else None
