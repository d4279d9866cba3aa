"""Reads the region packs: inheritance, dated rows, overlays for practice, strict refusal."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from app.domain.clock import shop_time
from app.domain.policy import SETTLEMENTS
from app.errors import PackError, PackValueMissing
from app.regions import build, diseases
from app.regions.schema import HEAD, INTERFACE, POLICY, UNKNOWN, check, flatten
from app.resources import resource

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from app.domain.policy import InterfaceProfile, Policy, Settlement

_BEFORE = date(1, 1, 1)
_AFTER = date(9999, 12, 31)
_ROW_KEYS = ("settlement", "valid_from", "valid_to", "source", "note")
"""Keys of a row that say what the row is, not what holds."""
_SIZE_LIMIT = 1_000_000

Confirmed = Mapping[str, Mapping[str, object]]
"""Tables as in a pack by ``interface``, ``any`` or a settlement type."""


@dataclass(frozen=True)
class _Pack:
    """One file, checked: its head, its interface and its policy rows as flat tables."""

    file: str
    head: Mapping[str, object]
    interface: Mapping[str, object]
    rows: tuple[Mapping[str, object], ...]


@dataclass(frozen=True)
class Region:
    """One pooling area as its packs describe it; built by :func:`load_region`.

    ``intervals`` holds for each settlement type the resolved rows, ascending by date.
    """

    code: str
    name: str
    name_en: str
    status: str
    chain: tuple[str, ...]
    who: str
    division: str
    interface: Mapping[str, object]
    intervals: Mapping[str, tuple[Mapping[str, object], ...]]
    practice_keys: frozenset[str]
    _built: dict[tuple[str, date], Policy] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def profile(self) -> InterfaceProfile:
        """How the platform is spoken to.

        :raises PackValueMissing: names the first key without which no message can be built.
        """
        return build.profile(self.code, self.division, self.interface, self.who)

    @property
    def settlements(self) -> tuple[Settlement, ...]:
        """Settlement types that the pack has rows for, in settling order."""
        return tuple(k for k in SETTLEMENTS if k in self.intervals and k != "self_paid")

    def policy_on(self, settlement: str, moment: datetime) -> Policy:
        """The rules of a settlement type on the shop's day of the moment.

        :raises PackValueMissing: where the pack has no row for that type and day.
        """
        day = shop_time(moment).date()
        for row in self.intervals.get(settlement, ()):
            if _begin(row) <= day <= _end(row):
                key = (settlement, _begin(row))
                if key not in self._built:
                    self._built[key] = build.policy(self, settlement, row)
                return self._built[key]
        raise PackValueMissing(key=f"policy.{settlement}", who=self.who)

    @cached_property
    def unknown_keys(self) -> tuple[str, ...]:
        """What the packs leave open: ``interface.<key>`` and ``<settlement>.<key>``, sorted."""
        open_keys = {f"interface.{key}" for key in _open(self.interface, build.INTERFACE_NEEDED)}
        for kind in self.settlements:
            gaps = _open(self.intervals[kind][-1], build.needed_for(kind))
            open_keys |= {f"{kind}.{key}" for key in gaps if not build.idle(kind, key)}
        return tuple(sorted(open_keys))

    @cached_property
    def raw(self) -> dict[str, object]:
        """The merged pack as plain nested tables, for the practice platform; dates are ISO text.

        ``{"code","name","status","division","interface":{...},"policy":[{"settlement",
        "valid_from","valid_to"|None, ...}]}``; unknown values are left out.
        """
        rows = [
            {"settlement": kind, **build.nest(row, without=UNKNOWN)}
            for kind in self.settlements
            for row in self.intervals[kind]
        ]
        return {
            "code": self.code,
            "name": self.name,
            "status": self.status,
            "division": self.division,
            "interface": build.nest(self.interface, without=UNKNOWN),
            "policy": rows,
        }


def load_region(
    code: str,
    *,
    practice: bool,
    folder: Path | None = None,
    overlay_folder: Path | None = None,
    confirmed: Confirmed | None = None,
) -> Region:
    """The area ``code`` with all it inherits; with ``practice`` its overlay fills the gaps.

    ``confirmed``: what named persons of a real shop's area said at ``setup``; it fills gaps and
    corrects drafts, and the area counts as confirmed then. A real shop (``practice=False``) never
    reads an overlay and never runs in an invented area.
    :raises PackError: unknown code or key, wrong type, overlapping dates; file, key and reason.
    """
    home = folder or resource("regions")
    chain = _read_chain(home, code)
    head = _head(chain)
    if head["status"] == "invented" and not practice:
        raise PackError(file=chain[-1].file, key="status", why="an invented area is for practice")
    overlay = _read_overlay(overlay_folder or resource("practice"), code) if practice else None
    interface, filled = _interface(chain, overlay)
    intervals: dict[str, tuple[Mapping[str, object], ...]] = {}
    for kind in SETTLEMENTS:
        rows, more = _resolve(kind, chain, overlay)
        if rows:
            intervals[kind] = rows
            filled |= more
    if confirmed is not None:
        interface, intervals = _confirm(interface, intervals, confirmed, code)
        head["status"] = "confirmed"
    intervals = {
        kind: tuple(part for row in rows for part in diseases.by_day(row))
        for kind, rows in intervals.items()
    }
    return Region(
        code=code,
        name=str(head["name"]),
        name_en=str(head["name_en"]),
        status=str(head["status"]),
        chain=tuple(str(pack.head["code"]) for pack in chain),
        who=str(head["who"]),
        division=str(head["division"]),
        interface=interface,
        intervals=intervals,
        practice_keys=frozenset(filled),
    )


def region_codes(folder: Path | None = None) -> tuple[str, ...]:
    """Codes of all packs that ship, sorted."""
    return tuple(sorted(path.stem for path in (folder or resource("regions")).glob("CN*.toml")))


def _read(path: Path) -> _Pack:
    try:
        if path.stat().st_size > _SIZE_LIMIT:
            raise PackError(file=path.name, key="", why="too large for a pack")
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PackError(file=path.name, key="", why="no such pack") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as cause:
        raise PackError(file=path.name, key="", why=f"not readable: {cause}") from None
    interface, rows = table.pop("interface", {}), table.pop("policy", [])
    if not isinstance(interface, dict) or not isinstance(rows, list):
        raise PackError(file=path.name, key="interface/policy", why="[interface], [[policy]]")
    check(table, HEAD, path.name, "")
    flat_interface = flatten(interface)
    check(flat_interface, INTERFACE, path.name, "interface.")
    flat_rows = tuple(_row(row, index, path.name) for index, row in enumerate(rows))
    _refuse_overlaps(flat_rows, path.name)
    return _Pack(path.name, table, flat_interface, flat_rows)


def _row(row: object, index: int, file: str) -> Mapping[str, object]:
    where = f"policy[{index}]."
    if not isinstance(row, dict):
        raise PackError(file=file, key=where, why="table expected")
    flat = flatten(row)
    check(flat, POLICY, file, where)
    for key in ("settlement", "valid_from"):
        if key not in flat:
            raise PackError(file=file, key=f"{where}{key}", why="missing")
    if _end(flat) < _begin(flat):
        raise PackError(file=file, key=f"{where}valid_to", why="before valid_from")
    return flat


def _refuse_overlaps(rows: Iterable[Mapping[str, object]], file: str) -> None:
    seen: dict[object, list[Mapping[str, object]]] = {}
    for index, row in enumerate(rows):
        for other in seen.setdefault(row["settlement"], []):
            if _begin(row) <= _end(other) and _begin(other) <= _end(row):
                why = f"dates overlap an earlier row of {row['settlement']}"
                raise PackError(file=file, key=f"policy[{index}].valid_from", why=why)
        seen[row["settlement"]].append(row)


def _begin(row: Mapping[str, object]) -> date:
    value = row.get("valid_from", _BEFORE)
    return value if isinstance(value, date) else _BEFORE


def _end(row: Mapping[str, object]) -> date:
    value = row.get("valid_to", _AFTER)
    return value if isinstance(value, date) else _AFTER


def _read_chain(folder: Path, code: str) -> list[_Pack]:
    if HEAD["code"](code):
        raise PackError(file=str(code)[:20], key="code", why="area code CN or CN-123456 expected")
    chain: list[_Pack] = []
    wanted: object = code
    while wanted:
        pack = _read(folder / f"{wanted}.toml")
        if pack.head.get("code") != wanted:
            raise PackError(file=pack.file, key="code", why="differs from the file's name")
        if "practice" in pack.head:
            raise PackError(file=pack.file, key="practice", why="an overlay, not a pack")
        if pack.file in (other.file for other in chain):
            raise PackError(file=pack.file, key="parent", why="inherits from itself")
        chain.append(pack)
        wanted = pack.head.get("parent")
    chain.reverse()
    return chain


def _head(chain: list[_Pack]) -> dict[str, object]:
    head: dict[str, object] = {"division": "000000", "name_en": ""}
    for pack in chain:
        head.update(pack.head)
    for key in ("name", "status", "who"):
        if key not in head:
            raise PackError(file=chain[-1].file, key=key, why="missing")
    return head


def _read_overlay(folder: Path, code: str) -> _Pack | None:
    path = folder / f"{code}.toml"
    if not path.exists():
        return None
    overlay = _read(path)
    if overlay.head.get("practice") is not True or overlay.head.get("code") != code:
        raise PackError(file=overlay.file, key="practice", why="practice = true and its code")
    return overlay


def _lay(
    base: dict[str, object], over: Mapping[str, object], above: list[_Pack], file: str
) -> None:
    """Put a lower level's values over the higher level's, as far as the higher one lets it."""
    prevailing = {key for pack in above for key in _names(pack.head.get("prevailing"))}
    overridable = {key for pack in above for key in _names(pack.head.get("overridable"))}
    limited = any("overridable" in pack.head for pack in above)
    for key, value in over.items():
        if key in _ROW_KEYS:
            continue
        known = base.get(key, UNKNOWN) != UNKNOWN
        if known and key in prevailing:
            continue
        if known and limited and key not in overridable and base[key] != value:
            raise PackError(file=file, key=key, why="the province does not leave it to the city")
        _put(base, key, value)


def _put(base: dict[str, object], key: str, value: object) -> None:
    """Set a value; a table that was unknown as a whole is known once one of its keys is."""
    if "." in key:
        base.pop(key.partition(".")[0], None)
    base[key] = value


def _confirm(
    interface: Mapping[str, object],
    intervals: Mapping[str, tuple[Mapping[str, object], ...]],
    confirmed: Confirmed,
    code: str,
) -> tuple[Mapping[str, object], dict[str, tuple[Mapping[str, object], ...]]]:
    """Lay confirmed values over what holds today; earlier days only have their gaps filled."""
    wire, rows = dict(interface), dict(intervals)
    for kind, table in confirmed.items():
        if kind not in ("interface", "any", *intervals):
            raise PackError(file=code, key=f"confirmed.{kind}", why="no such settlement here")
        flat = flatten(table)
        check(flat, INTERFACE if kind == "interface" else POLICY, code, f"confirmed.{kind}.")
        for each in intervals if kind == "any" else (kind,):
            if each == "interface":
                _over(wire, flat)
            else:
                *earlier, last = (dict(row) for row in rows[each])
                for row in earlier:
                    _over(row, _still_open(flat, row))
                _over(last, _still_open(flat, last) if kind == "any" else flat)
                rows[each] = (*earlier, last)
    return wire, rows


def _over(base: dict[str, object], values: Mapping[str, object]) -> None:
    for key, value in values.items():
        if key not in _ROW_KEYS and value != UNKNOWN:
            _put(base, key, value)


def _names(value: object) -> Iterable[str]:
    return value if isinstance(value, list) else ()


def _fill(base: dict[str, object], overlay: Mapping[str, object], file: str) -> set[str]:
    """Fill gaps with invented values; :raises PackError: where the pack already says it."""
    filled: set[str] = set()
    for key, value in overlay.items():
        if key in _ROW_KEYS:
            continue
        if base.get(key, UNKNOWN) != UNKNOWN:
            raise PackError(file=file, key=key, why="the pack says it; an overlay fills gaps only")
        _put(base, key, value)
        filled.add(key)
    return filled


def _interface(chain: list[_Pack], overlay: _Pack | None) -> tuple[Mapping[str, object], set[str]]:
    merged: dict[str, object] = {}
    for index, pack in enumerate(chain):
        _lay(merged, pack.interface, chain[:index], pack.file)
    filled: set[str] = set()
    if overlay is not None:
        filled = {f"interface.{key}" for key in _fill(merged, overlay.interface, overlay.file)}
    return {key: value for key, value in merged.items() if not _no_act(key, value)}, filled


def _no_act(key: str, value: object) -> bool:
    """A prescription act that a lower level's release does not have although a higher one's has."""
    return key.startswith("eprescription_numbers.") and value == "none"


def _resolve(
    kind: str, chain: list[_Pack], overlay: _Pack | None
) -> tuple[tuple[Mapping[str, object], ...], set[str]]:
    """The rows of a settlement type, cut at every date on which any level changes."""
    packs = [*chain, *([overlay] if overlay else [])]
    # A self-paid sale is under the general rules of the trade and needs no row of its own.
    wanted = "any" if kind == "self_paid" else kind
    said = [row for pack in chain for row in pack.rows if row["settlement"] == wanted]
    own = said or [row for pack in packs for row in pack.rows if row["settlement"] == kind]
    if not own:
        return (), set()
    every = [row for pack in packs for row in pack.rows if row["settlement"] in (kind, "any")]
    cuts = sorted(
        {_begin(row) for row in every}
        | {_end(row) + timedelta(days=1) for row in every if _end(row) < _AFTER}
    )
    filled: set[str] = set()
    resolved: list[Mapping[str, object]] = []
    for index, start in enumerate(cuts):
        if not any(_begin(row) <= start <= _end(row) for row in own):
            continue
        end = cuts[index + 1] - timedelta(days=1) if index + 1 < len(cuts) else None
        row, more = _merge_day(kind, start, chain, overlay)
        resolved.append({**row, "valid_from": start, **({"valid_to": end} if end else {})})
        filled |= {f"{kind}.{key}" for key in more}
    return tuple(resolved), filled


def _merge_day(
    kind: str, day: date, chain: list[_Pack], overlay: _Pack | None
) -> tuple[dict[str, object], set[str]]:
    merged: dict[str, object] = {}
    for index, pack in enumerate(chain):
        for settlement in ("any", kind):
            for row in pack.rows:
                if row["settlement"] == settlement and _begin(row) <= day <= _end(row):
                    _lay(merged, row, chain[:index], pack.file)
    filled: set[str] = set()
    for settlement in (kind, "any"):
        for row in overlay.rows if overlay else ():
            if row["settlement"] == settlement and _begin(row) <= day <= _end(row):
                gaps = row if settlement == kind else _still_open(row, merged)
                filled |= _fill(merged, gaps, overlay.file if overlay else "")
    return merged, filled


def _still_open(row: Mapping[str, object], merged: Mapping[str, object]) -> Mapping[str, object]:
    """Of an overlay row for any type only what this type still lacks."""
    return {key: value for key, value in row.items() if merged.get(key, UNKNOWN) == UNKNOWN}


def _open(table: Mapping[str, object], wanted: Iterable[str]) -> set[str]:
    """Keys written ``unknown`` and wanted keys that are not there at all."""
    said = {key for key, value in table.items() if value == UNKNOWN}
    missing = {
        key
        for key in wanted
        if key not in table and not any(other.startswith(f"{key}.") for other in table)
    }
    return said | missing
