"""A template of a face as it is kept: bound to person, purpose and model; never a picture."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from datetime import datetime
from sys import byteorder
from typing import Final

from app.domain.consent import ConsentPurpose
from app.domain.face import Template
from app.errors import BadValue

KEPT: Final = 3
"""Of one person, all of one enrolment (face.md 6)."""
_LONGEST: Final = 4096
WARN_OF_100: Final = 80
"""Of the number of persons from which a store has to file: when it is told."""


@dataclass(frozen=True, slots=True)
class KeptTemplate:
    """One template with everything that says why it is here."""

    id: str
    person_id: str
    purpose: ConsentPurpose
    at: datetime
    by: str
    """Random id of the member of staff at the counter."""
    second_id: str
    """Random id of the one who compared person and document too."""
    consent_id: str
    template: Template = field(repr=False)

    @property
    def model_id(self) -> str:
        """Whose numbers they are: no other model can compare them."""
        return self.template.model_id


@dataclass(frozen=True, slots=True)
class FacesKept:
    """How many persons have a template here, against the number from which a store has to file."""

    persons: int
    filing: int | None = None
    """None: the pack does not say."""

    @property
    def is_near(self) -> bool:
        """Whether somebody has to be told."""
        return self.filing is not None and 100 * self.persons >= WARN_OF_100 * self.filing


def packed(template: Template) -> bytes:
    """The numbers as bytes: four each, the lowest byte first."""
    values = array("f", template.values)
    if byteorder == "big":
        values.byteswap()
    return values.tobytes()


def unpacked(model_id: str, raw: bytes) -> Template:
    """The template of :func:`packed` bytes; :raises BadValue: they are none."""
    values = array("f")
    if not raw or len(raw) % values.itemsize or len(raw) > _LONGEST * values.itemsize:
        raise BadValue(what="face template", why="length")
    values.frombytes(raw)
    if byteorder == "big":
        values.byteswap()
    return Template(model_id, tuple(values))
