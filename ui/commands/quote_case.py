"""A quote case in the vocabulary of policy 4.2, turned into the values of the domain."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction

from app.domain.check_context import CheckContext, CheckLine, ProxyFacts, RxFacts
from app.domain.estimate import Accumulators, Balances, EstimateLine, PersonFacts
from app.domain.money import ZERO, Money, Quantity, Rate, UnitPrice
from app.domain.policy import (
    CATEGORIES,
    SETTLEMENTS,
    Policy,
    Settlement,
)
from app.errors import PackError
from app.regions.loader import load_region
from ui.commands.case_reader import CaseError, Node
from ui.commands.quote_pack import read_policy

_CLASSES = {"A": "A", "B": "B", "C": "C", "甲": "A", "乙": "B", "丙": "C"}
_NON_MEDICAL = (
    "DELIVERY", "DELIVERY_FEE", "FEE", "NON_MEDICAL", "NONMEDICAL", "GOODS", "N", "D",
)  # fmt: skip
_BEFORE = ("price", "before", "before_settlement", "total", "goods", "basket")
_AFTER = ("personal", "co_pay", "copay", "cash", "after", "after_settlement", "personal_part")
_INSIDE = ("", "same", "same_area", "inside", "local", "in", "in_area")


@dataclass(frozen=True)
class CasePart:
    """One settlement of a case: its rules, its lines, what was used up before."""

    policy: Policy
    state: Accumulators
    state_keys: tuple[str, ...]
    lines: tuple[EstimateLine, ...]
    context: CheckContext
    quarter_style: str = ""


@dataclass(frozen=True)
class Case:
    """A whole case, ready to be checked and estimated."""

    parts: tuple[CasePart, ...]
    split: bool
    person: PersonFacts
    balances: Balances
    has_balances: bool
    at: datetime
    returns: Mapping[int, Quantity] | None = None
    """Line number to quantity handed back; empty = the whole sale; ``None`` = no refund."""
    return_reason: str | None = ""
    unknown_keys: tuple[str, ...] = field(default=())


def read_case(document: object, now: datetime) -> Case:
    """The case of a parsed document.

    ``now`` stands in where the case gives no time. :raises CaseError: where and why.
    """
    top = Node(document, "")
    at = top.moment("at") or now
    person, balances = _person(top), top.node("balances")
    packs = _packs(top)
    split = top.has("packs")
    lines = _lines(top)
    parts = _parts(top, packs, lines, at, split)
    refund, reason = _refund(top, len(lines))
    return Case(
        parts=parts,
        split=split,
        person=person,
        balances=Balances(
            own=(balances.money("own") if balances else None) or ZERO,
            mutual_aid=(balances.money("mutual_aid") if balances else None) or ZERO,
        ),
        has_balances=balances is not None,
        at=at,
        returns=refund,
        return_reason=reason,
        unknown_keys=tuple(top.unasked()),
    )


def _packs(top: Node) -> list[tuple[str, Node]]:
    whole = top.text("settlement_type", "type")
    if top.has("packs"):
        table = top.get("packs")
        if isinstance(table, dict):
            group = Node(table, "packs", top)
            found = [(name, node) for name in table if (node := group.node(name))]
        else:
            found = [("", node) for node in top.nodes("packs")]
        if not found:
            raise CaseError("packs", "at least one pack is expected")
        typed: list[tuple[str, Node]] = []
        for name, node in found:
            kind = node.text("settlement_type", "type", default=name or "ordinary")
            typed.append((_type(kind, node.path("settlement_type")), node))
        if len({kind for kind, _ in typed}) != len(typed):
            raise CaseError("packs", "one pack per settlement type is expected")
        return typed
    pack = top.node("pack") or Node({}, "pack", top)
    own = pack.text("settlement_type", "type")
    return [(_type(whole or own or "ordinary", "settlement_type"), pack)]


def _type(text: str, where: str) -> Settlement:
    for kind in SETTLEMENTS:
        if kind == text:
            return kind
    raise CaseError(where, f"one of {', '.join(SETTLEMENTS)} is expected")


# --- person, lines, prescription ---------------------------------------------------------------


def _person(top: Node) -> PersonFacts:
    person = top.node("person")
    if person is None:
        return PersonFacts()
    category = person.text("category", default="active")
    if category not in CATEGORIES:
        raise CaseError("person.category", f"one of {', '.join(CATEGORIES)} is expected")
    person.text("id")
    return PersonFacts(category, person.day("birth_date"))


@dataclass(frozen=True)
class _Line:
    money: EstimateLine
    check: CheckLine
    in_range: bool | None
    wanted: str


def _lines(top: Node) -> list[_Line]:
    nodes = top.nodes("lines")
    if not nodes:
        raise CaseError("lines", "at least one line is expected")
    found = [_line(node, index + 1) for index, node in enumerate(nodes)]
    fee = top.money("delivery", "delivery_fee")
    if fee:
        found.append(_fee(fee, len(found) + 1))
    coupon = top.get("coupon")
    off = top.money("discount") or ZERO
    if isinstance(coupon, dict):
        node = Node(coupon, "coupon", top)
        off += _coupon(node, _BEFORE)
    elif coupon is not None:
        off += top.money("coupon") or ZERO
    return _spread(found, off)


def _coupon(node: Node, places: tuple[str, ...]) -> Money:
    """The amount of a coupon, if it acts at one of the places."""
    where = node.text("on", "against", "applies_to", "target", default="price")
    if where not in (*_BEFORE, *_AFTER):
        raise CaseError(node.path("on"), "price or personal is expected")
    amount = node.money("amount", "value")
    if amount is None:
        raise CaseError(node.path("amount"), "an amount is expected")
    return amount if where in places else ZERO


def _fee(fee: Money, no: int) -> _Line:
    price = UnitPrice.of_money(fee)
    money = EstimateLine("", price, Quantity.of(1), non_medical=True, no=no)
    return _Line(money, CheckLine(no, price=price, non_medical=True), None, "")


def _line(node: Node, no: int) -> _Line:
    kind = node.text("class", "insurance_class").strip().upper()
    outside = kind in _NON_MEDICAL or bool(node.flag("delivery", "non_medical"))
    if kind not in _CLASSES and not outside:
        raise CaseError(node.path("class"), "A, B or C is expected")
    price, quantity = node.price("price"), node.quantity("qty", "quantity") or Quantity.of(1)
    if price is None:
        raise CaseError(node.path("price"), "a price is expected")
    off = node.money("discount") or ZERO
    amount = price.times(quantity)
    if off > amount:
        raise CaseError(node.path("discount"), "more than the line")
    money = EstimateLine(
        insurance_class=_CLASSES.get(kind, ""),
        price=price,
        quantity=quantity,
        first_self_pay=node.rate("first_self_pay") or Rate(0),
        pay_limit=node.price("pay_limit"),
        discount=off,
        non_medical=outside,
        no=no,
    )
    in_range = node.flag("in_disease_range")
    check = _check_line(node, money, in_range is not False)
    return _Line(money, check, in_range, node.text("settlement_type", "type"))


def _check_line(node: Node, money: EstimateLine, in_range: bool) -> CheckLine:
    return CheckLine(
        no=money.no,
        name=node.text("name"),
        insurance_class=money.insurance_class,
        sale_class=node.text("sale_class"),
        quantity=money.quantity,
        price=money.price,
        trace_codes=node.texts("trace_codes"),
        trace_exempt=bool(node.flag("trace_exempt")),
        expiry=node.day("expiry"),
        approval_class=node.text("approval_class", default="drug"),
        ephedrine=bool(node.flag("ephedrine")),
        in_disease_range=in_range,
        listed_price=node.price("listed_price"),
        agreed_price=node.price("agreed_price"),
        selected_price=node.price("selected_price"),
        special_control=bool(node.flag("special_control", "negotiated")),
        non_medical=money.non_medical,
    )


def _spread(lines: list[_Line], off: Money) -> list[_Line]:
    """A discount on the basket, shared over its goods by amount; the fen add up."""
    if not off:
        return lines
    goods = [line for line in lines if not line.money.non_medical]
    amounts = [line.money.price.times(line.money.quantity) - line.money.discount for line in goods]
    if Money.total(amounts) < off:
        raise CaseError("discount", "more than the goods cost")
    shares = dict(
        zip([line.money.no for line in goods], off.allocate([a.fen for a in amounts]), strict=True)
    )
    return [
        replace(line, money=replace(line.money, discount=line.money.discount
                                    + shares.get(line.money.no, ZERO)))
        for line in lines
    ]  # fmt: skip


def _supply(top: Node, rx: Node | None, lines: list[_Line]) -> Fraction | None:
    """Days of supply: told, or packs x units / daily dose as an exact fraction."""
    told = rx.decimal("days_supply") if rx else None
    if told is not None:
        return Fraction(told)
    dose = top.node("dose") or (rx.node("dose") if rx else None)
    if dose is None:
        return None
    each, a_day = dose.decimal("tablets_per_pack"), dose.decimal("tablets_per_day")
    if not each or not a_day:
        raise CaseError("dose", "tablets_per_pack and tablets_per_day are expected")
    packs = sum(line.money.quantity.ten_thousandths for line in lines if line.check.insured)
    return Fraction(packs, 10**4) * Fraction(each) / Fraction(a_day)


def _rx(top: Node, kind: str, code: str, lines: list[_Line]) -> RxFacts | None:
    named, node = top.names("rx"), top.node("rx")
    supply = _supply(top, node, lines)
    if node is None:
        over_counter = kind == "self_paid" and any(line.check.ephedrine for line in lines)
        return None if named or over_counter else RxFacts(supply_days=supply)
    form = node.text("form", default="electronic")
    state = node.text("state", "status", default="valid")
    if form not in ("electronic", "paper"):
        raise CaseError("rx.form", "electronic or paper is expected")
    area = node.text("issuer_area").strip().removeprefix("CN-")
    if area in (*_INSIDE, code, *_names(code)):
        area = ""
    expires = node.get("expires_at")
    day_only = isinstance(expires, str) and len(expires.strip()) == 10
    at = node.moment("expires_at")
    return RxFacts(
        form=form,
        state="revoked" if node.flag("revoked") else "dispensed" if node.flag("dispensed")
        else state,
        issued_on=node.day("issued_at", "issued_on"),
        expires_at=at.replace(hour=23, minute=59, second=59) if at and day_only else at,
        validity_days=node.count("validity_days"),
        issuer_area=area,
        supply_days=supply,
        long=node.flag("long"),
        reviewed=node.flag("reviewed") is not False,
    )  # fmt: skip


def _names(code: str) -> tuple[str, ...]:
    """How the area of a shipped pack is called; a text that is none of them is another area."""
    try:
        region = load_region(f"CN-{code}", practice=code.startswith("9999"))
    except PackError:
        return ()
    return region.name, region.name.removesuffix("市"), region.name_en


# --- parts -------------------------------------------------------------------------------------


def _parts(
    top: Node, packs: list[tuple[str, Node]], lines: list[_Line], at: datetime, split: bool
) -> tuple[CasePart, ...]:
    state = top.node("state") or Node({}, "state", top)
    kinds = [kind for kind, _ in packs]
    groups = _group(lines, kinds) if split else {kinds[0]: lines}
    nodes = dict(packs)
    found = []
    for kind in [*kinds, *(["self_paid"] if "self_paid" not in kinds else [])]:
        if not groups.get(kind):
            continue
        pack = nodes.get(kind) or Node({}, f"packs.{kind}", top)
        own = (state.node(kind) if split else None) or state
        found.append(_part(top, pack, kind, groups[kind], state, own, at))
    return tuple(found)


def _group(lines: list[_Line], kinds: list[str]) -> dict[str, list[_Line]]:
    """Which pack carries which line: said on the line, else its disease range, else ordinary."""
    ranged = next((kind for kind in kinds if kind in ("special", "two_disease")), None)
    rest = next((kind for kind in ("ordinary", "account") if kind in kinds), None)
    groups: dict[str, list[_Line]] = {}
    for line in lines:
        kind = line.wanted or _of_range(line, ranged, rest)
        if kind not in (*kinds, "self_paid"):
            raise CaseError(f"lines[{line.money.no - 1}].settlement_type", "no such pack")
        groups.setdefault(kind, []).append(line)
    return groups


def _of_range(line: _Line, ranged: str | None, rest: str | None) -> str:
    insured = line.money.insurance_class in ("A", "B")
    if insured and line.in_range and ranged:
        return ranged
    if rest:
        return rest
    return ranged if insured and ranged else "self_paid"


def _part(
    top: Node, pack: Node, kind: str, lines: list[_Line], state: Node, own: Node, at: datetime
) -> CasePart:
    settlement = _type(kind, "settlement_type")
    policy = read_policy(pack, settlement, at)
    quarter = own.text("quarter") or state.text("quarter")
    used = Accumulators(
        deductible_used=own.money("deductible_used") or ZERO,
        fund_used=own.money("fund_used") or ZERO,
        quota_used=own.money("quota_used") or ZERO,
        in_scope_used=own.money("in_scope_used") or ZERO,
        period=_quarter(quarter) if quarter else None,
    )
    keys = [key for key in ("quota_used", "in_scope_used") if own.has(key)]
    if policy.quota is not None and "quota_used" not in keys:
        keys.append("quota_used")
    return CasePart(
        policy=policy,
        state=used,
        state_keys=("deductible_used", "fund_used", *keys),
        lines=tuple(line.money for line in lines),
        context=_context(top, policy, lines, state, own, at),
        quarter_style=quarter,
    )


def _quarter(text: str) -> str:
    match = re.fullmatch(r"(\d{4})-?[Qq]([1-4])", text.strip())
    if match is None:
        raise CaseError("state.quarter", "a quarter such as 2026Q4 is expected")
    return f"{match[1]}Q{match[2]}"


def _context(
    top: Node, policy: Policy, lines: list[_Line], state: Node, own: Node, at: datetime
) -> CheckContext:
    stay = own.text("inpatient") or state.text("inpatient", default="none")
    if stay not in ("in_hospital", "discharged", "none", "unknown"):
        raise CaseError("state.inpatient", "in_hospital, discharged, none or unknown is expected")
    verified = top.get("identity")
    identity = "match" if verified is True else "mismatch" if verified is False else ""
    identity = identity or top.text("identity", default="match")
    if identity not in ("match", "mismatch", "not_checked"):
        raise CaseError("identity", "match or mismatch is expected")
    # A case tells figures; whether somebody has looked already is the counter's to know.
    identity = "mismatch" if identity == "mismatch" else "match"
    store = top.node("store") or Node({}, "store", top)
    open_ = store.flag("open") is not False and top.flag("store_open") is not False
    person = top.node("person") or Node({}, "person", top)
    roster = person.flag("on_roster")
    return CheckContext(
        settlement=policy.settlement,
        at=at,
        policy=policy,
        lines=tuple(line.check for line in lines),
        store_open=open_ and store.text("status", default="open") in ("open", "active"),
        pharmacists_present=_present(top),
        pharmacists_bound=top.count("pharmacists_bound"),
        identity=identity,  # type: ignore[arg-type]  # one of two, just above
        proxy=_proxy(top),
        rx=_rx(top, policy.settlement, policy.region.removeprefix("CN-"), lines),
        on_roster=roster is not False,
        roster_from=person.day("roster_from"),
        inpatient=stay,  # type: ignore[arg-type]  # one of the four, just checked
        zone=top.text("zone"),
        already_sold=frozenset(top.texts("already_sold") or ()),
        ephedrine_packs_today=top.count("ephedrine_packs_today") or 0,
        coupon_on_personal=_waiver(top),
    )


def _present(top: Node) -> int | None:
    told = top.get("pharmacists_present", "pharmacist_present")
    if isinstance(told, bool):
        return 1 if told else 0
    return top.count("pharmacists_present", "pharmacist_present")


def _waiver(top: Node) -> Money:
    told = top.money("co_pay_waiver", "coupon_on_personal", "waiver") or ZERO
    coupon = top.get("coupon")
    if isinstance(coupon, dict):
        told += _coupon(Node(coupon, "coupon", top), _AFTER)
    return told


def _proxy(top: Node) -> ProxyFacts | None:
    """Both IDs and photo count as there unless denied; the signature must be said to be there."""
    if isinstance(top.get("proxy"), bool):
        return ProxyFacts(True, False, True) if top.get("proxy") else None
    proxy = top.node("proxy")
    if proxy is None:
        return None
    ids = [proxy.shown("both_ids", "both_ids_shown", "ids"), proxy.shown("proxy_id"),
           proxy.shown("patient_id")]  # fmt: skip
    return ProxyFacts(
        both_ids=False not in ids,
        signed_list=bool(proxy.shown("signed_list", "signed", "signature", "list_signed")),
        photo=proxy.shown("photo", "photo_filed") is not False,
    )


def _refund(top: Node, count: int) -> tuple[dict[int, Quantity] | None, str | None]:
    """``refund: true`` = all of it; ``refund: {"reason", "lines": [{"line", "qty"}]}`` = part."""
    value = top.get("refund")
    if value is None or value is False:
        return None, ""
    if value is True or value == "all":
        named = top.names("return_reason")
        return {}, top.text("return_reason") or (None if named else "settlement_error")
    table = Node(value, "refund", top)
    named = table.names("reason")
    reason = table.text("reason") or (None if named else "settlement_error")
    back: dict[int, Quantity] = {}
    for node in table.nodes("lines"):
        index, packs = node.count("line"), node.quantity("qty", "quantity")
        if index is None or not 0 <= index < count or packs is None or index + 1 in back:
            raise CaseError(node.where, "line (from 0, once each) and qty are expected")
        back[index + 1] = packs
    return back, reason
