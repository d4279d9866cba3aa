"""Words that name somebody's illness, sealed within a column of text.

Such a column held them in the open once: what carries no mark is a row of before, read as it
stands; the next change of keys seals it (:mod:`app.storage.reseal`). Empty stays empty, so that
most rows, which tell of no illness, cost nothing.
"""

from __future__ import annotations

import base64
from typing import Final

from app.storage.session import Session

PURPOSE: Final = "person"
MARK: Final = "~"
"""No code and no name of a disease begins so."""
RESEALING: Final = "reseal"
"""The setting that says that a change of keys is under way (:mod:`app.storage.reseal`)."""


def hidden(session: Session, plain: str, place: str) -> str:
    """As the column keeps it; ``place`` names table, row and column."""
    if not plain:
        return ""
    return MARK + base64.b64encode(session.secrets.seal(PURPOSE, plain.encode(), place)).decode()


def shown(session: Session, kept: str, place: str) -> str:
    """The words; :raises SecretError: altered, or of another row."""
    if not kept.startswith(MARK):
        return kept
    return session.unseal(PURPOSE, base64.b64decode(kept[len(MARK) :]), place).decode()


def hidden_pair(session: Session, code: str, name: str, place: str) -> str:
    """What the column of the name keeps of both; the column of the code stays empty."""
    return hidden(session, f"{code}\n{name}" if code or name else "", place)


def shown_pair(session: Session, code: str, name: str, place: str) -> tuple[str, str]:
    """Code and name of what :func:`hidden_pair` made, or of a row of before."""
    if not name.startswith(MARK):
        return code, name
    code, _, name = shown(session, name, place).partition("\n")
    return code, name
