"""Fixtures that every folder of tests may ask for."""

from __future__ import annotations

import os

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
