"""How kinds of evidence and of records are called."""

from __future__ import annotations

from app.domain.record_kinds import RecordKind


def kind_words(name: str) -> str:
    """The message id of a kind; what is only evidence has its name with the vault."""
    return f"record_kind.{name}" if name in set(RecordKind) else f"vault_kind.{name}"
