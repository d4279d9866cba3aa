"""Faults on request: what the practice platform does wrong, when, and how often."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from sync.insurance.simulator import jsontext

KINDS: Mapping[str, tuple[bool, str]] = {
    "not_arrived": (
        False,
        "the request never arrives: the connection ends before anything is done",
    ),
    "lost_answer": (True, "done, and the connection ends before the answer"),
    "late": (True, "done, and the answer comes after `delay` seconds"),
    "torn": (True, "done, and the answer breaks off in the middle"),
    "twice": (True, "done, and the answer stands twice in one body"),
    "bad_signature": (False, "401 签名不一致!, nothing done"),
    "http_500": (False, "HTTP 500 with an empty body"),
    "http_502": (False, "HTTP 502 with a page of the proxy"),
    "html": (False, "HTTP 200 with a page in place of JSON"),
    "empty": (False, "HTTP 200 with an empty body"),
    "redirect": (False, "HTTP 302 to another address"),
    "huge": (False, "a 40 MB answer"),
    "maintenance": (False, "HTTP 503 系统维护中"),
    "refused": (False, "a well-formed refusal with `text`"),
    "other_msgid": (True, "done, but the answer carries another medins_setl_id"),
    "other_rx": (True, "done, but the answer carries another person's prescription"),
    "wrong_amounts": (True, "done, but psn_cash_pay is 1.00 too high: an identity breaks"),
    "clock_off": (True, "done, but every time in the answer is three hours old"),
}
"""Kind to (is the act carried out, in words); a rule's ``done`` overrides the first."""


class BadFaults(Exception):
    """A faults file or list that cannot be: the message names rule and key."""


@dataclass(slots=True)
class Rule:
    """One fault: what it matches and what it does.

    ``infno`` empty matches every transaction; ``after`` lets that many matches pass first;
    ``times`` 0 means for ever; ``delay`` in seconds.
    """

    kind: str
    infno: tuple[str, ...] = ()
    psn_no: str = ""
    times: int = 1
    after: int = 0
    delay: float = 0.0
    done: bool | None = None
    text: str = "FSI-练习平台按要求拒绝"
    seen: int = 0
    fired: int = 0

    @property
    def carries_out(self) -> bool:
        """Whether the act is done before it goes wrong."""
        return KINDS[self.kind][0] if self.done is None else self.done

    def shown(self) -> dict[str, Any]:
        """The rule and how often it has fired."""
        return {
            "kind": self.kind,
            "infno": list(self.infno),
            "psn_no": self.psn_no,
            "times": self.times,
            "after": self.after,
            "delay": str(self.delay),
            "done": self.carries_out,
            "text": self.text,
            "seen": self.seen,
            "fired": self.fired,
        }


def _number(row: Mapping[str, Any], name: str, otherwise: float, where: str) -> float:
    value = row.get(name, otherwise)
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise BadFaults(f"{where}: {name} must be a number") from None
    if isinstance(value, bool) or not 0 <= number <= 86_400:
        raise BadFaults(f"{where}: {name} must be between 0 and 86400")
    return number


_KEYS = frozenset(("kind", "infno", "psn_no", "times", "after", "delay", "done", "text"))


def rule_of(row: object, where: str) -> Rule:
    """A rule from one table; :raises BadFaults: for an unknown kind, key or type."""
    if not isinstance(row, Mapping):
        raise BadFaults(f"{where}: a table is needed")
    unknown = sorted(set(map(str, row)) - _KEYS)
    if unknown:
        raise BadFaults(f"{where}: unknown key {unknown[0]}")
    kind = row.get("kind")
    if kind not in KINDS:
        raise BadFaults(f"{where}: kind must be one of {', '.join(KINDS)}")
    infno = row.get("infno", ())
    numbers = [infno] if isinstance(infno, str) else infno
    if not isinstance(numbers, list | tuple) or not all(isinstance(one, str) for one in numbers):
        raise BadFaults(f"{where}: infno must be text or a list of texts")
    done = row.get("done")
    if done is not None and not isinstance(done, bool):
        raise BadFaults(f"{where}: done must be true or false")
    for name in ("psn_no", "text"):
        if not isinstance(row.get(name, ""), str):
            raise BadFaults(f"{where}: {name} must be text")
    return Rule(
        kind=str(kind),
        infno=tuple(one for one in numbers if one not in ("", "*")),
        psn_no=row.get("psn_no", ""),
        times=int(_number(row, "times", 1, where)),
        after=int(_number(row, "after", 0, where)),
        delay=_number(row, "delay", 0.0, where),
        done=done,
        text=row.get("text") or "FSI-练习平台按要求拒绝",
    )


def rules_of(rows: object) -> list[Rule]:
    """Rules from a list of tables; :raises BadFaults: naming the first bad one."""
    if not isinstance(rows, list):
        raise BadFaults("faults: a list of rules is needed")
    return [rule_of(row, f"rule {number}") for number, row in enumerate(rows, 1)]


def read_file(file: Path) -> list[Rule]:
    """Rules from a TOML file (``[[fault]]`` tables) or a JSON list.

    :raises BadFaults: when it is neither or a rule is wrong.
    """
    try:
        text = file.read_text(encoding="utf-8")
        if file.suffix.lower() == ".json":
            rows = jsontext.read(text)
        else:
            table = tomllib.loads(text)
            if set(table) - {"fault"}:
                raise BadFaults(f"{file.name}: only [[fault]] tables are known")
            rows = table.get("fault", [])
    except (OSError, ValueError) as cause:
        raise BadFaults(f"{file.name}: {cause}") from None
    return rules_of(rows)


@dataclass(slots=True)
class Faults:
    """The rules in force; the first that matches and is not used up fires."""

    rules: list[Rule] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def add(self, rules: Sequence[Rule]) -> None:
        """Append rules."""
        with self._lock:
            self.rules.extend(rules)

    def clear(self) -> None:
        """Back to health."""
        with self._lock:
            self.rules.clear()

    def shown(self) -> list[dict[str, Any]]:
        """All rules with their counts."""
        with self._lock:
            return [rule.shown() for rule in self.rules]

    @property
    def personal(self) -> bool:
        """Whether a rule wants to know whom a request is about."""
        return any(rule.psn_no for rule in self.rules)

    def pick(self, infno: str, psn_no: str) -> Rule | None:
        """The fault that befalls this request, if any; counts it."""
        with self._lock:
            for rule in self.rules:
                if rule.infno and infno not in rule.infno:
                    continue
                if rule.psn_no and rule.psn_no != psn_no:
                    continue
                rule.seen += 1
                if rule.seen > rule.after and (not rule.times or rule.fired < rule.times):
                    rule.fired += 1
                    return rule
        return None
