"""Fixtures that every folder of tests may ask for."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Generator

import pytest

# Windows of tests are drawn in memory: a machine without a display runs them too.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# No test asks the key store of the machine that it runs on.
os.environ["YAOTAI_KEYS"] = "file"

from tests.fixtures_books import books, engine, sqlite_place, till
from tests.fixtures_postgres import (
    postgres_books,
    postgres_cluster,
    postgres_template,
    postgres_url,
    postgres_with_password,
)

_LONGEST = ("test_rx_crash_walk.py", "test_crash_walk.py", "test_proxy_crash_walk.py")
"""Files whose single tests last longest: begun first, so that no worker ends alone with one."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The same order for every worker."""
    items.sort(key=lambda item: item.path.name not in _LONGEST)


def pytest_collectstart() -> None:
    """Thousands of tests are read without looking for garbage, a fifth of the reading's cost."""
    gc.disable()


def pytest_collection_finish() -> None:
    """What was read stays to the end: the collector need not go through it after each test."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown() -> Generator[None]:
    """Windows that a test gave up are gone before the next one begins.

    Without an event loop around the tests Qt deletes nothing of itself: every later change of the
    style sheet would dress all of them once more.
    """
    try:
        return (yield)
    finally:
        core = sys.modules.get("PySide6.QtCore")
        if core is not None and core.QCoreApplication.instance() is not None:
            core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete.value)


__all__ = [
    "books",
    "engine",
    "postgres_books",
    "postgres_cluster",
    "postgres_template",
    "postgres_url",
    "postgres_with_password",
    "sqlite_place",
    "till",
]
