"""The witnesses besides the screen: the till's database by SQL, the platform's books by HTTP."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import quote, urlsplit

from ui.stories.script import Json

UNREACHABLE = "unreachable"
Witness = Callable[[str], str]
"""A question in, the answer as text out."""

_SECONDS = 5.0


def ask_till(store: Path, sql: str) -> str:
    """One query on the till's SQLite file, read only: columns by ``|``, rows by ``;``.

    A file that is not there yet or a query that fails is told as text: no check expects that.
    """
    try:
        books = sqlite3.connect(f"file:{quote(str(store))}?mode=ro", uri=True, timeout=_SECONDS)
    except sqlite3.Error as error:
        return f"({error})"
    try:
        rows = books.execute(sql).fetchall()
    except sqlite3.Error as error:
        return f"({error})"
    finally:
        books.close()
    return ";".join("|".join("" if cell is None else str(cell) for cell in row) for row in rows)


def ask_platform(url: str, question: str) -> str:
    """``/practice/books?psn_no=X settlements/-1/state,visits/#``: a page, then places in its JSON.

    A number is a place in a list (-1 the last), ``#`` how many there are; several places are
    answered side by side with ``|``. A platform that does not answer is ``unreachable``.
    """
    page, _, places = question.partition(" ")
    try:
        told = call(url, "GET", page)
    except (OSError, HTTPException, ValueError):
        return UNREACHABLE
    return "|".join(_at(told, place) for place in places.split(","))


def call(url: str, method: str, page: str, body: object = None) -> Json:
    """One request to the practice-only door; :raises OSError, HTTPException, ValueError:."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=_SECONDS)
    try:
        text = None if body is None else json.dumps(body).encode()
        connection.request(method, page, text)
        answer = connection.getresponse()
        told = json.loads(answer.read())
    finally:
        connection.close()
    if answer.status != 200:
        raise ValueError(f"{page}: {answer.status} {told}")
    return told


def _at(told: Json, place: str) -> str:
    for step in place.split("/"):
        if step == "#":
            told = len(told)
        elif isinstance(told, list):
            wanted = int(step)
            if not -len(told) <= wanted < len(told):
                return "(none)"
            told = told[wanted]
        elif isinstance(told, dict) and step in told:
            told = told[step]
        else:
            return "(none)"
    return str(told)
