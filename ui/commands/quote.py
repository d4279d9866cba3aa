"""``yaotai quote``: the local estimate of a case in the vocabulary of policy 4.2."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from app.domain.check_context import Finding
from app.domain.clock import quarter_of
from app.domain.compliance import check, return_not_allowed
from app.domain.estimate import Accumulators, Amounts, Balances, Estimate, estimate
from app.domain.money import ZERO, Money, Quantity
from app.errors import BadValue
from ui.commands.case_reader import SIZE_LIMIT, CaseError, parse
from ui.commands.quote_case import Case, CasePart, read_case
from ui.words import LANGUAGES, say

HELP = """Estimate a settlement locally, without shop, network or display.

CASE.json holds one case; - reads standard input. Amounts are yuan as text or number.

\b
pack      code, settlement_type, ratio, deductible{type, amount, per_visit, annual_max}, cap,
          cap_by_age[{from, cap}], cap_basis, quota_quarter, quota_basis, ordinary_max, long_max
          {unit, n}, validity_days, count_issue_day, paper_rx_until, issuer_areas, inpatient_block,
          account_covers_self_funded, mutual_aid_covers_self_funded, discount_pct
packs     a list of packs: the basket splits, state holds one object per settlement type
person    category active|retired|resident, birth_date, on_roster, roster_from
state     deductible_used, fund_used, quota_used, quarter, inpatient
at        local date-time; without a zone it is the shop's
rx        form, issued_at, expires_at, issuer_area, days_supply, long, state; absent = valid
lines     class A|B|C|delivery, price, qty, first_self_pay, pay_limit, in_disease_range,
          trace_codes, trace_exempt, listed_price, ephedrine, expiry, settlement_type, discount
balances  own, mutual_aid
delivery  a delivery fee: cash only
coupon    {amount, on: price|personal}; discount = off the price before settlement
proxy     {both_ids, signed_list, photo}
refund    true = the whole sale back (pack, state and lines describe the sale); or
          {reason, lines: [{line: 0, qty: 1}]} = whole reversal, the rest settled again;
          reason quality|recall|wrong_dispensing|settlement_error
others    dose, already_sold, ephedrine_packs_today, pharmacists_present, identity, zone, store

