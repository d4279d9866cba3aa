"""``yaotai doctor``: one page on the health of everything that belongs to this till.

It repairs nothing and makes nothing; it works beside an open till and on a broken home, where each
row may fail alone. With ``--full`` that somebody opened the evidence is written down.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Final

from app.errors import KeyStoreNotAsked, YaotaiError
from ui.command_words import said, said_error
from ui.doctor import books, machine, work
from ui.doctor.part import BAD, LOOK, OK, Part, Parts, Patient
from ui.homes import Home

_NAMED: Final = 20
"""Pieces that are told one by one; ``--json`` holds all."""

CHECKS: Final[Mapping[str, Callable[[Patient], Parts]]] = {
    "home": machine.home,
    "keys": machine.keys,
    "store": books.store,
    "older_keys": books.older_keys,
    "log": books.log,
    "backup": books.backup,
    "settlements": work.settlements,
    "line": work.line,
    "outbox": work.outbox,
    "spool": work.spool,
    "days": work.days,
    "evidence": books.evidence,
    "keeping": books.keeping,
    "records": books.records,
    "packs": work.packs,
    "licences": work.licences,
    "clock": machine.clock,
    "devices": machine.devices,
    "crashes": machine.crashes,
    "versions": machine.versions,
}


def run(home: Home, practice: bool, json_wanted: bool, full: bool = False) -> int:
    """Look at everything that is real now and print a row each.

    :return: 0; 1 where a row is bad, also where something could not be looked at.
    """
    parts = list(_looked(home, practice, full))
    if json_wanted:
        told = [
            {"part": one.name, "state": one.state, "text": _text(one), "items": list(one.items)}
            for one in parts
        ]
        print(json.dumps({"parts": told}, ensure_ascii=False))
    else:
        for one in parts:
            _print(one)
        print(_summary(parts))
    return int(any(one.state == BAD for one in parts))


def _print(one: Part) -> None:
    print(f"{said(f'doctor.mark_{one.state}')} {_text(one)}")
    for item in one.items[:_NAMED]:
        print(f"    {item['what']}  {item['file']}")
    if len(one.items) > _NAMED:
        print(f"    {said('doctor.more', count=len(one.items) - _NAMED)}")


def _text(one: Part) -> str:
    return said(one.message_id, **one.params)


def _summary(parts: list[Part]) -> str:
    counts = {state: sum(one.state == state for one in parts) for state in (OK, LOOK, BAD)}
    return said("doctor.summary", **counts)


def _looked(home: Home, practice: bool, full: bool) -> Iterator[Part]:
    with ExitStack() as closing:
        try:
            folder = home.practice if practice else home.store
            patient = Patient(folder, practice=practice, full=full, closing=closing)
            if not patient.is_shop and not _remains(folder):
                yield Part("home", OK, "doctor.no_shop")
                return
        except YaotaiError as error:
            yield _broken("home", error)
            return
        causes: set[str] = set()
        for name, check in CHECKS.items():
            yield from _one(name, check, patient, causes)


def _remains(folder: Path) -> bool:
    """Whether something lies there though nothing says of which shop."""
    return folder.is_dir() and any(folder.iterdir())


def _one(
    name: str, check: Callable[[Patient], Parts], patient: Patient, causes: set[str]
) -> Iterator[Part]:
    try:
        yield from check(patient)
    except YaotaiError as error:
        part = _broken(name, error)
        why = f"{part.params['why']}"
        # One broken thing keeps many rows from being looked at: it is told in full once.
        again = why in causes
        yield replace(part, message_id="doctor.broken_too") if again else part
        causes.add(why)
    except Exception as error:
        # A broken home breaks in ways that nobody foresaw; its text may hold anything.
        params = {"what": said(f"doctor.part_{name}"), "kind": type(error).__name__}
        yield Part(name, BAD, "doctor.unforeseen", params)


def _broken(name: str, error: YaotaiError) -> Part:
    why = said_error(error).replace("\n", " ")
    params = {"what": said(f"doctor.part_{name}"), "why": why}
    state = LOOK if isinstance(error, KeyStoreNotAsked) else BAD
    return Part(name, state, "doctor.broken", params)
