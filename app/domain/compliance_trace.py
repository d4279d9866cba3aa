"""Rules of trace codes (policy 3.5): one box, one code, received here, sold once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from app.domain.check_context import CheckContext, CheckLine, Finding, Severity, block, warn
from app.domain.clock import shop_time
from app.domain.trace_facts import longest_run

_RULES = ("HY-1.2.3", "S-19")
_FRAUD = ("LN-4.3b", "HY-1.2.3")


def trace_lines(seen: CheckContext) -> list[CheckLine]:
    """Lines whose codes matter on that day (policy 3.5)."""
    rules, today = seen.policy.trace, shop_time(seen.at).date()
    since = seen.policy.bound(rules.required_from, "trace.required_from")
    if since is not None and today < since:
        return []
    return [
        line
        for line in seen.lines
        if line.trace_codes is not None and not (line.trace_exempt or line.non_medical)
    ]


def _coded(seen: CheckContext) -> Iterator[tuple[CheckLine, str]]:
    """Every scanned code, whatever day it is: a code that is there may always be wrong."""
    for line in seen.lines:
        for code in line.trace_codes or ():
            yield line, code


def trace_missing(seen: CheckContext) -> Finding | None:
    """Fewer scans than packs: insured blocks, self-paid warns (HY-1.2.3, policy 3.5, E30c).

    A batch on the no-code list may be settled for the time being; what a customer pays alone goes
    with a recorded reason.
    """
    short = [
        line for line in trace_lines(seen) if len(line.trace_codes or ()) < line.quantity.packs()
    ]
    short = [line for line in short if line.no not in seen.trace.listed]
    demanded = [line for line in short if seen.settlement != "self_paid" and line.insured]
    asked = [line for line in short if line.no not in seen.trace.uncoded]
    for line in demanded or asked:
        told = {"name": line.name, "scanned": len(line.trace_codes or ())}
        make = block if demanded else warn
        return make("TRACE_MISSING", "HY-1.2.3", "LN-2.4a", line=line.no,
                    packs=line.quantity.packs(), **told)  # fmt: skip
    return None


def trace_duplicate(seen: CheckContext) -> Finding | None:
    """A repeated, earlier-sold or surplus code (HY-1.2.3, LN-4.3b, policy 3.5, E30b).

    Lines that sell pieces of one pack share its code.
    """
    lines = trace_lines(seen)
    whole = [line for line in lines if line.quantity.is_whole()]
    times = Counter(code for line in whole for code in line.trace_codes or ())
    # Pieces count once a line: shared among themselves, with a whole pack never.
    pieces = {code for line in lines if line not in whole for code in line.trace_codes or ()}
    taken = {code for code, often in times.items() if often > 1 or code in pieces}
    for line in lines:
        codes = line.trace_codes or ()
        taken |= {code for code, often in Counter(codes).items() if often > 1}
        again = [code for code in codes if code in taken or code in seen.already_sold]
        if again or len(codes) > line.quantity.packs():
            tail = (again or list(codes))[0][-4:]
            return block("TRACE_DUPLICATE", "HY-1.2.3", "LN-4.3b",
                          line=line.no, name=line.name, tail=tail)  # fmt: skip
    return None


def trace_in_other_basket(seen: CheckContext) -> Finding | None:
    """The box stands in another basket, of this till or of another (complaint 24)."""
    for line, code in _coded(seen):
        held = seen.trace.elsewhere.get(code)
        if held is not None:
            told: dict[str, object] = {
                "line": line.no, "name": line.name, "tail": code[-4:], "till": held.till_no,
                "at": f"{shop_time(held.since):%m-%d %H:%M}",
            }  # fmt: skip
            variant = ("aside" if held.aside else "open") + ("" if held.till_no else "_here")
            return Finding("TRACE_IN_OTHER_BASKET", _RULES, "block", told, variant)
    return None


def trace_mismatch(seen: CheckContext) -> Finding | None:
    """The code belongs to another drug than the one sold (policy 3.5 fraud b)."""
    for line, code in _coded(seen):
        if code in seen.trace.other_drug:
            return block("TRACE_MISMATCH", *_FRAUD, line=line.no, name=line.name, tail=code[-4:])
    return None


def trace_left(seen: CheckContext) -> Finding | None:
    """The box went back to its supplier, to another store, or was destroyed."""
    for line, code in _coded(seen):
        state = seen.trace.left.get(code)
        if state is not None:
            told: dict[str, object] = {"line": line.no, "name": line.name, "tail": code[-4:]}
            return Finding("TRACE_LEFT", _FRAUD, "block", told, state.value)
    return None


def trace_suspect(seen: CheckContext) -> Finding | None:
    """The box is on the quality list and waits there for a decision (policy 3.4)."""
    for line, code in _coded(seen):
        if code in seen.trace.suspect:
            return block("TRACE_SUSPECT", *_FRAUD, line=line.no, name=line.name, tail=code[-4:])
    return None


def trace_not_received(seen: CheckContext) -> Finding | None:
    """No receiving names the box (policy 3.5 fraud d): a warning until the pack's day, then a stop.

    Before that day it is said only of drugs of which the shop has received codes at all: of all
    others nobody could know better.
    """
    since, today = seen.policy.trace.received_check_from, shop_time(seen.at).date()
    strict = since is not None and today >= since
    severity: Severity = "block" if strict else "warn"
    for line, code in _coded(seen):
        known = strict or line.medicine_id in seen.trace.known_drugs
        if known and code in seen.trace.not_received:
            told: dict[str, object] = {"line": line.no, "name": line.name, "tail": code[-4:]}
            return Finding("TRACE_NOT_RECEIVED", _FRAUD, severity, told, severity)
    return None


# --- patterns: told, never a stop by themselves -------------------------------------------------


def trace_came_back(seen: CheckContext) -> Finding | None:
    """A box that was sold and came back stands in a basket again (policy 3.5 fraud g)."""
    for line, code in _coded(seen):
        if code in seen.trace.freed:
            return warn("TRACE_CAME_BACK", *_FRAUD, line=line.no, name=line.name, tail=code[-4:])
    return None


def trace_unbroken(seen: CheckContext) -> Finding | None:
    """Codes in one unbroken row whose goods nobody received (policy 3.5 fraud c)."""
    most = seen.policy.trace.sequence_warn
    run = longest_run(seen.trace.not_received)
    if most is None or run < most:
        return None
    return warn("TRACE_UNBROKEN", *_FRAUD, codes=run)


def trace_late_many(seen: CheckContext) -> Finding | None:
    """Many packs on one card at closing time (policy 3.5 fraud f)."""
    rules, packs = seen.policy.trace, sum(line.quantity.packs() for line in seen.insured_lines)
    if rules.late_hour is None or rules.late_packs is None or packs < rules.late_packs:
        return None
    if shop_time(seen.at).hour < rules.late_hour:
        return None
    return warn("TRACE_LATE_MANY", *_FRAUD, packs=packs, hour=rules.late_hour)


TRACE_RULES: tuple[Callable[[CheckContext], Finding | None], ...] = (
    trace_missing,
    trace_duplicate,
    trace_in_other_basket,
    trace_mismatch,
    trace_left,
    trace_suspect,
    trace_not_received,
)
TRACE_PATTERNS: tuple[Callable[[CheckContext], Finding | None], ...] = (
    trace_came_back,
    trace_unbroken,
    trace_late_many,
)
