"""How far a proxy purchase is: both identities, why, the signed list, the picture, the sale."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from app.domain.machine import StateTable


class ProxyState(StrEnum):
    """How far a proxy purchase is."""

    OPEN = "open"
    IDENTIFIED = "identified"
    LISTED = "listed"
    """The list with its amounts is made and printed."""
    SIGNED = "signed"
    PICTURED = "pictured"
    USED = "used"
    """The sale was completed with it: evidence from now on."""
    VOID = "void"


class ProxyEvent(StrEnum):
    """What can happen to it."""

    SHOWN = "shown"
    NAMED = "named"
    LISTED = "listed"
    SIGNED = "signed"
    PICTURED = "pictured"
    USED = "used"
    VOIDED = "voided"


_S = ProxyState
_E = ProxyEvent

PROXY = StateTable(
    "proxy",
    {
        _S.OPEN: {_E.SHOWN: _S.IDENTIFIED, _E.VOIDED: _S.VOID},
        # USED: where the pack asks for neither signature nor picture. The rule decides, not this.
        _S.IDENTIFIED: {
            _E.SHOWN: _S.IDENTIFIED,
            _E.NAMED: _S.IDENTIFIED,
            _E.LISTED: _S.LISTED,
            _E.USED: _S.USED,
            _E.VOIDED: _S.VOID,
        },
        # Who and why stand on the list: whatever changes them takes it back.
        _S.LISTED: {
            _E.SHOWN: _S.IDENTIFIED,
            _E.NAMED: _S.IDENTIFIED,
            _E.LISTED: _S.LISTED,
            _E.SIGNED: _S.SIGNED,
            _E.PICTURED: _S.PICTURED,
            _E.USED: _S.USED,
            _E.VOIDED: _S.VOID,
        },
        # Amounts that changed make a new list, and that is signed and pictured anew.
        _S.SIGNED: {
            _E.SHOWN: _S.IDENTIFIED,
            _E.NAMED: _S.IDENTIFIED,
            _E.LISTED: _S.LISTED,
            _E.SIGNED: _S.SIGNED,
            _E.PICTURED: _S.PICTURED,
            _E.USED: _S.USED,
            _E.VOIDED: _S.VOID,
        },
        _S.PICTURED: {
            _E.SHOWN: _S.IDENTIFIED,
            _E.NAMED: _S.IDENTIFIED,
            _E.LISTED: _S.LISTED,
            _E.SIGNED: _S.SIGNED,
            _E.PICTURED: _S.PICTURED,
            _E.USED: _S.USED,
            _E.VOIDED: _S.VOID,
        },
        _S.USED: {},
        _S.VOID: {},
    },
)

LIVE: Final = frozenset(_S) - {_S.USED, _S.VOID}
"""It may still carry its sale."""
