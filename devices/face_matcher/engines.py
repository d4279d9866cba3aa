"""Which engines there are, and making one; each is loaded when it is wanted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.errors import BadValue
from app.resources import resource

if TYPE_CHECKING:
    from app.ports_face import FaceEngine

SHIPPED: Final = "blaze-mobilefacenet"
"""Folder of the pack that ships, under ``resources/face``."""
ENGINES: Final = ("onnx", "dlib")
"""By name; a path names the folder of another pack."""


def make_engine(name: str = "") -> FaceEngine:
    """``onnx`` (also for nothing), ``dlib``, or the folder of a pack with a manifest.

    :raises BadValue: no such engine; :raises BadFile: the pack is damaged;
    :raises NotOffered: its library or models are not installed here.
    """
    if name == "dlib":
        from devices.face_matcher.dlib_engine import DlibEngine, models_folder

        return DlibEngine(models_folder())
    if name in ("", "onnx"):
        return _of_pack(resource("face", SHIPPED))
    if not Path(name).is_dir():
        raise BadValue(what="face engine", why=f"{name} ({', '.join(ENGINES)})")
    return _of_pack(Path(name))


def _of_pack(folder: Path) -> FaceEngine:
    from devices.face_matcher.pack import read_pack

    pack = read_pack(folder)
    if pack.kind == "yunet_sface":
        from devices.face_matcher.opencv_engine import OpenCvEngine

        return OpenCvEngine(pack)
    from devices.face_matcher.onnx_engine import OnnxEngine

    return OnnxEngine(pack)
