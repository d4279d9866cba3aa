"""A pack of models in a folder: a manifest, files of known digests, thresholds as measured."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.domain.face import Thresholds
from app.errors import BadFile

MANIFEST: Final = "manifest.toml"
_LARGEST_MANIFEST: Final = 20_000
_LARGEST_MODEL: Final = 200_000_000


@dataclass(frozen=True, slots=True)
class Pack:
    """What the manifest says; every file's digest was checked when it was read."""

    name: str
    version: str
    kind: str
    """Which code runs it: ``blaze_mesh_mobilefacenet``, ``yunet_sface``."""
    files: Mapping[str, Path]
    """Role -> file."""
    thresholds: Thresholds
    template_length: int
    licence: str

    @property
    def model_id(self) -> str:
        """What templates carry."""
        return f"{self.name}@{self.version}"


def read_pack(folder: Path) -> Pack:
    """The pack in a folder; :raises BadFile: no manifest, a wrong value, an altered file."""
    try:
        if (folder / MANIFEST).stat().st_size > _LARGEST_MANIFEST:
            raise ValueError("too large")
        told = tomllib.loads((folder / MANIFEST).read_text("utf-8"))
        files = {str(role): _checked(folder, one) for role, one in told["files"].items()}
        thresholds = Thresholds(float(told["accept"]), float(told["retake"]))
        if not 0 < thresholds.accept <= thresholds.retake:
            raise ValueError("accept, retake")
        return Pack(
            name=str(told["name"]),
            version=str(told["version"]),
            kind=str(told["kind"]),
            files=files,
            thresholds=thresholds,
            template_length=int(told["template_length"]),
            licence=str(told["licence"]),
        )
    except KeyError as error:
        raise BadFile(file=MANIFEST, why=str(error)) from None
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise BadFile(file=MANIFEST, why=str(error)) from None


def _checked(folder: Path, entry: Mapping[str, object]) -> Path:
    name = str(entry["file"])
    if Path(name).name != name:
        raise ValueError(f"{name}: a file of this folder is wanted")
    path = folder / name
    if path.stat().st_size > _LARGEST_MODEL:
        raise ValueError(f"{name}: too large")
    if hashlib.sha256(path.read_bytes()).hexdigest() != entry["sha256"]:
        raise ValueError(f"{name}: its digest is not the manifest's")
    return path
