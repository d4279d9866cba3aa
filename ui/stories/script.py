"""A story as data: what is done, what must be true afterwards, read and checked before it plays."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from app.errors import BadFile, NotFound
from app.resources import resource

Json = Any
"""Whatever TOML or JSON holds."""

ACTS = (
    *("type", "press", "scan", "scan_rx", "click", "sign", "wait", "window"),
    *("fault", "person", "platform", "pass_minutes", "pass_quarter"),
    *("prescribe", "revoke", "expire", "kill_tokens", "portal", "copy"),
    *("lay", "insert", "lift", "unplug", "plug", "paper", "read_code", "show", "stand", "recorder"),
    "fill_sheet",
)
"""What a step may do; from the second line on it is the world's doing, not the shop's.

The last line is done at the practice devices (``ui/stories/counter_devices.py``).
``pass_quarter`` lets time pass until so many minutes into the shop's next quarter.
``scan_rx`` scans the code of the newest prescription of a person (psn_no).
``portal`` is somebody in the bureau's own portal, ``copy`` takes over what it shows of the newest
settlement: ids by the scanner, the rest by hand (``ui/stories/portal.py``).
``fill_sheet`` is somebody at the shelf with the exported sheet (``ui/stories/carried_sheet.py``).
``sign`` writes a name with the pointer on the paper of that name.
``window`` turns to the open window of that title: from there on it gets keys and clicks and is
what is read, until another one is turned to or it is closed.
"""

_PLACE = re.compile(r"\{([a-z_]+)\.([a-z_]+)\}")
_STEP_KEYS = frozenset(
    (
        "does",
        "does_en",
        "expects",
        "expects_en",
        "acts",
        "screen",
        "till",
        "platform",
        "cut",
        "restore",
    )
)
_STORY_KEYS = frozenset(("title", "title_en", "rules", "region", "setup", "step"))


@dataclass(frozen=True, slots=True)
class Act:
    """One act of a step: its kind and what it acts with."""

    kind: str
    value: Json


@dataclass(frozen=True, slots=True)
class Check:
    """A question to one of the witnesses and the answer it must give, both as text."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step: words for people, acts, and what screen, till and platform must then say.

    ``cut``: once screen and platform agree the till loses its power (kill -9); its books are
    read after that, and the next step happens at a till that was started again. ``restore``: the
    machine is lost at the cut, and the newest backup is put back before the next step.
    """

    does: Mapping[str, str]
    expects: Mapping[str, str]
    acts: tuple[Act, ...]
    screen: tuple[str, ...]
    till: tuple[Check, ...]
    platform: tuple[Check, ...]
    cut: bool = False
    restore: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """A named scene. ``setup`` names a setup file where it plays in a shop made by ``setup``."""

    name: str
    title: Mapping[str, str]
    rules: tuple[str, ...]
    region: str
    setup: str
    steps: tuple[Step, ...]


def story_names(folder: Path | None = None) -> tuple[str, ...]:
    """Names of the stories that ship, sorted."""
    return tuple(sorted(path.stem for path in (folder or resource("stories")).glob("*.toml")))


def read_story(name: str, folder: Path | None = None) -> Story:
    """The story of that name, with persons put in for ``{key.field}``.

    ``{practice.picture}`` is the file with the picture of a practice prescription, ``{file.x}``
    the file x.csv or x.xlsx of ``resources/stories/files``.

    :raises NotFound: no such story; :raises BadFile: file, step and reason.
    """
    home = folder or resource("stories")
    if name not in story_names(home):
        raise NotFound(what=name)
    path = home / f"{name}.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadFile(file=path.name, why=str(error)) from None
    _refuse_unknown(table, _STORY_KEYS, path.name, "")
    steps = table.get("step")
    if not isinstance(steps, list) or not steps:
        raise BadFile(file=path.name, why="[[step]] is missing")
    return Story(
        name=name,
        title=_two(table, "title", path.name),
        rules=tuple(str(rule) for rule in table.get("rules", [])),
        region=str(table.get("region", "CN-999900")),
        setup=str(table.get("setup", "")),
        steps=tuple(_step(one, f"step {no}", path.name) for no, one in enumerate(steps, 1)),
    )


def _step(table: Mapping[str, Any], where: str, file: str) -> Step:
    _refuse_unknown(table, _STEP_KEYS, file, f"{where}: ")
    for witness in ("screen", "till", "platform"):
        if not table.get(witness):
            raise BadFile(file=file, why=f"{where}: nothing is asked of {witness}")
    if table.get("restore") and not table.get("cut"):
        raise BadFile(file=file, why=f"{where}: restore goes with cut")
    if all(str(text).startswith("!") for text in table["screen"]):
        # What is absent is absent already before the act has had its effect.
        raise BadFile(file=file, why=f"{where}: at least one text must be there")
    return Step(
        does=_two(table, "does", file),
        expects=_two(table, "expects", file),
        acts=tuple(_act(one, where, file) for one in table.get("acts", [])),
        screen=tuple(_put_in(text, file) for text in table["screen"]),
        till=tuple(_check(one, where, file) for one in table["till"]),
        platform=tuple(_check(one, where, file) for one in table["platform"]),
        cut=table.get("cut") is True,
        restore=table.get("restore") is True,
    )


def _act(table: Mapping[str, Any], where: str, file: str) -> Act:
    if len(table) != 1 or (kind := next(iter(table))) not in ACTS:
        raise BadFile(file=file, why=f"{where}: an act is one of {', '.join(ACTS)}")
    return Act(kind, _put_in(table[kind], file))


def _check(pair: object, where: str, file: str) -> Check:
    if not isinstance(pair, list) or len(pair) != 2:
        raise BadFile(file=file, why=f"{where}: a check is [question, answer]")
    return Check(_put_in(str(pair[0]), file), _put_in(str(pair[1]), file))


def _two(table: Mapping[str, Any], key: str, file: str) -> Mapping[str, str]:
    missing = [name for name in (key, f"{key}_en") if not isinstance(table.get(name), str)]
    if missing:
        raise BadFile(file=file, why=f"{missing[0]} is missing")
    return {"zh_CN": table[key], "en": table[f"{key}_en"]}


def _refuse_unknown(table: Mapping[str, Any], known: frozenset[str], file: str, where: str) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        raise BadFile(file=file, why=f"{where}unknown key {unknown[0]}")


def _put_in(value: Json, file: str) -> Json:
    """Texts at any depth with ``{person.field}`` replaced by what the persons' file says."""
    if isinstance(value, str):
        return _PLACE.sub(lambda found: _of_person(found[1], found[2], file), value)
    if isinstance(value, list):
        return [_put_in(one, file) for one in value]
    if isinstance(value, dict):
        return {name: _put_in(one, file) for name, one in value.items()}
    return value


def _of_person(key: str, field: str, file: str) -> str:
    if (key, field) == ("practice", "picture"):
        return str(resource("practice", "prescription.png"))
    if key == "file":
        return _of_file(field, file)
    person = _persons().get(key, {})
    if field not in person:
        raise BadFile(file=file, why=f"no person {key}.{field}")
    return str(person[field])


def _of_file(name: str, file: str) -> str:
    found = sorted(resource("stories", "files").glob(f"{name}.*"))
    if len(found) != 1:
        raise BadFile(file=file, why=f"no file {name}")
    return str(found[0])


@cache
def _persons() -> Mapping[str, Mapping[str, Any]]:
    text = resource("practice", "persons.toml").read_text(encoding="utf-8")
    return {one["key"]: one for one in tomllib.loads(text)["person"]}
