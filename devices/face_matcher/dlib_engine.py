"""The second engine: dlib's detector, five points and network, as ``face-recognition`` uses them.

dlib is used directly. Importing ``face_recognition`` loads four models, one of which may not be
used commercially (the 68 points), and ends the process where ``pkg_resources`` is missing
(face.md 3 and 4). Its models are found without importing their package.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from app.domain.face import Face, Landmarks, Pixels, Template, Thresholds
from app.errors import NotOffered
from devices.face_matcher.arrays import array_of, euclidean

MODEL_ID: Final = "dlib-resnet@1"
THRESHOLDS: Final = Thresholds(accept=0.39, retake=0.45)
"""Measured for a FAR of 0.1 % among East Asian faces; the library's 0.6 accepts 44 % of strangers
(face.md 1)."""
_PACKAGE: Final = "face_recognition_models"
_POINTS: Final = "shape_predictor_5_face_landmarks.dat"
_NETWORK: Final = "dlib_face_recognition_resnet_model_v1.dat"
_ENLARGED: Final = 1
"""Doublings before looking: faces from 40 pixels are found."""


def models_folder() -> Path:
    """Where the models lie; :raises NotOffered: they are not installed here."""
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise NotOffered(device="device_kind.camera")
    return Path(next(iter(spec.submodule_search_locations))) / "models"


class DlibEngine:
    """:class:`app.ports_face.FaceEngine` by dlib; slower, and weak on East Asian faces."""

    def __init__(self, folder: Path) -> None:
        """Loads network and points: under a second. :raises NotOffered: dlib is not installed."""
        try:
            import dlib
        except ImportError:
            raise NotOffered(device="device_kind.camera") from None
        self._dlib: Any = dlib
        self._detector = dlib.get_frontal_face_detector()
        self._points = dlib.shape_predictor(str(folder / _POINTS))
        self._network = dlib.face_recognition_model_v1(str(folder / _NETWORK))

    @property
    def model_id(self) -> str:
        """See the port."""
        return MODEL_ID

    @property
    def thresholds(self) -> Thresholds:
        """See the port."""
        return THRESHOLDS

    def detect(self, picture: Pixels) -> list[Face]:
        """See the port; the histogram detector finds faces that look at the camera."""
        found, scores, _ = self._detector.run(array_of(picture), _ENLARGED, 0.0)
        pairs = sorted(zip(found, scores, strict=True), key=lambda pair: -pair[1])
        return [
            Face(one.left(), one.top(), one.width(), one.height(), min(1.0, float(score)))
            for one, score in pairs
        ]

    def landmarks(self, picture: Pixels, face: Face) -> Landmarks:
        """See the port: corners of the eyes and the foot of the nose."""
        shape = self._points(array_of(picture), self._rectangle(face))
        return Landmarks(tuple((float(one.x), float(one.y)) for one in shape.parts()), 1.0)

    def embed(self, picture: Pixels, landmarks: Landmarks) -> Template:
        """See the port: 128 values."""
        corners = [self._dlib.point(round(x), round(y)) for x, y in landmarks.points]
        xs, ys = [one.x for one in corners], [one.y for one in corners]
        around = self._dlib.rectangle(min(xs), min(ys), max(xs), max(ys))
        shape = self._dlib.full_object_detection(around, corners)
        told = self._network.compute_face_descriptor(array_of(picture), shape)
        return Template(MODEL_ID, tuple(float(value) for value in told))

    def distance(self, one: Template, other: Template) -> float:
        """Euclidean."""
        return euclidean(one, other)

    def _rectangle(self, face: Face) -> Any:  # noqa: ANN401 - dlib has no types
        left, top = round(face.left), round(face.top)
        return self._dlib.rectangle(
            left, top, left + round(face.width) - 1, top + round(face.height) - 1
        )
