"""A password as people may see it: how many digits, never which."""

from __future__ import annotations

from app.domain.patient_password import DIGITS


def dots(count: int) -> str:
    """A full dot for each digit, an empty one for each that is still to come."""
    return " ".join("●" * count + "○" * (DIGITS - count))
