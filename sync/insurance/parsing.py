"""Answers into values: the only place that knows the names of ``output`` (interface 2, 6.1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

from app.domain.clock import SHOP_ZONE
from app.domain.insurance import (
    AskInstitution,
    Call,
    ChosenStore,
    Counter,
    Filing,
    FundSplit,
    InsuranceRow,
    InsuredPerson,
    LineShare,
    Settled,
    SettlementFound,
    VisitFound,
)
from app.domain.list_calls import AskLimits, AskShares
from app.domain.money import ZERO, Money, Rate
from app.errors import BadValue

Row = Mapping[str, object]

QUOTES = frozenset({"2101", "2206"})
SETTLEMENTS = frozenset({"2102", "2207", "2207A"})
CANCELS = frozenset({"2103", "2208"})

FUND_PARTS = (
    "hifp_pay",
    "cvlserv_pay",
    "hifes_pay",
    "hifmi_pay",
    "hifob_pay",
    "maf_pay",
    "oth_pay",
    "hifdm_pay",
)
"""What ``fund_pay_sumamt`` is the sum of (interface 6.2, identity 3)."""


def rows(output: object, *names: str) -> list[Row]:
    """The rows of a node under the first of its names; one object counts as a list of one."""
    if not isinstance(output, dict):
        return []
    found = next((output[name] for name in names if output.get(name) is not None), None)
    if isinstance(found, dict):
        return [found]
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def row(output: object, *names: str) -> Row:
    """The one row of a node; :raises BadValue: when it is not there."""
    found = rows(output, *names)
    if not found:
        raise BadValue(what=names[0], why="missing")
    return found[0]


def text(source: Row, name: str) -> str:
    """A text member; numbers come where texts are documented, null means empty."""
    value = source.get(name)
    if value is None or isinstance(value, dict | list | bool):
        return ""
    return str(value).strip()


def needed(source: Row, name: str) -> str:
    """A text that must be there; :raises BadValue: when it is empty."""
    value = text(source, name)
    if not value:
        raise BadValue(what=name, why="missing")
    return value


def amount(source: Row, *names: str) -> Money | None:
    """An amount as number or numeric text under the first name that has one; null is missing.

    :raises BadValue: for what is no amount of whole fen.
    """
    for name in names:
        value = source.get(name)
        if value is None or value == "":
            continue
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            raise BadValue(what=name, why="not a number")
        return Money.of(value)
    return None


def _sum(source: Row, *names: str) -> Money:
    found = amount(source, *names)
    if found is None:
        raise BadValue(what=names[0], why="missing")
    return found


_WRITTEN = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}(?: [0-9]{2}:[0-9]{2}:[0-9]{2})?")


def moment(value: str) -> datetime | None:
    """``yyyy-MM-dd[ HH:mm:ss]`` of the shop's clock as an aware moment; None if it is neither."""
    if _WRITTEN.fullmatch(value):  # as nearly all are: without the cost of a form
        try:
            return datetime.fromisoformat(value).replace(tzinfo=SHOP_ZONE).astimezone(UTC)
        except (ValueError, OverflowError):
            return None
    for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d"):
        try:
            found = datetime.strptime(value, form)  # noqa: DTZ007 - the zone is set below
            return found.replace(tzinfo=SHOP_ZONE).astimezone(UTC)
        except (ValueError, OverflowError):  # the first day of the calendar has no earlier zone
            continue
    return None


def day(value: str) -> date | None:
    """The date of ``yyyy-MM-dd`` or of a date with a time."""
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


def _insurance_row(source: Row) -> InsuranceRow:
    return InsuranceRow(
        insutype=needed(source, "insutype"),
        person_type=needed(source, "psn_type"),
        status=text(source, "psn_insu_stas"),
        area=needed(source, "insuplc_admdvs"),
        balance=amount(source, "balc") or ZERO,
        civil_servant=text(source, "cvlserv_flag") == "1",
    )