An absent number is zero or no limit. A discount_pct below 1 is read as a share (0.05 = 5 %).
Exit 0 settled, 1 blocked, 2 not readable."""

_NO_AMOUNTS = Amounts()


@dataclass(frozen=True)
class Quoted:
    """What a case came to: findings first, then one estimate per settlement."""

    case: Case
    findings: tuple[Finding, ...]
    estimates: tuple[Estimate, ...] = ()
    again: tuple[Estimate, ...] = ()
    """After a partial return: what is settled again."""

    @property
    def code(self) -> str | None:
        """The first block code, if anything blocks."""
        return next((finding.code for finding in self.findings if finding.blocks), None)


def quote_case(case: Case) -> Quoted:
    """Check a case and estimate it; nothing is estimated where something blocks."""
    findings = _findings(case)
    if any(finding.blocks for finding in findings):
        return Quoted(case, findings)
    estimates = _estimates(case, case.parts)
    if not case.returns:
        return Quoted(case, findings, estimates)
    return Quoted(case, findings, estimates, _estimates(case, _remainder(case)))


def _findings(case: Case) -> tuple[Finding, ...]:
    if case.returns is not None:
        refused = return_not_allowed(case.return_reason)
        return (refused,) if refused else ()
    return tuple(finding for part in case.parts for finding in check(part.context))


def _estimates(case: Case, parts: tuple[CasePart, ...]) -> tuple[Estimate, ...]:
    """One after the other: what the first takes from an account the next one lacks."""
    balances, done = case.balances, []
    for part in parts:
        one = estimate(part.lines, part.policy, case.person, part.state, balances, case.at)
        balances = one.balances_after
        done.append(one)
    return tuple(done)


def _remainder(case: Case) -> tuple[CasePart, ...]:
    """The parts without what came back; the original date's rules hold (policy 4.1 step 11)."""
    back = case.returns or {}
    parts = []
    for part in case.parts:
        lines = []
        for line in part.lines:
            left = line.quantity - back.get(line.no, Quantity(0))
            if left < Quantity(0):
                raise CaseError("refund.lines", "more than was sold")
            if left:
                share = Money(line.discount.fen * left.ten_thousandths
                              // line.quantity.ten_thousandths)  # fmt: skip
                lines.append(replace(line, quantity=left, discount=share))
        parts.append(replace(part, lines=tuple(lines)))
    return tuple(parts)


# --- what is printed ---------------------------------------------------------------------------


def as_document(quoted: Quoted) -> dict[str, object]:
    """The answer as design 3 prints it."""
    case, blocked = quoted.case, quoted.code is not None
    document: dict[str, object] = {"decision": "blocked" if blocked else "settled"}
    document["code"] = quoted.code
    nets, states = _nets(quoted), _states(quoted)
    if case.split:
        document["settlements"] = [
            {"type": part.policy.settlement, "amounts": net.as_text(), "state_after": state}
            for part, net, state in zip(case.parts, nets, states, strict=True)
        ] if not blocked else []  # fmt: skip
        document["sum"] = Amounts.summed(nets).as_text()
    else:
        document["amounts"] = nets[0].as_text()
        document["state_after"] = states[0]
    if case.has_balances:
        document["balances_after"] = _balances_text(_balances(quoted))
    if case.returns is not None and not blocked:
        whole = -Amounts.summed(one.amounts for one in quoted.estimates)
        document["reversal"] = whole.as_text()
        document["resettled"] = Amounts.summed(one.amounts for one in quoted.again).as_text()
        document["trace_codes_freed"] = sum(
            len(line.trace_codes or ()) for part in case.parts for line in part.context.lines
        )
    return document


def _nets(quoted: Quoted) -> list[Amounts]:
    """Amounts per part: of the sale, or of a refund what goes back, negative."""
    if not quoted.estimates:
        return [_NO_AMOUNTS for _ in quoted.case.parts]
    if quoted.case.returns is None:
        return [one.amounts for one in quoted.estimates]
    again = [one.amounts for one in quoted.again] or [_NO_AMOUNTS] * len(quoted.estimates)
    return [new + -one.amounts for one, new in zip(quoted.estimates, again, strict=True)]


def _states(quoted: Quoted) -> list[dict[str, str]]:
    case = quoted.case
    after = [part.state for part in case.parts]
    if quoted.again:
        after = [one.state_after for one in quoted.again]
    elif quoted.estimates and case.returns is None:
        after = [one.state_after for one in quoted.estimates]
    return [_state_text(p, s, case.at) for p, s in zip(case.parts, after, strict=True)]


def _state_text(part: CasePart, state: Accumulators, at: datetime) -> dict[str, str]:
    told = {key: str(getattr(state, key)) for key in part.state_keys}
    if part.quarter_style:
        period = state.period or quarter_of(at)
        told["quarter"] = period.replace("Q", "-Q") if "-" in part.quarter_style else period
    return told


def _balances(quoted: Quoted) -> Balances:
    if quoted.again:
        return quoted.again[-1].balances_after
    if quoted.estimates and quoted.case.returns is None:
        return quoted.estimates[-1].balances_after
    return quoted.case.balances


def _balances_text(balances: Balances) -> Mapping[str, str]:
    return {"own": str(balances.own), "mutual_aid": str(balances.mutual_aid)}


def as_lines(quoted: Quoted) -> list[str]:
    """The same for people: the decision, the amounts, and why, line by line."""
    told = [say("quote.blocked" if quoted.code else "quote.settled", code=quoted.code)]
    told += [say(finding.message_id, LANGUAGES[0], **finding.params) for finding in quoted.findings]
    for one in (*quoted.estimates, *quoted.again):
        told.append(say(f"quote.type_{one.settlement}"))
        told += [
            f"  {say(step.message_id, LANGUAGES[0], **step.params)}" for step in one.explanation
        ]
    for name, amount in Amounts.summed(_nets(quoted)).as_text().items():
        if amount != str(ZERO) or name in ("total", "fund", "cash"):
            told.append(f"{say(f'amount.{name}')}  {amount}")
    return told


def _read(path_or_dash: str) -> bytes:
    if path_or_dash == "-":
        return sys.stdin.buffer.read(SIZE_LIMIT + 1)
    try:
        with Path(path_or_dash).open("rb") as file:
            return file.read(SIZE_LIMIT + 1)
    except (OSError, ValueError) as cause:
        why = cause.strerror if isinstance(cause, OSError) and cause.strerror else "not a file"
        raise CaseError(path_or_dash, why) from None


def run(path_or_dash: str, as_json: bool, now: datetime | None = None) -> int:
    """Print the estimate of a case file (``-`` = standard input).

    ``now`` stands in where the case gives no time. Exit code: 0 settled, 1 blocked, 2 with one
    line on stderr where the case cannot be read.
    """
    try:
        case = read_case(parse(_read(path_or_dash)), now or datetime.now(UTC))
        quoted = quote_case(case)
        document = as_document(quoted)
    except CaseError as cause:
        sys.stderr.write(f"yaotai quote: {cause.where}: {cause.why}\n")
        return 2
    except BadValue as cause:
        sys.stderr.write(f"yaotai quote: {cause.params.get('what')}: {cause.params.get('why')}\n")
        return 2
    if case.unknown_keys:
        named = ", ".join(key[:60] for key in case.unknown_keys[:20])
        sys.stderr.write(f"yaotai quote: unknown keys ignored: {named}\n")
    text = json.dumps(document, ensure_ascii=False) if as_json else "\n".join(as_lines(quoted))
    sys.stdout.write(text + "\n")
    return 1 if quoted.code else 0
