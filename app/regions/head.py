"""The head of a region pack: what the bar of the window shows before the pack itself is loaded."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, NamedTuple

from app.errors import PackError
from app.resources import resource

if TYPE_CHECKING:
    from pathlib import Path

_CODE = re.compile(r"CN(-\d{6})?")
_TABLES = re.compile(r"^\[", re.MULTILINE)


class RegionHead(NamedTuple):
    """What a pack, or the one it inherits from, says of itself."""

    division: str
    """就医地医保区划, 6 digits."""
    status: str
    """draft, confirmed, invented ..."""


def region_head(code: str, *, folder: Path | None = None) -> RegionHead:
    """The head of the area ``code``; its rules are neither read nor checked here.

    :func:`app.regions.loader.load_region` says the same of both, and judges the whole pack.
    :raises PackError: no such pack, not readable, or without a status.
    """
    home, heads, wanted = folder or resource("regions"), dict[str, dict[str, object]](), code
    while wanted and wanted not in heads:
        heads[wanted] = _head(home, wanted)
        wanted = str(heads[wanted].get("parent") or "")
    said: dict[str, object] = {"division": "000000"}
    for head in reversed(heads.values()):
        said.update(head)
    if "status" not in said:
        raise PackError(file=f"{code}.toml", key="status", why="missing")
    return RegionHead(str(said["division"]), str(said["status"]))


def _head(folder: Path, code: str) -> dict[str, object]:
    if not _CODE.fullmatch(code):
        raise PackError(file=code[:20], key="code", why="area code CN or CN-123456 expected")
    name = f"{code}.toml"
    try:
        text = (folder / name).read_text(encoding="utf-8")
        # The head stands before the first table.
        return tomllib.loads(_TABLES.split(text, maxsplit=1)[0])
    except FileNotFoundError:
        raise PackError(file=name, key="", why="no such pack") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as cause:
        raise PackError(file=name, key="", why=f"not readable: {cause}") from None
