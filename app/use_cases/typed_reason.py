"""A reason in somebody's own words: bounded, and never in the act log, which forgets nothing."""

from __future__ import annotations

from app.errors import BadValue

REASON_LENGTH = 200
"""Characters."""


def typed_reason(text: str) -> str:
    """One line of what was typed; it is kept beside what it explains.

    People put names into reasons, and an entry of the log can be neither changed nor erased.
    :raises BadValue: ``reason``: no words, or more than :data:`REASON_LENGTH` characters.
    """
    said = " ".join(text.split())
    if not said:
        raise BadValue(what="reason", why="-")
    if len(said) > REASON_LENGTH:
        raise BadValue(what="reason", why=f"at most {REASON_LENGTH} characters")
    return said
