"""The words for people: a message id and parameters in, a sentence of the chosen language out."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING

from app.resources import resource

if TYPE_CHECKING:
    from app.errors import YaotaiError

LANGUAGES = ("zh_CN", "en")
"""What ships; the first is the default whatever the locale says."""

_SECTION = re.compile(r"^\[([a-z_.]+)\]$", re.MULTILINE)
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_ABSENT = "—"


def say(message_id: str, /, lang: str = LANGUAGES[0], **params: object) -> str:
    """The text of ``message_id`` in ``lang`` with its ``{placeholders}`` filled.

    A message must never fail while it tells of a failure: an id without words is said as it
    stands, a parameter that nobody gave is a dash. Tests keep both from happening.
    """
    text = texts(lang).get(message_id, message_id)
    return _PLACEHOLDER.sub(lambda found: _shown(params.get(found[1], _ABSENT), lang), text)


def in_words(text: str, lang: str = LANGUAGES[0]) -> str:
    """``Answer.text`` for people: the platform's own words, or those of an ``answer.*`` id.

    The client tells why nothing believable came back by an id with an optional detail.
    """
    message_id, _, detail = text.partition(" ")
    if not message_id.startswith("answer.") or message_id not in texts(lang):
        return text
    if message_id == "answer.not_sent":
        detail = say(f"answer.line_{detail}", lang)
    return say(message_id, lang, detail=detail)


_WORDS_OF_OURS = re.compile(r"(?:device_[a-z]+|import|backup|payment|pin|people)\.[a-z0-9_]+")
_RIGHT = re.compile(r"[a-z]+(?:_[a-z]+)?")


def _shown(value: object, lang: str) -> str:
    """A parameter for people; devices, and files that cannot be read, give reasons by ids."""
    if not isinstance(value, str):
        return str(value)
    if _WORDS_OF_OURS.fullmatch(value):
        return texts(lang).get(value, value)
    if _RIGHT.fullmatch(value):
        return texts(lang).get(f"right.{value}", value)
    return in_words(value, lang)


def say_error(error: YaotaiError, lang: str = LANGUAGES[0]) -> str:
    """The words of an error of ours; its parameters hold no personal data by contract."""
    text = texts(lang).get(error.message_id, error.message_id)
    shown = error.params
    return _PLACEHOLDER.sub(lambda found: _shown(shown.get(found[1], _ABSENT), lang), text)


def knows(message_id: str) -> bool:
    """Whether the default language has words for the id."""
    return message_id in texts(LANGUAGES[0])


def placeholders(text: str) -> frozenset[str]:
    """The names of the parameters that a text asks for."""
    return frozenset(_PLACEHOLDER.findall(text))


class Texts(Mapping[str, str]):
    """The texts of one language by full id; a section is parsed when its first text is wanted.

    A start says the words of a few screens: parsing all of the file would delay its scan field.
    A section is what stands between two lines ``[name]``; tests hold that against a whole parse.
    """

    def __init__(self, source: str) -> None:
        _, *parts = _SECTION.split(source)
        self._unread = dict(zip(parts[::2], parts[1::2], strict=True))
        self._read: dict[str, str] = {}

    def __getitem__(self, message_id: str) -> str:
        section = message_id
        while section and message_id not in self._read:
            section = section.rpartition(".")[0]
            self._parse(section)
        return self._read[message_id]

    def __iter__(self) -> Iterator[str]:
        for section in tuple(self._unread):
            self._parse(section)
        return iter(self._read)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _parse(self, section: str) -> None:
        body = self._unread.get(section)
        if body is None:
            return
        self._read.update(_flat(tomllib.loads(body), f"{section}."))
        # Last: another thread that still finds it parses it once more, and misses nothing.
        self._unread.pop(section, None)


def _flat(table: Mapping[str, object], prefix: str) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)


@cache
def texts(lang: str) -> Texts:
    """Every text of a language by its full id (``error.bad_value``); the file is read once.

    A language that does not ship answers the default one: a till without words helps nobody.
    """
    name = lang if lang in LANGUAGES else LANGUAGES[0]
    return Texts(resource("words", f"{name}.toml").read_text(encoding="utf-8"))


def size_words(size: int) -> str:
    """Bytes for people: 0.3 KB, 86.2 MB."""
    amount, unit = size / 1024, "KB"
    for unit in ("KB", "MB", "GB", "TB"):
        if amount < 1024 or unit == "TB":
            break
        amount /= 1024
    return f"{amount:,.1f} {unit}"
