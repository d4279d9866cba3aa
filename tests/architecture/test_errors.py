"""Every error on the errors page is raised by somebody, or stands here with a reason."""

from __future__ import annotations

import ast

from app import errors
from tests.architecture.sources import ROOMS, nodes
from tests.architecture.test_words import ERRORS

BASES = {"YaotaiError", "StoreError", "DeviceError", "PlatformError", "NotAllowed"}
"""Caught by callers; raising the bare one is allowed but not owed."""

COMING: dict[str, str] = {
    "NotConnected": "device drivers",
    "DeviceBusy": "device drivers",
    "Cancelled": "device drivers",
    "BadFrame": "device drivers",
    "NotOffered": "device drivers",
}
"""Error -> the work that will raise it. A name leaves the list when its work arrives."""


def _named_in_calls() -> set[str]:
    """Names of classes that are called, or passed on to be raised elsewhere, outside their page."""
    page = errors.__file__
    used: set[str] = set()
    for path, node in nodes(*ROOMS):
        if str(path) == page:
            continue
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            used.add(node.func.id)
        elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name):
            used.add(node.exc.id)
    return used


def test_every_error_is_raised_somewhere() -> None:
    silent = {one.__name__ for one in ERRORS} - BASES - _named_in_calls()
    assert sorted(silent - set(COMING)) == []


def test_nothing_stays_on_the_waiting_list_after_it_came() -> None:
    assert sorted(set(COMING) & _named_in_calls()) == []


def test_the_page_draws_the_whole_tree() -> None:
    drawn = errors.__doc__ or ""
    assert [one.__name__ for one in ERRORS if one.__name__ not in drawn] == []
