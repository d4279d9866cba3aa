"""What a command says, in the tongue of ``YAOTAI_LANG``, and what somebody types for it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from ui.words import LANGUAGES, say, say_error

if TYPE_CHECKING:
    from app.errors import YaotaiError


def lang() -> str:
    """Of this command; the product's own where nobody chose."""
    return os.environ.get("YAOTAI_LANG", LANGUAGES[0])


def said(message_id: str, /, **params: object) -> str:
    """The words of a message id."""
    return say(message_id, lang(), **params)


def said_error(error: YaotaiError) -> str:
    """The words of an error."""
    return say_error(error, lang())


def typed(message_id: str, longest: int) -> str:
    """Unseen where somebody sits there, else the next line of stdin, of so many signs."""
    if sys.stdin.isatty():
        import getpass

        return getpass.getpass(said(message_id) + " ").strip()
    return sys.stdin.readline(longest).strip()