def person(output: object) -> InsuredPerson:
    """``baseinfo`` and ``insuinfo`` of 1101; :raises BadValue: when who it is stays open."""
    base = row(output, "baseinfo")
    return InsuredPerson(
        psn_no=needed(base, "psn_no"),
        name=needed(base, "psn_name"),
        cert_type=text(base, "psn_cert_type") or "01",
        cert_no=text(base, "certno"),
        gender=text(base, "gend") or "0",
        birth_date=day(text(base, "brdy")),
        rows=tuple(_insurance_row(one) for one in rows(output, "insuinfo")),
    )


def split(info: Row, cancelled: bool = False) -> FundSplit:
    """``setlinfo`` as who pays what.

    The reply of a cancel has null sums (interface 6.2): there a missing one is taken from its
    parts, elsewhere it is an error.

    :raises BadValue: for a missing or ill-typed sum.
    """
    account, cash = amount(info, "acct_pay"), amount(info, "psn_cash_pay", "pdn_cash_pay")
    personal = amount(info, "psn_part_amt")
    fund = amount(info, "fund_pay_sumamt")
    funds = tuple((name, part) for name in FUND_PARTS if (part := amount(info, name)) is not None)
    if cancelled:
        account, cash = account or ZERO, cash or ZERO
        personal = account + cash if personal is None else personal
        fund = Money.total(part for _, part in funds) if fund is None else fund
    sums = {"acct_pay": account, "psn_cash_pay": cash, "psn_part_amt": personal}
    for name, value in {**sums, "fund_pay_sumamt": fund}.items():
        if value is None:
            raise BadValue(what=name, why="missing")
    return FundSplit(
        total=_sum(info, "medfee_sumamt"),
        fund=fund or ZERO,
        personal=personal or ZERO,
        account=account or ZERO,
        cash=cash or ZERO,
        mutual_aid=amount(info, "acct_mulaid_pay") or ZERO,
        institution=amount(info, "hosp_part_amt") or ZERO,
        self_funded=amount(info, "fulamt_ownpay_amt") or ZERO,
        over_limit=amount(info, "overlmt_selfpay") or ZERO,
        first_self_pay=amount(info, "preselfpay_amt") or ZERO,
        in_scope=amount(info, "inscp_scp_amt") or ZERO,
        deductible=amount(info, "act_pay_dedc") or ZERO,
        funds=funds,
        balance_after=amount(info, "balc"),
    )


def settled(output: object, infno: str) -> Settled:
    """The answer of a quote, a settlement or a cancel.

    :raises BadValue: when a sum is missing, or the platform's id of a settlement.
    """
    info = row(output, "setlinfo")
    stored = infno not in QUOTES
    return Settled(
        split=split(info, cancelled=infno in CANCELS),
        setl_id=needed(info, "setl_id") if stored else "",
        mdtrt_id=needed(info, "mdtrt_id") if stored else text(info, "mdtrt_id"),
        medins_setl_id=text(info, "medins_setl_id"),
        setl_time=moment(text(info, "setl_time")),
        clr_type=text(info, "clr_type"),
        clr_optins=text(info, "clr_optins"),
    )


def line_shares(output: object) -> tuple[LineShare, ...]:
    """How the platform split each fee line: ``detlcutinfo`` of 2101/2102, ``result`` of 2204.

    :raises BadValue: for an ill-typed amount.
    """
    return tuple(
        LineShare(
            serial=text(one, "feedetl_sn"),
            self_funded=amount(one, "fulamt_ownpay_amt") or ZERO,
            over_limit=amount(one, "overlmt_amt") or ZERO,
            first_self_pay=amount(one, "preselfpay_amt") or ZERO,
            in_scope=amount(one, "inscp_scp_amt") or ZERO,
            share=_rate(one, "selfpay_prop"),
        )
        for one in rows(output, "detlcutinfo", "result")
    )


def _rate(source: Row, name: str) -> Rate | None:
    value = text(source, name)
    return Rate.of(value) if value else None


def refusals(output: object) -> tuple[str, ...]:
    """2001: why the person is not entitled, in the platform's words; empty = entitled."""
    return tuple(
        text(one, "trt_chk_rslt") or text(one, "fund_pay_type")
        for one in rows(output, "trtinfo")
        if text(one, "trt_enjymnt_flag") == "0"
    )


