"""Rules of the shelf: nothing that was not received, nothing expired or locked (policy 3.4)."""

from __future__ import annotations

from app.domain.check_context import CheckContext, CheckLine, Finding, block
from app.domain.clock import shop_time
from app.domain.money import Quantity


def out_of_stock(seen: CheckContext) -> Finding | None:
    """A line that lacks boxes: never received, or in another basket (HY-1.5.5a)."""
    for line in seen.lines:
        stock = line.stock
        if stock is None or stock.short <= Quantity(0) or stock.locked is not None:
            continue
        told: dict[str, object] = {
            "line": line.no,
            "name": line.name,
            "wanted": stock.wanted.plain(),
            "left": stock.left.plain(),
            "taken": stock.taken.plain(),
            "locked": stock.unsellable.plain(),
            "batch": stock.unknown_batch,
            "at": f"{shop_time(stock.holder_at):%H:%M}" if stock.holder_at else "",
        }
        variant = _why(line)
        return Finding("OUT_OF_STOCK", ("HY-1.5.5a", "LN-2.4a"), "block", told, variant)
    return None


def _why(line: CheckLine) -> str:
    stock = line.stock
    if stock is None:
        return ""
    if stock.unknown_batch:
        return "batch"
    if stock.holder:
        return stock.holder
    return "locked" if stock.unsellable else ""


def batch_locked(seen: CheckContext) -> Finding | None:
    """A box of a lot that is quarantined, held, recalled or rejected (policy 3.4, HY-1.5.3)."""
    today = shop_time(seen.at).date()
    for line in seen.lines:
        lot = line.stock.locked if line.stock else None
        if lot is None or lot.expired_on(today):
            continue
        told: dict[str, object] = {"line": line.no, "name": line.name, "batch": lot.batch or "—",
                                   "why": lot.why}  # fmt: skip
        return Finding("BATCH_LOCKED", ("HY-1.1.2", "LN-2.4a"), "block", told, lot.state.value)
    return None


def lot_expired(seen: CheckContext) -> Finding | None:
    """A box of a lot whose last day is over by the shop's own books (policy 3.4)."""
    today = shop_time(seen.at).date()
    for line in seen.lines:
        lot = line.stock.locked if line.stock else None
        if lot is not None and lot.expired_on(today):
            return block("BATCH_EXPIRED", "HY-1.1.2", line=line.no, name=line.name,
                         expiry=lot.expires_on)  # fmt: skip
    return None


def batch_not_first(seen: CheckContext) -> Finding | None:
    """Another lot expires earlier and lies there still: first expired, first out (policy 3.4)."""
    for line in seen.lines:
        earlier = line.stock.earlier if line.stock else None
        if earlier is not None:
            told: dict[str, object] = {"line": line.no, "name": line.name,
                                       "batch": earlier.batch or "—",
                                       "expiry": earlier.expires_on}  # fmt: skip
            return Finding("BATCH_NOT_FIRST", ("HY-1.1.2",), "warn", told)
    return None


def batch_other(seen: CheckContext) -> Finding | None:
    """A box is of a batch that the books have no more of: another one leaves them (HY-1.5.5a)."""
    for line in seen.lines:
        other = line.stock.other if line.stock else None
        if other is not None:
            own, taken = other
            told: dict[str, object] = {
                "line": line.no,
                "name": line.name,
                "batch": own.batch or "—",
                "other": taken.batch or "—",
            }
            return Finding("BATCH_OTHER", ("HY-1.5.5a", "LN-2.4a"), "warn", told)
    return None


def stock_rules(seen: CheckContext) -> tuple[Finding, ...]:
    """Only what the shelf says, e.g. of goods that are paid for already."""
    rules = (lot_expired, batch_locked, out_of_stock, batch_other, batch_not_first)
    return tuple(finding for rule in rules if (finding := rule(seen)) is not None)
