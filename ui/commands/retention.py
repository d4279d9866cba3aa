"""``yaotai retention plan|run|proofs|holds``: what would go, taking it out, proofs, holds."""

from __future__ import annotations

import json as json_text
import sys
from collections import Counter
from datetime import datetime

from app.domain.clock import shop_time
from app.domain.evidence_keeping import Hold
from app.domain.record_kinds import Proof
from app.errors import YaotaiError
from app.use_cases.delete_evidence import deletion_run
from app.use_cases.doors import Doors
from app.use_cases.record_plan import KindPlan, blocked, plan_now, proofs_seen, retention_health
from app.use_cases.record_run import record_run
from ui.bootstrap import SYSTEM, Settings, build
from ui.command_words import said, said_error
from ui.homes import Home
from ui.screens.vault.kinds import kind_words
from ui.words import size_words

ACTS = ("plan", "run", "proofs", "holds")


def run(act: str, home: Home, practice: bool, json: bool) -> int:
    """Do one of :data:`ACTS`; nothing personal is printed.

    :return: 0; 1 where proofs do not fit the log, or the books say no; 2 for an act that is none.
    """
    acts = {"plan": _plan, "run": _run, "proofs": _proofs, "holds": _holds}
    if act not in acts:
        sys.stderr.write(said("retention.command_usage") + "\n")
        return 2
    try:
        open_shop = build(Settings(home, practice=practice))
        try:
            return acts[act](open_shop.shop.doors, json)
        finally:
            open_shop.close()
    except YaotaiError as error:
        sys.stderr.write(said_error(error) + "\n")
        return 1


def _out(told: object, lines: list[str], json: bool) -> None:
    text = json_text.dumps(told, ensure_ascii=False, indent=1) if json else "\n".join(lines)
    sys.stdout.write(text + "\n")


def _plan(doors: Doors, json: bool) -> int:
    plan, health = plan_now(doors), retention_health(doors)
    told = {
        "at": plan.at.isoformat(), "due": plan.due, "bytes": plan.size, "held": plan.held,
        "unfinished": plan.unfinished, "waits": plan.waits, "missing": list(plan.missing),
        "last_run": _iso(health.last_at), "kinds": [_kind(one) for one in plan.kinds],
    }  # fmt: skip
    lines = [
        said(
            "retention.command_row", kind=said(f"record_kind.{one.kind}"), rows=one.rows,
            due=one.due, size=size_words(one.size), held=one.held, unfinished=one.unfinished,
            next=_day(one.next_due), period=_period(one),
        )
        for one in plan.kinds
    ]  # fmt: skip
    name = "summary" if plan.due else "summary_none"
    lines.append(
        said(
            f"retention.{name}", due=plan.due, size=size_words(plan.size), held=plan.held,
            unfinished=plan.unfinished,
        )
    )  # fmt: skip
    if plan.missing:
        lines.append(said("retention.summary_missing", keys=", ".join(plan.missing)))
    if plan.waits:
        lines.append(said("retention.summary_waits"))
    _out(told, lines, json)
    return 0


def _period(one: KindPlan) -> str:
    if one.missing:
        return said("retention.period_missing")
    if not one.rule:
        return said("retention.period_own")
    return f"{said(f'retention.rule_{one.rule}')} {said('retention.days', days=one.days)}"


def _kind(one: KindPlan) -> dict[str, object]:
    return {
        "kind": one.kind.value, "ending": one.ending.value, "counted": one.counted.value,
        "rule": one.rule, "days": one.days, "missing": list(one.missing), "rows": one.rows,
        "oldest": _iso(one.oldest), "due": one.due, "bytes": one.size, "held": one.held,
        "unfinished": one.unfinished, "next_due": _iso(one.next_due),
    }  # fmt: skip


def _run(doors: Doors, json: bool) -> int:
    """What runs by itself once a day, now and to its end."""
    pieces = list(deletion_run(doors, SYSTEM.staff.id))[-1]
    done = list(record_run(doors, SYSTEM.staff.id))[-1]
    told = {
        "run": done.run, "records": done.gone, "bytes": done.size, "held": done.held,
        "evidence": pieces.destroyed, "evidence_held": pieces.held, "waits": done.waits,
        "missing": list(done.missing), "through": done.through, "wiped": done.wiped,
    }  # fmt: skip
    lines = [
        said(
            "retention.command_run", gone=done.gone + pieces.destroyed,
            size=size_words(done.size), held=done.held + pieces.held,
        )
    ]  # fmt: skip
    if done.waits:
        lines.append(said("retention.summary_waits"))
    if done.missing:
        lines.append(said("retention.summary_missing", keys=", ".join(done.missing)))
    if not done.wiped:
        lines.append(said("retention.command_scrub_later"))
    _out(told, lines, json)
    return 0


def _proofs(doors: Doors, json: bool) -> int:
    seen = proofs_seen(doors)
    told = {
        "count": seen.count, "batches": seen.batches, "broken": list(seen.broken),
        "proofs": [_proof(one) for one in seen.proofs],
    }  # fmt: skip
    lines = [
        "  ".join(
            (minute(one.at), said(f"record_kind.{one.kind}"), one.id,
             said(f"retention.rule_{one.rule}"), _day(one.due_at), one.digest)
        )
        for one in seen.proofs
    ]  # fmt: skip
    if seen.broken:
        names = ", ".join(seen.broken)
        lines.append(said("retention.proofs_broken", count=len(seen.broken), names=names))
    elif seen.count:
        lines.append(said("retention.proofs_good", count=seen.count, batches=seen.batches))
    else:
        lines.append(said("retention.proofs_none"))
    _out(told, lines, json)
    return 1 if seen.broken else 0


def _proof(one: Proof) -> dict[str, object]:
    return {
        "kind": one.kind.value, "id": one.id, "digest": one.digest, "bytes": one.size,
        "rule": one.rule, "days": one.days, "begun": one.begun_at.isoformat(),
        "due": one.due_at.isoformat(), "at": one.at.isoformat(), "run": one.run,
        "batch": one.batch,
    }  # fmt: skip


def _holds(doors: Doors, json: bool) -> int:
    """Without the file numbers: offices like to put names into theirs."""
    with doors.uow() as uow:
        holds = uow.keeping.holds(standing=True)
    blocks = Counter(one.hold.id for one in blocked(doors) if one.hold is not None)
    told = [
        {
            "id": one.id, "scope": one.scope.value, "target": one.target,
            "reason": one.reason.value, "set": one.set_at.isoformat(), "by": one.set_by,
            "blocks": blocks[one.id],
        }
        for one in holds
    ]  # fmt: skip
    lines = [
        said(
            "retention.command_hold", what=scope_words(one), at=minute(one.set_at),
            reason=said(f"vault.reason_{one.reason}"), blocked=blocks[one.id],
        )
        for one in holds
    ]  # fmt: skip
    _out(told, lines or [said("retention.holds_none")], json)
    return 0


def scope_words(hold: Hold) -> str:
    """What a hold covers, in words and by its id."""
    target = hold.target
    told = {"receipt": target, "days": target.replace("/", " — ")}
    if hold.scope.value == "kind":
        told["kind"] = said(kind_words(target))
    return said(f"vault.scope_{hold.scope}", **told)


def minute(at: datetime) -> str:
    """The shop's own time."""
    return f"{shop_time(at):%Y-%m-%d %H:%M}"


def _day(at: datetime | None) -> str:
    return f"{shop_time(at):%Y-%m-%d}" if at is not None else "—"


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None
