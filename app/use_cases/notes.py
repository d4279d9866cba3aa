"""The sentence that a use case hands up; alone here because every start of the window needs it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence to be said: message id, its parameters, and how grave it is."""

    message_id: str
    params: dict[str, object] = field(default_factory=dict)
    severity: str = "told"
    """told, good, warn or block."""
    code: str = ""
    """Block code of policy 4.1 where it is one."""
    rule_ids: tuple[str, ...] = ()