def filings(output: object) -> tuple[Filing, ...]:
    """5301; :raises BadValue: for a filing without a first day."""
    return tuple(_filing(one) for one in rows(output, "feedetail"))


def _filing(source: Row) -> Filing:
    begins = day(text(source, "begndate"))
    if begins is None:
        raise BadValue(what="begndate", why="missing")
    code = needed(source, "opsp_dise_code")
    return Filing(code, text(source, "opsp_dise_name"), begins, day(text(source, "enddate")))


def chosen_stores(output: object) -> tuple[ChosenStore, ...]:
    """5302; :raises BadValue: for one without an institution or a first day."""
    return tuple(_chosen_store(one) for one in rows(output, "psnfixmedin"))


def _chosen_store(source: Row) -> ChosenStore:
    begins = day(text(source, "begndate"))
    if begins is None:
        raise BadValue(what="begndate", why="missing")
    code, insutype = needed(source, "fixmedins_code"), text(source, "insutype")
    return ChosenStore(code, insutype, begins, day(text(source, "enddate")))


def counters(output: object) -> tuple[Counter, ...]:
    """5206; :raises BadValue: for a counter without a value."""
    return tuple(
        Counter(
            insutype=text(one, "insutype"),
            year=text(one, "year"),
            month=text(one, "cum_ym"),
            kind=needed(one, "cum_type_code"),
            value=_sum(one, "cum"),
        )
        for one in rows(output, "cuminfo")
    )


def visits(output: object) -> tuple[VisitFound, ...]:
    """5201; :raises BadValue: for a visit without its id."""
    return tuple(
        VisitFound(
            mdtrt_id=needed(one, "mdtrt_id"),
            visit_no=text(one, "ipt_otp_no"),
            begins=moment(text(one, "begntime")),
        )
        for one in rows(output, "mdtrtinfo")
    )


def settlement_found(output: object) -> SettlementFound:
    """5203, whose amounts have other names (interface 2.18); :raises BadValue: without a row."""
    info = row(output, "setlinfo")
    refunded = text(info, "refd_setl_flag") == "1"
    renamed = {"psn_part_amt": info.get("psn_pay"), "psn_cash_pay": info.get("cash_payamt")}
    told = {**{name: value for name, value in renamed.items() if value is not None}, **info}
    try:
        return SettlementFound(refunded, settled({"setlinfo": told}, "5203"))
    except BadValue:
        # Whether it was refunded is known all the same.
        return SettlementFound(refunded)


def institution_name(output: object, code: str) -> str:
    """1201: the name of the asked code; :raises BadValue: when it is not among the answers."""
    for one in rows(output, "medinsinfo"):
        if text(one, "fixmedins_code") == code:
            return needed(one, "fixmedins_name")
    raise BadValue(what="fixmedins_code", why="not the one asked for")


_PARSERS: Mapping[str, Callable[[object], object]] = {
    "9001": lambda output: needed(row(output, "signinoutb", "signoutoutb"), "sign_no"),
    "1101": person,
    "2001": refusals,
    "2201": lambda output: needed(row(output, "data"), "mdtrt_id"),
    "2204": line_shares,
    "5201": visits,
    "5203": settlement_found,
    "5206": counters,
    "5301": filings,
    "5302": chosen_stores,
    "5303": lambda output: bool(rows(output, "data")),
}


def value_of(infno: str, output: object, call: Call | None = None) -> object:
    """The value that the domain's call class promises, or None where it promises none.

    :raises BadValue: when the answer does not hold it.
    """
    if infno in QUOTES | SETTLEMENTS | CANCELS:
        return settled(output, infno)
    if isinstance(call, AskInstitution):
        return institution_name(output, call.code)
    if isinstance(call, AskLimits | AskShares):
        from sync.insurance.list_messages import read_list  # no customer waits for it

        return read_list(call, output)
    parser = _PARSERS.get(infno)
    return parser(output) if parser else None
