"""Whom practice stands before the camera: the invented insured persons, each with a head."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from app.errors import NotFound
from app.resources import resource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.domain.face import Pixels
    from devices.camera.visitor import Visit

_FEMALE: Final = "2"
_OLD_BEFORE: Final = date(1966, 1, 1)
_MAN, _WOMAN, _OLD_MAN = 0, 1, 2
"""The heads of ``devices/camera/head_shape.py``."""

_ADDRESS: Final = "练习省练习市练习区测试路1号"
_AUTHORITY: Final = "练习市公安局练习分局"

CHOICES: Final = (*("self", "near", "other", "photo", "two", "away", "nobody", "black", "stopped"),)
"""What can be chosen of a patient; ``ui/screens/practice/camera.py`` names them on the screen.

``near``: the patient, whose picture resembles them too little; ``other``: somebody else in their
place; ``photo``: a photo of them, held up; ``stopped``: the camera gives no pictures any more.
"""


def visit_of(person: str, choice: str) -> Visit:
    """What the practice camera then sees.

    ``person``: key, insurance or identity number of one of ``resources/practice/persons.toml``;
    somebody unknown is the first of them.

    :raises NotFound: no such choice.
    """
    from devices.camera.visitor import NEAR_DISTANCE, Manner, Visit

    if choice not in CHOICES:
        raise NotFound(what=choice)
    who = _number(person)
    if choice == "stopped":
        return Visit(who, _looks(who), Manner.STILL, stopped=True)
    if choice == "near":
        return Visit(who, _looks(who), distance=NEAR_DISTANCE)
    if choice == "other":
        other = (who + 1) % len(_persons())
        return Visit(other, (_looks(who) + 1) % 3)
    manner = Manner.LIVE if choice == "self" else Manner(choice)
    return Visit(who, _looks(who), manner)


def has_card_picture(id_number: str) -> bool:
    """Whether a practice person has that number."""
    return any(one["id_number"] == id_number.upper() for one in _persons())


def card_picture(id_number: str) -> Pixels:
    """The picture on a practice identity card; drawing it takes a moment.

    :raises NotFound: nobody of practice has that number.
    """
    if not has_card_picture(id_number):
        raise NotFound(what="card picture")
    from app.domain.face import Pixels
    from devices.camera.visitor_pictures import plain_picture

    who = _number(id_number)
    frame = plain_picture(who, _looks(who))
    return Pixels(frame.shape[1], frame.shape[0], frame[:, :, ::-1].tobytes())


def identity_card(key: str) -> Mapping[str, str]:
    """What the chip of a practice person's card says, as the practice reader takes it.

    :raises NotFound: nobody has that key.
    """
    for person in _persons():
        if person["key"] == key:
            return {
                "name": person["name"],
                "sex": person["sex"],
                "ethnicity": "01",
                "birth": person["birth_date"].replace("-", ""),
                "address": _ADDRESS,
                "number": person["id_number"],
                "authority": _AUTHORITY,
                "from": "20180601",
                "until": "长期",
            }
    raise NotFound(what="practice person")


def _number(person: str) -> int:
    for number, one in enumerate(_persons()):
        if person in (one["key"], one["psn_no"], one["id_number"]):
            return number
    return 0


def _looks(who: int) -> int:
    person = _persons()[who]
    if person["sex"] == _FEMALE:
        return _WOMAN
    return _OLD_MAN if date.fromisoformat(person["birth_date"]) < _OLD_BEFORE else _MAN


@cache
def _persons() -> tuple[dict[str, Any], ...]:
    text = resource("practice", "persons.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["person"])
